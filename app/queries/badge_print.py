"""Which badges to print: all, a range, those never printed, those with a new code."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.badge_life import DEAD_STATES
from app.models.badge import Badge, BadgeCode
from app.queries.badges import PrintedBadge, awaits_print


def all_badges(session: Session) -> list[PrintedBadge]:
    """Every badge with a live code."""
    return _read(session, _live())


def badges_between(session: Session, first: int, last: int) -> list[PrintedBadge]:
    """Those of a range of numbers."""
    return _read(session, _live().where(Badge.number.between(first, last)))


def dead_between(session: Session, first: int, last: int) -> list[int]:
    """The numbers of a range whose badges have no code to print: out of use, lost, damaged."""
    return list(
        session.scalars(
            select(Badge.number)
            .where(Badge.number.between(first, last), Badge.state.in_(DEAD_STATES))
            .order_by(Badge.number)
        )
    )


def new_badges(session: Session) -> list[PrintedBadge]:
    """Those whose code was never put on paper."""
    return _read(session, _live().where(BadgeCode.printed_at.is_(None)))


def replacements(session: Session) -> list[PrintedBadge]:
    """Those whose live code came after an earlier one and was never put on paper."""
    return _read(session, _live().where(awaits_print()))


def _live() -> Select[int, str, str, str]:
    return (
        select(Badge.number, BadgeCode.code, Badge.state, Badge.kind)
        .join(BadgeCode, BadgeCode.badge_id == Badge.id)
        .where(BadgeCode.revoked_at.is_(None), Badge.state != "retired")
        .order_by(Badge.number)
    )


def _read(session: Session, query: Select[int, str, str, str]) -> list[PrintedBadge]:
    return [PrintedBadge(*row) for row in session.execute(query)]
