"""Tanda pengenal: the stock, and making new ones."""

from collections import Counter
from typing import NamedTuple

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.badge_life import SHOWN_STATES
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import ranges
from app.htmx import see_other
from app.operations.badges import make_badges
from app.qr import new_code
from app.queries.badge_kinds import badge_kinds
from app.queries.badge_stock import stock_rows
from app.queries.badges import highest_number, printed_with
from app.security import officer, open_to
from app.views.badge_kind_forms import KindOfBadgesForm
from app.views.forms import first_errors

blueprint = Blueprint("badges", __name__)


class PrintedAddress(NamedTuple):
    """An address on badges, empty for a bare code, and the numbers of those badges in words."""

    url: str
    numbers: str


@blueprint.get("/tanda-pengenal")
@open_to(Permission.KEEP_BADGES)
def stock() -> ResponseReturnValue:
    """Every badge, where it is and with whom; the admin makes new ones here."""
    return _page({}, 200)


@blueprint.post("/tanda-pengenal")
@open_to(Permission.ADMINISTER)
def make() -> ResponseReturnValue:
    """Make the badges of a range of numbers, all of one kind."""
    form = KindOfBadgesForm(request.form)
    form.known = [kind.code for kind in badge_kinds(db.session())]
    if not form.validate():
        return _page(first_errors(form), 422)
    first, last = form.first.data or 0, form.last.data or 0
    kind = form.kind.data or ""
    made = make_badges(first, last, kind=kind, new_code=new_code, officer=officer(), at=now())
    existing = f" {made.existing} sudah ada dan tidak diubah." if made.existing else ""
    flash(f"{made.made} tanda pengenal dibuat.{existing}", "ok")
    return see_other(url_for(".stock"))


def _page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    session = db.session()
    highest = highest_number(session)
    asked = request.args.get("keadaan", "")
    is_known = asked in SHOWN_STATES
    rows = stock_rows(session)
    counts = Counter(row.shown for row in rows)
    page = render_template(
        "badges/page.html",
        badges=rows,
        rows=[row for row in rows if row.shown == asked] if is_known else rows,
        counts=[(state, counts[state]) for state in SHOWN_STATES],
        chosen=asked if is_known else None,
        errors=errors,
        typed=request.form,
        suggested=(highest + 1, highest + 20),
        kinds=[(kind.code, kind.word) for kind in badge_kinds(session)],
        public_url=current_app.config["PUBLIC_URL"],
        addresses=_addresses(),
        at=now(),
    )
    return make_response(page, status)


def _addresses() -> list[PrintedAddress]:
    """What the badges in use carry, as far as it is not what they would carry now."""
    now_printed = current_app.config["PUBLIC_URL"]
    return [
        PrintedAddress(url, ranges(numbers))
        for url, numbers in printed_with(db.session()).items()
        if url is not None and url != now_printed
    ]
