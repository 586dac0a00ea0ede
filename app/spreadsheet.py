"""The guest book as a spreadsheet: Excel and CSV, in which a guest's words never become a formula.

Phone and badge numbers are text, so that no leading zero is lost.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from unicodedata import category, normalize

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.guest_book_rows import Book, BookRow

Value = str | int | date | time

SHEET, ABOUT = "Buku Tamu", "Tentang berkas ini"
NOTE = "Memuat data pribadi: hanya untuk keperluan dinas (UU 27/2022)."
FORMULA_STARTS = frozenset("=+-−@")
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # kinds of signs that leave no mark
UTF8_MARK = "\ufeff"  # without it Excel takes UTF-8 for its own code page
LONGEST_CELL = 32_000  # Excel holds 32,767 letters


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in letters, and what a row says in it."""

    head: str
    width: int
    value: Callable[[int, BookRow], Value]


COLUMNS = (
    Column("No", 6, lambda number, _: number),
    Column("Nomor kunjungan", 16, lambda _, row: row.label),
    Column("Hari", 9, lambda _, row: row.weekday),
    Column("Tanggal", 12, lambda _, row: row.arrived_on),
    Column("Jam masuk", 11, lambda _, row: row.arrived),
    Column("Nama", 28, lambda _, row: row.name),
    Column("Jabatan", 22, lambda _, row: row.position),
    Column("Instansi/Alamat", 34, lambda _, row: row.origin),
    Column("No. HP", 18, lambda _, row: row.phone),
    Column("Bertemu dengan", 28, lambda _, row: row.host),
    Column("Keperluan", 44, lambda _, row: row.purpose),
    Column("No. tanda pengenal", 18, lambda _, row: row.badge),
    Column("Jam keluar", 12, lambda _, row: row.left),
    Column("Jenis tamu", 20, lambda _, row: row.guest_kind),
    Column("Jumlah orang", 13, lambda _, row: row.party_size),
    Column("Hasil", 28, lambda _, row: row.outcome),
    Column("Keterangan", 30, lambda _, row: row.remark),
)


def render_csv(book: Book) -> bytes:
    """The guest book as CSV, as Indonesian Excel opens it: semicolons, UTF-8 with its mark."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(column.head for column in COLUMNS)
    for number, row in enumerate(book.rows, start=1):
        writer.writerow(harmless(_as_text(column.value(number, row))) for column in COLUMNS)
    return (UTF8_MARK + file.getvalue()).encode()


def harmless(text: str) -> str:
    """One line that no spreadsheet takes for a formula: an apostrophe goes before what may be."""
    line = " ".join(text.replace("\x00", " ").split())
    return f"'{line}" if _may_be_formula(line) else line


def render_xlsx(book: Book) -> bytes:
    """The guest book as a workbook: the rows, and on a second sheet what they are."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    workbook.set_properties({"title": f"Buku tamu, {book.covers}"})
    _write_rows(workbook, workbook.add_worksheet(SHEET), book)
    _write_about(workbook, workbook.add_worksheet(ABOUT), book)
    workbook.close()
    return file.getvalue()


def _may_be_formula(line: str) -> bool:
    """Whether it begins like a formula, also behind what cannot be seen or in full-width signs."""
    signs = (sign for sign in normalize("NFKC", line) if category(sign) not in UNSEEN)
    return next(signs, "") in FORMULA_STARTS


def _as_text(value: Value) -> str:
    match value:
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return f"{value:%H.%M}"
        case _:
            return str(value)


def _write_rows(workbook: xlsxwriter.Workbook, sheet: Worksheet, book: Book) -> None:
    formats = _formats(workbook)
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(COLUMNS):
        sheet.set_column(at, at, column.width)
    _write_line(sheet, 0, [column.head for column in COLUMNS], {str: formats["head"]})
    kinds = {kind: formats[name] for kind, name in KINDS.items()}
    for number, row in enumerate(book.rows, start=1):
        _write_line(sheet, number, [column.value(number, row) for column in COLUMNS], kinds)
    if book.rows:
        sheet.autofilter(0, 0, len(book.rows), len(COLUMNS) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _write_about(workbook: xlsxwriter.Workbook, sheet: Worksheet, book: Book) -> None:
    formats = _formats(workbook)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 70)
    printing = book.printing
    lines = [
        ("Isi", f"Buku tamu, {book.covers}"),
        ("Saringan", "; ".join(book.meanings) or "Semua kunjungan"),
        ("Jumlah", f"{len(book.rows)} kunjungan, {book.people} orang"),
        *([("Diperbaiki", book.corrections)] if book.corrections else []),
        ("Diekspor oleh", f"{printing.by}, {printing.post}"),
        ("Diekspor pada", f"{printing.day} pukul {printing.clock}"),
        ("Perhatian", NOTE),
    ]
    for at, (label, text) in enumerate(lines):
        sheet.write_string(at, 0, label, formats["head"])
        sheet.write_string(at, 1, text, formats["text"])


KINDS: dict[type, str] = {str: "text", int: "number", date: "date", time: "time"}
A4 = 9  # XlsxWriter's number for it


def _formats(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    """`quote_prefix` keeps a cell text when it is edited, as an apostrophe typed before it does."""
    top = {"valign": "top"}
    return {
        "head": workbook.add_format({"bold": True, "text_wrap": True, "bottom": 1, **top}),
        "text": workbook.add_format(
            {"num_format": "@", "quote_prefix": True, "text_wrap": True, **top}
        ),
        "number": workbook.add_format({"num_format": "0", **top}),
        "date": workbook.add_format({"num_format": "dd/mm/yyyy", "align": "left", **top}),
        "time": workbook.add_format({"num_format": "hh.mm", "align": "left", **top}),
    }


def _write_line(
    sheet: Worksheet, at: int, values: Sequence[Value], formats: dict[type, Format]
) -> None:
    """Each value by its own kind: XlsxWriter's `write` would guess numbers, links and formulas."""
    for column, value in enumerate(values):
        style = formats[type(value)]
        match value:
            case "":
                sheet.write_blank(at, column, None, style)
            case str():
                sheet.write_string(at, column, value[:LONGEST_CELL], style)
            case int():
                sheet.write_number(at, column, value, style)
            case date():
                midnight = datetime.combine(value, time())
                sheet.write_datetime(at, column, midnight, style)
            case time():
                sheet.write_datetime(at, column, value, style)
