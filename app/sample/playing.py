"""Plays a script by the rules alone: the events, words and scans that would be on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.decision import (
    Act,
    Advanced,
    Closed,
    Decision,
    Draft,
    Ended,
    Needs,
    Reason,
    Refused,
    Repeated,
    Returned,
    Started,
)
from app.domain.decisions import advance, current_step
from app.domain.events import Event, EventKind, Note, Outcome
from app.domain.permissions import registrar_role
from app.domain.progress import Progress, extend
from app.domain.sop import Effect, Field, Sop, Step
from app.operations.log import Authorship, drafted
from app.operations.scan_badges import issue_drafts
from app.operations.scan_scene import Answers
from app.operations.scan_visits import given_of
from app.queries.units import ReceivingGroup
from app.sample.scripts import Move, Script
from app.sample.staff import Staff

Words = tuple[tuple[str, str], ...]  # a field and what was written in it


@dataclass(frozen=True)
class Said:
    """What is stored of a scan's answer."""

    outcome: str
    reason: Reason | None
    act: Act | None
    acted: Step | None
    step: Step | None


@dataclass(frozen=True)
class Played:
    """One thing that happened: a scan with what came of it, or an entry in the guest book."""

    at: datetime
    by: Authorship
    move: Move | None = None
    said: Said | None = None
    texts: Words = ()
    events: Sequence[Event] = ()


@dataclass
class Performance:
    """A script as it was played, and where the visit stands afterwards."""

    script: Script
    sop: Sop
    staff: Staff
    progress: Progress = field(default_factory=Progress)
    words: dict[str, str] = field(default_factory=dict)
    played: list[Played] = field(default_factory=list)

    def bring_on(self, events: Sequence[Event], texts: Words) -> None:
        """Bring the visit forward by what was written."""
        self.progress = extend(self.progress, events)
        self.words.update(texts)


def play(script: Script, sop: Sop, staff: Staff) -> Performance:
    """Everything that the script comes to."""
    performance = Performance(script, sop, staff)
    performance.played.append(_open(performance))
    for move in script.moves:
        performance.played.append(_scan(performance, move))
    if script.cancelling is not None:
        performance.played.append(_cancel(performance))
    return performance


def _open(performance: Performance) -> Played:
    script, entry = performance.script, performance.script.entry
    note = None if script.opened_at else Note.ARRIVAL_UNKNOWN
    by = _registration(performance, script.saved_at)
    events = drafted(
        performance.progress,
        [Draft(EventKind.OPENED, reason_code=note)],
        by,
        occurred_at=script.arrived_at,
        destination_id=entry.destination_id,
    )
    texts = ((Field.PURPOSE.value, entry.purpose),) if entry.purpose else ()
    performance.bring_on(events, texts)
    return Played(script.saved_at, by, texts=texts, events=events)


def _cancel(performance: Performance) -> Played:
    cancelling = performance.script.cancelling
    assert cancelling is not None, "asked only for a cancelled entry"
    by = _registration(performance, cancelling.at)
    drafts = [
        Draft(EventKind.CANCELLED),
        Draft(EventKind.CLOSED, reason_code=Outcome.CANCELLED),
    ]
    events = drafted(performance.progress, drafts, by)
    performance.bring_on(events, ())
    texts = (("reason", cancelling.reason),)
    return Played(cancelling.at, by, texts=texts, events=events)


def _registration(performance: Performance, at: datetime) -> Authorship:
    role = registrar_role(performance.sop)
    post = performance.sop.performer(role).name
    return Authorship(performance.script.registrar, role, post, at)


def _scan(performance: Performance, move: Move) -> Played:
    before = _present(performance)
    if before is not None and Effect.ISSUES_BADGE in before.effects and move.method != "tap":
        return _hand_over(performance, move, before)
    group = _group(performance, before)
    decision = _decide(performance, move, group)
    assert not isinstance(decision, Returned), "a sample visit has one badge"
    if not isinstance(decision, Advanced | Started | Ended | Closed):
        return _stay(move, before, decision)
    post = performance.sop.performer(decision.role).name
    if group is not None and not isinstance(decision, Closed):
        post = group.posts[move.officer.person_id]
    by = Authorship(move.officer, decision.role, post, move.at, move.method)
    unit_id = None
    if not isinstance(decision, Closed) and Field.DESTINATION in decision.step.requires:
        unit_id = move.answers.destination_id
    events = drafted(performance.progress, decision.drafts, by, destination_id=unit_id)
    texts = _texts(performance, decision, move.answers)
    outcome = type(decision).__name__.lower()
    performance.bring_on(events, texts)
    said = Said(outcome, None, None, decision.step, _present(performance))
    return Played(move.at, by, move, said, texts, events)


def _hand_over(performance: Performance, move: Move, step: Step) -> Played:
    post = performance.sop.performer(step.role).name
    by = Authorship(move.officer, step.role, post, move.at, move.method)
    events = drafted(performance.progress, issue_drafts(step), by)
    performance.bring_on(events, ())
    said = Said("issued", None, Act.ISSUE, step, _present(performance))
    return Played(move.at, by, move, said, (), events)


def _present(performance: Performance) -> Step | None:
    return current_step(performance.sop, performance.progress)


def _stay(move: Move, before: Step | None, decision: Refused | Repeated | Needs) -> Played:
    said = Said("repeated", None, None, before, before)
    if isinstance(decision, Refused):
        said = Said("refused", decision.reason, None, before, before)
    elif isinstance(decision, Needs):
        said = Said("needs", decision.reason, decision.act, decision.step, before)
    by = Authorship(move.officer, "", "", move.at, move.method)
    return Played(move.at, by, move, said)


def _group(performance: Performance, step: Step | None) -> ReceivingGroup | None:
    if step is None or Effect.BY_HOST not in step.effects:
        return None
    unit_id = performance.progress.destination_id
    return performance.staff.groups[unit_id or performance.staff.unit_ids[0]]


def _decide(performance: Performance, move: Move, group: ReceivingGroup | None) -> Decision:
    recorded = {
        Field.PURPOSE: performance.words.get(Field.PURPOSE),
        Field.DIRECTION: performance.words.get(Field.DIRECTION),
        Field.DESTINATION: performance.progress.destination_id,
    }
    given = given_of(move.answers, recorded, group, by_tap=move.method == "tap")
    actor = move.officer.actor
    return advance(performance.sop, performance.progress, actor=actor, at=move.at, given=given)


def _texts(
    performance: Performance, decision: Advanced | Started | Ended | Closed, answers: Answers
) -> Words:
    if isinstance(decision, Closed):
        return (("reason", answers.reason_text),) if answers.reason_text else ()
    words = ((Field.PURPOSE, answers.purpose), (Field.DIRECTION, answers.direction))
    return tuple(
        (name.value, value)
        for name, value in words
        if name in decision.step.requires and value and value != performance.words.get(name)
    )
