import os
import shutil
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app, phrases
from app.domain.badge_life import BadgeState, Move, stock_moves
from app.domain.corrections import destination_is_settled
from app.domain.decision import Reason
from app.domain.decisions import EARLY_OUTCOMES
from app.domain.events import EventKind, Outcome
from app.domain.late_entry import OUTCOMES, slots_of, wrongs_of
from app.domain.permissions import DEPUTY_TITLES
from app.domain.turns import StandIn
from app.extensions import db
from app.models.badge import Loan
from app.models.person import Person
from app.models.visit import Appointment, Visit
from app.operations.after_hours import note_stay
from app.operations.appointments import AppointmentGone, change_appointment
from app.operations.badge_loans import leave_with_badge, report_gone, swap_badges
from app.operations.badge_stock import renew, write_off
from app.operations.badges import BadgeMoveRefused, note_print
from app.operations.delegations import (
    DelegationRefused,
    Post,
    Unset,
    end_delegation,
    set_delegation,
)
from app.operations.exports import note_visum
from app.operations.guest_entries import GuestEntry
from app.operations.late_entries import LateEntry, enter_late_visit
from app.operations.officer import Officer
from app.operations.party import note_party
from app.operations.people import NewPerson, add_person
from app.operations.rectify import (
    NotRectified,
    correct_guest,
    correct_time,
    reopen_visit,
    undo_own,
)
from app.operations.scanning import Answers, IncomingScan, Recorded, record_scan
from app.operations.turns import (
    TurnRefused,
    decide_visit,
    leave_message,
    redirect_visit,
    stand_in_for,
)
from app.operations.units import UnitData, save_unit
from app.operations.visits import (
    DestinationSettled,
    NotPossible,
    ReasonMissing,
    cancel_entry,
    correct_visit,
    open_visit,
)
from app.qr import new_code
from app.queries.people import identity_of
from app.queries.visits import VisitView, view_by_label
from app.views.badge_page import wrong_words
from tests.cast import PASSWORD, copy_instance
from tests.support.invariants import MOVED, check_record
from tests.support.record import read_record

NEW_YEARS_EVE = datetime(2026, 12, 31, 16, 40, tzinfo=UTC)  # 23.40 WIB: visits cross into 2027
KEY = b"key of the digests"
STAYED = {"refused", "needs", "repeated"}
POSTS = (
    Post(role="secretary"),
    Post(role="general_affairs"),
    Post(role="front_desk"),
    Post(unit_id=2),
    Post(unit_id=3),
)
GONE = (Move.LOSE, Move.BREAK, Move.LEAVE)
SOP_ROLES = frozenset({"front_desk", "general_affairs", "secretary", "host"})
MORE_PEOPLE = {
    "ani": frozenset({"front_desk"}),
    "hendra": frozenset({"host"}),
    "sari": SOP_ROLES,
}
NAMES = ("fitri", "ani", "kasim", "sekar", "hadi", "hendra", "sari", "adi", "wati")
WHOLE = Answers("Izin usaha", "Antar ke tujuan.", destination_id=1, confirmed=True)
ENTRY = GuestEntry(
    name="Tono",
    origin="perorangan",
    position=None,
    phone=None,
    guest_kind="umum",
    purpose=None,
    destination_id=None,
    party_size=1,
    identity_kind=None,
    identity_shown=False,
)


def vars_of(row: Loan) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in Loan.__table__.columns}


def said_of(refused: BadgeMoveRefused | TurnRefused | NotRectified) -> str:
    """The sentence that a person reads."""
    match refused:
        case BadgeMoveRefused():
            return wrong_words(refused.refusal)
        case TurnRefused():
            return phrases.TURN_WRONGS[refused.why]
        case NotRectified():
            return phrases.UNFIT[refused.why]


@dataclass(frozen=True)
class Asked:
    """A guest who was asked to come again, and the visit they came back with."""

    id: int
    visit_id: int
    due_at: datetime
    arrived: int | None
    is_dropped: bool


@dataclass(frozen=True)
class Lent:
    """Somebody holds a post for somebody else, until the end if there is one."""

    deputy: str
    post: Post
    ends_at: datetime | None


class OfficeAtWork(RuleBasedStateMachine):
    """People do whatever they like at the desks; what is on record must always hold together."""

    def __init__(self, app: Flask, base: Path) -> None:
        super().__init__()
        self.context = app.app_context()
        self.context.push()
        db.engine.dispose()
        instance = Path(app.instance_path)
        shutil.rmtree(instance)
        copy_instance(base, instance)
        self.sop = app.config["SOP_IN_FORCE"]
        self.sop_sha256 = app.config["SOP_SHA256"]
        self.at = NEW_YEARS_EVE
        self.labels: list[str] = []
        self.scans_sent = 0
        self.last_sent: tuple[IncomingScan, str, Recorded] | None = None
        self.lent: list[Lent] = []
        with Session(db.engine) as session:
            people = session.scalars(select(Person)).all()
            self.ids = {person.username: person.id for person in people}
            self.own_roles = {
                person.username: frozenset(row.role for row in person.roles) for person in people
            }
        self.see_who_holds_what()
        self.seen = read_record()

    def teardown(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.context.pop()

    # --- What people do ---------------------------------------------------------------------------

    people = st.sampled_from(NAMES)
    purposes = st.sampled_from([None, "Izin usaha", "Rapat"])
    units = st.sampled_from([None, 1, 2, 3])
    answers = st.builds(
        Answers,
        purpose=purposes,
        direction=st.sampled_from([None, "Antar ke tujuan."]),
        destination_id=units,
        confirmed=st.booleans(),
        wants_return=st.sampled_from([False, False, True]),
        stage=st.sampled_from([None, None, None, "purpose", "reception", "reception:running"]),
    )
    whole_answers = st.builds(
        Answers,
        purpose=st.just("Izin usaha"),
        direction=st.just("Antar ke tujuan."),
        destination_id=st.sampled_from([1, 2, 3]),
        confirmed=st.booleans(),
    )
    pick = st.integers(0, 99)
    keepers = st.sampled_from(["fitri", "ani", "sari"])
    numbers = st.integers(1, 5)
    gaps = st.lists(st.sampled_from([3, 5, 6, 59, 60, 61]), min_size=2, max_size=3)

    @initialize(purpose=purposes, moves=st.lists(st.integers(0, 6), min_size=2, max_size=2))
    def begin_with_two_guests_on_their_way(self, purpose, moves):
        for count in moves:
            self.write_a_guest_into_the_book("fitri", purpose, None, 60, sent_twice=False)
            for _ in range(count):
                self.do_what_is_due(0, WHOLE, 90, by_sari=False)

    @rule(keeper=st.sampled_from(["fitri", "sari"]), purpose=purposes, unit=units,
          waited=st.sampled_from([None, 0, 60, 1200]), sent_twice=st.booleans())  # fmt: skip
    def write_a_guest_into_the_book(self, keeper, purpose, unit, waited, sent_twice):
        nonce, before = str(uuid.uuid4()), self.seen.events
        arrived_at = None if waited is None else self.at - timedelta(seconds=waited)
        entry = GuestEntry(**{**vars(ENTRY), "purpose": purpose, "destination_id": unit})
        opened = [
            open_visit(
                entry,
                officer=self.officers[keeper],
                sop_sha256=self.sop_sha256,
                nonce=nonce,
                arrived_at=arrived_at,
                at=self.at,
            )
            for _ in range(1 + sent_twice)
        ]
        self.seen = read_record()
        assert [visit.is_repeat for visit in opened] == [False, True][: len(opened)]
        assert len({visit.label for visit in opened}) == 1
        assert opened[0].label not in self.labels
        assert self.seen.events == before + 1
        self.labels.append(opened[0].label)

    @rule(seconds=st.sampled_from([0, 1, 5, 6, 30, 59, 60, 61, 120, 600]))
    def let_time_pass(self, seconds):
        self.pass_time(seconds)

    @rule(name=people, pick=pick, answers=answers, is_for_it=st.booleans())
    def scan_the_badge_of_a_visit(self, name, pick, answers, is_for_it):
        view = self.visit(pick)
        label = view.label if is_for_it else None
        self.send(name, str(view.badge_number or 1), visit=label, answers=answers)

    @rule(name=people, badge=st.sampled_from(["1", "02", "003"]), pick=pick, answers=answers)
    def scan_any_badge_for_a_visit(self, name, badge, pick, answers):
        self.send(name, badge, visit=self.visit(pick).label, answers=answers)

    @rule(name=people, content=st.sampled_from(["", "halo", "0", "9999", "T/" + "A" * 16]))
    def scan_something_else(self, name, content):
        recorded = self.send(name, content)
        assert (recorded.outcome, recorded.reason) == ("refused", Reason.UNKNOWN_CODE)

    @rule(name=people, pick=pick, answers=answers)
    def tap(self, name, pick, answers):
        self.send(name, None, visit=self.visit(pick).label, answers=answers)

    @rule(pick=pick, answers=whole_answers, patience=st.sampled_from([0, 3, 20, 61]),
          by_sari=st.booleans())  # fmt: skip
    def do_what_is_due(self, pick, answers, patience, by_sari):
        """The visit's next move by somebody who may make it, so that visits get on."""
        self.pass_time(patience)
        view = self.visit(pick)
        if view.step is not None:
            recorded = self.send(
                self.who_is_due(view, by_sari=by_sari),
                self.badge_for(view),
                visit=view.label,
                answers=answers,
            )
            assert recorded.outcome in MOVED or not answers.confirmed

    @rule(pick=pick, confirmed=st.booleans(), gaps=gaps)
    def let_one_person_do_several_steps(self, pick, gaps, confirmed):
        for gap in gaps:
            answers = replace(WHOLE, destination_id=2, confirmed=confirmed)
            self.do_what_is_due(pick, answers, gap, by_sari=True)

    @rule(name=people, pick=pick, outcome=st.sampled_from([None, *EARLY_OUTCOMES]),
          reason=st.sampled_from([None, "Tamu lelah menunggu."]), is_met=st.booleans())  # fmt: skip
    def take_a_badge_back_early(self, name, pick, outcome, reason, is_met):
        answers = Answers(
            outcome=outcome, reason_text=reason, wants_return=True, not_received=not is_met
        )
        recorded = self.send(name, str(self.visit(pick).badge_number or 1), answers=answers)
        if recorded.outcome == "closed":
            assert "front_desk" in self.officers[name].roles
            assert self.seen.visits[recorded.visit_id].outcome == (outcome or "completed")
            assert reason is not None or outcome is None

    @rule(name=people, pick=pick, answers=answers, is_due=st.booleans(),
          ago=st.sampled_from([-121, -120, 0, 1, 6, 61, 600]))  # fmt: skip
    def send_a_scan_later(self, name, pick, answers, is_due, ago):
        """It moves the visit at its own time, or nothing when that is past or to come."""
        view = self.visit(pick)
        if is_due and view.step is not None:
            name, answers = self.who_is_due(view, by_sari=False), WHOLE
        badge, made_at = str(view.badge_number or 1), self.at - timedelta(seconds=ago)
        recorded = self.send(name, badge, answers=answers, later=made_at)
        scan = self.seen.scans[recorded.scan_id]
        assert scan.queued
        assert scan.happened_at == (None if ago < -120 else min(made_at, self.at))
        if ago < -120:
            assert recorded.outcome == "refused"
        for row in (row for log in self.seen.logs.values() for row in log):
            if row.scan_id == recorded.scan_id:
                assert (row.occurred_at, row.recorded_at) == (scan.happened_at, self.at)

    @precondition(lambda self: any(scan.queued for scan in self.seen.scans.values()))
    @rule(pick=pick)
    def decide_about_a_scan_that_came_late(self, pick):
        queued = [scan for scan in self.seen.scans.values() if scan.queued]
        scan = queued[-1 - pick % len(queued)]
        name = next(n for n, one in self.officers.items() if one.person_id == scan.actor_id)
        label = None
        if scan.visit_id is not None:
            visit = self.seen.visits[scan.visit_id]
            label = f"{visit.number}/{visit.year}"
        answers = replace(WHOLE, confirmed=True)
        recorded = self.send(name, "1", visit=label, answers=answers, decides=scan.id)
        if recorded.outcome in MOVED and label is not None:
            assert recorded.visit_id == scan.visit_id

    @precondition(lambda self: self.last_sent)
    @rule(name=people)
    def send_the_last_scan_again(self, name):
        """The same nonce: its own person gets the same answer, somebody else a conflict."""
        incoming, sender, before = self.last_sent
        again, events = self.record(incoming, name), self.seen.events
        self.seen = read_record()
        assert self.seen.events == events
        if name == sender:
            assert again.is_replay
            assert replace(again, is_replay=False, fields=()) == replace(before, fields=())
        else:
            self.scans_sent += 1
            assert (again.outcome, again.reason) == ("refused", Reason.NONCE_CONFLICT)

    @rule(
        name=people,
        pick=pick,
        purpose=purposes,
        unit=units,
        reason=st.sampled_from([None, "Salah tulis."]),
    )
    def correct_what_was_written(self, name, pick, purpose, unit, reason):
        view, before = self.visit(pick), self.seen.events
        try:
            changed = correct_visit(
                view.label,
                purpose=purpose,
                destination_id=unit,
                reason=reason,
                officer=self.officers[name],
                at=self.at,
            )
            assert not view.progress.is_closed
            if unit not in {None, view.progress.destination_id}:
                assert not destination_is_settled(view.sop, view.progress)
        except DestinationSettled:
            assert destination_is_settled(view.sop, view.progress)
            changed = False
        except ReasonMissing:
            assert reason is None
            changed = False
        except NotPossible:
            assert view.progress.is_closed
            changed = False
        self.seen = read_record()
        assert (self.seen.events > before) == changed

    @rule(keeper=st.sampled_from(["fitri", "ani", "sari"]), pick=pick)
    def cancel_an_entry(self, keeper, pick):
        view, before = self.visit(pick), self.seen.events
        try:
            cancel_entry(
                view.label, reason="Salah tulis.", officer=self.officers[keeper], at=self.at
            )
        except NotPossible:
            assert not view.waits_for_badge
        self.seen = read_record()
        assert self.seen.events == before + (2 if view.waits_for_badge else 0)

    @rule(keeper=keepers, pick=pick)
    def hand_out_another_badge(self, keeper, pick):
        view, free = self.visit(pick), self.free
        recorded = self.send(
            keeper, str(free[pick % len(free)]), visit=view.label, answers=Answers(adds_badge=True)
        )
        is_expected = not view.progress.is_closed
        assert (recorded.outcome == "issued") == is_expected

    @rule(keeper=keepers, pick=pick, number=numbers, new=st.none() | numbers,
          how=st.sampled_from(GONE), is_its_own=st.booleans())  # fmt: skip
    def lose_a_badge(self, keeper, pick, number, new, how, is_its_own):
        view = self.visit(pick)
        if is_its_own and view.held_numbers:
            number = view.held_numbers[-1]
        is_new_free = new is None or (new != number and new in self.free)
        returned = {loan.visit_id for loan in self.seen.loans if loan.ended_as == "returned"}
        is_last = len(view.held_numbers) == 1 and view.visit.id not in returned
        is_moved = self.tried(
            lambda: report_gone(
                view.label, number, how, replacement=new, reason="Hilang.",
                officer=self.officers[keeper], at=self.at,
            )
        )  # fmt: skip
        is_its = number in view.held_numbers and not view.progress.is_closed
        would_end_it = how is Move.LEAVE and is_last
        assert is_moved == (is_its and is_new_free and not would_end_it)

    @rule(keeper=keepers, pick=pick, ago=st.sampled_from([-60, 0, 30, 3600]))
    def leave_without_a_word(self, keeper, pick, ago):
        view, left_at = self.visit(pick), self.at - timedelta(seconds=ago)
        is_moved = self.tried(
            lambda: leave_with_badge(
                view.label, left_at=left_at, reason=None,
                officer=self.officers[keeper], at=self.at,
            )
        )  # fmt: skip
        is_in_time = view.progress.last_at <= left_at <= self.at
        had_badges = bool(view.badge_numbers)
        assert is_moved == (is_in_time and had_badges and not view.progress.is_closed)
        if is_moved:
            visit = self.seen.visits[view.visit.id]
            assert (visit.outcome, visit.closed_at) == ("left_unreported", left_at)
            assert set(view.held_numbers) <= set(self.numbers("outstanding"))

    @rule(keeper=keepers, pick=pick, other=numbers)
    def swap_two_badges(self, keeper, pick, other):
        view = self.visit(pick)
        number = view.badge_number or 1
        is_moved = self.tried(
            lambda: swap_badges(
                view.label, number, other, reason="Tertukar.",
                officer=self.officers[keeper], at=self.at,
            )
        )  # fmt: skip
        is_held = number in view.held_numbers and not view.progress.is_closed
        is_elsewhere = other not in view.held_numbers and other not in self.loose
        assert is_moved == (is_held and is_elsewhere)

    @rule(keeper=keepers, number=numbers, how=st.sampled_from(list(Move)))
    def move_a_badge_in_the_stock(self, keeper, number, how):
        state = next(badge.state for badge in self.seen.badges if badge.number == number)
        officer = self.officers[keeper]
        if how is Move.RENEW:
            is_moved = self.tried(
                lambda: renew(number, reason="Ada.", new_code=new_code, officer=officer, at=self.at)
            )
        else:
            is_moved = self.tried(
                lambda: write_off(number, how, reason="Rusak.", officer=officer, at=self.at)
            )
        assert is_moved == (how in stock_moves(BadgeState(state)))

    @precondition(lambda self: self.awaiting_print)
    @rule()
    def print_what_needs_it(self):
        codes = [code.code for code in self.seen.codes if code.badge_id in self.awaiting_print]
        note_print(codes, public_url="", at=self.at)
        self.seen = read_record()
        assert not self.awaiting_print

    @precondition(lambda self: self.awaiting_print)
    @rule(keeper=keepers, pick=pick)
    def hand_out_a_badge_that_needs_its_print(self, keeper, pick):
        numbers = [badge.number for badge in self.seen.badges if badge.id in self.awaiting_print]
        label = self.visit(pick).label
        for adds_badge in (False, True):
            answers = Answers(adds_badge=adds_badge, confirmed=True)
            recorded = self.send(keeper, str(numbers[0]), visit=label, answers=answers)
            assert (recorded.outcome, recorded.reason) == ("refused", Reason.NOT_PRINTED)

    @rule(name=people, pick=pick, choice=st.sampled_from(["decline", "reschedule", "none"]),
          stage=st.sampled_from([None, "purpose"]))  # fmt: skip
    def take_a_choice(self, name, pick, choice, stage):
        view = self.visit(pick)
        is_moved = self.tried(
            lambda: decide_visit(
                view.label, choice, answers=Answers(stage=stage), public_reason="Mohon maaf.",
                private_note=None, due_at=self.at + timedelta(days=1),
                officer=self.officers[name], at=self.at,
            )
        )  # fmt: skip
        if is_moved:
            verdict = {"decline": "declined", "reschedule": "rescheduled"}[choice]
            assert self.visit(pick).progress.verdict == verdict
            assert self.visit(pick).step.key == "return"

    @rule(name=people, pick=pick, unit=units)
    def send_the_guest_elsewhere(self, name, pick, unit):
        view = self.visit(pick)
        is_moved = self.tried(
            lambda: redirect_visit(
                view.label, unit, reason="Dinas luar.", officer=self.officers[name], at=self.at
            )
        )
        if is_moved:
            after = self.visit(pick)
            assert after.progress.destination_id == unit
            goes_back = view.is_running or view.step.key == "return"
            assert after.progress.round == view.progress.round + goes_back
            assert goes_back or after.clock == view.clock

    @rule(name=people, pick=pick, how=st.sampled_from(list(StandIn)))
    def move_on_for_somebody_who_is_away(self, name, pick, how):
        view = self.visit(pick)
        is_moved = self.tried(
            lambda: stand_in_for(
                view.label, how, answers=WHOLE, reason="Tidak di tempat.",
                officer=self.officers[name], at=self.at,
            )
        )  # fmt: skip
        may = bool(self.officers[name].roles & {"front_desk", "general_affairs"})
        is_between = view.step is not None and view.step.key not in {"registration", "return"}
        assert is_moved == (may and is_between)

    @rule(name=people, pick=pick)
    def undo_the_last_scan(self, name, pick):
        view, before = self.visit(pick), self.seen.events
        held = set(view.held_numbers)
        if self.tried(lambda: undo_own(view.label, officer=self.officers[name], at=self.at)):
            undone = self.seen.logs[view.visit.id][before - self.seen.events :]
            assert {row.kind for row in undone} == {EventKind.UNDONE}
            back = {self.seen.logs[view.visit.id][row.undoes - 1].kind for row in undone}
            now_held = set(self.visit(pick).held_numbers)
            assert (now_held < held) == (EventKind.ISSUED in back)
            assert (now_held > held) == (EventKind.RETURNED in back)

    @rule(name=st.sampled_from(["kasim", "sekar"]), pick=pick, before_verdict=st.booleans())
    def open_a_visit_again(self, name, pick, before_verdict):
        view = self.visit(pick)
        is_moved = self.tried(
            lambda: reopen_visit(
                view.label, reason="Keliru.", officer=self.officers[name], at=self.at,
                before_verdict=before_verdict,
            )
        )  # fmt: skip
        is_under_way = view.visit.kind == "visit" and not view.visit.late_entry
        is_verdict = before_verdict and view.progress.verdict is not None
        assert is_moved == ((view.progress.is_closed or is_verdict) and is_under_way)
        assert self.visit(pick).progress.verdict is None or not (is_moved and is_verdict)
        assert self.visit(pick).progress.is_closed is False or not is_moved

    @rule(name=st.sampled_from(["kasim", "sekar"]), pick=pick, seq=st.integers(1, 12),
          seconds=st.sampled_from([-3600, -60, 0, 30, 60]))  # fmt: skip
    def put_a_time_right(self, name, pick, seq, seconds):
        view = self.visit(pick)
        log = self.seen.logs[view.visit.id]
        if seq > len(log):
            return
        right = log[seq - 1].occurred_at + timedelta(seconds=seconds)
        is_moved = self.tried(
            lambda: correct_time(
                view.label, seq, right, reason="Jam keliru.",
                officer=self.officers[name], at=self.at,
            )
        )  # fmt: skip
        if is_moved:
            assert log[seq - 1].occurred_at == self.seen.logs[view.visit.id][seq - 1].occurred_at
            assert right <= self.at

    # --- Other guests, deputies, and what is written down beside the way --------------------------

    @rule(keeper=keepers)
    def take_in_documents(self, keeper):
        self.open_for(keeper, kind="drop_off")
        visit = self.newest
        assert (visit.outcome, visit.closed_at) == ("completed", self.at)
        assert len(self.seen.logs[visit.id]) == 2

    @rule(keeper=keepers, pick=pick)
    def welcome_somebody_with_an_appointment(self, keeper, pick):
        made = self.appointments()
        if not made:
            return
        asked = made[pick % len(made)]
        self.open_for(keeper, appointment_id=asked.id)
        assert self.appointments() == [
            replace(one, arrived=one.arrived or self.newest.id)
            if one.visit_id == asked.visit_id and not one.is_dropped
            else one
            for one in made
        ]

    @rule(name=people, pick=pick, days=st.sampled_from([None, 1, 7]))
    def change_an_appointment(self, name, pick, days):
        made = self.appointments()
        if not made:
            return
        asked = made[pick % len(made)]
        due_at = None if days is None else self.at + timedelta(days=days)
        is_expected = not asked.is_dropped and asked.arrived is None
        expected = nullcontext() if is_expected else pytest.raises(AppointmentGone)
        with expected:
            change_appointment(
                asked.id, due_at, reason="Tamu menelepon.", officer=self.officers[name], at=self.at
            )
        if not is_expected:
            assert self.appointments() == made
            return
        self.seen = read_record()
        now = self.appointments()
        standing = [one for one in now if one.visit_id == asked.visit_id and not one.is_dropped]
        assert [one.due_at for one in standing] == ([] if due_at is None else [due_at])
        assert [one.due_at for one in now[: len(made)]] == [one.due_at for one in made]

    def appointments(self) -> list[Asked]:
        """Every appointment, the oldest first."""
        with Session(db.engine) as session:
            rows = session.scalars(select(Appointment).order_by(Appointment.id)).all()
        return [
            Asked(
                row.id, row.visit_id, row.due_at, row.arrived_visit_id, row.dropped_at is not None
            )
            for row in rows
        ]

    @rule(keeper=keepers, minutes=st.lists(st.integers(0, 9), min_size=8, max_size=8),
          blanks=st.sets(st.integers(1, 6)), outcome=st.sampled_from(OUTCOMES))  # fmt: skip
    def type_in_a_slip(self, keeper, minutes, blanks, outcome):
        arrived_at = (self.at - timedelta(hours=2)).replace(second=0)
        noted, latest = {}, arrived_at
        for place, slot in enumerate(slots_of(self.sop)):
            latest += timedelta(minutes=minutes[place])
            if place not in blanks or slot.is_needed:
                noted[slot.name] = latest
        noted["arrival"] = arrived_at
        due_at = self.at + timedelta(days=1) if outcome is Outcome.RESCHEDULED else None
        slip = f"{len(self.labels):03}"
        entry = LateEntry(ENTRY, noted, outcome, "Listrik padam.", slip, due_at=due_at)
        is_sound = not wrongs_of(self.sop, noted, at=self.at)
        if not is_sound:
            return
        opened = enter_late_visit(
            entry,
            officer=self.officers[keeper],
            sop_sha256=self.sop_sha256,
            nonce=str(uuid.uuid4()),
            at=self.at,
        )
        self.labels.append(opened.label)
        self.seen = read_record()
        visit = self.newest
        assert (visit.late_entry, visit.outcome, visit.arrived_at) == (True, outcome, arrived_at)
        assert {row.recorded_at for row in self.seen.logs[visit.id]} == {self.at}

    @rule(post=st.sampled_from(POSTS), deputy=st.sampled_from(["wati", "adi", "fitri", "hendra"]),
          kind=st.sampled_from(["plh", "plt"]),
          minutes=st.sampled_from([None, 0, 1, 30]))  # fmt: skip
    def let_somebody_hold_a_post(self, post, deputy, kind, minutes):
        ends_at = None if minutes is None else self.at + timedelta(minutes=minutes)
        new, refusal = Lent(deputy, post, ends_at), None
        try:
            set_delegation(
                post, self.ids[deputy], kind, starts_at=self.at, ends_at=ends_at, may_set=True,
                officer=self.officers["adi"], at=self.at,
            )  # fmt: skip
        except DelegationRefused as refused:
            refusal = refused.why
        assert refusal == self.why_not_lent(new)
        if refusal is None:
            self.lent.append(new)
            self.see_who_holds_what()
            assert post.role is None or post.role in self.officers[deputy].roles

    def why_not_lent(self, new: "Lent") -> Unset | None:
        if new.ends_at == self.at:
            return Unset.BACKWARDS
        hosts = {"hadi": 1, "hendra": 2}
        if new.post.role in self.own_roles[new.deputy] or (
            new.post.unit_id is not None and hosts.get(new.deputy) == new.post.unit_id
        ):
            return Unset.HOLDS_IT
        for one in self.lent:
            is_over = one.ends_at is not None and one.ends_at <= self.at
            if (one.deputy, one.post) == (new.deputy, new.post) and not is_over:
                return Unset.OVERLAPS
        return None

    @precondition(lambda self: self.lent)
    @rule(pick=pick)
    def let_a_deputy_go(self, pick):
        place = pick % len(self.lent)
        one = self.lent[place]
        is_over = one.ends_at is not None and one.ends_at <= self.at
        assert end_delegation(place + 1, may_end=True, at=self.at) == (not is_over)
        if not is_over:
            self.lent[place] = replace(one, ends_at=self.at)
        self.see_who_holds_what()

    @rule(name=people, pick=pick)
    def leave_a_message(self, name, pick):
        view, before = self.visit(pick), self.seen
        leave_message(view.label, "Mohon ditelepon.", officer=self.officers[name], at=self.at)
        self.seen = read_record()
        assert (self.seen.words, self.seen.events) == (before.words + 1, before.events)

    @rule(name=people, pick=pick, is_stamped=st.booleans())
    def note_a_visum(self, name, pick, is_stamped):
        view, before = self.visit(pick), self.seen
        note_visum(
            view.label, is_stamped=is_stamped, officer=self.officers[name], at=self.at
        )  # fmt: skip
        self.seen = read_record()
        is_new = is_stamped != (view.visum is not None)
        assert (self.seen.words, self.seen.events) == (before.words + is_new, before.events)
        assert (self.visit(pick).visum is not None) == is_stamped

    @rule(name=st.sampled_from(["kasim", "sekar"]), pick=pick,
          right=st.sampled_from(["Tono", "Toni", "Tini"]))  # fmt: skip
    def put_the_guest_right(self, name, pick, right):
        view = self.visit(pick)
        changed = correct_guest(
            view.label, {"name": right}, reason="Salah tulis.",
            officer=self.officers[name], at=self.at,
        )  # fmt: skip
        self.seen = read_record()
        assert changed == (view.name != right)
        after = self.visit(pick)
        assert after.name == right
        assert after.progress.corrections == view.progress.corrections + changed

    @rule(keeper=keepers, pick=pick, size=st.integers(1, 4))
    def count_the_party(self, keeper, pick, size):
        view, before = self.visit(pick), self.seen.events
        try:
            changed = note_party(
                view.label, size=size, names=(), officer=self.officers[keeper], at=self.at
            )
        except NotPossible:
            assert view.progress.is_closed
            return
        self.seen = read_record()
        assert changed == (view.visit.party_size != size)
        assert self.seen.events == before + changed
        assert self.seen.visits[view.visit.id].party_size == size

    @rule(keeper=keepers, pick=pick)
    def note_that_a_guest_stays(self, keeper, pick):
        view, before = self.visit(pick), self.seen
        local = self.at.astimezone(ZoneInfo("Asia/Pontianak"))
        has_outstayed = local.hour >= 18 or view.visit.arrived_on < local.date()
        try:
            noted = note_stay(view.label, officer=self.officers[keeper], at=self.at)
        except NotPossible:
            assert view.progress.is_closed or view.waits_for_badge or not has_outstayed
            return
        assert has_outstayed
        self.seen = read_record()
        assert self.seen.words == before.words + noted
        assert self.seen.events == before.events

    # --- How they do it ---------------------------------------------------------------------------

    def visit(self, pick: int) -> VisitView:
        """One of the visits, the latest ones more often."""
        label = self.labels[-1 - pick % len(self.labels)]
        for view in self.seen.inside:
            if view.label == label:
                return view
        with Session(db.engine) as session:
            return view_by_label(session, label)

    def open_for(self, keeper: str, **fields: object) -> None:
        opened = open_visit(
            GuestEntry(**{**vars(ENTRY), **fields}),
            officer=self.officers[keeper],
            sop_sha256=self.sop_sha256,
            nonce=str(uuid.uuid4()),
            arrived_at=self.at,
            at=self.at,
        )
        self.labels.append(opened.label)
        self.seen = read_record()

    @property
    def newest(self) -> Visit:
        return self.seen.visits[max(self.seen.visits)]

    def who_is_due(self, view: VisitView, *, by_sari: bool) -> str:
        is_for_hendra = view.progress.destination_id == 2  # whose assistant is Sari
        if by_sari and (is_for_hendra or view.step.performer != "host"):
            return "sari"
        if view.step.performer == "host":
            return "hendra" if is_for_hendra else "hadi"
        return {"general_affairs": "kasim", "secretary": "sekar", "front_desk": "ani"}[
            view.step.performer
        ]

    def badge_for(self, view: VisitView) -> str | None:
        """A badge that it holds, a free one while it waits; without any it is moved by taps."""
        if view.held_numbers:
            return str(view.held_numbers[0])
        return str(min(self.free)) if view.waits_for_badge else None

    def numbers(self, *states: str) -> list[int]:
        return self.seen.numbers(*states)

    @property
    def awaiting_print(self) -> set[int]:
        return self.seen.awaiting_print

    @property
    def loose(self) -> set[int]:
        """The badges that no visit holds."""
        return set(range(1, 21)) - set(self.numbers("in_use"))

    @property
    def free(self) -> list[int]:
        """The numbers of the badges that can be handed out."""
        return [
            badge.number
            for badge in self.seen.badges
            if badge.state == "available" and badge.id not in self.awaiting_print
        ]

    def tried(self, move: Callable[[], object]) -> bool:
        """Whether the move was made; a refused one leaves everything as it was."""
        before = read_record()
        try:
            move()
        except (BadgeMoveRefused, TurnRefused, NotRectified) as refused:
            sentence = said_of(refused)
            self.seen = read_record()
            assert self.seen.events == before.events
            assert [vars_of(loan) for loan in self.seen.loans] == [
                vars_of(loan) for loan in before.loans
            ]
            assert sum(map(len, self.seen.moves.values())) == sum(map(len, before.moves.values()))
            assert sentence.endswith(".")
            return False
        self.seen = read_record()
        return True

    def send(
        self, name, content, *, visit=None, answers=None, later=None, decides=None
    ) -> Recorded:
        """Send a scan and see that it is stored, and that it wrote only if it moved."""
        incoming = IncomingScan(
            nonce=str(uuid.uuid4()),
            method="tap" if content is None else "typed",
            content=content,
            visit_label=visit,
            answers=answers or Answers(),
            client_at=later,
            offset=None if later is None else timedelta(),
            decides=decides,
        )
        before = self.seen
        recorded = self.record(incoming, name)
        self.scans_sent += 1
        self.last_sent = (incoming, name, recorded)
        self.seen = read_record()
        assert recorded.outcome in MOVED | STAYED
        assert (self.seen.events > before.events) == (recorded.outcome in MOVED)
        if recorded.outcome in STAYED:
            assert self.seen.words == before.words
            assert len(self.seen.loans) == len(before.loans)
        return recorded

    def record(self, incoming: IncomingScan, name: str) -> Recorded:
        return record_scan(incoming, officer=self.officers[name], sop=self.sop, at=self.at, key=KEY)

    def pass_time(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)
        if self.lent:
            self.see_who_holds_what()

    def see_who_holds_what(self) -> None:
        """The roles of this moment, as a request would find them."""
        self.officers = {}
        with Session(db.engine) as session:
            for name, person_id in self.ids.items():
                found = identity_of(session, person_id, "", self.at, host_role="host")
                titles = {role: DEPUTY_TITLES[kind] for role, kind in found.acting_as.items()}
                self.officers[name] = Officer(person_id, found.name, found.roles, titles)

    @property
    def roles_ever(self) -> dict[int, frozenset[str]]:
        """What each has held so far; who holds nothing of their own acts as nobody."""
        held = {self.ids[name]: set(own or {""}) for name, own in self.own_roles.items()}
        for one in self.lent:
            held[self.ids[one.deputy]].add(one.post.role or "host")
        return {person_id: frozenset(roles) for person_id, roles in held.items()}

    # --- What always holds ------------------------------------------------------------------------

    @invariant()
    def the_record_holds_together(self):
        check_record(self.seen, self.sop, self.roles_ever)

    @invariant()
    def every_scan_and_every_visit_is_stored(self):
        assert len(self.seen.scans) == self.scans_sent
        assert len(self.seen.visits) == len(self.labels)


@pytest.fixture
def base(template: Path, tmp_path: Path) -> Path:
    """The cast's office with three more people and two more destinations, one without a host."""
    folder = copy_instance(template, tmp_path / "base")
    app = create_app({"INSTANCE": folder})
    with app.app_context():
        ids = {}
        for username, roles in MORE_PEOPLE.items():
            person = add_person(
                NewPerson(username.title(), username, PASSWORD, roles), at=NEW_YEARS_EVE
            )
            ids[username] = person.id
        for name, hosts, assistants in (
            ("Bidang Koperasi", {ids["hendra"]}, {ids["sari"]}),
            ("Bidang Usaha Kecil", set(), set()),
        ):
            unit = UnitData(
                name=name,
                post=f"Kepala {name}",
                active=True,
                is_default=False,
                host_ids=frozenset(hosts),
                assistant_ids=frozenset(assistants),
                host_role="host",
            )
            save_unit(None, unit)
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.mark.timeout(300)
def test_whatever_people_do_the_record_holds_together(base, tmp_path):
    app = create_app({"INSTANCE": copy_instance(base, tmp_path / "instance")})

    run_state_machine_as_test(
        lambda: OfficeAtWork(app, base),
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=os.environ.get("CI") == "true",
            suppress_health_check=list(HealthCheck),
        ),
    )
