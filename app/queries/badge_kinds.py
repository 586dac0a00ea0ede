"""The kinds of badges, and which badges are of each."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.badge import Badge, BadgeKind


def badge_kinds(session: Session) -> Sequence[BadgeKind]:
    """Every kind, in the office's order."""
    return session.scalars(select(BadgeKind).order_by(BadgeKind.position)).all()


def kind_by_code(session: Session, code: str) -> BadgeKind | None:
    """The kind with that code."""
    return session.get(BadgeKind, code)


def numbers_by_kind(session: Session) -> dict[str, list[int]]:
    """The numbers of the badges of each kind, without those that are out of use."""
    rows = session.execute(
        select(Badge.kind, Badge.number).where(Badge.state != "retired").order_by(Badge.number)
    )
    numbers: dict[str, list[int]] = defaultdict(list)
    for kind, number in rows:
        numbers[kind].append(number)
    return dict(numbers)
