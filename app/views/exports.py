"""Cetak dan ekspor: the guest book of a period as a file, and the receipt of one visit."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.period import EARLIEST, Period, month_of
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import local
from app.guest_book_rows import Book, book_rows
from app.guest_book_sheet import render_guest_book
from app.operations.exports import note_visum, record_export
from app.queries.exports import latest_exports
from app.queries.guest_book import in_order_of_arrival
from app.queries.register import Filters
from app.queries.visits import log_of
from app.receipt_facts import receipt_of
from app.register_words import meanings
from app.security import holds, officer, open_to
from app.spreadsheet import render_csv, render_xlsx
from app.views.downloads import download, own_letterhead, printing
from app.views.periods import LONGEST_DAYS
from app.views.register_filters import (
    QuickPeriod,
    Reading,
    last_months,
    names_of,
    options,
    read_filters,
)
from app.views.seeing import visible_visit
from app.visit_receipt import render_receipt

blueprint = Blueprint("exports", __name__)
NEEDED = {"dari": "Pilih tanggal awal.", "sampai": "Pilih tanggal akhir."}
TOO_LONG = "Paling panjang satu tahun (366 hari) untuk satu berkas. Bagi menjadi beberapa berkas."
NO_FORMAT = "Pilih bentuk berkas: PDF, Excel, atau CSV."
RENDERERS: dict[str, Callable[[Book], bytes]] = {
    "pdf": lambda book: render_guest_book(book, own_letterhead()),
    "xlsx": render_xlsx,
    "csv": render_csv,
}


@blueprint.get("/buku-tamu/ekspor")
@open_to(Permission.OVERSEE)
def page() -> ResponseReturnValue:
    """The form, set to this month unless the address says otherwise, and what was exported."""
    return _page(_read(request.args.to_dict() | _days(request.args)), 200)


@blueprint.post("/buku-tamu/ekspor")
@open_to(Permission.OVERSEE)
def make() -> ResponseReturnValue:
    """The file, once it is recorded who takes it."""
    reading, file_format = _read(request.form), request.form.get("format", "")
    renderer = RENDERERS.get(file_format)
    period = reading.filters.period
    if reading.errors or renderer is None or period is None:
        return _page(reading, 422, NO_FORMAT if renderer is None else "")
    book = _book(reading, period)
    body = renderer(book)
    _record("guest_book", file_format, reading.filters, len(book.rows))
    return download(body, _stem(reading.filters, period), file_format)


@blueprint.post("/kunjungan/<int:year>/<int:number>/bukti.pdf")
@open_to(Permission.WORK)
def receipt(year: int, number: int) -> ResponseReturnValue:
    """The receipt of one visit, once it is recorded who takes it; with the visum of an SPPD."""
    if not may_print_receipts():
        abort(403)
    view = visible_visit(year, number)
    is_stamped = bool(request.form.get("visum"))
    if is_stamped or request.form.get("visum_shown"):  # unticked on a page that showed the tick
        note_visum(view.label, is_stamped=is_stamped, officer=officer(), at=now())
        view = visible_visit(year, number)
    log = log_of(db.session(), view.visit.id)
    body = render_receipt(receipt_of(view, log, printing(now())), own_letterhead())
    _record("visit_receipt", "pdf", Filters(), 1, visit_id=view.visit.id)
    return download(body, f"bukti-kunjungan-{number}-{year}", "pdf")


def may_print_receipts() -> bool:
    """Whether this person may hand out receipts of the visits they see."""
    return holds(Permission.OVERSEE) or holds(Permission.REGISTER)


def _days(given: Mapping[str, str]) -> dict[str, str]:
    """Both ends of the period that the address asks for; this month if it asks for none."""
    today = local(now()).date()
    reading = read_filters(given, names_of(db.session()), today)
    if reading.errors.keys() & {"dari", "sampai"}:
        return {}
    period = reading.filters.period or month_of(today)
    if period.first == EARLIEST:
        period = replace(period, first=period.last.replace(day=1))
    return QuickPeriod("", period).parameters


def _read(given: Mapping[str, str]) -> Reading:
    """The filters, of which the period must be there and no longer than a year."""
    reading = read_filters(given, names_of(db.session()), local(now()).date())
    missing = {name: text for name, text in NEEDED.items() if not reading.typed[name]}
    errors = {**reading.errors, **missing}
    period = reading.filters.period
    if period is not None and not errors and period.days > LONGEST_DAYS:
        errors["sampai"] = TOO_LONG
    return replace(reading, errors=errors)


def _book(reading: Reading, period: Period) -> Book:
    rows = list(book_rows(in_order_of_arrival(db.session(), reading.filters)))
    narrowed = meanings(replace(reading.filters, period=None), reading.names)
    return Book(period, rows, tuple(map(str, narrowed)), printing(now()))


def _record(
    document: str, file_format: str, filters: Filters, row_count: int, visit_id: int | None = None
) -> None:
    record_export(
        document,
        file_format,
        filters=filters,
        row_count=row_count,
        officer=officer(),
        sop=current_app.config["SOP_IN_FORCE"],
        at=now(),
        visit_id=visit_id,
    )


def _stem(filters: Filters, period: Period) -> str:
    """The file's name: buku-tamu-2026-11; a part of the visits is called one."""
    days = f"{period.first}" if period.is_day else f"{period.first}-sd-{period.last}"
    span = f"{period.first:%Y-%m}" if period.is_month else days
    part = "-sebagian" if replace(filters, period=None) else ""
    return f"buku-tamu-{span}{part}"


def _page(reading: Reading, status: int, format_error: str = "") -> ResponseReturnValue:
    session, today = db.session(), local(now()).date()
    page = render_template(
        "guest_book/exports.html",
        reading=reading,
        options=options(reading.names, current_app.config["SOP_IN_FORCE"]),
        quick_periods=last_months(today),
        format_error=format_error,
        exports=latest_exports(session),
        meanings=meanings,
    )
    return make_response(page, status)
