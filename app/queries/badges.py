"""Badges: by code, by number, by range, and the whole stock."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.domain.badge_life import BadgeState, shown_state
from app.domain.events import EventKind
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.visit import StepEvent

CARRIES_HOME = (EventKind.LEFT_UNREPORTED, EventKind.BADGE_GONE)


@dataclass(frozen=True)
class PrintedBadge:
    """A badge as it is printed: its number, its live code, its kind."""

    number: int
    code: str
    state: str
    kind: str = "general"


@dataclass(frozen=True)
class RackBadge:
    """A badge of the rack: its number, and where it is as people are told."""

    number: int
    shown: str

    @property
    def is_free(self) -> bool:
        """Whether there is a card to hand out."""
        return self.shown == BadgeState.AVAILABLE


def is_unprinted() -> ColumnElement[bool]:
    """That a badge's live code was never noted as printed."""
    live = aliased(BadgeCode)
    return exists().where(
        live.badge_id == Badge.id, live.revoked_at.is_(None), live.printed_at.is_(None)
    )


def awaits_print() -> ColumnElement[bool]:
    """That a badge's live code is not on paper yet: the card at hand shows an earlier, dead one."""
    dead = aliased(BadgeCode)
    has_dead = exists().where(dead.badge_id == Badge.id, dead.revoked_at.is_not(None))
    return and_(is_unprinted(), has_dead)


# Made once: every scan asks these, and building a statement takes as long as running it.
_BADGE: BindParameter[int] = bindparam("badge_id")
_BY_NUMBER = select(Badge).where(Badge.number == bindparam("number"))
_IS_OUT = and_(Loan.badge_id == Badge.id, Loan.ended_at.is_(None))
_OUT_BY_NUMBER = (
    select(Badge, Loan).outerjoin(Loan, _IS_OUT).where(Badge.number == bindparam("number"))
)
_OUT_BY_CODE = (
    select(Badge, Loan, BadgeCode.revoked_at)
    .join(BadgeCode, BadgeCode.badge_id == Badge.id)
    .outerjoin(Loan, _IS_OUT)
    .where(BadgeCode.code == bindparam("code"))
)
_OPEN_LOANS = (
    select(Loan)
    .where(Loan.visit_id == bindparam("visit_id"), Loan.ended_at.is_(None))
    .order_by(Loan.id)
)
_OPEN_LOAN = select(Loan).where(Loan.badge_id == _BADGE, Loan.ended_at.is_(None))
_LATEST_MOVE = (
    select(BadgeEvent).where(BadgeEvent.badge_id == _BADGE).order_by(BadgeEvent.seq.desc()).limit(1)
)
_NEEDS_PRINT = select(awaits_print()).where(Badge.id == _BADGE)


def code_row(session: Session, code: str) -> BadgeCode | None:
    """A code that was printed once, live or dead."""
    return session.get(BadgeCode, code)


def badge_by_number(session: Session, number: int) -> Badge | None:
    """The badge with that printed number."""
    return session.scalars(_BY_NUMBER, {"number": number}).one_or_none()


@dataclass(frozen=True)
class FoundBadge:
    """A badge with the loan that it is out on; `is_dead` when it was found by a dead code."""

    badge: Badge
    loan: Loan | None
    is_dead: bool = False


def find_by_number(session: Session, number: int) -> FoundBadge | None:
    """The badge with that printed number, and whom it is out with."""
    row = session.execute(_OUT_BY_NUMBER, {"number": number}).one_or_none()
    return None if row is None else FoundBadge(*row)


def find_by_code(session: Session, code: str) -> FoundBadge | None:
    """The badge on which that code was printed once, and whom it is out with."""
    row = session.execute(_OUT_BY_CODE, {"code": code}).one_or_none()
    if row is None:
        return None
    badge, loan, revoked_at = row
    return FoundBadge(badge, loan, is_dead=revoked_at is not None)


def open_loan(session: Session, badge_id: int) -> Loan | None:
    """The loan that a badge is out on."""
    return session.scalars(_OPEN_LOAN, {"badge_id": badge_id}).one_or_none()


def latest_loan(session: Session, badge_id: int) -> Loan:
    """The loan that a badge was last out on."""
    newest_first = Loan.id.desc()
    return session.scalars(
        select(Loan).where(Loan.badge_id == badge_id).order_by(newest_first).limit(1)
    ).one()


def loan_at(session: Session, badge_id: int, at: datetime) -> Loan | None:
    """The loan that a badge was out on at an instant."""
    return session.scalars(
        select(Loan)
        .where(Loan.badge_id == badge_id, Loan.issued_at <= at)
        .where(or_(Loan.ended_at.is_(None), Loan.ended_at > at))
        .order_by(Loan.id.desc())
        .limit(1)
    ).one_or_none()


def open_loans_of_visit(session: Session, visit_id: int) -> Sequence[Loan]:
    """The loans a visit still holds."""
    return session.scalars(_OPEN_LOANS, {"visit_id": visit_id}).all()


def loans_of_visit(session: Session, visit_id: int) -> Sequence[Loan]:
    """Every loan to a visit, the oldest first."""
    return session.scalars(
        select(Loan)
        .where(Loan.visit_id == visit_id)
        .order_by(Loan.id)
        .execution_options(populate_existing=True)
    ).all()


def loans_with_numbers(session: Session, visit_id: int) -> list[tuple[Loan, int]]:
    """Every loan to a visit with the number of its badge, the oldest first."""
    rows = session.execute(
        select(Loan, Badge.number)
        .join(Badge, Badge.id == Loan.badge_id)
        .where(Loan.visit_id == visit_id)
        .order_by(Loan.id)
    )
    return [(loan, number) for loan, number in rows]


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


def latest_move(session: Session, badge_id: int) -> BadgeEvent | None:
    """The newest entry of a badge's log."""
    return session.scalars(_LATEST_MOVE, {"badge_id": badge_id}).one_or_none()


def needs_print(session: Session, badge: Badge) -> bool:
    """Whether this badge must be printed before it is handed out."""
    return session.scalar(_NEEDS_PRINT, {"badge_id": badge.id}) is True


def stock(session: Session) -> list[RackBadge]:
    """Every badge by number."""
    rows = session.execute(
        select(Badge.number, Badge.state, is_unprinted(), awaits_print()).order_by(Badge.number)
    )
    return [
        RackBadge(number, shown_state(state, is_printed=not unprinted, awaits_print=awaits))
        for number, state, unprinted, awaits in rows
    ]


def printed_badges(session: Session, first: int, last: int) -> list[PrintedBadge]:
    """The live badges of a range of numbers, as they are printed."""
    rows = session.execute(
        select(Badge.number, BadgeCode.code, Badge.state, Badge.kind)
        .join(BadgeCode, BadgeCode.badge_id == Badge.id)
        .where(
            Badge.number.between(first, last),
            BadgeCode.revoked_at.is_(None),
            Badge.state != "retired",
        )
        .order_by(Badge.number)
    )
    return [PrintedBadge(*row) for row in rows]


def printed_with(session: Session) -> dict[str | None, list[int]]:
    """The numbers of live badges by the address they were last printed with; None: not yet."""
    rows = session.execute(
        select(BadgeCode.printed_url, Badge.number)
        .join(Badge, Badge.id == BadgeCode.badge_id)
        .where(BadgeCode.revoked_at.is_(None), Badge.state != "retired")
        .order_by(Badge.number)
    )
    numbers: dict[str | None, list[int]] = defaultdict(list)
    for url, number in rows:
        numbers[url].append(number)
    return dict(numbers)


def highest_number(session: Session) -> int:
    """The highest badge number made so far; 0 when there is none."""
    return session.scalar(select(func.max(Badge.number))) or 0
