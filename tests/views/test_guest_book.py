"""The guest book: newest first, found by name, origin, badge or number, a page at a time."""

import re
from itertools import chain

import pytest
from sqlalchemy import text, update

from app.models.visit import Visitor
from app.operations.transaction import write
from tests.views.reading import link, words

HTMX = {"HX-Request": "true"}


def shown(page):
    """The numbers of the visits on a page, in its order."""
    return [
        f"{number}/{year}" for year, number in re.findall(r'href="/kunjungan/(\d+)/(\d+)"', page)
    ]


def find(desk, search):
    answer = desk.get("/buku-tamu", query_string={"cari": search})
    assert answer.status_code == 200
    return shown(answer.text)


def test_an_empty_book_says_so(office):
    page = office.desk("kasim").get("/buku-tamu").text
    assert "Buku tamu masih kosong" in words(page)


def test_the_newest_visit_stands_on_top_with_its_state(office):
    office.bring_to_step(6, party_size=3)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.open_visit("Udin", origin="CV Karya", purpose="Penawaran")
    page = office.desk("kasim").get("/buku-tamu").text
    assert shown(page) == ["2/2026", "1/2026"]
    lines = words(page)
    assert (
        "2/2026 24 Nov 2026 Tanda pengenal belum Udin CV Karya, Penawaran – 09.14– langkah 1"
        in lines
    )
    assert "Tono 3 orang perorangan, Izin usaha Kepala Dinas 09.00–09.14 selesai" in lines


SEARCHES = {
    "Tono": ["1/2026"],
    "tono": ["1/2026"],
    "  TONO  ": ["1/2026"],
    "on": ["4/2026", "1/2026"],
    "koperasi": ["3/2026", "2/2026"],
    "koperasi siti": ["2/2026"],
    "siti koperasi": ["2/2026"],
    "siti tono": [],
    "O'Neil": ["4/2026"],
    "7": ["7/2026", "2/2026"],
    "007": ["7/2026", "2/2026"],
    "2/2026": ["2/2026"],
    " 2/2026 ": ["2/2026"],
    "2/2025": [],
    "99": [],
    "%": ["5/2026"],
    "100%": ["5/2026"],
    "_": ["6/2026"],
    "a_b": ["6/2026"],
    "\\": ["7/2026"],
    "' OR 1=1 --": [],
    "/": [],
    "1/2026/3": [],
    "9" * 60: [],
    "tidak ada": [],
    "\x00": ["7/2026", "6/2026", "5/2026", "4/2026", "3/2026", "2/2026", "1/2026"],
}


@pytest.fixture
def book(office):
    guests = [
        ("Tono", "perorangan"),
        ("Siti", "Koperasi Maju"),
        ("Rudi", "Koperasi Jaya"),
        ("O'Neil Bonar", "PT Sawit"),
        ("Untung 100%", "Dinas"),
        ("a_b", "Dinas"),
        ("back\\slash", "Dinas"),
    ]
    for name, origin in guests:
        label = office.open_visit(name, origin=origin)
        if name == "Siti":
            office.scan("fitri", "7", visit=label)
        office.clock.pass_time(minutes=1)
    return office


@pytest.mark.parametrize("search", SEARCHES, ids=repr)
def test_a_search_finds_by_name_origin_badge_and_number_and_takes_signs_as_they_are(book, search):
    assert find(book.desk("kasim"), search) == SEARCHES[search]


# What the full-text index would take for a command is what was typed, and nothing else.
SIGNS = {
    '"': ["1/2026"],
    '"Oma"': ["1/2026"],
    '""': [],
    "*": ["2/2026"],
    "Koperasi*": ["2/2026"],
    "Kop*": [],
    "NEAR(": ["3/2026"],
    "NEAR(Maju Jaya)": [],
    "Maju OR Jaya": [],
    "Maju AND Siti": [],
    "Maju NOT Siti": [],
    "-x": ["4/2026"],
    "-Maju": [],
    ":": ["5/2026"],
    "name:Siti": [],
    "nama:Siti": ["5/2026"],
    "^Siti": [],
    "{name}": [],
    "(": ["3/2026"],
    "Siti)": [],
    "+62": [],
    "José": ["6/2026"],
    "JOSÉ": ["6/2026"],
    "josé GARCÍA": ["6/2026"],
    "Śrī": ["6/2026"],
    "śrī": ["6/2026"],
    "ab": ["7/2026"],
    "AB cd": ["7/2026"],
    "maju": ["7/2026", "2/2026"],
    "MAJU ab": ["7/2026"],
    "東京": ["8/2026"],
    "東京都": ["8/2026"],
}


@pytest.fixture
def signs(office):
    guests = [
        ('Siti "Oma" Aminah', "perorangan"),
        ("Rudi", "Koperasi* Maju"),
        ("NEAR(Budi)", "perorangan"),
        ("Ali -x", "perorangan"),
        ("nama:Siti", "perorangan"),
        ("José García", "Śrī Lanka"),
        ("Ab Cd", "PT Maju"),
        ("東京都 Tanaka", "perorangan"),
    ]
    for name, origin in guests:
        office.open_visit(name, origin=origin)
        office.clock.pass_time(minutes=1)
    return office


def test_no_sign_is_a_command_and_case_is_no_matter(signs):
    kasim = signs.desk("kasim")
    assert {search: find(kasim, search) for search in SIGNS} == SIGNS


def erase(office, guest, *fields):
    values = {**dict.fromkeys(fields or ("name", "origin")), "erased_at": office.clock()}
    with office.app.app_context(), write() as session:
        session.execute(update(Visitor).where(Visitor.name == guest).values(values))


def test_an_erased_guest_is_found_no_more_by_name_or_origin(office):
    for name in ("Siti Aminah", "Al"):
        office.open_visit(name, origin="PT Maju")
        office.clock.pass_time(minutes=1)
    kasim = office.desk("kasim")
    assert find(kasim, "siti") == ["1/2026"]
    erase(office, "Siti Aminah")
    searches = ("siti", "Aminah", "si", "maju", "1/2026")
    assert [find(kasim, search) for search in searches] == [[], [], [], ["2/2026"], ["1/2026"]]
    erase(office, "Al")
    assert [find(kasim, search) for search in ("al", "maju", "ma")] == [[], [], []]
    page = words(kasim.get("/buku-tamu").text)
    assert "Siti" not in page
    assert "belum – – –" in page


def test_the_index_itself_keeps_nothing_of_an_erased_guest(office):
    office.open_visit("Siti Aminah", origin="Koperasi Maju")
    erase(office, "Siti Aminah")
    session = office.session
    found = text("SELECT count(*) FROM visitor_search WHERE visitor_search MATCH '\"Aminah\"'")
    assert session.scalar(found) == 0
    session.execute(text("INSERT INTO visitor_search(visitor_search) VALUES ('integrity-check')"))


def test_one_word_may_be_erased_before_the_other(office):
    office.open_visit("Siti Aminah", origin="Koperasi Maju")
    erase(office, "Siti Aminah", "name")
    kasim = office.desk("kasim")
    assert [find(kasim, search) for search in ("aminah", "maju", "aminah maju")] == [
        [], ["1/2026"], [],
    ]  # fmt: skip


def test_a_badge_finds_its_earlier_guests_too(office):
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.open_visit("Udin")
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.open_visit("Tanpa kartu")
    assert find(office.desk("kasim"), "12") == ["2/2026", "1/2026"]


def test_a_search_that_finds_nothing_gives_examples_and_keeps_the_words(office):
    office.open_visit()
    page = office.desk("kasim").get("/buku-tamu", query_string={"cari": '"><b>Zulu'}).text
    assert "Tidak ada yang cocok" in words(page)
    assert "nomor kunjungan (123/2026)" in words(page)
    assert 'value="&#34;&gt;&lt;b&gt;Zulu"' in page


# --- A page at a time -----------------------------------------------------------------------------


def leaf_through(desk, url="/buku-tamu"):
    """Every page from the newest to the oldest, by its link."""
    pages = []
    while url:
        page = desk.get(url).text
        pages.append(shown(page))
        url = link(page, "Lebih lama")
        assert len(pages) < 10
    return pages


@pytest.fixture(params=[37, 0], ids=["one after the other", "all in the same instant"])
def sixty(office, request):
    for number in range(60):
        office.open_visit("Tono" if number % 2 else "Udin")
        office.clock.pass_time(request.param)
    return office


def test_sixty_visits_are_leafed_through_without_loss_or_repetition(sixty):
    pages = leaf_through(sixty.desk("kasim"))
    assert [len(page) for page in pages] == [25, 25, 10]
    assert list(chain(*pages)) == [f"{number}/2026" for number in range(60, 0, -1)]


def test_visits_that_come_meanwhile_shift_no_page(sixty):
    kasim = sixty.desk("kasim")
    first = kasim.get("/buku-tamu").text
    older = link(first, "Lebih lama")
    for _ in range(3):
        sixty.open_visit("Baru")
    assert shown(kasim.get(older).text) == [f"{number}/2026" for number in range(35, 10, -1)]


def test_a_search_is_kept_from_page_to_page(sixty):
    pages = leaf_through(sixty.desk("kasim"), "/buku-tamu?cari=tono")
    assert [len(page) for page in pages] == [25, 5]
    assert list(chain(*pages)) == [f"{number}/2026" for number in range(60, 0, -2)]


def test_a_later_page_leads_back_to_the_newest(sixty):
    kasim = sixty.desk("kasim")
    first = kasim.get("/buku-tamu?cari=tono").text
    assert link(first, "Ke yang terbaru") is None
    later = kasim.get(link(first, "Lebih lama")).text
    assert link(later, "Ke yang terbaru") == "/buku-tamu?cari=tono"


BAD_CURSORS = ["x", "1", "-", "1-", "-1", "1-x", "1--1", "1.5-1", "9" * 18 + "-1", "1-" + "9" * 18]


@pytest.mark.parametrize("cursor", [*BAD_CURSORS, "'; DROP TABLE visit"])
def test_a_cursor_that_makes_no_sense_is_ignored(office, cursor):
    office.open_visit()
    answer = office.desk("kasim").get("/buku-tamu", query_string={"setelah": cursor})
    assert (answer.status_code, shown(answer.text)) == (200, ["1/2026"])


@pytest.mark.parametrize("cursor", ["9" * 17 + "-" + "9" * 17, "0-0"])
def test_a_cursor_far_away_is_a_page_like_any_other(office, cursor):
    office.open_visit()
    answer = office.desk("kasim").get("/buku-tamu", query_string={"setelah": cursor})
    assert (answer.status_code, shown(answer.text)) == (200, ["1/2026"] if cursor[0] == "9" else [])


def test_htmx_gets_the_table_alone(office):
    office.open_visit()
    answer = office.desk("kasim").get("/buku-tamu", headers=HTMX)
    assert answer.text.lstrip().startswith('<div id="visits">')
    assert "<!doctype" not in answer.text
