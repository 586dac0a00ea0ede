"""Buku tamu: every visit, newest first."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.extensions import db
from app.htmx import page_or_block
from app.queries.guest_book import guest_book as page_of
from app.queries.guest_book import parse_cursor
from app.security import open_to
from app.views.forms import squeezed

blueprint = Blueprint("guest_book", __name__)
LONGEST_SEARCH = 100


@blueprint.get("/buku-tamu")
@open_to(Permission.OVERSEE)
def guest_book() -> ResponseReturnValue:
    """A page of the guest book, searched by name, origin, badge or visit number."""
    search = squeezed(request.args.get("cari"))[:LONGEST_SEARCH]
    after = parse_cursor(request.args.get("setelah", ""))
    page = page_of(db.session(), search=search, after=after)
    following = None
    if page.following is not None:
        following = url_for(".guest_book", cari=search or None, setelah=str(page.following))
    return page_or_block(
        "guest_book/page.html",
        "visits",
        views=page.views,
        search=search,
        is_first=after is None,
        following=following,
    )
