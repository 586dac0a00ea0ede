"""What people do in one made-up visit: the entry, and each scan or tap with its moment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain
from math import exp, log
from random import Random

from app.domain.decisions import CONFIRM_WINDOW, RUNNING_SUFFIX
from app.domain.events import Outcome
from app.domain.permissions import registrar_role
from app.domain.sop import Effect, Field, Sop, Step
from app.operations.guest_entries import GuestEntry
from app.operations.officer import Officer
from app.operations.scan_scene import Answers
from app.sample import words
from app.sample.guests import destination, guest, purpose
from app.sample.odds import Odds
from app.sample.staff import Staff

SHORTEST_STEP_S = 35.0
UNTIMED_STEP_S = 180.0  # a usual step for which the SOP sets no time
MEETING_S = (300.0, 1080.0, 3600.0)  # shortest, usual, longest
WAIT_FOR_HOST_S = 130.0
SPREAD = 0.46
ARRIVAL_UNKNOWN = 0.03
SCANNED_TWICE = 0.02
SCANNED_TOO_EARLY = 0.02
REDIRECTED = 0.05  # by the direction, to another destination than was asked for
NOTHING = Answers()
DESK_METHODS = Odds({"usb": 60, "typed": 22, "camera": 18})
OTHER_METHODS = Odds({"camera": 50, "tap": 36, "link": 9, "photo": 5})
FROM_THE_SCANNER = frozenset({"camera", "usb", "typed"})


class Course(Enum):
    """How a visit goes: an outcome for a badge taken back early, else the special case."""

    WHOLE = "whole"
    NOT_SCANNED = "not_scanned"
    ENDED_BY_RETURN = "ended_by_return"
    CUT_SHORT = Outcome.COMPLETED_SHORT
    GAVE_UP = Outcome.CANCELLED
    DECLINED = Outcome.DECLINED
    NO_BADGE = "no_badge"


COURSES = Odds(dict(zip(Course, (86, 4, 2, 2.5, 2, 2, 1.5), strict=True)))
EARLY = frozenset({Course.CUT_SHORT, Course.GAVE_UP, Course.DECLINED})
REASONS = {
    Course.CUT_SHORT: words.CUT_SHORT,
    Course.GAVE_UP: words.GAVE_UP,
    Course.DECLINED: words.DECLINED,
    Course.NO_BADGE: words.NO_BADGE_WANTED,
}


@dataclass(frozen=True)
class Move:
    """One scan of the visit's badge, or a tap on its row."""

    at: datetime
    officer: Officer
    method: str
    nonce: str
    client_at: datetime | None
    answers: Answers


@dataclass(frozen=True)
class Cancelling:
    """The entry is cancelled before there is a badge."""

    at: datetime
    officer: Officer
    reason: str


@dataclass(frozen=True)
class Script:
    """A visit from the guest book to its end; each stage's moves settle one more thing.

    `opened_at` is when the guest-book form was opened; None when that is not known.
    """

    entry: GuestEntry
    entry_nonce: str
    registrar: Officer
    opened_at: datetime | None
    saved_at: datetime
    stages: tuple[tuple[Move, ...], ...]
    cancelling: Cancelling | None = None

    @property
    def moves(self) -> Iterator[Move]:
        """Every scan and tap in order."""
        return chain.from_iterable(self.stages)

    @property
    def arrived_at(self) -> datetime:
        """The arrival as the guest book shows it."""
        return self.opened_at or self.saved_at

    @property
    def ends_at(self) -> datetime:
        """When the last thing happens."""
        if self.cancelling is not None:
            return self.cancelling.at
        return max((move.at for move in self.moves), default=self.saved_at)

    def until(self, stages: int) -> "Script":
        """The same visit, so far only."""
        return replace(self, stages=self.stages[:stages])

    def ending(self, at: datetime) -> "Script":
        """The same visit at another time, so that its last thing happens at that instant."""
        return self._later(at - self.ends_at)

    def without_badge(self, reason: str) -> "Script":
        """The same guest, sent away because there was no badge to give."""
        first = self.stages[0][0]
        return replace(self, stages=(), cancelling=Cancelling(first.at, self.registrar, reason))

    def _later(self, by: timedelta) -> "Script":
        def moved(move: Move) -> Move:
            client_at = move.client_at + by if move.client_at else None
            return replace(move, at=move.at + by, client_at=client_at)

        return replace(
            self,
            opened_at=self.opened_at + by if self.opened_at else None,
            saved_at=self.saved_at + by,
            stages=tuple(tuple(moved(move) for move in stage) for stage in self.stages),
            cancelling=self.cancelling and replace(self.cancelling, at=self.cancelling.at + by),
        )


def some_course(rng: Random) -> Course:
    """How a visit goes; most go as they should."""
    return COURSES.pick(rng)


def write_script(
    rng: Random, sop: Sop, staff: Staff, arrived_at: datetime, course: Course
) -> Script:
    """A visit that begins when the guest steps up to the desk."""
    return _Writer(rng, sop, staff, arrived_at).script(course)


class _Writer:
    """Writes one script, step after step, with a clock of its own."""

    def __init__(self, rng: Random, sop: Sop, staff: Staff, arrived_at: datetime) -> None:
        self.rng, self.sop, self.staff, self.at = rng, sop, staff, arrived_at
        self.entry = guest(rng, staff.unit_ids)
        self.unit_id = self.entry.destination_id or staff.unit_ids[0]
        self.knows_purpose = self.entry.purpose is not None
        self.has_badge = False
        self.latest: dict[int, datetime] = {}

    def script(self, course: Course) -> Script:
        role = registrar_role(self.sop)
        registrar, opened_at = self.staff.holder(self.rng, role), self.at
        first_s = self.duration(self.sop.steps[0])
        saved_at = opened_at + timedelta(seconds=first_s * 0.6)
        cancelling = None
        if course is Course.NO_BADGE:
            at = saved_at + self.some_seconds(40, 400)
            cancelling = Cancelling(at, registrar, self.rng.choice(REASONS[course]))
            stages: list[list[Move]] = []
        else:
            stages = list(self.stages(course, first_s))
        return Script(
            entry=self.entry,
            entry_nonce=self.nonce(),
            registrar=registrar,
            opened_at=None if self.rng.random() < ARRIVAL_UNKNOWN else opened_at,
            saved_at=saved_at,
            stages=tuple(tuple(stage) for stage in stages),
            cancelling=cancelling,
        )

    def stages(self, course: Course, first_s: float) -> Iterator[list[Move]]:
        """The moves that settle each step; an early end leaves the rest out."""
        course, cut = self.fitting(course)
        for step in self.sop.steps:
            seconds = first_s if step.number == 1 else self.duration(step)
            if step is cut:
                yield self.early_return(course, seconds)
                return
            if Effect.OPEN_ENDED in step.effects:
                yield from self.meeting(step, course)
            elif Effect.RETURNS_BADGE in step.effects:
                yield self.last_return(step, seconds, course)
            else:
                yield self.settling(step, seconds)

    def fitting(self, course: Course) -> tuple[Course, Step | None]:
        """The course as this SOP allows it, and the step at which it breaks off, if it does."""
        if course in EARLY:
            issuing = self.sop.step_with(Effect.ISSUES_BADGE)
            assert issuing is not None, "a checked SOP has a step that issues the badge"
            between = self.sop.steps[issuing.number : -1]
            return (course, self.rng.choice(between)) if between else (Course.WHOLE, None)
        if course is not Course.WHOLE and Effect.OPEN_ENDED not in self.sop.steps[-2].effects:
            return Course.WHOLE, None
        return course, None

    def settling(self, step: Step, seconds: float) -> list[Move]:
        """A step with its scan; the form first, where something is missing."""
        begun, self.at = self.at, self.at + timedelta(seconds=seconds)
        officer = self.staff.performer(self.rng, step, self.unit_id)
        self.has_badge = self.has_badge or Effect.ISSUES_BADGE in step.effects
        method = self.method(step)
        moves = self.too_early(step, begun, seconds)
        answers = self.answers(step)
        if answers is not NOTHING and method != "tap":
            asked_at = self.at - min(self.some_seconds(8, 30), timedelta(seconds=seconds / 2))
            moves.append(self.move(officer, method, NOTHING, asked_at))
        moves.append(self.move(officer, method, self.sure(officer, answers)))
        if method != "tap" and self.rng.random() < SCANNED_TWICE:
            again_at = self.at + self.some_seconds(1, 4)
            moves.append(self.move(officer, method, NOTHING, again_at))
        return moves

    def too_early(self, step: Step, begun: datetime, seconds: float) -> list[Move]:
        """Sometimes whoever comes next scans before it is their turn, and is told so."""
        if self.rng.random() >= SCANNED_TOO_EARLY or not self.has_badge:
            return []
        if step.effects & {Effect.ISSUES_BADGE, Effect.BY_HOST}:
            return []
        officer = self.staff.performer(self.rng, self.sop.steps[step.number], self.unit_id)
        if {step.role, self.sop.steps[-1].role} & officer.roles:
            return []
        return [self.move(officer, "camera", NOTHING, begun + timedelta(seconds=seconds / 3))]

    def meeting(self, step: Step, course: Course) -> Iterator[list[Move]]:
        """An open-ended step: a scan when it begins and one when it ends."""
        if course is Course.NOT_SCANNED:
            return
        officer = self.staff.performer(self.rng, step, self.unit_id)
        method = self.method(step)
        self.at += timedelta(seconds=self.some_time(WAIT_FOR_HOST_S))
        answers = self.answers(step)
        yield [self.move(officer, method, self.sure(officer, answers))]
        if course is Course.ENDED_BY_RETURN:
            return
        shortest, usual, longest = MEETING_S
        self.at += timedelta(seconds=min(max(self.some_time(usual, 0.6), shortest), longest))
        stage = replace(NOTHING, stage=step.key + RUNNING_SUFFIX) if method == "tap" else NOTHING
        yield [self.move(officer, method, stage)]

    def last_return(self, step: Step, seconds: float, course: Course) -> list[Move]:
        """The badge comes back; a guest whose reception was not scanned needs a confirmation."""
        if course in {Course.NOT_SCANNED, Course.ENDED_BY_RETURN}:
            seconds += self.some_time(MEETING_S[1], 0.4)
        self.at += timedelta(seconds=seconds)
        officer = self.staff.performer(self.rng, step, self.unit_id)
        method = self.method(step)
        if course is not Course.NOT_SCANNED:
            return [self.move(officer, method, self.sure(officer, NOTHING))]
        confirmed = replace(NOTHING, confirmed=True, wants_return=True)
        asked_at = self.at - self.some_seconds(4, 20)
        return [
            self.move(officer, method, replace(NOTHING, wants_return=True), asked_at),
            self.move(officer, method, confirmed),
        ]

    def early_return(self, course: Course, seconds: float) -> list[Move]:
        """The badge comes back before its time: the form asks for outcome and reason."""
        self.at += timedelta(seconds=seconds)
        last = self.sop.steps[-1]
        officer = self.staff.performer(self.rng, last, self.unit_id)
        method = self.method(last)
        wanted = replace(NOTHING, wants_return=True, not_received=True)
        reason = self.rng.choice(REASONS[course])
        answers = replace(wanted, outcome=Outcome(course.value), reason_text=reason)
        asked_at = self.at - self.some_seconds(8, 25)
        return [
            self.move(officer, method, wanted, asked_at),
            self.move(officer, method, answers),
        ]

    def answers(self, step: Step) -> Answers:
        """What is filled in at the step; nothing when all it requires is on record."""
        missing = set(step.requires)
        if self.knows_purpose:
            missing.discard(Field.PURPOSE)
        if not missing:
            return NOTHING
        answers = Answers(stage=step.key)
        if Field.PURPOSE in missing:
            self.knows_purpose = True
            answers = replace(answers, purpose=purpose(self.rng, self.entry.guest_kind))
        if Field.DIRECTION in missing:
            answers = replace(answers, direction=self.rng.choice(words.DIRECTIONS))
        if Field.DESTINATION in missing:
            if self.entry.destination_id is None or self.rng.random() < REDIRECTED:
                self.unit_id = destination(self.rng, self.staff.unit_ids)
            answers = replace(answers, destination_id=self.unit_id)
        return answers

    def sure(self, officer: Officer, answers: Answers) -> Answers:
        """The answers of somebody who acts twice within a minute, and means it."""
        latest = self.latest.get(officer.person_id)
        if latest is None or self.at - latest >= CONFIRM_WINDOW:
            return answers
        return replace(answers, confirmed=True)

    def move(
        self, officer: Officer, method: str, answers: Answers, at: datetime | None = None
    ) -> Move:
        """A scan or tap at that moment, else now."""
        moment = at or self.at
        self.latest[officer.person_id] = moment
        client_at = None
        if method in FROM_THE_SCANNER:
            sent_at = moment - timedelta(milliseconds=self.rng.randrange(20, 900))
            client_at = sent_at.replace(microsecond=sent_at.microsecond // 1000 * 1000)
        return Move(moment, officer, method, self.nonce(), client_at, answers)

    def method(self, step: Step) -> str:
        """By which means the step's performer scans."""
        if not self.has_badge:
            return "tap"
        is_desk = step.effects & {Effect.ISSUES_BADGE, Effect.RETURNS_BADGE}
        return (DESK_METHODS if is_desk else OTHER_METHODS).pick(self.rng)

    def duration(self, step: Step) -> float:
        """Seconds for a step: mostly well within its standard, the direction takes longest."""
        if step.limit is None:
            return self.some_time(UNTIMED_STEP_S)
        share = 0.62 if Field.DIRECTION in step.requires else 0.5
        return self.some_time(step.limit.total_seconds() * share)

    def some_time(self, usual_s: float, spread: float = SPREAD) -> float:
        return max(exp(self.rng.gauss(log(usual_s), spread)), SHORTEST_STEP_S)

    def some_seconds(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=self.rng.uniform(least, most))

    def nonce(self) -> str:
        digits = f"{self.rng.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
