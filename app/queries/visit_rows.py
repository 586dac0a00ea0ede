"""What is on record about visits, read as bare rows: their logs, badges and words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.events import Event, EventKind
from app.models.badge import Badge, Loan
from app.models.base import table_of
from app.models.visit import StepEvent, VisitText

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


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


# Made once: every scan asks these, and building a statement takes as long as running it. What is
# only read needs no objects, which take as long again.
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
