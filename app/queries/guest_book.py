"""The guest book: newest first, found by name, origin, badge or number, paged by key."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session

from app.models.badge import Badge, Loan
from app.models.visit import Visit, Visitor
from app.queries.visits import VisitView, views_of

PAGE_SIZE = 25
CURSOR_PART = re.compile(r"[0-9]{1,17}")


@dataclass(frozen=True)
class Cursor:
    """The place after which the next page begins: the last visit shown."""

    arrived_at: datetime
    visit_id: int

    def __str__(self) -> str:
        return f"{int(self.arrived_at.timestamp() * 1_000_000)}-{self.visit_id}"


@dataclass(frozen=True)
class GuestBookPage:
    """One page, and where the next one begins (None on the last)."""

    views: list[VisitView]
    following: Cursor | None


def parse_cursor(text: str) -> Cursor | None:
    """A cursor from an address; None for anything else."""
    moment, _, visit_id = text.partition("-")
    if not (CURSOR_PART.fullmatch(moment) and CURSOR_PART.fullmatch(visit_id)):
        return None
    seconds, micro = divmod(int(moment), 1_000_000)
    return Cursor(datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), int(visit_id))


def guest_book(session: Session, *, search: str, after: Cursor | None) -> GuestBookPage:
    """A page of visits, newest first, that fit the search (all of them when it is empty)."""
    query = select(Visit)
    if search:
        query = _matching(query, search)
    if after is not None:
        query = query.where(
            tuple_(Visit.arrived_at, Visit.id) < tuple_(after.arrived_at, after.visit_id)
        )
    newest_first = query.order_by(Visit.arrived_at.desc(), Visit.id.desc()).limit(PAGE_SIZE + 1)
    rows = session.scalars(newest_first).all()
    shown = rows[:PAGE_SIZE]
    following = Cursor(shown[-1].arrived_at, shown[-1].id) if len(rows) > PAGE_SIZE else None
    return GuestBookPage(views_of(session, shown), following)


def _matching(query: Select[Visit], search: str) -> Select[Visit]:
    """Every word must be found in name or origin; a number is a visit's or a badge's."""
    number, _, year = search.partition("/")
    if number.isdecimal() and year.isdecimal():
        return query.where(Visit.number == int(number[:9]), Visit.year == int(year[:4]))
    if search.isdecimal():
        return query.where(or_(Visit.number == int(search[:9]), Visit.id.in_(_held(search))))
    for word in search.split():
        pattern = f"%{_escaped(word)}%"
        words = or_(
            Visitor.name.ilike(pattern, escape="\\"), Visitor.origin.ilike(pattern, escape="\\")
        )
        query = query.where(Visit.id.in_(select(Visitor.visit_id).where(words)))
    return query


def _held(search: str) -> Select[int]:
    return (
        select(Loan.visit_id)
        .join(Badge, Badge.id == Loan.badge_id)
        .where(Badge.number == int(search[:9]))
    )


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
