"""The guest-book form, the page of a visit, corrections, cancelling, and who is inside."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.events import Outcome
from app.models.office import ScreenVersion
from app.models.person import Person
from app.models.visit import StepEvent, Visit, Visitor, VisitText
from tests.views.reading import count, form_to, forms, link, row, rows, statements, words

HTMX = {"HX-Request": "true"}
FIELDS = (
    "name", "origin", "position", "phone", "guest_kind", "purpose", "destination", "party_size",
    "identity_kind", "identity_shown", "vouched", "priority",
)  # fmt: skip
CARRIED = {"csrf_token", "nonce", "opened_at"}
FULL = {
    "name": "Siti Aminah",
    "origin": "Koperasi Maju Bersama",
    "position": "Ketua",
    "phone": "0812 3456-7890",
    "guest_kind": "pengurus_koperasi",
    "purpose": "Rapat anggota\ntahunan",
    "destination": "1",
    "party_size": "4",
    "identity_kind": "ktp",
    "identity_shown": "1",
}


def open_form(desk):
    return form_to(desk.get("/buku-tamu/baru").text, "/buku-tamu/baru")


def write(desk, **fields):
    """Open the form, fill it in and send it, as a browser would."""
    form = open_form(desk)
    return desk.post(form.action, form.data | {"name": "Tono", "origin": "perorangan"} | fields)


def saved_form(answer):
    return form_to(answer.text, "/buku-tamu/baru").data


# --- The form -------------------------------------------------------------------------------------


def test_the_form_has_exactly_the_fields_of_the_guest_book(office):
    form = open_form(office.desk("fitri"))
    assert set(form.names) - CARRIED == set(FIELDS)
    assert [name for name in form.names if name in {"name", "origin"}] == ["name", "origin"]


def test_only_name_and_origin_are_required(office):
    page = office.desk("fitri").get("/buku-tamu/baru").text
    required = set(re.findall(r'name="(\w+)"[^>]*aria-required="true"', page))
    assert required - {"party_size"} == {"name", "origin"}
    answer = office.desk("fitri").post("/buku-tamu/baru", {"name": "Tono", "origin": "perorangan"})
    assert answer.headers["Location"] == "/buku-tamu/baru?tersimpan=1/2026"
    guest, visit = row(office, Visitor), row(office, Visit)
    assert (guest.name, guest.origin, guest.position, guest.phone) == (
        "Tono",
        "perorangan",
        None,
        None,
    )
    assert (guest.identity_kind, guest.identity_shown, guest.is_leader) == (None, False, True)
    assert (visit.guest_kind, visit.party_size, visit.destination_id) == ("umum", 1, None)
    assert count(office, VisitText) == 0


def test_everything_that_was_written_is_stored(office):
    fitri = office.desk("fitri")
    assert write(fitri, **FULL).headers["Location"] == "/buku-tamu/baru?tersimpan=1/2026"
    guest, visit, text = row(office, Visitor), row(office, Visit), row(office, VisitText)
    assert (guest.name, guest.origin, guest.position) == (
        "Siti Aminah",
        "Koperasi Maju Bersama",
        "Ketua",
    )
    assert (guest.phone, guest.identity_kind, guest.identity_shown) == (
        "+6281234567890",
        "ktp",
        True,
    )
    assert (visit.guest_kind, visit.party_size, visit.destination_id) == ("pengurus_koperasi", 4, 1)
    assert (text.field, text.value, text.actor_name, text.actor_post) == (
        "purpose",
        "Rapat anggota\ntahunan",
        "Fitri",
        "Petugas Front Desk",
    )
    event = row(office, StepEvent)
    assert (event.kind, event.actor_name, event.actor_post, event.acting_role) == (
        "opened",
        "Fitri",
        "Petugas Front Desk",
        "front_desk",
    )
    assert (visit.step_key, visit.step_state, visit.last_seq) == ("registration", "waiting", 1)


def test_after_saving_the_form_is_empty_and_says_what_was_saved_and_what_comes_next(office):
    fitri = office.desk("fitri")
    page = fitri.get(write(fitri, **FULL).headers["Location"]).text
    assert "Siti Aminah tercatat sebagai kunjungan 1/2026." in words(page)
    assert 'href="/pindai?untuk=1/2026"' in page
    form = form_to(page, "/buku-tamu/baru").data
    assert (form["name"], form["origin"], form["purpose"], form["party_size"]) == ("", "", "", "1")
    assert re.search(r'<input[^>]*name="name"[^>]*autofocus', page)
    office.scan("fitri", "12", visit="1/2026")
    page = fitri.get("/buku-tamu/baru?tersimpan=1/2026").text
    assert "Tanda pengenal 012 sudah diserahkan." in words(page)


@pytest.mark.parametrize("label", ["", "9/2026", "x", "1/2026/1", "<b>"])
def test_a_form_opened_after_nothing_is_the_plain_form(office, label):
    page = office.desk("fitri").get("/buku-tamu/baru", query_string={"tersimpan": label})
    assert (page.status_code, "tercatat sebagai kunjungan" in page.text) == (200, False)


def test_the_form_names_the_next_badge_or_says_that_there_is_none(office):
    fitri = office.desk("fitri")
    assert "pindai kartu 001 atau kartu lain yang bebas. 20 tersedia." in words(
        fitri.get("/buku-tamu/baru").text
    )
    for number in range(1, 21):
        office.open_visit()
        office.scan("fitri", str(number))
    assert "Tidak ada kartu yang bebas. Simpan saja tamunya" in words(
        fitri.get("/buku-tamu/baru").text
    )


# --- What is wrong --------------------------------------------------------------------------------

GONE = "Tujuan itu sudah tidak ada. Pilih tujuan lain."
LONG = "Terlalu panjang. Ringkas menjadi paling banyak {} huruf."
WRONG = {
    "no name": ({"name": ""}, "Tulis nama tamu, seperti yang disebutkannya."),
    "a blank name": ({"name": " \t "}, "Tulis nama tamu, seperti yang disebutkannya."),
    "a name of marks that turn the line around": (
        {"name": "\u202e\u200f"},
        "Tulis nama tamu, seperti yang disebutkannya.",
    ),
    "a name of nulls": ({"name": "\x00"}, "Tulis nama tamu, seperti yang disebutkannya."),
    "no origin": ({"origin": ""}, "Tulis asal tamu: nama instansi, atau “perorangan”."),
    "a blank origin": ({"origin": "  "}, "Tulis asal tamu: nama instansi, atau “perorangan”."),
    "a name of 121 letters": ({"name": "a" * 121}, LONG.format(120)),
    "an origin of 161 letters": ({"origin": "a" * 161}, LONG.format(160)),
    "a position of 121 letters": ({"position": "a" * 121}, LONG.format(120)),
    "a purpose of 501 letters": ({"purpose": "a" * 501}, LONG.format(500)),
    "half a phone number": (
        {"phone": "0812-34"},
        "Nomor HP kurang lengkap. Contoh: 0812-3456-7890.",
    ),
    "a phone number in words": (
        {"phone": "nol delapan"},
        "Nomor HP kurang lengkap. Contoh: 0812-3456-7890.",
    ),
    "a phone number without end": ({"phone": "8" * 41}, LONG.format(40)),
    "nobody": ({"party_size": "0"}, "Tulis jumlah orang dengan angka, dari 1 sampai 999."),
    "a crowd": ({"party_size": "1000"}, "Tulis jumlah orang dengan angka, dari 1 sampai 999."),
    "a number in words": (
        {"party_size": "dua"},
        "Tulis jumlah orang dengan angka, dari 1 sampai 999.",
    ),
    "half a person": ({"party_size": "1,5"}, "Tulis jumlah orang dengan angka, dari 1 sampai 999."),
    "no such kind": ({"guest_kind": "raja"}, "Pilih jenis tamu dari daftar."),
    "no such card": ({"identity_kind": "xyz"}, "Pilih jenis identitas dari daftar."),
    "no such destination": (
        {"destination": "99"},
        GONE,
    ),
    "a destination in words": (
        {"destination": "Kepala"},
        GONE,
    ),
}
IN_A_LIST = {"guest_kind", "identity_kind", "destination"}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_says_how_to_mend_it_and_all_that_was_typed_stays(office, name):
    fields, sentence = WRONG[name]
    typed = FULL | fields
    answer = write(office.desk("fitri"), **typed)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert words(answer.text).count("Belum tersimpan. Perbaiki isian yang bertanda") == 1
    form = saved_form(answer)
    for field, text in typed.items():
        if field in IN_A_LIST and field in fields:
            continue
        kept = re.sub("[\x00\u200f\u202e]", "", text)
        assert " ".join(form[field].split()) == " ".join(kept.split()), field
    assert (count(office, Visit), count(office, Visitor)) == (0, 0)


def test_the_whole_form_wrong_at_once_has_one_sentence_a_field(office):
    answer = write(office.desk("fitri"), name="", origin="", phone="1", party_size="x")
    assert answer.text.count('class="field-error"') == 4


def test_a_form_that_was_mended_keeps_its_moment_and_its_number(office):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    office.clock.pass_time(minutes=3)
    answer = fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": ""})
    again = saved_form(answer)
    assert (again["opened_at"], again["nonce"]) == (form["opened_at"], form["nonce"])
    fitri.post("/buku-tamu/baru", again | {"origin": "perorangan"})
    assert row(office, Visit).arrived_at == office.clock() - timedelta(minutes=3)


# --- Real names -----------------------------------------------------------------------------------

NAMES = {
    "one word": "Sukarno",
    "120 letters": "Kanjeng " + "R" * 112,
    "emoji": "Bu Ani 🌺👩🏽‍🌾",
    "other scripts": "陈美玲 د. فاطمة",
    "markup": "<img src=x onerror=alert(1)>",
    "quotes and ampersands": 'O\'Neil "Ujang" & Rekan',
    "a template": "{{ 7 * 7 }} {% raw %}",
    "a script's end": "</script><script>alert(1)</script>",
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_shown_as_it_was_written_wherever_it_stands(office, kind):
    name, fitri = NAMES[kind], office.desk("fitri")
    saved = fitri.get(write(fitri, name=name, origin=name, purpose=name).headers["Location"])
    office.hire("krisna", "general_affairs")
    waiting = fitri.get("/meja")
    panel = fitri.post("/pindai", {"nonce": str(uuid.uuid4()), "code": "12"}, headers=HTMX)
    pages = [
        saved,
        waiting,
        panel,
        office.desk("kasim").get("/meja"),
        office.desk("kasim").get("/kunjungan/2026/1"),
        fitri.get("/sedang-di-dalam"),
        fitri.get("/buku-tamu"),
        fitri.get(f"/T/{office.code_of(12)}"),
    ]
    assert row(office, Visitor).name == name
    for page in pages:
        assert " ".join(name.split()) in visible(page.text)
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text


def visible(page):
    """The words and the values of attributes of a page."""
    attributes = " ".join(re.findall(r'value="([^"]*)"', page))
    return words(page) + words(attributes)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Bu   Ani ", "Bu Ani"),
        ("A\x00ni", "Ani"),
        ("Ani\nWati", "Ani Wati"),
        ("Ani \u202eitaW\u202c", "Ani itaW"),
        ("\u2066Ani\u2069\u200e\u200f", "Ani"),
    ],
)
def test_a_name_is_stored_in_one_line(office, typed, stored):
    write(office.desk("fitri"), name=typed)
    assert row(office, Visitor).name == stored


PHONES = {
    "0812-3456-7890": ("+6281234567890", "0812••••890"),
    "+62 812 3456 7890": ("+6281234567890", "0812••••890"),
    "81234567890": ("+6281234567890", "0812••••890"),
    "(0561) 734567": ("+62561734567", "0561••••567"),
    "+60 12-345 6789": ("+60123456789", "+601••••789"),
}


@pytest.mark.parametrize("typed", PHONES)
def test_a_phone_number_is_stored_whole_and_shown_in_part(office, typed):
    fitri = office.desk("fitri")
    write(fitri, phone=typed)
    stored, shown = PHONES[typed]
    assert row(office, Visitor).phone == stored
    page = fitri.get("/kunjungan/2026/1").text
    assert f"No. HP {shown}" in words(page)
    assert stored not in page


# --- Sent twice -----------------------------------------------------------------------------------


def test_the_same_form_sent_twice_opens_one_visit(office):
    fitri = office.desk("fitri")
    form = open_form(fitri).data | {"name": "Tono", "origin": "perorangan"}
    answers = [fitri.post("/buku-tamu/baru", form) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {
        "/buku-tamu/baru?tersimpan=1/2026"
    }
    assert (count(office, Visit), count(office, Visitor), count(office, StepEvent)) == (1, 1, 1)


def test_two_forms_of_the_same_words_are_two_visits(office):
    fitri = office.desk("fitri")
    locations = [write(fitri).headers["Location"] for _ in range(2)]
    assert locations == [f"/buku-tamu/baru?tersimpan={n}/2026" for n in (1, 2)]


def test_each_form_has_a_number_of_its_own(office):
    fitri = office.desk("fitri")
    assert open_form(fitri).data["nonce"] != open_form(fitri).data["nonce"]


@pytest.mark.parametrize("nonce", ["", "x", "12"])
def test_a_form_without_a_number_still_counts(office, nonce):
    fitri = office.desk("fitri")
    for _ in range(2):
        fitri.post("/buku-tamu/baru", {"name": "Tono", "origin": "perorangan", "nonce": nonce})
    assert count(office, Visit) == 2


# --- The clock of step 1 --------------------------------------------------------------------------


def hand_out(office):
    office.scan("fitri", "12", visit="1/2026")
    return words(office.desk("fitri").get("/kunjungan/2026/1").text)


def test_step_1_is_measured_from_the_moment_the_form_was_opened(office):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    office.clock.pass_time(minutes=4)
    fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": "perorangan"})
    office.clock.pass_time(seconds=60)
    assert "Tepat waktu, 5:00 dari 5:00" in hand_out(office)
    visit = row(office, Visit)
    assert visit.arrived_at == office.clock() - timedelta(minutes=5)
    assert row(office, StepEvent, kind="opened").reason_code is None


def test_step_1_is_late_a_second_after_five_minutes(office):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    office.clock.pass_time(seconds=301)
    fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": "perorangan"})
    assert "Terlambat, 5:01 dari 5:00" in hand_out(office)


def forged(stamp):
    return ("A" if stamp[0] != "A" else "B") + stamp[1:]


STAMPS = {
    "missing": lambda stamp: "",
    "forged": forged,
    "of another key": lambda stamp: "MTc5NTQ4NTYwMA.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "nonsense": lambda stamp: "kemarin",
    "without end": lambda stamp: stamp * 300,
}


@pytest.mark.parametrize("kind", STAMPS)
def test_without_a_good_stamp_step_1_is_not_measurable(office, kind):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    form["opened_at"] = STAMPS[kind](form["opened_at"])
    office.clock.pass_time(minutes=4)
    fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": "perorangan"})
    assert row(office, Visit).arrived_at == office.clock()
    assert row(office, StepEvent).reason_code == "arrival_unknown"
    assert "selesai Fitri Petugas Front Desk 09.04–09.04 tidak terukur" in hand_out(office)


@pytest.mark.parametrize(("minutes", "is_known"), [(30, True), (30.1, False)])
def test_a_form_left_open_for_half_an_hour_is_not_measured(office, minutes, is_known):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    office.clock.pass_time(minutes=minutes)
    fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": "perorangan"})
    assert (row(office, StepEvent).reason_code is None) == is_known
    arrived_at = row(office, Visit).arrived_at
    assert (arrived_at == office.clock()) != is_known


def test_a_stamp_of_the_future_is_no_stamp(office):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    office.clock.pass_time(minutes=-1)
    fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": "perorangan"})
    assert row(office, StepEvent).reason_code == "arrival_unknown"


def test_the_stamp_can_be_renewed_while_nothing_is_typed(office):
    fitri = office.desk("fitri")
    form = open_form(fitri).data
    office.clock.pass_time(minutes=20)
    fresh = fitri.get("/buku-tamu/baru/stempel", headers=HTMX).text
    form["opened_at"] = re.search(r'name="opened_at" value="([^"]+)"', fresh).group(1)
    office.clock.pass_time(minutes=1)
    fitri.post("/buku-tamu/baru", form | {"name": "Tono", "origin": "perorangan"})
    assert row(office, Visit).arrived_at == office.clock() - timedelta(minutes=1)


# --- Numbers --------------------------------------------------------------------------------------

NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # midnight in Pontianak


def test_numbers_begin_anew_with_the_local_year(office):
    labels = []
    for at in (-120, -60, 60, 120):
        office.clock.at = NEW_YEAR + timedelta(seconds=at)
        labels.append(office.open_visit())
    assert labels == ["1/2026", "2/2026", "1/2027", "2/2027"]
    assert [str(visit.arrived_on) for visit in rows(office, Visit)] == [
        "2026-12-31",
        "2026-12-31",
        "2027-01-01",
        "2027-01-01",
    ]


def test_a_form_opened_before_midnight_belongs_to_the_old_year(office):
    office.clock.at = NEW_YEAR - timedelta(minutes=2)
    fitri = office.sign_in("fitri")
    form = open_form(fitri).data | {"name": "Tono", "origin": "perorangan"}
    office.clock.pass_time(minutes=5)
    answer = fitri.post("/buku-tamu/baru", form)
    assert answer.headers["Location"] == "/buku-tamu/baru?tersimpan=1/2026"
    assert "Kamis, 31 Desember 2026, masuk 23.58 WIB" in words(fitri.get("/kunjungan/2026/1").text)


# --- A destination without a host -----------------------------------------------------------------


def test_a_destination_without_an_active_host_warns_and_names_who_will_act(office):
    office.unit("Bidang Kosong")
    warning = "Bidang Kosong belum punya penerima yang aktif. Yang akan menerima: Hadi."
    fitri = office.desk("fitri")
    assert warning in words(fitri.get("/buku-tamu/baru").text)
    unit_id = office.unit("Bidang Sepi")
    answer = write(fitri, destination=str(unit_id))
    saved = words(fitri.get(answer.headers["Location"]).text)
    assert "Bidang Sepi belum punya penerima yang aktif. Yang akan menerima: Hadi." in saved
    assert "Kepala Dinas belum punya penerima" not in saved


def test_the_warning_knows_who_is_deactivated(office):
    hadi = row(office, Person, username="hadi").id
    office.desk("adi").post(f"/petugas/{hadi}", {"name": "Hadi", "roles": "host"})
    page = words(office.desk("fitri").get("/buku-tamu/baru").text)
    assert "Kepala Dinas belum punya penerima yang aktif. Yang akan menerima: Kasim." in page


# --- The page of a visit --------------------------------------------------------------------------


def whole_visit(office):
    """A visit with a late step 3, a correction and a refused scan."""
    label = office.bring_to_step(3, position="Ketua", identity_kind="ktp", identity_shown=True)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=6)
    office.scan("sekar", "12", direction="Antar ke Kepala Dinas.", destination_id=1)
    office.clock.pass_time(minutes=1)
    office.scan("kasim", "12")
    office.clock.pass_time(minutes=3)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=20)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    return label


STEP_LINE = (
    """
1 Buku tamu dan tanda pengenal , selesai Fitri Petugas Front Desk 09.00–09.02
  Tepat waktu, 2:00 dari 5:00
2 Menanyakan keperluan , selesai Kasim Kasubbag UMPAR 09.02–09.04
  Tepat waktu, 2:00 dari 5:00
3 Memberi arahan , selesai Sekar Sekretaris 09.04–09.10
  Terlambat, 6:00 dari 5:00
4 Mengantar ke tujuan , selesai Kasim Kasubbag UMPAR 09.10–09.11
  Tepat waktu, 1:00 dari 5:00
5 Menerima tamu , selesai Hadi Kepala Dinas 09.14–09.34
  20 menit
6 Tanda pengenal kembali , selesai Fitri Petugas Front Desk 09.34–09.36
  Tepat waktu, 2:00 dari 5:00
""".strip()
    .replace("\n  ", " ")
    .splitlines()
)
LOG = [
    "09.36 Kunjungan ditutup , Selesai Fitri, Petugas Front Desk, lewat ketikan nomor",
    "09.36 Langkah 6 selesai , Tanda pengenal kembali Fitri, Petugas Front Desk",
    "09.36 Tanda pengenal kembali , kartu 012 Fitri, Petugas Front Desk",
    "09.34 Langkah 5 selesai , Menerima tamu Hadi, Kepala Dinas",
    "09.14 Langkah 5 dimulai , Menerima tamu Hadi, Kepala Dinas",
    "09.11 Langkah 4 selesai , Mengantar ke tujuan Kasim, Kasubbag UMPAR",
    "09.10 Arahan ditulis , “Antar ke Kepala Dinas.” Sekar, Sekretaris",
    "09.10 Langkah 3 selesai , Memberi arahan, tujuan Kepala Dinas Sekar, Sekretaris",
    "09.04 Pindaian ditolak: bukan gilirannya Hadi, lewat ketikan nomor",
    "09.04 Langkah 2 selesai , Menanyakan keperluan Kasim, Kasubbag UMPAR",
    "09.02 Langkah 1 selesai , Buku tamu dan tanda pengenal Fitri, Petugas Front Desk",
    "09.02 Tanda pengenal diserahkan , kartu 012 Fitri, Petugas Front Desk",
    "09.00 Keperluan ditulis , “Izin usaha” Fitri, Petugas Front Desk",
    "09.00 Buku tamu diisi Fitri, Petugas Front Desk",
]


def test_the_page_shows_six_steps_with_people_and_times(office):
    whole_visit(office)
    page = office.desk("kasim").get("/kunjungan/2026/1").text
    shown = words(page)
    assert step_line(page) == STEP_LINE
    assert "Kunjungan 1/2026, Selasa, 24 November 2026, masuk 09.00 WIB." in shown
    assert "Identitas KTP, sudah ditunjukkan" in shown
    assert "Jabatan Ketua" in shown
    assert "Arahan “Antar ke Kepala Dinas.” Sekar, 09.10" in shown


def test_the_page_shows_the_whole_log_newest_first(office):
    whole_visit(office)
    shown = words(office.desk("kasim").get("/kunjungan/2026/1").text)
    places = [shown.find(line) for line in LOG]
    assert -1 not in places, [line for line in LOG if line not in shown]
    log = office.desk("kasim").get("/kunjungan/2026/1").text
    assert log[log.index('<ol class="panel log">') :].count("<li>") == len(LOG)
    assert places == sorted(places)


MEANS = {
    "camera": "kamera",
    "usb": "pemindai USB",
    "typed": "ketikan nomor",
    "photo": "foto",
    "link": "kamera ponsel",
    "tap": "tombol di meja",
}


@pytest.mark.parametrize("method", MEANS)
def test_the_log_says_by_which_means_a_step_was_done(office, method):
    label = office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    if method == "tap":
        office.scan("kasim", None, method="tap", visit=label)
    else:
        office.scan("kasim", "12", method=method)
    shown = words(office.desk("kasim").get("/kunjungan/2026/1").text)
    assert (
        "09.04 Langkah 2 selesai , Menanyakan keperluan "
        f"Kasim, Kasubbag UMPAR, lewat {MEANS[method]} 09.02" in shown
    )


def step_line(page):
    """The steps of a page in words."""
    line = page[page.index('<ol class="steps') :]
    return [words(step) for step in line[: line.index("</ol>")].split("</li>")[:-1]]


def test_who_only_noted_a_reception_down_is_not_shown_as_who_received(office):
    office.bring_to_step(5)
    office.clock.pass_time(minutes=4)
    office.scan("fitri", "12", confirmed=True)
    steps = step_line(office.desk("kasim").get("/kunjungan/2026/1").text)
    assert steps[4:] == [
        "5 Menerima tamu , selesai Kepala Dinas, tidak dipindai, dicatat Fitri tidak terukur",
        "6 Tanda pengenal kembali , selesai Fitri Petugas Front Desk 09.12–09.12 tidak terukur",
    ]


def test_a_reception_that_the_return_ended_keeps_its_times_and_says_how_it_ended(office):
    office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=10)
    office.scan("fitri", "12")
    steps = step_line(office.desk("kasim").get("/kunjungan/2026/1").text)
    assert steps[4] == (
        "5 Menerima tamu , selesai Kepala Dinas, ditutup saat kartu kembali, dicatat Fitri "
        "09.10–09.20 tidak terukur"
    )


def test_a_skipped_step_names_its_desk_and_who_noted_it_down(office):
    office.bring_to_step(4)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12", outcome=Outcome.CANCELLED, reason_text="Ada urusan")
    steps = step_line(office.desk("kasim").get("/kunjungan/2026/1").text)
    assert steps[3].startswith(
        "4 Mengantar ke tujuan , dilewati Kasubbag UMPAR, dilewati, dicatat Fitri"
    )
    assert steps[3].endswith("dilewati")
    assert steps[4] == "5 Menerima tamu , dilewati Kepala Dinas, dilewati, dicatat Fitri dilewati"
    assert not any(re.search(r"\d\d\.\d\d", step) for step in steps[3:5])


def test_a_cancelled_visit_has_no_badge_and_no_clock_of_what_never_came(office):
    office.open_visit()
    office.clock.pass_time(minutes=2)
    cancel(office.desk("fitri"))
    page = office.desk("fitri").get("/kunjungan/2026/1").text
    assert "Tanda pengenal – Tono" in words(page)
    assert "countdown" not in page
    assert step_line(page) == [
        "1 Buku tamu dan tanda pengenal , belum Petugas Front Desk",
        "2 Menanyakan keperluan , belum Kasubbag UMPAR",
        "3 Memberi arahan , belum Sekretaris",
        "4 Mengantar ke tujuan , belum Kasubbag UMPAR",
        "5 Menerima tamu , belum Kepala Dinas",
        "6 Tanda pengenal kembali , belum Petugas Front Desk",
    ]


def test_a_page_of_an_open_visit_shows_the_running_clock(office):
    office.bring_to_step(3)
    office.clock.pass_time(seconds=290)
    page = office.desk("kasim").get("/kunjungan/2026/1").text
    assert 'class="countdown is-warn"' in page
    assert "0:10" in words(page)
    office.clock.pass_time(seconds=11)
    assert 'class="countdown is-late"' in office.desk("kasim").get("/kunjungan/2026/1").text


def test_a_visit_without_a_badge_offers_one_before_anything_else(office):
    office.open_visit("Tono")
    page = office.desk("fitri").get("/kunjungan/2026/1").text
    assert link(page, "Beri tanda pengenal") == "/pindai?untuk=1/2026"
    shown = words(page)
    assert shown.count("Beri tanda pengenal") == 1
    assert shown.index("Beri tanda pengenal") < shown.index("Unduh bukti kunjungan")


def test_a_closed_visit_offers_no_change(office):
    whole_visit(office)
    page = office.desk("fitri").get("/kunjungan/2026/1").text
    assert "Perbaiki keperluan atau tujuan" not in page
    assert "Terima kembali kartu" not in page


@pytest.mark.parametrize("url", ["/kunjungan/2026/9", "/kunjungan/2025/1", "/kunjungan/1/2026"])
def test_a_visit_that_does_not_exist_is_not_found(office, url):
    office.open_visit()
    answer = office.desk("fitri").get(url)
    assert (answer.status_code, "Halaman tidak ditemukan" in answer.text) == (404, True)


def test_a_host_sees_own_guests_only(office):
    hendra = office.hire("hendra", "host")
    unit_id = office.unit("Bidang Koperasi", hosts={hendra})
    office.bring_to_step(5, name="Tamu Kepala Dinas")
    office.open_visit("Tamu Bidang", destination_id=unit_id)
    seen = {
        who: [office.desk(who).get(f"/kunjungan/2026/{number}").status_code for number in (1, 2)]
        for who in ("hadi", "hendra", "kasim", "adi")
    }
    assert seen == {
        "hadi": [200, 403],
        "hendra": [403, 200],
        "kasim": [200, 200],
        "adi": [200, 200],
    }
    answer = office.desk("hendra").get("/kunjungan/2026/1")
    assert "Tamu Kepala Dinas" not in answer.text


@pytest.mark.parametrize("step", [1, 2, 3])
def test_no_host_sees_a_guest_before_it_is_said_where_they_go(office, step):
    office.bring_to_step(step, name="Tamu Entah")
    hadi = office.desk("hadi")
    for url in ("/kunjungan/2026/1", "/kunjungan/2026/1/tindakan"):
        answer = hadi.get(url)
        assert (answer.status_code, "Tamu Entah" in answer.text) == (403, False)


def test_a_guest_led_on_without_a_destination_is_the_default_hosts_from_the_host_step_on(office):
    office.bring_to_step(3)
    for number in (3, 4):
        assert office.desk("hadi").get("/kunjungan/2026/1").status_code == 403
        sent = {"how": "skip", "reason": f"Tidak ada yang dapat mengerjakan langkah {number}."}
        office.desk("fitri").post("/kunjungan/2026/1/wakili", sent)
    assert row(office, Visit).destination_id is None
    assert office.desk("hadi").get("/kunjungan/2026/1").status_code == 200
    for _ in range(2):
        office.clock.pass_time(minutes=2)
        office.scan("hadi", "12")
    assert office.desk("hadi").get("/kunjungan/2026/1").status_code == 200


def test_an_assistant_sees_the_guests_of_their_host(office):
    asih = office.hire("asih", "host")
    unit_id = office.unit("Bidang Koperasi", assistant_ids=frozenset({asih}))
    office.open_visit(destination_id=unit_id)
    assert office.desk("asih").get("/kunjungan/2026/1").status_code == 200


# --- Corrections ----------------------------------------------------------------------------------


def correct(desk, **fields):
    return desk.post("/kunjungan/2026/1/koreksi", fields)


def test_a_correction_keeps_every_version_with_who_and_when(office):
    unit_id = office.unit("Bidang Koperasi")
    office.bring_to_step(3)
    office.clock.pass_time(minutes=1)
    kasim, sekar = office.desk("kasim"), office.desk("sekar")
    assert (
        correct(kasim, purpose="Izin <b>simpan</b> pinjam").headers["Location"]
        == "/kunjungan/2026/1"
    )
    office.clock.pass_time(minutes=1)
    correct(sekar, purpose="Pinjaman modal", destination=str(unit_id))
    texts = rows(office, VisitText)
    assert [(text.value, text.actor_name, text.actor_post) for text in texts] == [
        ("Izin usaha", "Fitri", "Petugas Front Desk"),
        ("Izin <b>simpan</b> pinjam", "Kasim", "Kasubbag UMPAR"),
        ("Pinjaman modal", "Sekar", "Sekretaris"),
    ]
    events = [event for event in rows(office, StepEvent) if event.kind == "corrected"]
    assert [(event.reason_code, event.destination_id) for event in events] == [
        ("purpose", None),
        ("purpose", None),
        ("destination", unit_id),
    ]
    visit = row(office, Visit)
    assert (visit.destination_id, visit.step_key) == (unit_id, "direction")
    shown = words(kasim.get("/kunjungan/2026/1").text)
    assert (
        "Keperluan Pinjaman modal Semula: Izin <b>simpan</b> pinjam (Kasim, 09.05) "
        "Semula: Izin usaha (Fitri, 09.00)" in shown
    )
    assert (
        "Data diperbaiki , Keperluan: semula Izin <b>simpan</b> pinjam, seharusnya Pinjaman modal "
        "Sekar, Sekretaris" in shown
    )
    assert "Data diperbaiki , tujuan Bidang Koperasi Sekar, Sekretaris" in shown
    assert "Tujuan Bidang Koperasi" in shown
    assert "Tujuan Bidang Koperasi Semula:" not in shown, "there was no destination before"


def test_a_correction_keeps_the_destinations_before_it_in_sight(office):
    first, second = office.unit("Bidang Koperasi"), office.unit("Bidang UKM")
    office.bring_to_step(3, destination_id=1)
    kasim = office.desk("kasim")
    for unit_id in (first, second, second):
        office.clock.pass_time(minutes=1)
        correct(kasim, destination=str(unit_id))
    shown = words(kasim.get("/kunjungan/2026/1").text)
    assert "Tujuan Bidang UKM Semula: Bidang Koperasi Semula: Kepala Dinas" in shown
    assert "Data diperbaiki , tujuan: semula Bidang Koperasi, menjadi Bidang UKM Kasim" in shown


def test_once_the_guest_was_sent_on_the_destination_is_changed_by_a_redirect_alone(office):
    unit_id = office.unit("Bidang Koperasi")
    office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    hadi, before = office.desk("hadi"), count(office, StepEvent)
    page = hadi.get("/kunjungan/2026/1").text
    assert link(page, "Alihkan tamu") == "/kunjungan/2026/1/tindakan"
    assert "destination" not in form_to(page, "/kunjungan/2026/1/koreksi").data

    answer = correct(hadi, destination=str(unit_id))

    assert answer.status_code == 409
    assert "Tamu sudah diarahkan ke tujuannya. Untuk tujuan lain, pakai “Alihkan tamu”." in words(
        answer.text
    )
    assert (count(office, StepEvent), row(office, Visit).destination_id) == (before, 1)
    assert correct(hadi, purpose="Izin usaha simpan pinjam", destination="1").status_code == 303


@pytest.mark.parametrize(
    ("username", "step", "is_asked"),
    [
        ("fitri", 2, False),
        ("kasim", 2, False),
        ("kasim", 3, False),
        ("sekar", 2, True),
        ("sekar", 3, False),
        ("adi", 3, True),
        ("hadi", 2, True),
        ("hadi", 5, False),
    ],
)
def test_who_has_no_step_of_the_visit_gives_a_reason(office, username, step, is_asked):
    office.bring_to_step(step, destination_id=1)
    desk = office.desk(username)
    page = desk.get("/kunjungan/2026/1").text
    form = form_to(page, "/kunjungan/2026/1/koreksi")
    assert ("correction_reason" in form.names) == is_asked

    answer = correct(desk, purpose="Lain")

    assert answer.status_code == (422 if is_asked else 303)
    said = "Tulis alasan perbaikan, singkat saja (paling banyak 500 huruf)."
    assert (said in words(answer.text)) == is_asked
    if is_asked:
        assert correct(desk, purpose="Lain", correction_reason="Salah tulis.").status_code == 303
        assert "Alasan data diperbaiki ditulis , “Salah tulis.”" in words(
            desk.get("/kunjungan/2026/1").text
        )
    assert rows(office, VisitText, field="purpose")[-1].value == "Lain"


def empty_choices(page):
    """The empty choices of the destination, in words."""
    form = page[page.index('name="destination"') :].partition("</select>")[0]
    return re.findall(r'<option value="">([^<]*)</option>', form)


def test_no_destination_can_be_chosen_only_while_there_is_none(office):
    office.bring_to_step(3)
    kasim = office.desk("kasim")
    page = kasim.get("/kunjungan/2026/1").text
    assert empty_choices(page) == ["Belum ditentukan"]
    assert "Tujuan (boleh kosong)" in words(page)
    assert form_to(page, "/kunjungan/2026/1/koreksi").data["destination"] == ""
    correct(kasim, destination="1")
    page = kasim.get("/kunjungan/2026/1").text
    assert empty_choices(page) == []
    assert "Tujuan (boleh kosong)" not in words(page)
    assert form_to(page, "/kunjungan/2026/1/koreksi").data["destination"] == "1"


def test_a_purpose_may_stay_empty_only_while_none_was_written(office):
    office.bring_to_step(2, purpose=None)
    kasim = office.desk("kasim")
    page = kasim.get("/kunjungan/2026/1").text
    assert "Keperluan (boleh kosong)" in words(page)
    form = form_to(page, "/kunjungan/2026/1/koreksi")
    assert kasim.post(form.action, form.data).status_code == 303
    assert "Tidak ada yang berubah." in words(kasim.get("/kunjungan/2026/1").text)
    correct(kasim, purpose="Izin usaha")
    assert "Keperluan (boleh kosong)" not in words(kasim.get("/kunjungan/2026/1").text)


@pytest.mark.parametrize("purpose", ["", "  ", "\r\n", "\u202e"])
def test_a_purpose_that_was_written_cannot_be_emptied(office, purpose):
    unit_id = office.unit("Bidang Koperasi")
    office.bring_to_step(2)
    before = count(office, StepEvent)
    answer = correct(office.desk("kasim"), purpose=purpose, destination=str(unit_id))
    assert answer.status_code == 422
    assert "Keperluan tidak dapat dikosongkan. Tulis keperluan yang benar." in words(answer.text)
    assert (count(office, StepEvent), count(office, VisitText)) == (before, 1)
    assert row(office, VisitText).value == "Izin usaha"
    assert row(office, Visit).destination_id is None


def test_a_destination_can_be_corrected_alone(office):
    office.bring_to_step(2)
    assert correct(office.desk("kasim"), destination="1").status_code == 303
    assert row(office, Visit).destination_id == 1
    assert row(office, VisitText).value == "Izin usaha"


def test_the_same_words_again_change_nothing(office):
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    before = count(office, StepEvent)
    correct(kasim, purpose=" Izin usaha ", destination="")
    assert "Tidak ada yang berubah." in words(kasim.get("/kunjungan/2026/1").text)
    assert (count(office, StepEvent), count(office, VisitText)) == (before, 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"purpose": "a" * 501}, LONG.format(500)),
        (
            {"purpose": "Baru", "destination": "99"},
            GONE,
        ),
    ],
)
def test_a_correction_that_cannot_be_made_keeps_what_was_typed(office, fields, sentence):
    office.bring_to_step(2)
    answer = correct(office.desk("kasim"), **fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    form = form_to(answer.text, "/kunjungan/2026/1/koreksi")
    assert form.data["purpose"] == fields["purpose"]
    assert count(office, VisitText) == 1


def test_a_closed_visit_is_not_corrected(office):
    whole_visit(office)
    kasim = office.desk("kasim")
    correct(kasim, purpose="Lain")
    assert "Kunjungan ini sudah ditutup; datanya tidak diubah." in words(
        kasim.get("/kunjungan/2026/1").text
    )
    assert [text.value for text in rows(office, VisitText, field="purpose")] == ["Izin usaha"]


def test_a_correction_to_a_destination_without_a_host_warns(office):
    unit_id = office.unit("Bidang Kosong")
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    correct(kasim, destination=str(unit_id))
    assert "Bidang Kosong belum punya penerima yang aktif. Yang akan menerima: Hadi." in words(
        kasim.get("/kunjungan/2026/1").text
    )


def test_a_host_corrects_own_guests_only(office):
    hendra = office.hire("hendra", "host")
    office.unit("Bidang Koperasi", hosts={hendra})
    office.bring_to_step(5)
    assert correct(office.desk("hendra"), purpose="Lain").status_code == 403
    assert correct(office.desk("hadi"), purpose="Lain").status_code == 303
    assert rows(office, VisitText, field="purpose")[-1].actor_name == "Hadi"


# --- Cancelling -----------------------------------------------------------------------------------


def cancel(desk, reason="Tamu tidak jadi masuk"):
    return desk.post("/kunjungan/2026/1/batal", {"reason_text": reason})


def test_an_entry_without_a_badge_is_cancelled_with_its_reason(office):
    office.open_visit()
    fitri = office.desk("fitri")
    page = fitri.get("/kunjungan/2026/1").text
    assert "Batalkan kunjungan ini" in words(page)
    form = form_to(page, "/kunjungan/2026/1/batal")
    fitri.post(form.action, form.data | {"reason_text": "Tamu tidak jadi masuk"})
    shown = words(fitri.get("/kunjungan/2026/1").text)
    assert "Kunjungan 1/2026 dibatalkan." in shown
    assert "Alasan Tamu tidak jadi masuk" in shown
    visit = row(office, Visit)
    assert (visit.outcome, visit.closed_at) == ("cancelled", office.clock())
    assert [event.kind for event in rows(office, StepEvent)] == ["opened", "cancelled", "closed"]


@pytest.mark.parametrize("reason", ["", "  ", "a" * 501])
def test_cancelling_needs_a_reason(office, reason):
    office.open_visit()
    answer = cancel(office.desk("fitri"), reason)
    assert answer.status_code == 422
    assert "Tulis alasan pembatalan, singkat saja (paling banyak 500 huruf)." in words(answer.text)
    assert form_to(answer.text, "/kunjungan/2026/1/batal").data["reason_text"] == reason
    assert row(office, Visit).closed_at is None


@pytest.mark.parametrize("state", ["with a badge", "closed", "cancelled"])
def test_what_has_moved_on_is_not_cancelled(office, state):
    fitri = office.desk("fitri")
    if state == "cancelled":
        office.open_visit()
        cancel(fitri)
    elif state == "closed":
        whole_visit(office)
    else:
        office.bring_to_step(2)
    before = count(office, StepEvent)
    fitri.get("/kunjungan/2026/1")
    cancel(fitri, "Lain")
    assert "Kunjungan ini sudah berubah, jadi tidak dibatalkan." in words(
        fitri.get("/kunjungan/2026/1").text
    )
    assert count(office, StepEvent) == before


def test_a_visit_with_a_badge_offers_no_cancelling(office):
    office.bring_to_step(2)
    page = office.desk("fitri").get("/kunjungan/2026/1").text
    assert "Batalkan kunjungan ini" not in page
    assert [form.action for form in forms(page) if form.action.endswith("/batal")] == []
    assert link(page, "Terima kembali kartu") == "/pindai?maksud=kembali&untuk=1/2026"


# --- Who is inside --------------------------------------------------------------------------------


def test_everyone_inside_is_listed_with_badge_place_and_arrival(office):
    office.bring_to_step(3, party_size=3)
    office.open_visit("Udin")
    office.clock.pass_time(minutes=1)
    shown = words(office.desk("kasim").get("/sedang-di-dalam").text)
    assert "1 kunjungan, 3 orang." in shown
    assert "Tanda pengenal 012 Tono 3 orang Langkah 3, Sekretaris 09.00 sisa 4:00" in shown
    assert "Udin" not in shown


def test_the_list_tells_who_waits_for_the_host_from_who_is_with_the_host(office):
    office.bring_to_step(5)
    for who, state in (("kasim", "menunggu penerima"), ("hadi", "sedang diterima")):
        for username, url in (("kasim", "/sedang-di-dalam"), ("fitri", "/meja")):
            shown = words(office.desk(username).get(url).text)
            assert f"Tanda pengenal 012 Tono Langkah 5, {state}, Kepala Dinas 09.00" in shown, who
        office.clock.pass_time(minutes=2)
        office.scan("hadi", "12")
    shown = words(office.desk("kasim").get("/sedang-di-dalam").text)
    assert "Tanda pengenal 012 Tono Langkah 6, Petugas Front Desk 09.00" in shown


def test_the_list_is_sent_again_only_after_a_change(office):
    office.bring_to_step(2)
    kasim, version = office.desk("kasim"), row(office, ScreenVersion).n
    url = f"/sedang-di-dalam?v={version}"
    unchanged = kasim.get(url, headers=HTMX)
    assert (unchanged.status_code, unchanged.data) == (204, b"")
    office.scan("kasim", "12")
    changed = kasim.get(url, headers=HTMX)
    assert changed.status_code == 200
    assert changed.text.lstrip().startswith('<div id="inside"')
    assert f"v={version + 1}" in changed.text


@pytest.mark.parametrize("url", ["/sedang-di-dalam", "/buku-tamu", "/meja", "/buku-tamu/baru"])
def test_a_list_takes_the_same_number_of_queries_however_many_visits_there_are(office, url):
    def queries():
        with statements(office.app) as sent:
            assert office.desk("fitri").get(url).status_code == 200
        return len(sent)

    office.bring_to_step(3, badge="1")
    office.open_visit("Tanpa kartu 1", purpose="Lain")
    few = queries()
    for number in (2, 3):
        office.bring_to_step(3, badge=str(number))
        office.open_visit(f"Tanpa kartu {number}", purpose="Lain")
    assert queries() == few


# --- Corrections that meet a change ---------------------------------------------------------------


def test_correcting_the_purpose_leaves_a_destination_that_is_no_longer_in_use(office):
    unit_id = office.unit("Bidang Koperasi")
    office.open_visit(destination_id=unit_id, purpose="Izin")
    office.unit_closes(unit_id)
    page = office.desk("kasim").get("/kunjungan/2026/1").text
    form = form_to(page, "/kunjungan/2026/1/koreksi")
    assert form.data["destination"] == str(unit_id)
    office.desk("kasim").post(
        form.action, form.data | {"purpose": "Izin usaha", "correction_reason": "Kurang."}
    )
    assert row(office, Visit).destination_id == unit_id
    corrected = [(e.kind, e.reason_code) for e in rows(office, StepEvent) if e.kind == "corrected"]
    assert corrected == [("corrected", "purpose")]


def test_a_mistake_in_a_correction_keeps_the_chosen_destination(office):
    unit_id = office.unit("Bidang Koperasi")
    office.open_visit(destination_id=1, purpose="Izin")
    fields = {"purpose": "x" * 501, "destination": str(unit_id)}
    answer = office.desk("kasim").post("/kunjungan/2026/1/koreksi", fields)
    assert answer.status_code == 422
    form = form_to(answer.text, "/kunjungan/2026/1/koreksi")
    assert form.data["destination"] == str(unit_id)


def test_a_bad_correction_of_a_visit_that_has_closed_says_that_it_has_closed(office):
    office.open_visit(purpose="Izin")
    fitri = office.desk("fitri")
    fitri.post("/kunjungan/2026/1/batal", {"reason_text": "Tamu pergi"})
    answer = fitri.post("/kunjungan/2026/1/koreksi", {"purpose": ""})
    assert answer.status_code == 303
    shown = words(fitri.get(answer.headers["Location"]).text)
    assert "Kunjungan ini sudah ditutup; datanya tidak diubah." in shown


def test_cancelling_without_a_reason_what_has_a_badge_says_that_it_has_moved_on(office):
    office.bring_to_step(2)
    fitri = office.desk("fitri")
    answer = fitri.post("/kunjungan/2026/1/batal", {"reason_text": ""})
    assert answer.status_code == 303
    shown = words(fitri.get(answer.headers["Location"]).text)
    assert "Kunjungan ini sudah berubah, jadi tidak dibatalkan." in shown
    assert row(office, Visit).outcome is None
