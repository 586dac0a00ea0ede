"""Tanda pengenal: badges made from a range of numbers, and the sheets to print."""

import io
import re

import pypdfium2
import pytest
from sqlalchemy import event, select

from app.extensions import db
from app.models.badge import Badge, BadgeCode, BadgeEvent
from app.models.person import Person
from app.operations.transaction import write
from tests.cast import forget_prints
from tests.views.reading import count, forms, row, rows, words

ORDER = "Nomor berurutan dari 1 sampai 9999, yang terakhir tidak lebih kecil."
RANGES = {
    "backwards": ("30", "21", ORDER),
    "from zero": ("0", "5", ORDER),
    "from below zero": ("-3", "5", ORDER),
    "beyond the last number": ("9990", "10000", ORDER),
    "no first": ("", "30", "Tulis nomor pertama dengan angka."),
    "no last": ("21", "", "Tulis nomor terakhir dengan angka."),
    "a first in words": ("satu", "30", "Tulis nomor pertama dengan angka."),
    "a last in words": ("21", "3x", "Tulis nomor terakhir dengan angka."),
    "a fraction": ("21", "22,5", "Tulis nomor terakhir dengan angka."),
    "a number without end": ("21", "9" * 5000, "Tulis nomor terakhir dengan angka."),
    "too many": ("1001", "2001", "Paling banyak 1.000 tanda pengenal sekaligus."),
}


def make(office, first, last):
    return office.desk("adi").post("/tanda-pengenal", {"first": first, "last": last})


def range_form(page):
    """The form that asks for a range of numbers, to make badges or to print them."""
    return next(form for form in forms(page) if "first" in form.names)


def test_the_stock_shows_every_badge_with_its_state(office):
    office.bring_to_step(2)
    shown = words(office.desk("adi").get("/tanda-pengenal").text)
    assert "20 kartu, 19 tersedia, 1 dipakai." in shown
    assert "011 tersedia 012 dipakai 013 tersedia" in shown


def test_new_badges_get_a_code_each_and_a_line_in_their_log(office):
    answer = make(office, "21", "25")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tanda-pengenal")
    assert "5 tanda pengenal dibuat." in words(office.desk("adi").get("/tanda-pengenal").text)
    assert [badge.number for badge in rows(office, Badge)] == list(range(1, 26))
    badge = row(office, Badge, number=25)
    code = row(office, BadgeCode, badge_id=badge.id)
    assert (badge.state, code.revoked_at, code.made_at) == ("available", None, office.clock())
    assert len(set(code.code)) > 4
    assert len({one.code for one in rows(office, BadgeCode)}) == 25
    move = row(office, BadgeEvent, badge_id=badge.id)
    assert (move.from_state, move.to_state, move.actor_id) == (
        None,
        "available",
        row(office, Person, username="adi").id,
    )


def test_a_thousand_badges_take_a_few_statements(office):
    statements = []
    with office.app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, _parameters, _context, _executemany):
        statements.append(statement.split(maxsplit=1)[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert make(office, "21", "1020").status_code == 303
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert statements.count("INSERT") == 3
    assert len(statements) < 60
    assert count(office, Badge) == count(office, BadgeCode) == count(office, BadgeEvent) == 1020
    assert len({code.badge_id for code in rows(office, BadgeCode)}) == 1020


def test_badges_that_exist_are_kept_as_they_are(office):
    codes = {one.code for one in rows(office, BadgeCode)}
    office.bring_to_step(2)
    make(office, "10", "22")
    assert "2 tanda pengenal dibuat. 11 sudah ada dan tidak diubah." in words(
        office.desk("adi").get("/tanda-pengenal").text
    )
    assert codes < {one.code for one in rows(office, BadgeCode)}
    assert (count(office, Badge), row(office, Badge, number=12).state) == (22, "in_use")


def test_the_same_form_sent_twice_makes_them_once(office):
    make(office, "21", "22")
    make(office, "21", "22")
    assert "0 tanda pengenal dibuat. 2 sudah ada dan tidak diubah." in words(
        office.desk("adi").get("/tanda-pengenal").text
    )
    assert count(office, Badge) == 22


def test_the_form_suggests_the_next_twenty(office):
    page = office.desk("adi").get("/tanda-pengenal").text
    form = range_form(page)
    assert (form.data["first"], form.data["last"]) == ("21", "40")
    form = range_form(office.desk("adi").get("/tanda-pengenal/cetak").text)
    assert (form.data["first"], form.data["last"]) == ("1", "20")


@pytest.mark.parametrize("name", RANGES)
def test_a_range_that_makes_no_sense_says_why_and_keeps_the_numbers(office, name):
    first, last, sentence = RANGES[name]
    answer = make(office, first, last)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    form = range_form(answer.text)
    assert form.data["first"] == (first or "21")
    assert form.data["last"] == (last or "40")
    assert count(office, Badge) == 20


# --- The sheets -----------------------------------------------------------------------------------


def sheet(office, first, last):
    asked = {"which": "range", "first": first, "last": last}
    return office.desk("adi").post("/tanda-pengenal/cetak.pdf", asked)


def text_of(pdf):
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_the_sheets_are_a_pdf_with_ten_badges_a_page(office):
    answer = sheet(office, 1, 12)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    pages = text_of(answer.data)
    assert len(pages) == 2
    assert [page.count("TAMU") for page in pages] == [10, 2]


def test_numbers_without_a_badge_are_left_out(office):
    pages = text_of(sheet(office, 20, 30).data)
    assert [page.count("TAMU") for page in pages] == [1]


def test_a_range_without_any_badge_says_to_make_them_first(office):
    answer = sheet(office, 500, 501)
    assert answer.status_code == 422
    assert "Belum ada tanda pengenal dengan nomor itu. Buat lebih dahulu." in words(answer.text)


@pytest.mark.parametrize("name", RANGES)
def test_a_range_that_cannot_be_printed_says_why(office, name):
    first, last, sentence = RANGES[name]
    answer = sheet(office, first, last)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert sentence in words(answer.text)
    form = range_form(answer.text)
    assert form.data["first"] == (first or "1")


NO_ADDRESS = (
    "Alamat server belum diatur. Kartu tetap dapat dipindai di aplikasi ini, tetapi kamera bawaan "
    "ponsel tidak akan membukanya. Mintalah petugas IT mengatur TAMU_PUBLIC_URL sebelum mencetak."
)


@pytest.mark.parametrize(
    ("public_url", "is_warned"), [("", True), ("https://tamu.dinas.lan", False)]
)
def test_the_page_warns_as_long_as_the_server_has_no_address(office, public_url, is_warned):
    office.app.config["PUBLIC_URL"] = public_url
    page = words(office.desk("adi").get("/tanda-pengenal").text)
    assert (NO_ADDRESS in page) == is_warned
    assert ("TAMU_PUBLIC_URL" in page) == is_warned


# --- With which address a badge was printed -------------------------------------------------------


@pytest.fixture
def unprinted(office):
    """The office with badges that are made and not on paper yet."""
    forget_prints(office.app)
    return office


def print_sheet(office, first, last, url):
    office.app.config["PUBLIC_URL"] = url
    assert sheet(office, first, last).mimetype == "application/pdf"


def warnings_of(office, url):
    office.app.config["PUBLIC_URL"] = url
    page = office.desk("adi").get("/tanda-pengenal").text
    return [text for text in re.findall(r"Kartu [^<]*", page) if "kamera bawaan" in text]


OLD, NEW = "http://192.168.1.5:8000", "https://tamu.kantor.lan"


def test_a_print_is_remembered_with_its_address_and_time(unprinted):
    print_sheet(unprinted, 3, 4, OLD)
    printed = [code for code in rows(unprinted, BadgeCode) if code.printed_url is not None]
    assert [(code.printed_url, code.printed_at) for code in printed] == [
        (OLD, unprinted.clock())
    ] * 2


def test_after_a_change_the_page_names_the_badges_that_a_camera_opens_wrongly(unprinted):
    print_sheet(unprinted, 1, 12, OLD)
    print_sheet(unprinted, 15, 15, OLD)
    print_sheet(unprinted, 16, 18, "")
    print_sheet(unprinted, 5, 6, NEW)
    old, bare = sorted(warnings_of(unprinted, NEW), key=len, reverse=True)
    assert old.startswith(f"Kartu 001–004, 007–012, 015 masih beralamat lama, {OLD}, bukan {NEW}:")
    assert bare.startswith("Kartu 016–018 dicetak tanpa alamat:")


def test_badges_with_the_address_of_now_or_not_printed_yet_are_no_matter(unprinted):
    print_sheet(unprinted, 1, 20, NEW)
    assert warnings_of(unprinted, NEW) == []


def test_a_dead_code_is_no_matter(unprinted):
    print_sheet(unprinted, 1, 1, OLD)
    with unprinted.app.app_context(), write() as session:
        code = session.scalars(select(BadgeCode).where(BadgeCode.printed_url == OLD)).one()
        code.revoked_at = unprinted.clock()
    assert warnings_of(unprinted, NEW) == []
