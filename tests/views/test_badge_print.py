"""Cetak tanda pengenal: which badges, on what, the preview and the PDF."""

import re

import pytest
from sqlalchemy import select

from app.badge_print.products import PRODUCTS
from app.models.badge import Badge, BadgeCode
from app.operations.transaction import write
from tests.cast import Office, forget_prints
from tests.support import pdf as paper
from tests.views.reading import rows, words

PAGE, PDF = "/tanda-pengenal/cetak", "/tanda-pengenal/cetak.pdf"


@pytest.fixture(autouse=True)
def nothing_printed(office: Office) -> None:
    """The badges are made and not on paper yet."""
    forget_prints(office.app)


def get(office, url, **choice):
    return office.desk("adi").get(url, query_string=choice)


def take(office, **choice):
    """The PDF, as the form asks for it."""
    return office.desk("adi").post(PDF, choice)


def numbers_on(answer):
    """The badge numbers of a PDF, in order: each stands alone before its TAMU."""
    assert answer.mimetype == "application/pdf"
    return [int(number) for text in paper.texts(answer.data) for number in found(text)]


def found(text):
    return re.findall(r"(\d{3,4}) ?T ?A ?M ?U", text)


def replace_code(office, number):
    """Give a badge a new code, as when its card was lost."""
    with office.app.app_context(), write() as session:
        badge = session.scalars(select(Badge).where(Badge.number == number)).one()
        old = session.scalars(select(BadgeCode).where(BadgeCode.badge_id == badge.id)).one()
        old.revoked_at = office.clock()
        session.flush()
        code = BadgeCode(code=f"NEWCODE{number:09}", badge_id=badge.id, made_at=office.clock())
        session.add(code)


def test_all_badges_come_as_cards_on_a4(office):
    answer = take(office, which="all")
    assert numbers_on(answer) == list(range(1, 21))
    assert paper.sizes(answer.data) == [(210, 297)] * 2


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.code)
def test_each_product_is_printed_at_its_size(office, one):
    answer = take(office, product=one.code, which="range", first=4, last=6)
    assert set(paper.sizes(answer.data)) == {tuple(map(round, one.paper))}
    assert numbers_on(answer) == [4, 5, 6]
    stem = f"tanda-pengenal-{one.code}.pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{stem}"'


def test_a_print_is_remembered_and_new_ones_are_those_not_printed_yet(office):
    office.app.config["PUBLIC_URL"] = "https://tamu.lan"
    take(office, which="range", first=1, last=18)
    printed = [code for code in rows(office, BadgeCode) if code.printed_at]
    assert {(code.printed_url, code.printed_at) for code in printed} == {
        ("https://tamu.lan", office.clock())
    }
    assert len(printed) == 18
    assert numbers_on(take(office, which="new")) == [19, 20]
    answer = take(office, which="new")
    assert answer.status_code == 422
    assert "Semua tanda pengenal sudah pernah dicetak." in words(answer.text)


def test_a_range_names_the_badges_that_have_no_code_to_print(office):
    fitri, reason = office.desk("fitri"), "Retak."
    for number, how in ((2, "retire"), (3, "lose"), (5, "break")):
        fitri.post(f"/tanda-pengenal/{number}", {"move": how, "reason": reason})
    mixed = {"which": "range", "first": 1, "last": 6}
    dead = "artu 002–003, 005 nonaktif, hilang, atau rusak; buat kode baru dari halaman kartunya."
    assert f"Tidak ikut dicetak: k{dead}" in words(get(office, PAGE, **mixed).text)
    assert numbers_on(take(office, **mixed)) == [1, 4, 6]

    answer = take(office, which="range", first=2, last=3)
    assert answer.status_code == 422
    assert (
        "Kartu 002–003 nonaktif, hilang, atau rusak; buat kode baru dari halaman kartunya."
        in words(answer.text)
    )
    assert "Belum ada tanda pengenal dengan nomor itu." not in words(answer.text)


def test_neither_a_look_at_the_preview_nor_a_form_without_a_choice_prints(office):
    get(office, PAGE, which="all")
    assert get(office, PDF, which="all").status_code == 405
    assert take(office).status_code == 422
    assert [code for code in rows(office, BadgeCode) if code.printed_at] == []


def test_a_print_without_the_token_of_the_session_is_neither_made_nor_noted(office):
    answer = office.desk("adi").client.post(PDF, data={"which": "all"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert [code for code in rows(office, BadgeCode) if code.printed_at] == []


def test_the_token_goes_with_the_pdf_alone_and_into_no_address(office):
    """A browser sends the name and value of the button that was pressed, and of no other."""
    page = get(office, PAGE).text
    (button,) = re.findall(r"<button[^>]*csrf_token[^>]*>", page)
    assert f'formmethod="post" formaction="{PDF}"' in button
    (form,) = re.findall(r'<form class="half-grid[^>]*>.*?</form>', page, re.DOTALL)
    assert form.count("csrf_token") == 2  # the button's, and that htmx leaves it out
    assert 'hx-params="not csrf_token"' in form


def test_the_form_says_what_a_replacement_is(office):
    hint = "Pengganti Kode baru yang belum dicetak, pengganti kartu hilang atau rusak."
    assert hint in words(get(office, PAGE).text)


def test_replacements_are_new_codes_of_old_badges_until_they_are_printed(office):
    assert take(office, which="replacements").status_code == 422
    replace_code(office, 7)
    assert numbers_on(take(office, which="replacements")) == [7]
    assert take(office, which="replacements").status_code == 422


REFUSED = {
    "a range backwards": ({"which": "range", "first": 9, "last": 3}, "Nomor berurutan"),
    "a range in words": ({"which": "range", "first": "x", "last": 3}, "Tulis nomor pertama"),
    "a range of none": ({"which": "range", "first": 500, "last": 501}, "Belum ada tanda"),
    "an unknown product": ({"which": "all", "product": "kaus"}, "Pilih produk dari daftar."),
    "an unknown choice": ({"which": "some"}, "Pilih tanda pengenal dari daftar."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_printed_says_why_and_notes_nothing(office, name):
    choice, sentence = REFUSED[name]
    answer = take(office, **choice)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert sentence in words(answer.text)
    assert sentence in words(get(office, PAGE, **choice).text)
    assert [code for code in rows(office, BadgeCode) if code.printed_at] == []


@pytest.mark.parametrize(
    ("start", "place"), [("", 0), ("1", 0), ("7", 6), ("10", 9), ("99", 9), ("-4", 0)]
)
def test_the_preview_begins_where_the_print_does(office, start, place):
    page = get(office, PAGE, start=start).text
    corners = re.findall(r'<g transform="translate\(([\d.]+) ([\d.]+)\)">', page)
    expected = [PRODUCTS[0].corner(at) for at in range(place, 10)]
    assert [(float(x), float(y)) for x, y in corners] == [
        pytest.approx(corner) for corner in expected
    ]


def test_the_places_before_the_first_badge_are_shown_as_used(office):
    page = get(office, PAGE, start="3").text
    assert re.findall(r'class="print-place( is-used)?"', page) == [" is-used"] * 2 + [""] * 8
    assert "mulai dari tempat 3" in words(page)
    assert "mulai dari tempat" not in words(get(office, PAGE).text)


def test_the_first_place_is_kept_while_there_is_nothing_to_print(office):
    page = get(office, PAGE, start="3", which="replacements").text
    assert '<input type="hidden" name="start" value="3">' in page


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.code)
def test_the_preview_shows_the_words_of_the_first_page(office, one):
    page = get(office, PAGE, product=one.code, both="1").text
    shown = re.findall(r"<text[^>]*>([^<]+)</text>", page)
    (printed, *_) = paper.texts(take(office, which="all", product=one.code, both="1").data)
    assert sorted(" ".join(shown).split()) == sorted(printed.split())


def test_htmx_gets_the_preview_alone(office):
    answer = office.desk("adi").get(PAGE, headers={"HX-Request": "true"})
    assert answer.text.strip().startswith('<div id="print-preview"')


WALL = "/tanda-pengenal/meja.pdf"


def test_the_wall_sheets_name_each_desk_of_the_sop(office):
    office.app.config["PUBLIC_URL"] = "https://tamu.lan"
    answer = get(office, WALL)
    desks = [one.name for one in office.app.config["SOP_IN_FORCE"].performers]
    texts = paper.texts(answer.data)
    assert len(texts) == len(desks)
    for desk, text in zip(desks, texts, strict=True):
        assert desk in text
        assert "https://tamu.lan" in text


def test_without_an_address_there_is_no_wall_sheet_but_a_sentence(office):
    answer = get(office, WALL)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert "alamat server belum diatur. Mintalah petugas IT" in words(answer.text)


def test_every_badge_and_every_wall_sheet_of_a_demo_says_so(office):
    office.app.config.update(PUBLIC_URL="https://tamu.lan", DEMO=True)
    for answer in (take(office, which="range", first=1, last=1), get(office, WALL)):
        assert {"DEMO, data rekaan" in text for text in paper.texts(answer.data)} == {True}
