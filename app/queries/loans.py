"""Badges and their loans to visits as bare rows: every scan reads them, objects take as long again.

What a write needs of a badge in a guest's hands is one row: the loan with its badge.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ScalarSelect, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.domain.badge_life import BadgeState
from app.domain.events import EventKind
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.base import table_of
from app.models.visit import StepEvent

CARRIES_HOME = (EventKind.LEFT_UNREPORTED, EventKind.BADGE_GONE)


class BadgeRow(NamedTuple):
    """A badge as it was read: its number, and where it is."""

    id: int
    number: int
    state: BadgeState

    @classmethod
    def of(cls, badge_id: int, number: int, state: str) -> "BadgeRow":
        """The badge of a stored row."""
        return cls(badge_id, number, BadgeState(state))


class LoanRow(NamedTuple):
    """A loan of a badge to a visit; see `models.badge.Loan`."""

    badge: BadgeRow
    id: int
    visit_id: int
    issued_at: datetime
    ended_at: datetime | None
    ended_as: str | None
    replaces_id: int | None
    recovered_at: datetime | None


class LatestMove(NamedTuple):
    """The newest entry of a badge's log; `visit_id` of the visit that it was a loan to."""

    at: datetime
    actor_id: int
    loan_id: int | None
    visit_id: int | None


class FoundBadge(NamedTuple):
    """A badge with the visit that holds it; `is_dead` when it was found by a dead code."""

    badge: BadgeRow
    visit_id: int | None
    is_dead: bool = False


# Made once: every scan asks these, and building a statement takes as long as running it.
_BADGE, _LOAN, _CODE = table_of(Badge).c, table_of(Loan).c, table_of(BadgeCode).c
_BADGES = select(_BADGE.id, _BADGE.number, _BADGE.state)
_BY_NUMBER = _BADGES.where(_BADGE.number == bindparam("number"))
_IS_OUT = (_LOAN.badge_id == _BADGE.id) & _LOAN.ended_at.is_(None)
_OUT_BY_NUMBER = _BY_NUMBER.add_columns(_LOAN.visit_id).outerjoin(table_of(Loan), _IS_OUT)
_OUT_BY_CODE = (
    _BADGES.add_columns(_LOAN.visit_id, _CODE.revoked_at.is_not(None))
    .join(table_of(BadgeCode), _CODE.badge_id == _BADGE.id)
    .outerjoin(table_of(Loan), _IS_OUT)
    .where(_CODE.code == bindparam("code"))
)
_LOANS = _BADGES.add_columns(
    _LOAN.id,
    _LOAN.visit_id,
    _LOAN.issued_at,
    _LOAN.ended_at,
    _LOAN.ended_as,
    _LOAN.replaces_id,
    _LOAN.recovered_at,
).where(_BADGE.id == _LOAN.badge_id)
_OF_BADGE = _LOANS.where(_LOAN.badge_id == bindparam("badge_id"))
_OF_VISIT = _LOANS.where(_LOAN.visit_id == bindparam("visit_id")).order_by(_LOAN.id)
_OPEN_OF_BADGE = _OF_BADGE.where(_LOAN.ended_at.is_(None))
_OPEN_OF_VISIT = _OF_VISIT.where(_LOAN.ended_at.is_(None))
_LATEST_OF_BADGE = _OF_BADGE.order_by(_LOAN.id.desc()).limit(1)
_AT = _LATEST_OF_BADGE.where(
    _LOAN.issued_at <= bindparam("at"),
    or_(_LOAN.ended_at.is_(None), _LOAN.ended_at > bindparam("at")),
)

_MOVE = table_of(BadgeEvent).c
_LATEST_MOVE = (
    select(_MOVE.at, _MOVE.actor_id, _MOVE.loan_id, _LOAN.visit_id)
    .outerjoin(table_of(Loan), _LOAN.id == _MOVE.loan_id)
    .where(_MOVE.badge_id == bindparam("badge_id"))
    .order_by(_MOVE.seq.desc())
    .limit(1)
)


def badge_by_number(session: Session, number: int) -> BadgeRow | None:
    """The badge with that printed number."""
    row = session.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return None if row is None else BadgeRow.of(*row)


def find_by_number(session: Session, number: int) -> FoundBadge | None:
    """The badge with that printed number, and whom it is out with."""
    row = session.execute(_OUT_BY_NUMBER, {"number": number}).one_or_none()
    if row is None:
        return None
    *badge, visit_id = row
    return FoundBadge(BadgeRow.of(*badge), visit_id)


def find_by_code(session: Session, code: str) -> FoundBadge | None:
    """The badge on which that code was printed once, and whom it is out with."""
    row = session.execute(_OUT_BY_CODE, {"code": code}).one_or_none()
    if row is None:
        return None
    *badge, visit_id, is_dead = row
    return FoundBadge(BadgeRow.of(*badge), visit_id, is_dead)


def latest_move(session: Session, badge_id: int) -> LatestMove:
    """The newest entry of a badge's log, which begins when the badge is made."""
    return LatestMove(*session.execute(_LATEST_MOVE, {"badge_id": badge_id}).one())


def open_loan(session: Session, badge_id: int) -> LoanRow | None:
    """The loan that a badge is out on."""
    return _one(session, _OPEN_OF_BADGE, badge_id=badge_id)


def latest_loan(session: Session, badge_id: int) -> LoanRow | None:
    """The loan that a badge was last out on."""
    return _one(session, _LATEST_OF_BADGE, badge_id=badge_id)


def loan_at(session: Session, badge_id: int, at: datetime) -> LoanRow | None:
    """The loan that a badge was out on at an instant."""
    return _one(session, _AT, badge_id=badge_id, at=at)


def open_loans_of_visit(session: Session, visit_id: int) -> Sequence[LoanRow]:
    """The loans a visit still holds, the oldest first."""
    return _all(session, _OPEN_OF_VISIT, visit_id)


def loans_of_visit(session: Session, visit_id: int) -> Sequence[LoanRow]:
    """Every loan to a visit, the oldest first."""
    return _all(session, _OF_VISIT, visit_id)


def left_at() -> ScalarSelect[datetime | None]:
    """When the guest of a loan is thought to have carried the badge home.

    The loan ends when that was written down; its visit's log has the estimate.
    """
    guess = (
        select(func.max(StepEvent.occurred_at))
        .where(StepEvent.visit_id == Loan.visit_id, StepEvent.recorded_at == Loan.ended_at)
        .where(StepEvent.kind.in_(CARRIES_HOME), Loan.ended_as == "outstanding")
    )
    return cast("ScalarSelect[datetime | None]", guess.scalar_subquery())


def carried_home(session: Session, visit_id: int) -> dict[int, datetime]:
    """The loans to a visit whose badge was carried home, and about when."""
    rows = session.execute(select(Loan.id, left_at()).where(Loan.visit_id == visit_id))
    return {loan_id: at for loan_id, at in rows if at is not None}


def _one(session: Session, statement: Select[*tuple[Any, ...]], **which: object) -> LoanRow | None:
    row = session.execute(statement, which).one_or_none()
    return None if row is None else _loan(*row)


def _all(session: Session, statement: Select[*tuple[Any, ...]], visit_id: int) -> list[LoanRow]:
    return [_loan(*row) for row in session.execute(statement, {"visit_id": visit_id})]


def _loan(badge_id: int, number: int, state: str, *loan: Any) -> LoanRow:
    return LoanRow(BadgeRow.of(badge_id, number, state), *loan)
