"""Sheets to print in tests: an office's letterhead, and rows of a guest book."""

import io
from dataclasses import replace
from datetime import date, time
from functools import cache

from PIL import Image

from app.domain.period import Period, month_of
from app.guest_book_rows import Book, BookRow
from app.letterhead import Letterhead, Signer
from app.official_paper import Printing

NOVEMBER = month_of(date(2026, 11, 1))
PRINTING = Printing("1 Desember 2026", "08.15 WIB", "Fitri", "Petugas Front Desk")
SIGNER = Signer(
    titles=("a.n. Kepala Dinas", "Sekretaris,"),
    name="Dra. Sekar Wulandari, M.Si.",
    below=("Pembina Tingkat I (IV/b)", "NIP. 19750101 200003 2 002"),
    is_named=True,
)
HEAD = Letterhead(
    government="PEMERINTAH PROVINSI KALIMANTAN BARAT",
    office="DINAS KOPERASI, USAHA KECIL DAN MENENGAH",
    unit="Sub Bagian Umum dan Aparatur",
    address_line="Jl. Sutan Syahrir, Pontianak",
    contact_line="Telepon (0561) 732000, Pos-el dinas@kalbarprov.go.id",
    city="Pontianak",
    emblem=None,
    signer=SIGNER,
    paper="A4",
)
BLANK_HEAD = Letterhead(
    government="", office="X", unit="", address_line="", contact_line="", city="", emblem=None,
    signer=Signer(("." * 40,), "." * 40, ("NIP. " + "." * 20,), is_named=False), paper="A4",
)  # fmt: skip
ROW = BookRow(
    label="1/2026",
    weekday="Selasa",
    arrived_on=date(2026, 11, 24),
    arrived=time(9, 0),
    name="Tono",
    position="",
    origin="perorangan",
    phone="0812-3456-7890",
    host="Kepala Dinas",
    purpose="Izin usaha",
    badge="012",
    left="09.14",
    guest_kind="Umum",
    party_size=1,
    outcome="Selesai",
    is_drop_off=False,
    is_corrected=False,
    is_late_entry=False,
    is_completed=True,
)


@cache
def emblem() -> bytes:
    """A picture taller than wide."""
    file = io.BytesIO()
    Image.new("RGB", (40, 50), (10, 90, 50)).save(file, "PNG")
    return file.getvalue()


def rows(count: int, **words: object) -> list[BookRow]:
    """So many visits of one kind, numbered."""
    return [replace(ROW, label=f"{number}/2026", **words) for number in range(1, count + 1)]


def book(*book_rows: BookRow, period: Period = NOVEMBER, meanings: tuple[str, ...] = ()) -> Book:
    """A guest book with these rows."""
    return Book(period, book_rows, meanings, PRINTING)
