"""Badges as they are printed, and the rack of them; in guests' hands see `loans.py`."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.badge_life import BadgeState, shown_state
from app.models.badge import Badge, BadgeCode


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


# Made once: building a statement takes as long as running it.
_NEEDS_PRINT = select(awaits_print()).where(Badge.id == bindparam("badge_id"))


def code_row(session: Session, code: str) -> BadgeCode | None:
    """A code that was printed once, live or dead."""
    return session.get(BadgeCode, code)


def needs_print(session: Session, badge_id: int) -> bool:
    """Whether a badge must be printed before it is handed out."""
    return session.scalar(_NEEDS_PRINT, {"badge_id": badge_id}) is True


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
