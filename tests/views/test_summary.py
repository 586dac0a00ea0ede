"""Ringkasan: which period it shows, what it says, and that each figure leads to its visits."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.period import month_of
from app.queries.guest_book import count as visits_that_fit
from app.queries.guest_book import in_order_of_arrival
from app.queries.register import JUDGED
from app.views.register_filters import names_of, read_filters
from tests.support.mixed_days import complete, mixed_days
from tests.support.standings import steps_standing
from tests.views.reading import form_to, forms, link, statements, words

HTMX = {"HX-Request": "true"}
TODAY = date(2026, 11, 24)
FIGURE = re.compile(r'<a href="(/buku-tamu\?[^"]*)">([\d.]+)(?![\d,])(.*?)</a>', re.DOTALL)
SHARE = re.compile(r'<a href="(/buku-tamu\?[^"]*)">([\d,]+)(?:\s| |&nbsp;)%')
HIT = re.compile(r'<a tabindex="-1" href="(/buku-tamu\?[^"]*)" title="([^"]*): (\d+) kunjungan"')


@pytest.fixture
def mixed(office):
    mixed_days(office)
    return office


def page_of(office, **asked):
    answer = office.desk("sekar").get("/ringkasan", query_string=asked)
    assert answer.status_code == 200
    return answer.text


def title(page):
    """The period that a page shows."""
    found = re.search(r'class="period-head">\s*<h2>(.*?)</h2>', page, re.DOTALL)
    return words(found[1])


def rows_of(page, table):
    """The rows of a table in words, by its class."""
    found = re.search(rf'<table class="[^"]*{table}[^"]*">.*?</table>', page, re.DOTALL)
    body = found[0].partition("<tbody>")[2]
    return [words(row) for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)]


# --- Every figure leads to the visits it counts ---------------------------------------------------


def filters_of(office, address):
    query = dict(parse_qsl(urlsplit(unescape(address)).query))
    reading = read_filters(query, names_of(office.session), TODAY)
    assert reading.errors == {}
    assert set(reading.kept()) == set(query)
    return reading.filters


@pytest.mark.parametrize(
    ("asked", "at_least"),
    [
        ({}, 25),
        ({"bulan": "2026-11"}, 30),
        ({"dari": "2026-11-23", "sampai": "2026-11-24"}, 30),
        ({"dari": "2026-03-01", "sampai": "2026-11-24"}, 30),
        ({"bulan": "2026-10"}, 15),
    ],
    ids=str,
)
def test_each_figure_is_as_many_visits_as_its_link_lists(mixed, asked, at_least):
    figures = FIGURE.findall(page_of(mixed, **asked))
    assert len(figures) >= at_least
    for address, shown, name in figures:
        filters = filters_of(mixed, address)
        if words(name).startswith("langkah, "):
            assert int(shown) == steps_standing(mixed.session, filters), (address, name)
        elif words(name) == "orang":
            views = in_order_of_arrival(mixed.session, filters)
            assert int(shown) == sum(view.visit.party_size for view in views)
        else:
            assert int(shown) == visits_that_fit(mixed.session, filters), (address, name)


def test_the_areas_over_the_columns_lead_where_the_table_leads(mixed):
    page = page_of(mixed, bulan="2026-11")
    hits = HIT.findall(page)
    assert [(name, int(shown)) for _, name, shown in hits] == [
        ("Senin, 23 November 2026", 1),
        ("Selasa, 24 November 2026", 7),
        ("08.00–08.59", 1),
        ("09.00–09.59", 4),
        ("10.00–10.59", 3),
    ]
    linked = {address for address, _, _ in FIGURE.findall(page)}
    assert {address for address, _, _ in hits} <= linked


def test_the_people_inside_lead_to_who_is_inside(mixed):
    page = page_of(mixed, bulan="2026-10")
    assert "Sedang di dalam sekarang 1 sedang di dalam sekarang 2 orang" in words(page)
    assert link(page, "1 sedang di dalam sekarang") == "/sedang-di-dalam"


def test_visits_without_a_destination_stand_last(mixed):
    page = page_of(mixed, bulan="2026-11")
    assert rows_of(page, "bar-rows") == ["Kepala Dinas 4 kunjungan", "Belum ada tujuan 4 kunjungan"]


# --- What it says ---------------------------------------------------------------------------------


def test_today_is_shown_first_with_its_figures(mixed):
    page = page_of(mixed)
    assert title(page) == "Selasa, 24 November 2026 hari ini"
    assert "Kunjungan 7 kunjungan Orang 8 orang termasuk rombongan" in words(page)
    assert "Ada langkah terlambat 1 ada langkah terlambat kunjungan" in words(page)
    for outcome in (
        "Selesai 2 selesai",
        "Selesai tanpa langkah lengkap 1",
        "Tidak dapat diterima 1",
        "Batal 1",
        "Belum selesai 2",
    ):
        assert outcome in words(page)
    left_out = "2 kunjungan tanpa hitungan waktu dari 7 kunjungan tidak ikut dihitung di tabel ini"
    assert left_out in words(page)


def test_each_step_shows_its_share_with_what_was_measured_and_what_was_not(mixed):
    plain = [re.sub(r" [a-z ]+, langkah \d", "", row) for row in rows_of(page_of(mixed), "steps")]
    assert plain == [
        (
            "1. Buku tamu dan tanda pengenal mutu baku 5 menit "
            "100,0 % tepat waktu 4 0 0 4 0 2:00 2:00 2:00"
        ),
        "2. Menanyakan keperluan mutu baku 5 menit 100,0 % tepat waktu 4 0 0 4 0 2:00 2:00 2:00",
        "3. Memberi arahan mutu baku 5 menit 100,0 % tepat waktu 3 0 1 3 0 2:00 2:00 2:00",
        "4. Mengantar ke tujuan mutu baku 5 menit 100,0 % tepat waktu 2 0 1 2 0 2:00 2:00 2:00",
        "5. Menerima tamu sesuai kebutuhan tanpa mutu baku 1 1 1 – – 2:00 2:00 2:00",
        (
            "6. Tanda pengenal kembali mutu baku 5 menit "
            "0,0 % tepat waktu 1 2 0 0 1 10:00 10:00 lewat mutu baku 10:00"
        ),
    ]


def test_nothing_measured_has_no_percentage(office):
    office.open_visit()
    first = rows_of(page_of(office), "steps")[0]
    assert first == (
        "1. Buku tamu dan tanda pengenal mutu baku 5 menit belum ada yang terukur 0 0 0 0 0 – – –"
    )


def test_three_of_four_on_time_are_three_quarters(office):
    for badge in "123":
        complete(office, badge)
    complete(office, late_at=2)
    assert "75,0 % tepat waktu" in rows_of(page_of(office), "steps")[1]


@pytest.mark.parametrize(
    ("figure", "shown"), [(0.9996, "99,9 %"), (0.0001, "0,1 %"), (1, "100,0 %")]
)
def test_all_and_none_are_said_only_where_they_are_true(app, figure, shown):
    template = app.jinja_env.from_string("{{ share|percent }}")
    assert words(template.render(share=figure)) == shown


def test_the_days_of_a_month_are_drawn_and_listed_and_the_closed_ones_are_told_apart(mixed):
    page = page_of(mixed, bulan="2026-11")
    drawing = re.search(r'<svg class="chart-plot".*?</svg>', page, re.DOTALL)[0]
    assert 'role="img" aria-labelledby="by-day-title" aria-describedby="by-day-desc"' in drawing
    assert '<title id="by-day-title">Kunjungan per hari, November 2026</title>' in drawing
    assert "Teramai: Selasa, 24 November 2026." in drawing
    assert drawing.count('class="chart-column"') == 2
    listed = rows_of(page, "is-dense")
    assert len(listed) == 30
    assert listed[0] == "Minggu, 1 November 2026 hari tutup 0 – 0 0"
    assert listed[22].startswith("Senin, 23 November 2026 1 ")


def test_each_day_hour_and_destination_says_how_many_steps_were_on_time_and_measured(mixed):
    page = page_of(mixed, bulan="2026-11")
    monday = "Senin, 23 November 2026"
    assert rows_of(page, "is-dense")[22] == (
        f"{monday} 1 kunjungan, {monday} 80,0 % langkah, {monday} 5 langkah, {monday} 0"
    )
    by_destination = page[page.index('id="by-destination-table"') :]
    assert rows_of(by_destination, "is-dense") == [
        f"{place} {share} % {of} {judged} {of} {not_measured} {of}"
        for place, share, judged, not_measured, of in (
            ("Kepala Dinas", "88,2", 17, 2, "langkah, Kepala Dinas"),
            ("Belum ada tujuan", "100,0", 2, 1, "langkah, belum ada tujuan"),
        )
    ]


def test_a_share_on_time_leads_to_the_visits_with_a_step_on_time(mixed):
    page = page_of(mixed, bulan="2026-11")
    shares = SHARE.findall(page)
    assert len(shares) == 7  # two days, three hours, two destinations
    for address, percent in shares:
        on_time = filters_of(mixed, address)
        judged = replace(on_time, standing=JUDGED)
        share = steps_standing(mixed.session, on_time) / steps_standing(mixed.session, judged)
        assert percent == f"{share:.1%}".replace(".", ",").replace("%", "")


def test_a_day_has_no_chart_of_days_but_one_of_hours_with_the_office_hours(mixed):
    page = page_of(mixed)
    assert "Kunjungan per hari" not in page
    assert "Kunjungan per jam masuk, 24 November 2026" in page
    assert "jam kerja 07.30–16.00" in words(page)


def test_more_than_two_months_are_drawn_by_month(mixed):
    page = page_of(mixed, dari="2026-08-15", sampai="2026-11-24")
    assert [row.partition(" kunjungan")[0] for row in rows_of(page, "is-dense")] == [
        "15–31 Agustus 2026 0 – 0 0",
        "September 2026 0 – 0 0",
        "Oktober 2026 1",
        "1–24 November 2026 8",
    ]


# --- Which period ---------------------------------------------------------------------------------

PERIODS = [
    ({}, "Selasa, 24 November 2026 hari ini"),
    ({"bulan": "2026-11"}, "November 2026"),
    ({"bulan": "2026-10"}, "Oktober 2026"),
    ({"dari": "2026-11-23", "sampai": "2026-11-29"}, "23–29 November 2026"),
    ({"dari": "2026-11-01", "sampai": "2026-11-30"}, "November 2026"),
    ({"dari": "2026-11-20"}, "20–24 November 2026"),
    ({"dari": "20/11/2026", "sampai": "21/11/2026"}, "20–21 November 2026"),
    ({"bulan": "", "dari": "", "sampai": ""}, "Selasa, 24 November 2026 hari ini"),
]


@pytest.mark.parametrize(("asked", "shown"), PERIODS, ids=str)
def test_the_period_asked_for_is_shown(office, asked, shown):
    assert title(page_of(office, **asked)) == shown


SAID = " Sementara itu, yang tampil hari ini."
UNUSABLE = [
    ({"bulan": "2026-13"}, "Bulan itu tidak terbaca. Pilih bulan dari daftar."),
    ({"bulan": "'; DROP TABLE visit"}, "Bulan itu tidak terbaca. Pilih bulan dari daftar."),
    ({"dari": "2026-02-30"}, "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026."),
    (
        {"dari": "2026-11-01", "sampai": "besok"},
        "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026.",
    ),
    ({"sampai": "2026-11-24"}, "Isi juga tanggal awalnya."),
    (
        {"dari": "2026-11-24", "sampai": "2026-11-23"},
        "Tanggal akhir mendahului tanggal awal. Tukar keduanya.",
    ),
    (
        {"dari": "2025-11-23", "sampai": "2026-11-24"},
        "Rentang itu lebih dari satu tahun. Pilih rentang yang lebih pendek.",
    ),
]


@pytest.mark.parametrize(("asked", "sentence"), UNUSABLE, ids=str)
def test_a_period_that_cannot_be_used_says_so_keeps_what_was_typed_and_shows_today(
    office, asked, sentence
):
    page = page_of(office, **asked)
    assert sentence + SAID in words(page)
    assert page.count("aria-invalid") == 1
    assert title(page) == "Selasa, 24 November 2026 hari ini"
    if "bulan" not in asked:
        (dates,) = [form.data for form in forms(page) if "dari" in form.data]
        assert dates == {"dari": "", "sampai": "", **asked}


NEIGHBOURS = [
    ({}, "/ringkasan?dari=2026-11-23&sampai=2026-11-23", None),
    (
        {"dari": "2026-11-23", "sampai": "2026-11-23"},
        "/ringkasan?dari=2026-11-22&sampai=2026-11-22",
        "/ringkasan?dari=2026-11-24&sampai=2026-11-24",
    ),
    ({"bulan": "2026-11"}, "/ringkasan?bulan=2026-10", None),
    ({"bulan": "2026-01"}, "/ringkasan?bulan=2025-12", "/ringkasan?bulan=2026-02"),
    (
        {"dari": "2026-11-16", "sampai": "2026-11-22"},
        "/ringkasan?dari=2026-11-09&sampai=2026-11-15",
        "/ringkasan?dari=2026-11-23&sampai=2026-11-29",
    ),
    ({"bulan": "2000-01"}, None, "/ringkasan?bulan=2000-02"),
]


def step_link(page, which):
    found = re.search(rf'id="{which}" href="([^"]*)"', page)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize(("asked", "before", "after"), NEIGHBOURS, ids=str)
def test_the_periods_beside_are_one_click_away_and_none_is_in_the_future(
    office, asked, before, after
):
    page = page_of(office, **asked)
    assert (step_link(page, "previous"), step_link(page, "following")) == (before, after)


def test_the_usual_periods_are_one_click_away_and_the_one_shown_is_marked(office):
    page = page_of(office, dari="2026-11-23", sampai="2026-11-29")
    assert link(page, "Hari ini") == "/ringkasan"
    assert link(page, "Minggu ini") == "/ringkasan?dari=2026-11-23&sampai=2026-11-29"
    assert link(page, "Bulan ini") == "/ringkasan?bulan=2026-11"
    current = re.findall(r'<a [^>]*aria-current="true"[^>]*>([^<]*)</a>', page)
    assert current == ["Minggu ini"]


def test_the_months_to_choose_from_begin_with_the_first_visit(mixed):
    page = page_of(mixed, bulan="2026-12")
    months = re.findall(r'<option value="(\d{4}-\d\d)"( selected)?>([^<]*)<', page)
    assert months == [
        ("2026-12", " selected", "Desember 2026"),
        ("2026-11", "", "November 2026"),
        ("2026-10", "", "Oktober 2026"),
    ]


# --- Nothing there --------------------------------------------------------------------------------

EMPTY = [
    ({}, "Belum ada kunjungan hari ini", "Lihat 23 November 2026"),
    ({"bulan": "2026-11"}, "Belum ada kunjungan pada November 2026", "Lihat Oktober 2026"),
    ({"bulan": "2026-10"}, "Tidak ada kunjungan pada Oktober 2026", None),
    ({"bulan": "2026-12"}, "Masa ini belum tiba", None),
]


@pytest.mark.parametrize(("asked", "sentence", "way_on"), EMPTY, ids=str)
def test_a_period_without_visits_says_so_and_what_to_do(office, asked, sentence, way_on):
    page = page_of(office, **asked)
    assert sentence in words(page)
    assert (link(page, way_on) is not None) == (way_on is not None)
    assert FIGURE.findall(page) == []
    assert "<table" not in page


# --- Live -----------------------------------------------------------------------------------------


def poll_of(page):
    found = re.search(r'<div id="summary"[^>]*hx-get="([^"]*)" hx-trigger="([^"]*)"', page)
    return (unescape(found[1]), found[2]) if found else None


@pytest.mark.parametrize(
    ("asked", "polls"),
    [
        ({}, True),
        ({"bulan": "2026-11"}, True),
        ({"dari": "2026-11-23", "sampai": "2026-11-29"}, True),
        ({"bulan": "2026-10"}, False),
        ({"bulan": "2026-12"}, False),
    ],
    ids=str,
)
def test_only_a_period_that_includes_today_is_renewed(office, asked, polls):
    poll = poll_of(page_of(office, **asked))
    assert (poll is not None) == polls
    if poll:
        address, trigger = poll
        kept = dict(parse_qsl(urlsplit(address).query))
        del kept["v"]
        assert (kept, trigger) == (asked, "every 10s")


def test_nothing_is_sent_again_until_a_visit_changes(office):
    sekar = office.desk("sekar")
    poll, _ = poll_of(sekar.get("/ringkasan").text)
    with statements(office.app) as sent:
        answer = sekar.get(poll, headers=HTMX)
    assert (answer.status_code, answer.data) == (204, b"")
    assert [statement for statement in sent if "visit" in statement] == []
    office.open_visit()
    answer = sekar.get(poll, headers=HTMX)
    assert answer.text.lstrip().startswith('<div id="summary"')
    assert "<!doctype" not in answer.text
    assert "Kunjungan 1 kunjungan" in words(answer.text)
    assert poll_of(answer.text)[0] != poll


def test_at_midnight_today_becomes_the_new_day(office):
    sekar = office.desk("sekar")
    poll, _ = poll_of(sekar.get("/ringkasan").text)
    office.clock.at += timedelta(hours=11)
    assert sekar.get(poll, headers=HTMX).status_code == 204
    office.clock.at += timedelta(hours=5)
    desk = office.sign_in("sekar")
    assert title(desk.get(poll, headers=HTMX).text) == "Rabu, 25 November 2026 hari ini"


def test_a_month_costs_as_many_statements_as_a_day(mixed):
    counts = []
    for asked in ({}, {"bulan": f"{month_of(TODAY).first:%Y-%m}"}):
        with statements(mixed.app) as sent:
            page_of(mixed, **asked)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_it_works_as_a_whole_page_with_its_forms_and_no_script(office):
    page = page_of(office)
    assert form_to(page, "/ringkasan", bulan="").data == {"bulan": ""}
    assert form_to(page, "/ringkasan", dari="2026-11-24").data == {
        "dari": "2026-11-24",
        "sampai": "2026-11-24",
    }
    assert "style=" not in page
    assert "onclick" not in page
