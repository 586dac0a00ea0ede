"""The whole stock of badges: where each one is, since when, with whom, and how it got there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.badge_life import AWAY_STATES, BadgeState, shown_state
from app.models.badge import Badge, BadgeCode, BadgeEvent, BadgeKind, Loan
from app.models.person import Person
from app.models.visit import Visit, Visitor
from app.queries.badges import awaits_print
from app.queries.loans import left_at

_OUTSTANDING = BadgeState.OUTSTANDING
_MOVE = aliased(BadgeEvent)


@dataclass(frozen=True)
class Holder:
    """The visit that holds a badge, or that it was last seen with.

    `left_at` is about when its guest carried the badge home.
    """

    year: int
    number: int
    name: str | None
    origin: str | None
    issued_at: datetime
    left_at: datetime | None

    @property
    def label(self) -> str:
        """The visit's number as people say it."""
        return f"{self.number}/{self.year}"


@dataclass(frozen=True)
class StockRow:
    """One badge: where it is, since when, with whom, and whether its code is on paper.

    `kind` is the word that its band says.
    `awaits_print` says that the card at hand shows an earlier, dead code.
    """

    number: int
    kind: str
    state: BadgeState
    moved_at: datetime
    holder: Holder | None
    is_printed: bool
    awaits_print: bool

    @property
    def left_at(self) -> datetime | None:
        """About when a badge that is not back was carried home."""
        return self.holder.left_at if self.holder and self.state is _OUTSTANDING else None

    @property
    def since(self) -> datetime:
        """Since when it is where it is."""
        return self.left_at or self.moved_at

    @property
    def shown(self) -> str:
        """Where it is as people are told."""
        return shown_state(self.state, is_printed=self.is_printed, awaits_print=self.awaits_print)


@dataclass(frozen=True)
class BadgeMoveLine:
    """One line of a badge's history."""

    at: datetime
    from_state: str | None
    to_state: str
    reason: str | None
    actor_name: str
    holder: Holder | None


def stock_rows(
    session: Session, states: Sequence[BadgeState] = (), number: int | None = None
) -> list[StockRow]:
    """The badges in these states, or all of them, by number."""
    newest = (  # a badge at a time: their logs grow with each guest
        select(func.max(_MOVE.seq))
        .where(_MOVE.badge_id == Badge.id)
        .correlate(Badge)
        .scalar_subquery()
    )
    query = (
        select(Badge, BadgeKind.word, BadgeEvent.at, BadgeCode.printed_at, awaits_print())
        .select_from(Badge)
        .join(BadgeEvent, (BadgeEvent.badge_id == Badge.id) & (BadgeEvent.seq == newest))
        .join(BadgeKind, BadgeKind.code == Badge.kind)
        .outerjoin(BadgeCode, (BadgeCode.badge_id == Badge.id) & BadgeCode.revoked_at.is_(None))
        .order_by(Badge.number)
    )
    if states:
        query = query.where(Badge.state.in_(states))
    if number is not None:
        query = query.where(Badge.number == number)
    found = session.execute(query).all()
    holders = _holders(session, [badge.id for badge, *_ in found if badge.state in AWAY_STATES])
    return [
        StockRow(
            number=badge.number,
            kind=word,
            state=BadgeState(badge.state),
            moved_at=at,
            holder=holders.get(badge.id),
            is_printed=printed_at is not None,
            awaits_print=awaits,
        )
        for badge, word, at, printed_at, awaits in found
    ]


def history(session: Session, number: int, most: int | None = None) -> list[BadgeMoveLine]:
    """What happened to a badge, newest first: all of it, or no more than so many moves."""
    rows = session.execute(
        _with_holder(select(BadgeEvent, Person.name, Loan, Visit, Visitor, left_at()))
        .join(Badge, Badge.id == BadgeEvent.badge_id)
        .join(Person, Person.id == BadgeEvent.actor_id)
        .where(Badge.number == number)
        .order_by(BadgeEvent.seq.desc())
        .limit(most)
    )
    return [
        BadgeMoveLine(
            at=event.at,
            from_state=event.from_state,
            to_state=event.to_state,
            reason=event.reason,
            actor_name=name,
            holder=None if event.loan_id is None else _holder(loan, visit, visitor, at),
        )
        for event, name, loan, visit, visitor, at in rows
    ]


def _with_holder(
    query: Select[BadgeEvent, str, Loan, Visit, Visitor, datetime | None],
) -> Select[BadgeEvent, str, Loan, Visit, Visitor, datetime | None]:
    return (
        query.select_from(BadgeEvent)
        .outerjoin(Loan, Loan.id == BadgeEvent.loan_id)
        .outerjoin(Visit, Visit.id == Loan.visit_id)
        .outerjoin(Visitor, (Visitor.visit_id == Visit.id) & Visitor.is_leader)
    )


def _holders(session: Session, badge_ids: list[int]) -> dict[int, Holder]:
    """The latest loan of each badge."""
    latest = select(func.max(Loan.id)).where(Loan.badge_id.in_(badge_ids)).group_by(Loan.badge_id)
    rows = session.execute(
        select(Loan, Visit, Visitor, left_at())
        .join(Visit, Visit.id == Loan.visit_id)
        .join(Visitor, (Visitor.visit_id == Visit.id) & Visitor.is_leader)
        .where(Loan.id.in_(latest))
    )
    return {loan.badge_id: _holder(loan, visit, visitor, at) for loan, visit, visitor, at in rows}


def _holder(loan: Loan, visit: Visit, visitor: Visitor, at: datetime | None) -> Holder:
    return Holder(visit.year, visit.number, visitor.name, visitor.origin, loan.issued_at, at)
