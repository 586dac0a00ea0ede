"""Buku tamu: every visit, newest first, searched and filtered."""

from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import local
from app.htmx import page_or_block, wants_fragment
from app.queries.guest_book import Cursor, count, parse_cursor
from app.queries.guest_book import guest_book as page_of
from app.security import open_to
from app.views.forms import squeezed
from app.views.register_filters import Reading, names_of, options, quick_periods, read_filters

blueprint = Blueprint("guest_book", __name__)
LONGEST_SEARCH = 100


@blueprint.get("/buku-tamu")
@open_to(Permission.OVERSEE)
def guest_book() -> ResponseReturnValue:
    """A page of the guest book: found by name, origin, badge or number, and by the filters."""
    session, today = db.session(), local(now()).date()
    reading = read_filters(request.args, names_of(session), today)
    search = squeezed(request.args.get("cari"))[:LONGEST_SEARCH]
    after = parse_cursor(request.args.get("setelah", ""))
    page = page_of(session, search=search, after=after, filters=reading.filters)
    kept = ({"cari": search} if search else {}) | reading.kept()
    return page_or_block(
        "guest_book/page.html",
        "visits",
        views=page.views,
        search=search,
        reading=reading,
        options=options(reading.names, current_app.config["SOP_IN_FORCE"]),
        quick_periods=quick_periods(today),
        kept=kept,
        found=_found(reading, search, after, len(page.views)),
        is_first=after is None,
        following=_following(kept, page.following),
        is_fragment=wants_fragment(),
    )


def _found(
    reading: Reading, search: str, after: Cursor | None, shown: int
) -> tuple[int, int, int] | None:
    """How many visits fit, and which of them the page shows; None without a filter.

    The whole book is not counted: that would read all of it for each page.
    """
    if not reading.filters:
        return None
    session = db.session()
    total = count(session, reading.filters, search=search)
    before = count(session, reading.filters, search=search, until=after) if after else 0
    return total, before + 1, before + shown


def _following(kept: dict[str, Any], cursor: Cursor | None) -> str | None:
    return url_for(".guest_book", **kept, setelah=str(cursor)) if cursor else None
