"""Tanda pengenal: the stock, making new ones, and the sheet to print."""

from typing import NamedTuple

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.badge_print.products import PRODUCTS
from app.badge_print.sheets import Imprint, Job, render
from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import ranges
from app.htmx import see_other
from app.operations.badges import make_badges, note_print
from app.own_office import own_office
from app.qr import new_code
from app.queries.badge_kinds import badge_kinds
from app.queries.badges import highest_number, printed_badges, printed_with
from app.queries.badges import stock as all_badges
from app.security import officer, open_to
from app.views.badge_kind_forms import KindOfBadgesForm
from app.views.forms import BadgeRangeForm, first_errors

blueprint = Blueprint("badges", __name__)
MOST_PRINTED = 1000


class PrintedAddress(NamedTuple):
    """An address on badges, empty for a bare code, and the numbers of those badges in words."""

    url: str
    numbers: str


@blueprint.get("/tanda-pengenal")
@open_to(Permission.ADMINISTER)
def stock() -> ResponseReturnValue:
    """Every badge, and the forms to make and print them."""
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


@blueprint.get("/tanda-pengenal/lembar.pdf")
@open_to(Permission.ADMINISTER)
def sheet() -> ResponseReturnValue:
    """The A4 sheets of a range of badges, ten a page."""
    form = BadgeRangeForm(request.args)
    if not form.validate():
        return _page(first_errors(form), 422)
    first, last = form.first.data or 0, form.last.data or 0
    badges = printed_badges(db.session(), first, last)
    if not badges:
        return _page({"last": "Belum ada tanda pengenal dengan nomor itu. Buat lebih dahulu."}, 422)
    public_url = current_app.config["PUBLIC_URL"]
    pdf = render(Job(badges, PRODUCTS[0]), Imprint(own_office().name, public_url))
    note_print([badge.code for badge in badges], public_url=public_url, at=now())
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = (
        f'inline; filename="tanda-pengenal-{first}-{last}.pdf"'
    )
    return response


def _page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    session = db.session()
    highest = highest_number(session)
    page = render_template(
        "badges/page.html",
        badges=all_badges(session),
        errors=errors,
        typed=request.values,
        suggested=(highest + 1, highest + 20),
        highest=highest,
        kinds=[(kind.code, kind.word) for kind in badge_kinds(session)],
        public_url=current_app.config["PUBLIC_URL"],
        addresses=_addresses(),
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
