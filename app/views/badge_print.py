"""Cetak tanda pengenal: choose badges and a product, see the first page, get the PDF."""

from dataclasses import dataclass, field, replace
from typing import cast

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.badge_print.kinds import stored_kinds
from app.badge_print.preview import preview
from app.badge_print.products import PRODUCTS, Product, product
from app.badge_print.sheets import Imprint, Job, render
from app.badge_print.wall import Wall, render_wall
from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import ranges, seconds
from app.htmx import render_block, wants_fragment
from app.operations.badges import note_print
from app.own_office import own_office
from app.paper import PaperSize
from app.queries.badge_kinds import badge_kinds
from app.queries.badge_print import (
    all_badges,
    badges_between,
    dead_between,
    new_badges,
    replacements,
)
from app.queries.badges import PrintedBadge, highest_number
from app.queries.office import emblem
from app.security import open_to
from app.views.badge_print_forms import HINTS, UNKNOWN, WHICH, BadgePrintForm
from app.views.downloads import download, paper_mark
from app.views.forms import MOST_BADGES, BadgeRangeForm, first_errors

blueprint = Blueprint("badge_print", __name__)
NONE = {
    "all": "Belum ada tanda pengenal. Buat lebih dahulu.",
    "range": "Belum ada tanda pengenal dengan nomor itu. Buat lebih dahulu.",
    "new": "Semua tanda pengenal sudah pernah dicetak. Pilih yang lain.",
    "replacements": "Tidak ada pengganti yang belum dicetak. Pilih yang lain.",
}
NO_ADDRESS = (
    "Lembar dinding memuat alamat aplikasi ini, dan alamat server belum diatur. "
    "Mintalah petugas IT mengatur TAMU_PUBLIC_URL, lalu cetak lagi."
)
DEAD = "Kartu {numbers} nonaktif, hilang, atau rusak; buat kode baru dari halaman kartunya."
TOO_MANY = "Lebih dari 1.000 tanda pengenal. Pilih rentang nomor, lalu cetak bertahap."


@dataclass(frozen=True)
class Choice:
    """What the form asks for; with errors there is nothing to print."""

    which: str
    product: Product
    start: int
    is_double: bool
    left_out: str = ""
    badges: list[PrintedBadge] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def job(self) -> Job:
        """The print."""
        return Job(self.badges, self.product, self.start, self.is_double)


@blueprint.get("/tanda-pengenal/cetak")
@open_to(Permission.ADMINISTER)
def choose() -> ResponseReturnValue:
    """The form, and the first page as it will be."""
    return _page(_choice(), 200)


@blueprint.post("/tanda-pengenal/cetak.pdf")
@open_to(Permission.ADMINISTER)
def sheets() -> ResponseReturnValue:
    """The PDF of the same choice; the codes on it are noted as printed."""
    choice = _choice()
    if "which" not in request.form:
        choice = replace(choice, badges=[], errors={"which": UNKNOWN})
    if choice.errors:
        return _page(choice, 422)
    public_url = current_app.config["PUBLIC_URL"]
    pdf = render(choice.job, _imprint())
    note_print([badge.code for badge in choice.badges], public_url=public_url, at=now())
    return download(pdf, f"tanda-pengenal-{choice.product.code}", "pdf")


@blueprint.get("/tanda-pengenal/meja.pdf")
@open_to(Permission.ADMINISTER)
def walls() -> ResponseReturnValue:
    """A sheet for the wall at each desk of the SOP; it needs an address to show."""
    address = current_app.config["PUBLIC_URL"]
    if not address:
        return _page(replace(_choice(), errors={"address": NO_ADDRESS}), 422)
    stored, office = emblem(db.session()), own_office()
    desks = [performer.name for performer in current_app.config["SOP_IN_FORCE"].performers]
    wall = Wall(
        office.name,
        address,
        cast("PaperSize", office.paper),
        stored.png if stored else None,
        paper_mark(),
    )
    return download(render_wall(desks, wall), "pindai-di-sini", "pdf")


def _asked() -> MultiDict[str, str]:
    """What the form says: of a look it stands in the address, of a print it was posted."""
    return request.form if request.method == "POST" else request.args


def _choice() -> Choice:
    form = BadgePrintForm(_asked())
    errors = {} if form.validate() else first_errors(form)
    chosen = product(form.product.data or "") or PRODUCTS[0]
    which = form.which.data if form.which.data in WHICH else "all"
    start = min(max((form.start.data or 1) - 1, 0), chosen.places - 1)
    dead = _dead(which)
    badges, wrong = ([], errors) if errors else _badges(which, dead)
    left_out = dead if badges else ""
    return Choice(which, chosen, start, bool(form.both.data), left_out, badges, wrong)


def _dead(which: str) -> str:
    """Which numbers of a range have no code to print, as a sentence."""
    form = BadgeRangeForm(_asked())
    if which != "range" or not form.validate():
        return ""
    numbers = dead_between(db.session(), form.first.data or 0, form.last.data or 0)
    return DEAD.format(numbers=ranges(numbers)) if numbers else ""


def _badges(which: str, dead: str) -> tuple[list[PrintedBadge], dict[str, str]]:
    """The badges to print, or why there are none."""
    form = BadgeRangeForm(_asked())
    if which == "range" and not form.validate():
        return [], first_errors(form)
    found = _find(which, form.first.data or 0, form.last.data or 0)
    if len(found) > MOST_BADGES:
        return [], {"which": TOO_MANY}
    field = "last" if which == "range" else "which"
    return found, {} if found else {field: dead or NONE[which]}


def _find(which: str, first: int, last: int) -> list[PrintedBadge]:
    session = db.session()
    match which:
        case "range":
            return badges_between(session, first, last)
        case "new":
            return new_badges(session)
        case "replacements":
            return replacements(session)
        case _:
            return all_badges(session)


def _imprint() -> Imprint:
    session = db.session()
    stored, kinds = emblem(session), stored_kinds(badge_kinds(session))
    public_url = current_app.config["PUBLIC_URL"]
    emblem_png = stored.png if stored else None
    return Imprint(own_office().name, public_url, emblem_png, kinds, paper_mark())


def _page(choice: Choice, status: int) -> ResponseReturnValue:
    template = "badges/print.html"
    context = {
        "choice": choice,
        "which_options": [(code, words, HINTS.get(code, "")) for code, words in WHICH.items()],
        "product_options": [(one.code, one.name) for one in PRODUCTS],
        "highest": highest_number(db.session()),
        "typed": _asked(),
        "shown": preview(choice.job, _imprint(), _emblem_url()),
        "public_url": current_app.config["PUBLIC_URL"],
    }
    if wants_fragment():
        return make_response(render_block(template, "preview", **context), status)
    return make_response(render_template(template, **context), status)


def _emblem_url() -> str:
    stored = emblem(db.session())
    return url_for("office.emblem", v=seconds(stored.changed_at)) if stored else ""
