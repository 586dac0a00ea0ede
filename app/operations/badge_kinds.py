"""Name and colour the kinds of badges, and give badges another kind.

No kind is deleted: badges of it hang in the rack, and their code names it.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.badge import Badge, BadgeKind
from app.operations.transaction import write


@dataclass(frozen=True)
class KindData:
    """A kind as the admin describes it; the colour is "#rrggbb"."""

    word: str
    colour: str
    pattern: str


@dataclass(frozen=True)
class ChangedBadges:
    """What a range of numbers came to: badges there, and the numbers whose kind has changed."""

    found: int
    numbers: list[int]


class WordTaken(Exception):
    """Another kind has that word; it is the message."""


class PatternTaken(Exception):
    """Another kind has that pattern; its word is the message."""


def add_kind(data: KindData) -> BadgeKind:
    """A further kind, after the others; raises WordTaken or PatternTaken."""
    with write() as session:
        _check(session, "", data)
        position = (session.scalar(select(func.max(BadgeKind.position))) or 0) + 1
        kind = BadgeKind(code=f"kind-{position}", position=position)
        session.add(_described(kind, data))
        return kind


def save_kind(code: str, data: KindData) -> BadgeKind:
    """Change a kind; raises WordTaken or PatternTaken."""
    with write() as session:
        _check(session, code, data)
        return _described(session.get_one(BadgeKind, code), data)


def change_kind(first: int, last: int, *, kind: str) -> ChangedBadges:
    """Give the badges of a range of numbers another kind."""
    with write() as session:
        wanted = session.get_one(BadgeKind, kind)
        found = session.scalars(
            select(Badge)
            .where(Badge.number.between(first, last), Badge.state != "retired")
            .order_by(Badge.number)
        ).all()
        others = [badge for badge in found if badge.kind != wanted.code]
        for badge in others:
            badge.kind = wanted.code
        return ChangedBadges(len(found), [badge.number for badge in others])


def _described(kind: BadgeKind, data: KindData) -> BadgeKind:
    kind.word, kind.colour, kind.pattern = data.word, data.colour, data.pattern
    return kind


def _check(session: Session, code: str, data: KindData) -> None:
    """Whether word and pattern tell this kind from every other, on paper without colour too."""
    for other in session.scalars(select(BadgeKind).where(BadgeKind.code != code)):
        if other.word.upper() == data.word.upper():
            raise WordTaken(other.word)
        if other.pattern == data.pattern:
            raise PatternTaken(other.word)
