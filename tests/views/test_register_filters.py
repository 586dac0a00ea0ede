"""The register's filters: what each finds, how they are told, taken off, counted and kept."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from app import create_app
from app.operations.rectify import correct_guest
from tests.cast import Clock, copy_instance
from tests.views.conftest import OfficeAtNine
from tests.views.reading import form_to, link, statements, words

HTMX = {"HX-Request": "true"}
NO_DAY = "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026."
EVERYTHING = ["6/2026", "5/2026", "4/2026", "3/2026", "2/2026", "1/2026"]


def shown(page):
    return [
        f"{number}/{year}" for year, number in re.findall(r'href="/kunjungan/(\d+)/(\d+)"', page)
    ]


def look(office, **asked):
    return office.desk("kasim").get("/buku-tamu", query_string=asked)


def at(day, hour, minute=0, month=11):
    """An instant by the office's clock (WIB, seven hours ahead of UTC)."""
    return datetime(2026, month, day, hour - 7, minute, tzinfo=UTC)


def complete(office, label, *, unit=1, slow=None):
    """Bring a guest through all steps, two minutes a step; the slow one takes nine."""
    acts = [
        ("registration", "fitri", {"visit": label}),
        ("purpose", "kasim", {"purpose": "Izin usaha"}),
        ("direction", "sekar", {"direction": "Antar.", "destination_id": unit}),
        ("escort", "kasim", {}),
        ("start", "hadi", {}),
        ("end", "hadi", {}),
        ("return", "fitri", {}),
    ]
    for key, username, answers in acts:
        office.clock.pass_time(minutes=9 if key == slow else 2)
        office.scan(username, "12", **answers)


def cancel(office, label):
    year_and_number = "/".join(reversed(label.split("/")))
    fitri = office.sign_in("fitri")  # on that day
    fitri.post(f"/kunjungan/{year_and_number}/batal", {"reason_text": "Urung"})


def fill(office):
    """Six visits: cancelled, late at step 2, on time elsewhere, late at step 3, two still open."""
    office.second = office.unit("Bidang Koperasi")
    clock = office.clock
    clock.at = at(31, 9, month=10)
    cancel(office, office.open_visit("Urung", guest_kind="dprd"))
    clock.at = at(1, 8)
    complete(office, office.open_visit("Siti", guest_kind="notaris"), slow="purpose")
    clock.at = at(12, 9)
    complete(office, office.open_visit("Rudi", origin="Koperasi Jaya"), unit=office.second)
    clock.at = at(23, 14)
    complete(office, office.open_visit("Udin", guest_kind="dprd"), slow="direction")
    clock.at = at(24, 9, 30)
    office.open_visit("Tono", destination_id=office.second)
    clock.at = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)  # 1 December, 00.30 WIB
    office.open_visit("Malam")
    clock.at = at(24, 10)
    with office.app.app_context():
        correct_guest(
            "3/2026", {"position": "Ketua"}, reason="Keliru.",
            officer=office.officer("kasim"), at=clock.at,
        )  # fmt: skip


@pytest.fixture(scope="module")
def autumn(template, sessions, tmp_path_factory):
    """An office with six visits, which these tests only read."""
    instance = copy_instance(template, tmp_path_factory.mktemp("autumn") / "instance")
    clock = Clock()
    office = OfficeAtNine(create_app({"INSTANCE": instance, "NOW": clock}), clock)
    office.sessions = sessions
    fill(office)
    yield office
    office.close()


# --- What each finds ------------------------------------------------------------------------------

FOUND = {
    "a month": ({"dari": "2026-11-01", "sampai": "2026-11-30"}, [5, 4, 3, 2]),
    "one day": ({"dari": "2026-11-12", "sampai": "2026-11-12"}, [3]),
    "the day before": ({"dari": "2026-10-31", "sampai": "2026-10-31"}, [1]),
    "after midnight by the office's clock": ({"dari": "2026-12-01", "sampai": "2026-12-01"}, [6]),
    "from a day until today": ({"dari": "2026-11-23"}, [5, 4]),
    "from a day to come": ({"dari": "2026-12-01"}, [6]),
    "until a day": ({"sampai": "2026-11-01"}, [2, 1]),
    "days as people write them": ({"dari": "1/11/2026", "sampai": "12.11.2026"}, [3, 2]),
    "a leap year's day": ({"dari": "2024-02-29", "sampai": "2024-02-29"}, []),
    "a destination": ({"tujuan": "1"}, [4, 2]),
    "no destination yet": ({"tujuan": "0"}, [6, 1]),
    "a kind of guest": ({"jenis": "dprd"}, [4, 1]),
    "an outcome": ({"hasil": "completed"}, [4, 3, 2]),
    "cancelled ones": ({"hasil": "cancelled"}, [1]),
    "those still open": ({"hasil": "open"}, [6, 5]),
    "an outcome that nobody had": ({"hasil": "declined"}, []),
    "those left out of time rates": ({"hasil": "untimed"}, [1]),
    "those put right": ({"hasil": "corrected"}, [3]),
    "those from paper": ({"hasil": "late_entry"}, []),
    "an hour": ({"jam": "9"}, [5, 3, 1]),
    "the hour after midnight": ({"jam": "0"}, [6]),
    "any late step": ({"mutu": "late"}, [4, 2]),
    "a late step": ({"langkah": "purpose", "mutu": "late"}, [2]),
    "any step on time": ({"mutu": "on_time"}, [4, 3, 2]),
    "any step judged": ({"mutu": "judged"}, [4, 3, 2]),
    "any step skipped": ({"mutu": "skipped"}, []),
    "a step on time": ({"langkah": "purpose", "mutu": "on_time"}, [4, 3]),
    "a step measured": ({"langkah": "direction", "mutu": "measured"}, [4, 3, 2]),
    "a step skipped": ({"langkah": "purpose", "mutu": "skipped"}, []),
    "a step not measurable": ({"langkah": "purpose", "mutu": "not_measurable"}, []),
    "a step that has a record": ({"langkah": "purpose"}, [4, 3, 2]),
    "filters together": ({"dari": "2026-11-01", "jenis": "dprd", "mutu": "late"}, [4]),
    "a filter and a search": ({"cari": "koperasi", "hasil": "completed"}, [3]),
    "a search outside the period": ({"cari": "koperasi", "sampai": "2026-11-01"}, []),
    "empty ones": (dict.fromkeys(("dari", "sampai", "tujuan", "jenis", "hasil", "jam"), ""),
                   [6, 5, 4, 3, 2, 1]),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_each_filter_finds_its_visits_and_no_other(autumn, name):
    asked, numbers = FOUND[name]
    answer = look(autumn, **asked)
    assert answer.status_code == 200
    assert shown(answer.text) == [f"{number}/2026" for number in numbers]


def test_the_other_destination_holds_its_own(autumn):
    assert shown(look(autumn, tujuan=autumn.second).text) == ["5/2026", "3/2026"]


def test_a_destination_no_longer_in_use_can_still_be_looked_for(office):
    unit = office.unit("Bidang Koperasi")
    office.open_visit("Udin", destination_id=1)
    office.open_visit("Tono", destination_id=unit)
    office.unit_closes(unit)
    page = look(office, tujuan=unit).text
    assert shown(page) == ["2/2026"]
    assert "Tujuan: Bidang Koperasi" in words(page)


# --- What is wrong is told beside its field, and not applied --------------------------------------

WRONG = {
    "a day that no calendar has": ({"dari": "31/11/2026"}, "f-dari", NO_DAY),
    "words": ({"sampai": "kemarin"}, "f-sampai", NO_DAY),
    "a year too early": ({"dari": "1999-12-31"}, "f-dari", NO_DAY),
    "a year too late": ({"sampai": "2101-01-01"}, "f-sampai", NO_DAY),
    "a year without end": ({"dari": "9" * 400 + "-01-01"}, "f-dari", NO_DAY),
    "digits of another script": ({"dari": "２０２６-11-01"}, "f-dari", NO_DAY),
    "backwards": (
        {"dari": "2026-11-02", "sampai": "2026-11-01"},
        "f-sampai",
        "Tanggal akhir mendahului tanggal awal. Tukar keduanya, atau kosongkan salah satunya.",
    ),
    "no such destination": (
        {"tujuan": "99"}, "f-tujuan", "Tujuan itu tidak dikenal. Pilih dari daftar."
    ),
    "a destination in words": (
        {"tujuan": "1 OR 1=1"}, "f-tujuan", "Tujuan itu tidak dikenal. Pilih dari daftar."
    ),
    "no such kind": (
        {"jenis": "<b>"}, "f-jenis", "Jenis tamu itu tidak dikenal. Pilih dari daftar."
    ),
    "no such outcome": (
        {"hasil": "x"}, "f-hasil", "Hasil itu tidak dikenal. Pilih dari daftar."
    ),
    "no such standing": (
        {"mutu": "pending"}, "f-mutu", "Mutu waktu itu tidak dikenal. Pilih dari daftar."
    ),
    "no such step": (
        {"langkah": "x", "mutu": "late"}, "f-langkah",
        "Langkah itu tidak dikenal. Pilih dari daftar.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_told_beside_its_field_and_not_applied(autumn, name):
    asked, field, sentence = WRONG[name]
    answer = look(autumn, **asked)
    assert (answer.status_code, shown(answer.text)) == (200, EVERYTHING)
    match = re.search(rf'id="{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    assert words(match.group(1)) == sentence
    control = re.search(rf'<(?:input|select)[^>]*id="{field}"[^>]*>', answer.text).group(0)
    assert f'aria-describedby="{field}-error" aria-invalid="true"' in control
    assert '<details class="filters" open>' in answer.text
    assert "Saringan yang dipakai" not in answer.text


@pytest.mark.parametrize("hour", ["24", "-1", "9.5", "x", "9" * 50])
def test_an_hour_that_makes_no_sense_is_told_though_it_has_no_field(autumn, hour):
    answer = look(autumn, jam=hour)
    assert shown(answer.text) == EVERYTHING
    assert "Jam masuk itu tidak dikenal, jadi tidak dipakai untuk menyaring." in words(answer.text)


def test_one_wrong_filter_leaves_the_others_and_what_was_typed(autumn):
    page = look(autumn, dari="kemarin dulu", jenis="dprd", cari="udin").text
    assert shown(page) == ["4/2026"]
    form = form_to(page, "/buku-tamu").data
    assert (form["dari"], form["jenis"], form["cari"]) == ("kemarin dulu", "dprd", "udin")
    assert re.search(r'<input[^>]*type="text"[^>]*name="dari"', page)


def test_what_was_typed_comes_back_as_text(autumn):
    page = look(autumn, dari='"><script>x</script>').text
    assert "<script>x" not in page
    assert form_to(page, "/buku-tamu").data["dari"] == '"><script>x</script>'


# --- What is set stands in chips, each to be taken off --------------------------------------------

CHIPS = {
    "a month": ({"dari": "2026-11-01", "sampai": "2026-11-30"}, "November 2026"),
    "a day": ({"dari": "2026-11-24", "sampai": "2026-11-24"}, "24 November 2026"),
    "days of a month": ({"dari": "2026-11-02", "sampai": "2026-11-09"}, "2–9 November 2026"),
    "days of two months": (
        {"dari": "2026-10-28", "sampai": "2026-11-03"}, "28 Oktober – 3 November 2026"
    ),
    "days of two years": (
        {"dari": "2025-12-31", "sampai": "2026-01-01"}, "31 Desember 2025 – 1 Januari 2026"
    ),
    "until today": ({"dari": "2026-11-02"}, "2–24 November 2026"),
    "until a day": ({"sampai": "2026-11-24"}, "Sampai 24 November 2026"),
    "a destination": ({"tujuan": "1"}, "Tujuan: Kepala Dinas"),
    "no destination": ({"tujuan": "0"}, "Tujuan: Belum ada tujuan"),
    "a kind": ({"jenis": "pers_lsm"}, "Jenis tamu: Pers/LSM"),
    "an outcome": ({"hasil": "completed_short"}, "Hasil: Selesai tanpa langkah lengkap"),
    "still open": ({"hasil": "open"}, "Hasil: Belum selesai"),
    "left out": ({"hasil": "untimed"}, "Hasil: Tidak dihitung waktunya"),
    "put right": ({"hasil": "corrected"}, "Hasil: Catatannya diperbaiki"),
    "from paper": ({"hasil": "late_entry"}, "Hasil: Entri susulan"),
    "an hour": ({"jam": "9"}, "Masuk pukul: 09.00–09.59"),
    "lateness": ({"mutu": "late"}, "Ada langkah terlambat"),
    "any standing": ({"mutu": "judged"}, "Ada langkah terukur terhadap mutu baku"),
    "a late step": ({"langkah": "purpose", "mutu": "late"}, "Langkah 2. Keperluan: terlambat"),
    "a step": ({"langkah": "purpose"}, "Langkah 2. Keperluan: ada catatannya"),
    "a search": ({"cari": "siti"}, "Cari: “siti”"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHIPS)
def test_a_filter_is_said_in_words_and_taken_off_by_its_link(autumn, name):
    asked, said = CHIPS[name]
    page = look(autumn, **asked).text
    assert link(page, f"{said} , lepas") == "/buku-tamu"
    assert link(page, "Tampilkan semua") == "/buku-tamu"


def test_taking_one_off_keeps_the_others(autumn):
    asked = {
        "cari": "u",
        "dari": "2026-11-01",
        "sampai": "2026-11-30",
        "jenis": "dprd",
        "jam": "14",
    }
    page = look(autumn, **asked).text
    for said, taken in {
        "Cari: “u”": {"cari"},
        "November 2026": {"dari", "sampai"},
        "Jenis tamu: DPRD": {"jenis"},
        "Masuk pukul: 14.00–14.59": {"jam"},
    }.items():
        address = urlsplit(link(page, f"{said} , lepas"))
        left = {name: text for name, text in asked.items() if name not in taken}
        assert {name: texts[0] for name, texts in parse_qs(address.query).items()} == left


def test_a_step_s_figures_say_whom_they_leave_out(autumn):
    sentence = "Mutu waktu dihitung tanpa entri susulan dan tanpa kunjungan yang batal"
    assert sentence in words(look(autumn, langkah="purpose", mutu="late").text)
    assert sentence in words(look(autumn, mutu="judged").text)
    assert sentence not in words(look(autumn, mutu="late").text)


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("Hari ini", "2026-11-24", "2026-11-24"),
        ("Minggu ini", "2026-11-23", "2026-11-29"),
        ("Bulan ini", "2026-11-01", "2026-11-30"),
        ("Bulan lalu", "2026-10-01", "2026-10-31"),
    ],
)
def test_a_usual_period_is_one_click_away_and_keeps_the_rest(autumn, label, first, last):
    page = look(autumn, jenis="dprd", dari="2026-01-01").text
    address = link(page, label)
    assert parse_qs(urlsplit(address).query) == {
        "jenis": ["dprd"], "dari": [first], "sampai": [last]
    }  # fmt: skip
    chosen = autumn.desk("kasim").get(address).text
    current = re.search(r'<a class="quick-link"[^>]*aria-current="true">(.*?)</a>', chosen)
    assert current.group(1) == label


def test_the_hour_has_no_field_but_stays_while_other_filters_change(autumn):
    page = look(autumn, jam="9").text
    assert form_to(page, "/buku-tamu").data["jam"] == "9"


# --- How many -------------------------------------------------------------------------------------


def test_filtered_visits_are_counted_and_leafed_through_with_the_filters_kept(office):
    for number in range(60):
        office.open_visit("Tono", guest_kind="dprd" if number % 3 == 0 else "umum")
        office.clock.pass_time(seconds=1)
    kasim, pages = office.desk("kasim"), []
    address = "/buku-tamu?jenis=umum&dari=2026-11-01"
    while address:
        page = kasim.get(address).text
        pages.append((shown(page), words(page)))
        address = link(page, "Lebih lama")
        assert (
            address is None
            or {"jenis": ["umum"], "dari": ["2026-11-01"]}.items()
            <= parse_qs(urlsplit(address).query).items()
        )
    assert [len(visits) for visits, _ in pages] == [25, 15]
    assert "40 kunjungan , 1–25 ditampilkan" in pages[0][1]
    assert "1–25 dari 40 kunjungan" in pages[0][1]
    assert "40 kunjungan , 26–40 ditampilkan" in pages[1][1]
    assert len({visit for visits, _ in pages for visit in visits}) == 40
    assert link(page, "Ke yang terbaru") == "/buku-tamu?dari=2026-11-01&jenis=umum"


def test_the_whole_book_is_not_counted(office):
    office.open_visit()
    kasim = office.desk("kasim")
    with statements(office.app) as sent:
        page = kasim.get("/buku-tamu?cari=tono").text
    assert not [one for one in sent if "count(" in one]
    assert "1 kunjungan di halaman ini" in words(page)
    with statements(office.app) as sent:
        kasim.get("/buku-tamu?hasil=open")
    assert len([one for one in sent if "count(" in one]) == 1


def test_search_and_filters_are_counted_together(autumn):
    assert "2 kunjungan , 1–2 ditampilkan" in words(look(autumn, cari="u", jenis="dprd").text)


def test_nothing_found_says_what_to_do(autumn):
    page = words(look(autumn, dari="2025-01-01", sampai="2025-01-31").text)
    assert "0 kunjungan" in page
    assert (
        "Tidak ada kunjungan yang cocok Lepas salah satu saringan di atas, "
        "atau pilih rentang tanggal yang lebih panjang." in page
    )


# --- The page -------------------------------------------------------------------------------------


def test_a_late_visit_is_marked_in_colour_and_words(autumn):
    page = look(autumn).text
    lines = re.findall(
        r"<tr( class=\"is-late\")?>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL
    )
    marked = {shown(line)[0]: (bool(late), "terlambat" in words(line)) for late, line in lines}
    assert marked == {label: (label in {"4/2026", "2/2026"},) * 2 for label in EVERYTHING}


def test_several_late_steps_are_counted(office):
    label = office.open_visit("Lambat")
    office.clock.pass_time(minutes=9)
    office.scan("fitri", "12", visit=label)
    office.clock.pass_time(minutes=9)
    office.scan("kasim", "12", purpose="Izin")
    assert "2 terlambat" in words(look(office).text)


def test_htmx_gets_form_chips_and_table_in_one_block_and_hears_the_count(autumn):
    answer = autumn.desk("kasim").get("/buku-tamu?jenis=dprd", headers=HTMX)
    assert answer.text.lstrip().startswith('<div id="visits">')
    assert "<!doctype" not in answer.text
    form = form_to(answer.text, "/buku-tamu")
    assert form.attributes["hx-target"] == "#visits"
    assert form.attributes["hx-push-url"] == "true"
    assert form.data["jenis"] == "dprd"
    assert 'hx-swap-oob="innerHTML:#announcer">2 kunjungan ditemukan.</p>' in answer.text
    whole = look(autumn, jenis="dprd").text
    assert "hx-swap-oob" not in whole


def test_the_form_works_by_a_plain_get_with_every_filter_as_a_field(autumn):
    form = form_to(look(autumn).text, "/buku-tamu")
    assert form.attributes["method"] == "get"
    assert [name for name in form.names if name] == [
        "cari", "dari", "sampai", "tujuan", "jenis", "hasil", "mutu", "langkah"
    ]  # fmt: skip


def test_the_way_to_the_files_carries_the_filters_but_never_the_search(autumn):
    page = look(autumn, cari="siti", jenis="dprd", dari="2026-11-01").text
    assert link(page, "Cetak dan ekspor") == "/buku-tamu/ekspor?dari=2026-11-01&jenis=dprd"
