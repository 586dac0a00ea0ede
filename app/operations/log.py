"""Append to a visit's log and bring its projection up to date, in one stroke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from sqlalchemy import CursorResult, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.domain.decision import Draft
from app.domain.decisions import current_step
from app.domain.events import Event
from app.domain.permissions import registrar_role
from app.domain.progress import Progress, extend, fold
from app.domain.sop import Sop
from app.models.base import table_of
from app.models.visit import StepEvent, Visit, VisitText
from app.operations.officer import Officer
from app.operations.projecting import project_step_times
from app.operations.transaction import ConcurrentChange, refresh_screens
from app.queries.visit_rows import Words
from app.queries.visits import log_events

_TEXT = table_of(VisitText)
_NEXT_TEXT = (
    select(func.coalesce(func.max(_TEXT.c.seq), 0) + 1)
    .where(_TEXT.c.visit_id == bindparam("of_visit"))
    .scalar_subquery()
)
_TEXTS = insert(_TEXT).values(seq=_NEXT_TEXT)
_EVENTS = insert(table_of(StepEvent))  # rows that nobody reads again need no objects
_VISIT = table_of(Visit)
_OF_VISIT = update(_VISIT).where(_VISIT.c.id == bindparam("of_visit"))
_PROJECTION = _OF_VISIT.where(_VISIT.c.last_seq == bindparam("known_seq"))


@dataclass(frozen=True)
class Authorship:
    """Who writes an event, as what, when and by which means.

    `recorded_at` differs from `at` for what is written down later than it happened.
    """

    officer: Officer
    role: str
    post: str
    at: datetime
    method: str | None = None
    scan_id: int | None = None
    recorded_at: datetime | None = None
    on_behalf_of: str | None = None


def as_registrar(sop: Sop, officer: Officer, at: datetime) -> Authorship:
    """Who keeps the guest book writes this (SOP step 1)."""
    role = registrar_role(sop)
    return Authorship(officer, role, officer.post_as(sop, role), at)


def drafted(
    progress: Progress,
    drafts: Sequence[Draft],
    by: Authorship,
    *,
    occurred_at: datetime | None = None,
    destination_id: int | None = None,
) -> list[Event]:
    """The events that the drafts become when they are written after `progress`."""
    return [
        Event(
            seq=progress.last_seq + offset,
            kind=draft.kind,
            occurred_at=occurred_at or by.at,
            actor_id=by.officer.person_id,
            by_scan=by.method is not None,
            step_key=draft.step_key,
            destination_id=(destination_id if offset == 1 else None) or draft.destination_id,
            reason_code=draft.reason_code,
            undoes=draft.undoes,
            corrects=draft.corrects,
            corrected_to=draft.corrected_to,
            recorded_at=by.recorded_at or by.at,
        )
        for offset, draft in enumerate(drafts, start=1)
    ]


def append(
    session: Session,
    visit_id: int,
    sop: Sop,
    progress: Progress,
    events: Sequence[Event],
    by: Authorship,
) -> Progress:
    """Write the events and the projection that follows from them.

    What changes the past is folded with the whole log. Raises ConcurrentChange when the log has
    grown since `progress` was read.
    """
    if any(event.changes_the_past for event in events):
        after = fold([*log_events(session, visit_id), *events])
        rounds = [after.round for _ in events]
    else:
        stages = list(
            accumulate(events, lambda so_far, event: extend(so_far, [event]), initial=progress)
        )
        after, rounds = stages[-1], [stage.round for stage in stages[1:]]
    late_steps = project_step_times(session, visit_id, sop, progress, after)
    columns = projection(sop, after) | {"late_steps": late_steps}
    _project(session, visit_id, columns, progress.last_seq)
    rows = zip(events, rounds, strict=True)
    session.execute(
        _EVENTS, [event_columns(visit_id, event, by, in_round) for event, in_round in rows]
    )
    refresh_screens(session)
    return after


def event_columns(
    visit_id: int, event: Event, by: Authorship, in_round: int = 1
) -> dict[str, object]:
    """What is stored of an event; one that sends the guest back begins its round."""
    return {
        "visit_id": visit_id,
        "seq": event.seq,
        "kind": event.kind,
        "step_key": event.step_key,
        "destination_id": event.destination_id,
        "reason_code": event.reason_code,
        "round": in_round,
        "undoes": event.undoes,
        "corrects": event.corrects,
        "corrected_to": event.corrected_to,
        "occurred_at": event.occurred_at,
        "recorded_at": by.recorded_at or by.at,
        "actor_id": by.officer.person_id,
        "actor_name": by.officer.name,
        "actor_post": by.post,
        "acting_role": by.role,
        "on_behalf_of": by.on_behalf_of,
        "method": by.method,
        "scan_id": by.scan_id,
    }


def projection(sop: Sop, progress: Progress) -> dict[str, object]:
    """The columns of `visit` that are nothing but the folded log."""
    step = current_step(sop, progress)
    state = "closed" if step is None else "running" if progress.running_since else "waiting"
    return {
        "last_seq": progress.last_seq,
        "step_key": step.key if step else None,
        "step_state": state,
        "round": progress.round,
        "destination_id": progress.destination_id,
        "outcome": progress.outcome,
        "closed_at": progress.closed_at,
        "corrections": progress.corrections,
    }


def add_text(session: Session, visit_id: int, field: str, value: str, by: Authorship) -> Words:
    """Add a version of a text, which now stands; the earlier ones stay on record."""
    columns = {
        "visit_id": visit_id,
        "field": field,
        "value": value,
        "actor_id": by.officer.person_id,
        "actor_name": by.officer.name,
        "actor_post": by.post,
        "at": by.at,
    }
    session.execute(_TEXTS, columns | {"of_visit": visit_id})
    return Words(value, by.officer.name, by.post, by.at)


def put_right(session: Session, visit_id: int, **columns: object) -> None:
    """Change what a visit was when it began; the words that go with it say what it had been."""
    session.execute(_OF_VISIT, {"of_visit": visit_id, **columns})


def _project(session: Session, visit_id: int, columns: dict[str, object], known_seq: int) -> None:
    result = session.execute(_PROJECTION, {"of_visit": visit_id, "known_seq": known_seq, **columns})
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise ConcurrentChange(visit_id)
