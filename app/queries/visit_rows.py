"""What is on record about visits, as bare rows: who came, their logs, badges and words.

Every scan reads them, and objects take as long again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.events import Event, EventKind
from app.models.badge import Badge, Loan
from app.models.base import table_of
from app.models.person import Unit
from app.models.visit import StepEvent, Visit, Visitor, VisitText

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


class VisitRow(NamedTuple):
    """What a visit was when it began; how it stands now is its log's to say."""

    id: int
    year: int
    number: int
    kind: str
    guest_kind: str
    sop_version_id: int
    arrived_on: date
    arrived_at: datetime
    party_size: int
    priority: str
    late_entry: bool
    late_steps: int


class GuestRow(NamedTuple):
    """Who leads a visit, in the guest's own words; None once they were erased."""

    name: str | None
    origin: str | None
    position: str | None
    phone: str | None
    identity_kind: str | None
    identity_shown: bool
    erased_at: datetime | None


class Destination(NamedTuple):
    """Where a visit goes: a unit of the office, and the post that receives for it."""

    id: int
    name: str
    post: str
    active: bool


class Words(NamedTuple):
    """The newest version of a text about a visit, and who wrote it; None once it was erased."""

    value: str | None
    actor_name: str
    actor_post: str
    at: datetime


@dataclass(frozen=True)
class AboutVisits:
    """A statement about one visit, and the same about several: a list takes longer to bind."""

    one: AnySelect
    several: AnySelect

    @classmethod
    def by(cls, visit_id: ColumnElement[int], statement: AnySelect) -> "AboutVisits":
        """The statement for the visits with that id."""
        return cls(
            statement.where(visit_id == bindparam("visit_id")),
            statement.where(visit_id.in_(bindparam("ids", expanding=True))),
        )

    def read(self, session: Session, ids: Sequence[int]) -> Sequence[AnyRow]:
        """All the rows about these visits."""
        if len(ids) == 1:
            return session.execute(self.one, {"visit_id": ids[0]}).all()
        return session.execute(self.several, {"ids": ids}).all()


# Made once: building a statement takes as long as running it.
_EVENT, _TEXT = table_of(StepEvent).c, table_of(VisitText).c
_OF_EVENT = (  # what the fold needs, and no more
    "seq",
    "kind",
    "occurred_at",
    "actor_id",
    "method",
    "step_key",
    "destination_id",
    "reason_code",
    "undoes",
    "corrects",
    "corrected_to",
    "recorded_at",
)
_read_event = attrgetter(*_OF_EVENT)
_LOAN, _BADGE = table_of(Loan).c, table_of(Badge).c
_VISIT, _GUEST, _UNIT = table_of(Visit).c, table_of(Visitor).c, table_of(Unit).c
HEADS = (  # each visit with who leads it and where it goes
    select(
        *(_VISIT[name] for name in VisitRow._fields),
        *(_GUEST[name] for name in GuestRow._fields),
        *(_UNIT[name] for name in Destination._fields),
    )
    .join_from(table_of(Visit), table_of(Visitor), _GUEST.visit_id == _VISIT.id)
    .outerjoin(table_of(Unit), _UNIT.id == _VISIT.destination_id)
    .where(_GUEST.is_leader)
)
_OF_VISIT = len(VisitRow._fields)
_OF_GUEST = _OF_VISIT + len(GuestRow._fields)
_LOGS = AboutVisits.by(
    _EVENT.visit_id,
    select(_EVENT.visit_id, *(_EVENT[name] for name in _OF_EVENT)).order_by(
        _EVENT.visit_id, _EVENT.seq
    ),
)
_BADGES = AboutVisits.by(
    _LOAN.visit_id,
    select(_LOAN.visit_id, _BADGE.number, _LOAN.ended_at.is_(None))
    .where(_BADGE.id == _LOAN.badge_id)
    .order_by(_LOAN.ended_at.is_not(None), _LOAN.id),
)
_WORDS = AboutVisits.by(
    _TEXT.visit_id,
    select(
        _TEXT.visit_id, _TEXT.field, _TEXT.value, _TEXT.actor_name, _TEXT.actor_post, _TEXT.at
    ).order_by(_TEXT.seq),
)


def head_of(row: AnyRow) -> tuple[VisitRow, GuestRow, Destination | None]:
    """A row of `HEADS`: the visit, who leads it, and where it goes if that is known."""
    unit = row[_OF_GUEST:]
    return (
        VisitRow._make(row[:_OF_VISIT]),
        GuestRow._make(row[_OF_VISIT:_OF_GUEST]),
        None if unit[0] is None else Destination._make(unit),
    )


def event_of(row: StepEvent) -> Event:
    """A stored event as the value the fold works on."""
    return _event(*_read_event(row))


def _event(
    seq: int, kind: str, occurred_at: datetime, actor_id: int, method: str | None, *rest: Any
) -> Event:
    return Event(seq, EventKind(kind), occurred_at, actor_id, method is not None, *rest)


def logs_of(session: Session, ids: Sequence[int]) -> dict[int, list[Event]]:
    """The whole log of each visit as the values the fold works on, oldest first."""
    logs: dict[int, list[Event]] = defaultdict(list)
    for visit_id, *event in _LOGS.read(session, ids):
        logs[visit_id].append(_event(*event))
    return logs


def badge_numbers_of(
    session: Session, ids: Sequence[int]
) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
    """The badges of each visit, those it holds first; and how many it holds."""
    numbers: dict[int, tuple[int, ...]] = defaultdict(tuple)
    held: dict[int, int] = defaultdict(int)
    for visit_id, number, is_held in _BADGES.read(session, ids):
        if number not in numbers[visit_id]:
            numbers[visit_id] = (*numbers[visit_id], number)
        held[visit_id] += is_held
    return numbers, held


def newest_words_of(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Words]]:
    """The words that stand of each visit, by field."""
    newest: dict[int, dict[str, Words]] = defaultdict(dict)
    for visit_id, field, *words in _WORDS.read(session, ids):
        newest[visit_id][field] = Words(*words)
    return newest
