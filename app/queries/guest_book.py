"""The guest book: newest first, filtered and searched, paged by key, or whole for a report."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, Tuple, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.models.badge import Badge, Loan
from app.models.dialect import SHORTEST_SEARCHED, visitors_found
from app.models.visit import Visit, Visitor
from app.queries.register import Filters, filtered
from app.queries.visits import VisitView, views_by_id

PAGE_SIZE = 25
AT_ONCE = 500  # visits read together for a report
CURSOR_PART = re.compile(r"[0-9]{1,17}")


NO_FILTERS = Filters()


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


def guest_book(
    session: Session, *, search: str, after: Cursor | None, filters: Filters = NO_FILTERS
) -> GuestBookPage:
    """A page of visits, newest first, that fit search and filters (all of them without)."""
    query = _fitting(filters, search)
    if after is not None:
        query = query.where(_key() < _key_of(after))
    newest_first = query.order_by(Visit.arrived_at.desc(), Visit.id.desc()).limit(PAGE_SIZE + 1)
    ids = session.scalars(newest_first.with_only_columns(Visit.id)).all()
    views = list(views_by_id(session, ids[:PAGE_SIZE]).values())
    last = views[-1].visit if len(ids) > PAGE_SIZE else None
    return GuestBookPage(views, Cursor(last.arrived_at, last.id) if last else None)


def count(
    session: Session, filters: Filters, *, search: str = "", until: Cursor | None = None
) -> int:
    """How many visits fit search and filters; with `until`, those on the pages up to there."""
    query = _fitting(filters, search)
    if until is not None:
        query = query.where(_key() >= _key_of(until))
    return session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0


def in_order_of_arrival(session: Session, filters: Filters) -> Iterator[VisitView]:
    """Every visit that fits the filters, oldest first, as a report lists them."""
    ordered = filtered(select(Visit), filters).order_by(Visit.arrived_at, Visit.id)
    ids = session.scalars(ordered.with_only_columns(Visit.id)).all()
    for start in range(0, len(ids), AT_ONCE):
        yield from views_by_id(session, ids[start : start + AT_ONCE]).values()


def _fitting(filters: Filters, search: str) -> Select[Visit]:
    query = filtered(select(Visit), filters)
    return _matching(query, search) if search else query


def _key() -> Tuple:
    return tuple_(Visit.arrived_at, Visit.id)


def _key_of(cursor: Cursor) -> Tuple:
    return tuple_(cursor.arrived_at, cursor.visit_id)


def _matching(query: Select[Visit], search: str) -> Select[Visit]:
    """Every word must be found in name or origin; a number is a visit's or a badge's."""
    number, _, year = search.partition("/")
    if number.isdecimal() and year.isdecimal():
        return query.where(Visit.number == int(number[:9]), Visit.year == int(year[:4]))
    if search.isdecimal():
        return query.where(or_(Visit.number == int(search[:9]), Visit.id.in_(_held(search))))
    words = search.replace("\x00", " ").split()
    indexed = [word for word in words if len(word) >= SHORTEST_SEARCHED]
    guests = select(Visitor.visit_id)
    if indexed:
        guests = guests.where(Visitor.id.in_(visitors_found(indexed)))
    for word in words:
        if len(word) < SHORTEST_SEARCHED:
            guests = guests.where(_holds(word))
    return query.where(Visit.id.in_(guests))


def _holds(word: str) -> ColumnElement[bool]:
    pattern = f"%{_escaped(word)}%"
    return or_(Visitor.name.ilike(pattern, escape="\\"), Visitor.origin.ilike(pattern, escape="\\"))


def _held(search: str) -> Select[int]:
    return (
        select(Loan.visit_id)
        .join(Badge, Badge.id == Loan.badge_id)
        .where(Badge.number == int(search[:9]))
    )


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
