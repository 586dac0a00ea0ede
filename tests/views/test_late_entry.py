"""Entri susulan: slips typed in one after the other, their mistakes, and the paper to print."""

import re
import uuid

import pytest

from app.models.visit import Appointment, StepEvent, Visit, VisitText
from tests.support import pdf as paper
from tests.views.reading import count, form_to, link, row, rows, words

PAGE = "/buku-tamu/susulan"
SLIP = {
    "name": "Siti Aminah",
    "origin": "Koperasi Maju",
    "slip": "12",
    "day": "2026-11-24",
    "late_reason": "Listrik padam",
    "arrival": "07.30",
    "end-registration": "0733",
    "end-purpose": "7:38",
    "begin-reception": "0750",
    "end-reception": "0810",
    "end-return": "0812",
}


def enter(desk, **fields):
    """Open the page, fill the slip in and send it, as a browser would."""
    form = form_to(desk.get(PAGE).text, PAGE)
    return desk.post(PAGE, form.data | SLIP | fields)


def gone(typed):
    """A choice that is not there cannot be shown again: the first of the list is."""
    instead = {("destination", "99"): "", ("outcome", "completed_short"): "completed"}
    return {name: instead[name, text] for name, text in typed.items() if (name, text) in instead}


def field_errors(page):
    """The sentence beside each field, by the field's name."""
    found = re.findall(r'id="f-([\w-]+)-error">(.*?)</p>', page, re.DOTALL)
    return {name: words(sentence) for name, sentence in found}


def test_a_slip_becomes_a_visit_of_its_own_time(office):
    office.clock.pass_time(hours=5)
    answer = enter(office.desk("fitri"))
    assert answer.headers["Location"] == f"{PAGE}?tersimpan=1/2026"
    visit = row(office, Visit)
    assert (visit.late_entry, f"{visit.arrived_at:%H%M}", visit.outcome) == (
        True, "0030", "completed"
    )  # fmt: skip
    assert [(event.kind, f"{event.occurred_at:%H%M}") for event in rows(office, StepEvent)] == [
        ("opened", "0030"), ("completed", "0033"), ("completed", "0038"), ("skipped", "0038"),
        ("skipped", "0038"), ("started", "0050"), ("ended", "0110"), ("completed", "0112"),
        ("closed", "0112"),
    ]  # fmt: skip


def test_the_next_slip_keeps_what_the_stack_shares(office):
    fitri = office.desk("fitri")
    page = fitri.get(enter(fitri, day="2026-11-23", slip="A-009").headers["Location"]).text
    assert "Slip A-009 tercatat sebagai kunjungan 1/2026." in words(page)
    assert link(page, "Lihat kunjungan 1/2026") == "/kunjungan/2026/1"
    form = form_to(page, PAGE).data
    assert {name: form[name] for name in ("slip", "day", "late_reason", "name", "arrival")} == {
        "slip": "A-010", "day": "2026-11-23", "late_reason": "Listrik padam", "name": "",
        "arrival": "",
    }  # fmt: skip
    assert re.search(r'id="f-name"[^>]*autofocus', page)
    answer = fitri.post(PAGE, form | SLIP | {"name": "Budi", "slip": form["slip"]})
    assert answer.headers["Location"] == f"{PAGE}?tersimpan=2/2026"
    assert [text.value for text in rows(office, VisitText, field="slip")] == ["A-009", "A-010"]


def test_a_slip_that_is_sent_twice_is_told_to_be_there_already(office):
    fitri, sent = office.desk("fitri"), SLIP | {"nonce": str(uuid.uuid4())}
    fitri.post(PAGE, sent)
    again = fitri.post(PAGE, sent).headers["Location"]
    assert again == f"{PAGE}?tersimpan=1/2026&ulang=1"
    assert (
        "sudah tercatat sebagai kunjungan 1/2026; tidak dicatat dua kali" in fitri.get(again).text
    )
    assert count(office, Visit) == 1


def test_a_slip_typed_in_twice_is_told_and_another_of_that_number_is_ticked(office):
    fitri = office.desk("fitri")
    enter(fitri)

    answer = enter(fitri, name="Siti Aminah Lagi")

    assert answer.status_code == 409
    assert field_errors(answer.text)["slip"] == (
        "Slip 12 tanggal ini sudah diketik sebagai kunjungan 1/2026 (Siti Aminah). "
        "Bila ini slip lain dengan nomor yang sama, centang di bawah, lalu simpan lagi."
    )
    assert link(answer.text, "Lihat kunjungan 1/2026") == "/kunjungan/2026/1"
    form = form_to(answer.text, PAGE)
    assert (form.data["name"], count(office, Visit)) == ("Siti Aminah Lagi", 1)
    assert fitri.post(PAGE, form.data | {"other_slip": "1"}).status_code == 303
    assert enter(fitri, name="Kemarin", day="2026-11-23").status_code == 303, "of another day"
    assert count(office, Visit) == 3


def test_when_a_guest_left_who_did_not_report_is_a_guess(office):
    office.clock.pass_time(hours=5)
    fitri = office.desk("fitri")
    enter(fitri, **{"outcome": "left_unreported", "end-return": ""})
    enter(fitri, outcome="left_unreported", slip="13")
    for visit_id, left in ((1, "0110"), (2, "0112")):
        visit = row(office, Visit, id=visit_id)
        assert (visit.outcome, f"{visit.closed_at:%H%M}") == ("left_unreported", left)
        log = [(one.kind, one.reason_code) for one in rows(office, StepEvent, visit_id=visit_id)]
        assert log[-3:] == [
            ("skipped", "not_noted"), ("left_unreported", "estimated"),
            ("closed", "left_unreported"),
        ]  # fmt: skip


def test_the_new_time_of_a_guest_who_was_asked_to_come_again_is_on_the_visits_page(office):
    office.clock.pass_time(hours=5)
    fitri = office.desk("fitri")
    enter(fitri, outcome="rescheduled", due_at="2026-11-24T10:30")
    assert f"{row(office, Appointment).due_at:%m-%d %H%M}" == "11-24 0330"
    page = words(fitri.get("/kunjungan/2026/1").text)
    assert "Dijadwalkan ulang" in page
    assert "Jadwal baru 24 Nov 2026, 10.30 WIB" in page
    assert "Siti Aminah" in fitri.get("/janji-temu").text


def test_a_guest_who_came_as_agreed_in_a_power_cut_is_no_longer_expected(office):
    office.clock.pass_time(hours=5)
    said = "Ada di slip"
    fitri = office.desk("fitri")
    enter(fitri, outcome="rescheduled", due_at="2026-11-24T17:00", purpose="Izin usaha")
    assert link(fitri.get("/janji-temu").text, said) is None, "not due yet"
    office.clock.pass_time(hours=4)

    page = fitri.get(link(fitri.get("/janji-temu").text, said)).text
    assert "Isian dari kunjungan 1/2026. Samakan dengan kertas, lalu simpan." in words(page)
    form = form_to(page, PAGE)
    assert (form.data["name"], form.data["purpose"]) == ("Siti Aminah", "Izin usaha")
    times = {"slip": "20", "arrival": "1700", "end-return": "1740"}
    too_early = fitri.post(PAGE, form.data | times | {"day": "2026-11-01"})
    assert field_errors(too_early.text) == {
        "day": "Tanggal itu mendahului kunjungan 1/2026, tempat janji temu ini dibuat. "
        "Periksa tanggal di kertas."
    }
    assert fitri.post(PAGE, form.data | times).status_code == 303

    assert row(office, Appointment).arrived_visit_id == 2
    assert "sudah datang, 2/2026" in words(fitri.get("/janji-temu").text)


def test_a_new_time_is_of_no_account_for_anybody_else(office):
    office.clock.pass_time(hours=5)
    enter(office.desk("fitri"), due_at="2026-11-24T10:30")
    assert (count(office, Visit), count(office, Appointment)) == (1, 0)


def test_the_page_begins_with_the_usual_reason_and_keeps_the_days_date_in_the_bar(office):
    page = office.desk("fitri").get(PAGE).text
    assert form_to(page, PAGE).data["late_reason"] == "Listrik padam"
    assert 'placeholder="Listrik padam"' not in page
    bar = re.search(r'class="bar-clock">(.*?)</p>', page, re.DOTALL)
    assert "2026-11-24" not in bar.group(1)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"late_reason": ""}, "late_reason", "Tulis mengapa dicatat belakangan"),
        ({"name": ""}, "name", "Tulis nama tamu"),
        ({"phone": "12"}, "phone", "Nomor HP kurang lengkap."),
        ({"destination": "99"}, "destination", "Tujuan itu sudah tidak ada."),
        ({"outcome": "completed_short"}, "outcome", "Pilih hasil dari daftar."),
        ({"slip": "1" * 21}, "slip", "Terlalu panjang."),
        ({"day": "kemarin"}, "day", "Tanggal itu tidak terbaca."),
        ({"day": ""}, "day", "Tanggal itu tidak terbaca."),
        ({"day": "2026-11-25"}, "day", "Tanggal itu belum tiba."),
        ({"day": "2025-11-23"}, "day", "Tanggal itu lebih dari setahun yang lalu."),
        ({"arrival": ""}, "arrival", "Tulis jam masuk seperti di kertas, misalnya 09.20."),
        ({"end-return": ""}, "end-return", "Tulis jam keluar seperti di kertas"),
        ({"arrival": "24.00"}, "arrival", "Jam itu tidak terbaca. Tulis jam masuk seperti 09.20"),
        ({"end-purpose": "9"}, "end-purpose", "Jam itu tidak terbaca."),
        (
            {"end-purpose": "0732"},
            "end-purpose",
            "Jam selesai langkah 2 mendahului jam selesai langkah 1 (07.33). Periksa keduanya di",
        ),
        ({"end-reception": ""}, "end-reception", "Jam mulai langkah 5 tertulis, jadi jam selesai"),
        ({"end-return": "0901"}, "end-return", "Jam keluar belum terjadi."),
        ({"outcome": "rescheduled"}, "due_at", "Isi tanggal dan jam baru yang tertulis di kertas"),
        (
            {"day": "kemarin", "outcome": "rescheduled", "due_at": "2026-11-20T09:00"},
            "day",
            "Tanggal itu tidak terbaca.",
        ),
        (
            {"outcome": "rescheduled", "due_at": "0001-01-01T00:00"},
            "due_at",
            "Isi tanggal dan jam baru yang tertulis di kertas",
        ),
        (
            {"outcome": "rescheduled", "due_at": "2062-11-25T09:00"},
            "due_at",
            "Isi tanggal dan jam baru yang tertulis di kertas",
        ),
        (
            {"outcome": "rescheduled", "due_at": "2026-11-24T08:12"},
            "due_at",
            "Isi tanggal dan jam baru yang tertulis di kertas, sesudah tamu pulang, paling",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    office, typed, field, sentence
):
    answer = office.desk("fitri").post(PAGE, SLIP | typed)
    assert answer.status_code == 422
    told = field_errors(answer.text)
    assert list(told) == [field]
    assert told[field].startswith(sentence)
    data = form_to(answer.text, PAGE).data
    kept = {name: text for name, text in (SLIP | typed).items() if name in data}
    assert {name: data[name] for name in kept} == kept | gone(typed)
    assert count(office, Visit) == 0


def test_only_who_keeps_the_guest_book_types_slips_in(office):
    for who in ("kasim", "hadi", "adi"):
        desk = office.desk(who)
        assert (desk.get(PAGE).status_code, desk.post(PAGE, SLIP).status_code) == (403, 403)
    assert count(office, Visit) == 0
    assert link(office.desk("kasim").get("/buku-tamu").text, "Entri susulan") is None
    for page in ("/buku-tamu", "/buku-tamu/baru"):
        assert link(office.desk("fitri").get(page).text, "Entri susulan") == PAGE


def test_the_visits_page_says_that_it_was_typed_in_later_when_and_why(office):
    fitri = office.desk("fitri")
    office.clock.pass_time(hours=5)
    enter(fitri)
    page = words(fitri.get("/kunjungan/2026/1").text)
    assert "Entri susulan Listrik padam Slip 12" in page
    assert "Langkah 2 selesai , Menanyakan keperluan, atas nama Kasubbag UMPAR" in page
    assert "Fitri, Petugas Front Desk, dicatat 14.00 WIB" in page
    office.clock.pass_time(hours=24)
    fitri = office.sign_in("fitri")
    enter(fitri, slip="13")
    assert "dicatat 25 Nov 2026 14.00 WIB" in words(fitri.get("/kunjungan/2026/2").text)
    assert "entri susulan" in words(fitri.get("/buku-tamu").text)
    assert "Buka lagi kunjungan" not in office.desk("kasim").get("/kunjungan/2026/1/perbaiki").text


def test_slips_are_printed_on_the_offices_paper_or_on_that_which_is_chosen(office):
    fitri = office.desk("fitri")
    answer = fitri.get("/buku-tamu/slip.pdf?kertas=f4&mulai=41&lembar=2")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="slip-tamu-f4.pdf"'
    assert paper.sizes(answer.data) == [(215, 330)] * 2
    assert "No. 048" in paper.texts(answer.data)[1]
    plain = fitri.get("/buku-tamu/slip.pdf").data
    assert paper.sizes(plain) == [(210, 297)]
    assert "No. 001" in paper.texts(plain)[0]


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("kertas=a3", 404, {}),
        ("mulai=x&lembar=1", 422, {"mulai": "Tulis nomor slip pertama dengan angka, dari 1"}),
        ("mulai=0", 422, {"mulai": "Tulis nomor slip pertama dengan angka, dari 1"}),
        ("mulai=1&lembar=51", 422, {"lembar": "Tulis jumlah lembar dengan angka, dari 1"}),
        ("mulai=&lembar=", 422, {"mulai": "Tulis nomor slip", "lembar": "Tulis jumlah lembar"}),
    ],
)
def test_slips_that_cannot_be_are_not_printed(office, asked, status, told):
    answer = office.desk("fitri").get(f"/buku-tamu/slip.pdf?{asked}")
    assert answer.status_code == status
    found = field_errors(answer.text)
    assert found.keys() == told.keys()
    assert all(found[name].startswith(sentence) for name, sentence in told.items())
