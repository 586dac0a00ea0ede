"""Meja saya: whom each person sees, in which order, and when the page is sent again."""

import re

import pytest

from app.models.office import ScreenVersion
from app.models.person import Person
from app.operations.badges import make_badges
from app.qr import new_code
from tests.cast import BADGES
from tests.views.reading import forms, link, row, statements, words

HTMX = {"HX-Request": "true"}


def elsewhere(unit_id):
    return {"destination": str(unit_id), "reason": "Salah."}


def queue(office, username):
    """The rows that wait for a person: names in order."""
    page = office.desk(username).get("/meja").text
    return re.findall(r'class="guest-name"><a href="/kunjungan/[^"]+">([^<]+)</a>', page)


STEPS = {
    1: {"fitri": ["Tono"], "kasim": [], "sekar": [], "hadi": [], "adi": []},
    2: {"fitri": [], "kasim": ["Tono"], "sekar": [], "hadi": [], "adi": []},
    3: {"fitri": [], "kasim": [], "sekar": ["Tono"], "hadi": [], "adi": []},
    4: {"fitri": [], "kasim": ["Tono"], "sekar": [], "hadi": [], "adi": []},
    5: {"fitri": [], "kasim": [], "sekar": [], "hadi": ["Tono"], "adi": []},
    6: {"fitri": ["Tono"], "kasim": [], "sekar": [], "hadi": [], "adi": []},
}


@pytest.mark.parametrize("step", STEPS)
def test_at_each_step_the_guest_waits_at_one_desk(office, step):
    office.bring_to_step(step)
    assert {who: queue(office, who) for who in STEPS[step]} == STEPS[step]


DOES = {
    2: ("kasim", "Selesaikan langkah 2", "Tanyakan keperluan, lalu pindai.", "Langkah 2 selesai"),
    3: ("sekar", "Selesaikan langkah 3", "Beri arahan dan tentukan tujuan.", "Beri arahan"),
    4: ("kasim", "Selesaikan langkah 4", "Antar tamu ke tujuan, lalu pindai.", "Langkah 4 selesai"),
    5: ("hadi", "Mulai terima", "Pindai saat mulai menerima tamu.", "Mulai diterima"),
}


@pytest.mark.parametrize("step", DOES)
def test_a_row_says_what_to_do_and_does_it_in_place(office, step):
    label = office.bring_to_step(step)
    office.clock.pass_time(minutes=2)
    who, button, instruction, came_of_it = DOES[step]
    desk = office.desk(who)
    page = desk.get("/meja").text
    assert f"Langkah {step}" in words(page)
    assert instruction in words(page)
    assert button in words(page)
    tap = next(form for form in forms(page) if form.data.get("method") == "tap")
    assert "data-scan" in tap.attributes, "scans.js sends it"
    assert "hx-post" not in tap.attributes
    assert tap.data["visit"] == label
    panel = desk.post(tap.action, tap.data, headers=HTMX)
    assert "Tono" in panel.text
    assert came_of_it in words(panel.text)


def test_a_guest_being_received_can_be_seen_off_in_place(office):
    office.bring_to_step(5)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=10)
    hadi = office.desk("hadi")
    page = hadi.get("/meja").text
    assert "Pindai sekali lagi setelah selesai." in words(page)
    assert "Sedang diterima" in words(page)
    tap = next(form for form in forms(page) if form.data.get("method") == "tap")
    assert "data-scan" in tap.attributes
    assert tap.data["stage"] == "reception:running"
    assert "Selesai diterima" in words(hadi.post(tap.action, tap.data, headers=HTMX).text)


def test_taking_a_badge_back_leads_to_the_scanner(office):
    office.bring_to_step(6)
    page = office.desk("fitri").get("/meja").text
    assert link(page, "Terima kartu") == "/pindai?maksud=kembali&untuk=1/2026"
    assert [form for form in forms(page) if form.data.get("method") == "tap"] == []


# --- The order ------------------------------------------------------------------------------------


def test_whose_time_runs_out_first_stands_on_top(office):
    office.bring_to_step(4, badge="1", name="Langkah empat")
    office.clock.pass_time(seconds=30)
    office.bring_to_step(2, badge="2", name="Langkah dua")
    office.clock.pass_time(seconds=30)
    office.bring_to_step(2, badge="3", name="Yang ketiga")
    assert queue(office, "kasim") == ["Langkah empat", "Langkah dua", "Yang ketiga"]
    assert "3 tamu menunggu. Yang paling mendesak di atas." in words(
        office.desk("kasim").get("/meja").text
    )


def test_who_waits_without_a_standard_comes_last(office):
    office.hire("serba", "general_affairs")
    serba = row(office, Person, username="serba").id
    unit_id = office.unit("Bidang Koperasi", hosts={serba})
    office.bring_to_step(4, badge="1", name="Sejak lama", destination_id=unit_id)
    office.desk("sekar").post("/kunjungan/2026/1/alihkan", elsewhere(unit_id))
    office.clock.pass_time(minutes=2)
    office.scan("kasim", "1")
    office.clock.pass_time(minutes=20)
    office.bring_to_step(2, badge="2", name="Baru datang")
    assert queue(office, "serba") == ["Baru datang", "Sejak lama"]


CLOCKS = {0: "ok", 239: "ok", 240: "warn", 300: "warn", 301: "late"}


@pytest.mark.parametrize("seconds", CLOCKS)
def test_the_countdown_is_green_then_amber_then_red(office, seconds):
    office.bring_to_step(2)
    office.clock.pass_time(seconds)
    page = office.desk("kasim").get("/meja").text
    assert re.findall(r'class="countdown is-(\w+)"', page) == [CLOCKS[seconds]]


# --- Who receives ---------------------------------------------------------------------------------


@pytest.fixture
def two_units(office):
    """Bidang Koperasi with Hendra as host and Asih as assistant; guest 2 is on the way there."""
    hendra, asih = office.hire("hendra", "host"), office.hire("asih", "host")
    unit_id = office.unit("Bidang Koperasi", hosts={hendra}, assistant_ids=frozenset({asih}))
    office.bring_to_step(5, badge="1", name="Tamu Kepala Dinas")
    label = office.bring_to_step(4, badge="2", name="Tamu Bidang")
    number = label.partition("/")[0]
    office.desk("sekar").post(f"/kunjungan/2026/{number}/alihkan", elsewhere(unit_id))
    office.clock.pass_time(minutes=2)
    office.scan("kasim", "2")
    return office


def test_each_host_sees_the_guests_of_the_own_unit_and_an_assistant_those_of_the_host(two_units):
    seen = {who: queue(two_units, who) for who in ("hadi", "hendra", "asih")}
    assert seen == {
        "hadi": ["Tamu Kepala Dinas"],
        "hendra": ["Tamu Bidang"],
        "asih": ["Tamu Bidang"],
    }


def test_the_record_names_the_post_of_an_assistant(two_units):
    two_units.scan("asih", "2")
    page = two_units.desk("kasim").get("/kunjungan/2026/2").text
    assert "Langkah 5 dimulai , Menerima tamu Asih, Ajudan Kepala Bidang Koperasi" in words(page)


def test_when_a_unit_has_nobody_left_the_default_host_stands_in(two_units):
    for username in ("hendra", "asih"):
        person = row(two_units, Person, username=username)
        two_units.desk("adi").post(f"/petugas/{person.id}", {"name": person.name, "roles": "host"})
    assert queue(two_units, "hadi") == ["Tamu Kepala Dinas", "Tamu Bidang"]
    assert "Tujuan belum punya penerima aktif; Anda menggantikan." in words(
        two_units.desk("hadi").get("/meja").text
    )


def test_when_no_host_is_left_whoever_leads_the_guest_stands_in(office):
    office.bring_to_step(5)
    hadi = row(office, Person, username="hadi")
    office.desk("adi").post(f"/petugas/{hadi.id}", {"name": "Hadi", "roles": "host"})
    assert queue(office, "kasim") == ["Tono"]
    office.clock.pass_time(minutes=2)
    assert office.desk("kasim").scan("12")["outcome"] == "started"


# --- What else a desk shows -----------------------------------------------------------------------


def test_an_empty_desk_says_who_is_on_the_way(office):
    office.bring_to_step(2)
    page = words(office.desk("sekar").get("/meja").text)
    assert "Belum ada tamu yang menunggu" in page
    assert "Segera ke meja ini Tanda pengenal 012 Tono kini langkah 2, berikutnya langkah 3" in page
    assert "Sedang di dalam: 1 kunjungan, 1 orang." in page


def on_the_way(office, username):
    """Who is announced at an empty desk: badge, name, step."""
    page = office.desk(username).get("/meja").text
    assert queue(office, username) == []
    return words(page.partition("<h3>Segera ke meja ini</h3>")[2].partition("</div>")[0])


NOBODY = "Tidak ada yang sedang menuju meja ini."
LED_IN = "Tanda pengenal 012 Tono kini langkah 4, berikutnya langkah 5"


@pytest.mark.parametrize("step", [1, 2, 3, 4, 6])
def test_a_host_is_told_of_a_guest_at_the_step_before_the_own(office, step):
    office.bring_to_step(step, destination_id=1)
    assert on_the_way(office, "hadi") == (LED_IN if step == 4 else NOBODY)


def test_a_guest_is_announced_to_those_who_receive_at_the_destination_alone(office):
    hendra, asih = office.hire("hendra", "host"), office.hire("asih", "host")
    unit_id = office.unit("Bidang Koperasi", hosts={hendra}, assistant_ids=frozenset({asih}))
    office.bring_to_step(4)
    office.desk("sekar").post("/kunjungan/2026/1/alihkan", elsewhere(unit_id))
    announced = {who: on_the_way(office, who) for who in ("hadi", "hendra", "asih")}
    assert announced == {"hadi": NOBODY, "hendra": LED_IN, "asih": LED_IN}


def test_a_guest_for_a_unit_without_a_host_is_announced_to_the_stand_in(office):
    office.hire("hendra", "host")
    unit_id = office.unit("Bidang Kosong")
    office.bring_to_step(4)
    office.desk("sekar").post("/kunjungan/2026/1/alihkan", elsewhere(unit_id))
    announced = {who: on_the_way(office, who) for who in ("hadi", "hendra")}
    assert announced == {"hadi": LED_IN, "hendra": NOBODY}


def test_a_host_learns_nothing_of_who_else_is_on_the_way_or_inside(office):
    office.bring_to_step(3, name="Rahasia", destination_id=1)
    page = office.desk("hadi").get("/meja").text
    assert "Rahasia" not in page
    assert "Sedang di dalam:" not in page
    office.desk("sekar").scan("12", direction="Antar.", destination="1")
    page = office.desk("hadi").get("/meja").text
    assert "Rahasia" in page
    assert "Sedang di dalam:" not in page
    assert 'href="/kunjungan/' not in page


def test_an_admin_without_a_desk_gets_the_links_of_the_settings(office):
    office.bring_to_step(2)
    page = office.desk("adi").get("/meja").text
    assert "Belum ada tamu yang menunggu" in words(page)
    for url in ("/tanda-pengenal", "/petugas", "/tujuan"):
        assert f'<a href="{url}">' in page


def test_the_steps_just_done_are_listed_with_their_time(office):
    office.bring_to_step(3)
    page = words(office.desk("kasim").get("/meja").text)
    assert "Baru saja saya kerjakan" in page
    done = "09.04 Tanda pengenal 012 2. Menanyakan keperluan Tono Tepat waktu, 2:00 dari 5:00"
    assert done in page
    office.clock.pass_time(hours=15)
    office.sign_in("kasim")
    assert "Baru saja saya kerjakan" not in words(office.sign_in("kasim").get("/meja").text)


def test_the_front_desk_sees_the_whole_house(office):
    office.bring_to_step(3, badge="1", name="Rombongan", party_size=5)
    office.bring_to_step(6, badge="2", name="Mau pulang")
    office.open_visit("Baru datang", party_size=2)
    page = office.desk("fitri").get("/meja").text
    shown = words(page)
    assert "1 menunggu tanda pengenal, 2 kunjungan (6 orang) sedang di dalam." in shown
    assert "Menunggu tanda pengenal 1" in shown
    assert "Baru datang perorangan, 2 orang" in shown
    assert 'href="/pindai?untuk=3/2026"' in page
    assert "Menunggu di meja ini 1" in shown
    assert "Sedang di dalam 2 kunjungan, 6 orang" in shown
    assert "18 tersedia dari 20 tanda pengenal" in shown
    assert "dipakai 2" in shown
    assert queue(office, "fitri") == ["Baru datang", "Mau pulang"]


SHORTCUTS = {
    "fitri": {"Tamu baru": "F2", "Pindai": "F8"},
    "kasim": {"Pindai": "F8"},
    "hadi": {"Pindai": "F8"},
    "adi": {"Pindai": "F8"},
}


@pytest.mark.parametrize("username", SHORTCUTS)
def test_the_bar_says_which_key_opens_which_page(office, username):
    for url in ("/meja", "/pindai", "/akun/kata-sandi"):
        page = office.desk(username).get(url).text
        bar = page[page.index('<nav class="bar-nav"') :].partition("</nav>")[0]
        keys = re.findall(r'data-shortcut="(\w+)" aria-keyshortcuts="(\w+)"[^>]*>([^<]+)<', bar)
        assert {label: (key, said) for key, said, label in keys} == {
            label: (key, key) for label, key in SHORTCUTS[username].items()
        }


def test_a_scanner_is_heard_on_every_page_of_whoever_is_signed_in(office):
    for who, urls in {
        "fitri": ["/meja", "/buku-tamu/baru", "/pindai", "/buku-tamu", "/sedang-di-dalam"],
        "adi": ["/tanda-pengenal", "/petugas", "/tujuan/1", "/akun/kata-sandi"],
    }.items():
        for url in urls:
            page = office.desk(who).get(url).text
            assert re.search(r'<script src="/static/js/scans\.\w{12}\.js" defer>', page), url
            assert page.count('<template id="unsent-panel">') == 1, url
    stranger = office.visitor().get("/masuk").text
    assert "/scans." not in stranger
    assert "unsent-panel" not in stranger


# --- Sent again only after a change ---------------------------------------------------------------


def changes(office):
    return {
        "a guest comes": lambda: office.open_visit("Baru"),
        "a scan moves a visit": lambda: office.scan("kasim", "12"),
        "a purpose is corrected": lambda: office.desk("kasim").post(
            "/kunjungan/2026/1/koreksi", {"purpose": "Lain"}
        ),
        "a person joins": lambda: office.hire("baru", "host"),
        "a unit opens": lambda: office.unit("Bidang Baru"),
        "badges are made": lambda: office.desk("adi").post(
            "/tanda-pengenal", {"first": "21", "last": "22"}
        ),
    }


@pytest.mark.parametrize("change", changes(None))
def test_the_queue_is_sent_again_after_each_change(office, change):
    office.bring_to_step(2)
    url = f"/meja/antrean?v={row(office, ScreenVersion).n}"
    kasim = office.desk("kasim")
    unchanged = kasim.get(url, headers=HTMX)
    assert (unchanged.status_code, unchanged.data) == (204, b"")
    changes(office)[change]()
    changed = kasim.get(url, headers=HTMX)
    assert changed.status_code == 200
    assert changed.text.lstrip().startswith('<div id="queue"')
    assert f'hx-get="/meja/antrean?v={row(office, ScreenVersion).n}"' in changed.text


NO_CHANGES = {
    "a refused scan": lambda office: office.scan("sekar", "12"),
    "a failed sign-in": lambda office: office.visitor().post("/masuk", {"username": "x"}),
    "a look at a visit": lambda office: office.desk("kasim").get("/kunjungan/2026/1"),
    "the time that passes": lambda office: office.clock.pass_time(minutes=9),
}


@pytest.mark.parametrize("name", NO_CHANGES)
def test_the_queue_is_left_alone_when_nothing_has_changed(office, name):
    office.bring_to_step(2)
    url = f"/meja/antrean?v={row(office, ScreenVersion).n}"
    NO_CHANGES[name](office)
    assert office.desk("kasim").get(url, headers=HTMX).status_code == 204


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "9" * 40])
def test_a_version_that_makes_no_sense_gets_the_queue(office, version):
    office.bring_to_step(2)
    answer = office.desk("kasim").get(f"/meja/antrean?v={version}", headers=HTMX)
    assert (answer.status_code, "Tono" in answer.text) == (200, True)


def test_the_address_of_the_queue_is_a_page_for_a_browser(office):
    office.bring_to_step(2)
    page = office.desk("kasim").get("/meja/antrean").text
    assert page.startswith("<!doctype html>")
    assert "Tono" in page


def test_a_hosts_desk_asks_as_much_for_three_coming_guests_as_for_one(office):
    asked = []
    for badge in ("12", "13", "14"):
        office.bring_to_step(4, badge)
        with statements(office.app) as sent:
            assert words(office.desk("hadi").get("/meja").text).count("berikutnya langkah 5") == (
                len(asked) + 1
            )
        asked.append(len(sent))
    assert asked[0] == asked[1] == asked[2]


@pytest.mark.parametrize(
    "url", ["/tanda-pengenal", "/petugas", "/petugas/baru", "/tujuan", "/kantor"]
)
def test_each_page_of_the_settings_is_marked_as_one_of_them(office, url):
    page = office.desk("adi").get(url).text
    bar = page[page.index('class="bar-nav"') : page.index("</nav>", page.index('class="bar-nav"'))]
    marked = re.findall(r'aria-current="page">([^<]+)</a>', bar)
    assert marked == ["Pengaturan"]


def pegs_of(office):
    """The numbers on the front desk's rack."""
    page = office.desk("fitri").get("/meja").text
    return re.findall(r'class="peg is-[\w-]+" href="/tanda-pengenal/(\d+)"', page)


def test_a_large_rack_shows_the_badges_that_somebody_looks_for(office):
    office.bring_to_step(2, "12")
    assert len(pegs_of(office)) == BADGES
    with office.app.app_context():
        make_badges(
            BADGES + 1, 100, new_code=new_code, officer=office.officer("adi"), at=office.clock()
        )
    assert pegs_of(office) == ["12"]
    assert "dari 100 tanda pengenal" in words(office.desk("fitri").get("/meja").text)
