"""Janji temu: a guest who is expected at another time, or no more; and who has come meanwhile."""

import pytest

from app.models.visit import Appointment, VisitText
from tests.views.reading import form_to, link, row, rows, words

PAGE = "/janji-temu/1"
AGREED, LATER = "2026-11-25T08:00", "2026-11-26T09:30"


@pytest.fixture
def asked(office):
    """Tono was asked to come again at eight the next morning."""
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    verdict = {"choice": "reschedule", "public_reason": "Silakan kembali.", "due_at": AGREED}
    office.desk("kasim").post("/kunjungan/2026/1/putusan", verdict)
    return office


def dues(office):
    return [
        (f"{one.due_at:%d %H%M}", one.dropped_at is not None) for one in rows(office, Appointment)
    ]


def test_a_guest_is_expected_at_another_time_and_the_earlier_one_stays_on_record(asked):
    fitri = asked.desk("fitri")
    page = fitri.get(link(fitri.get("/janji-temu").text, "Ubah")).text
    assert "Rabu, 25 November 2026, 08.00 WIB" in words(page)
    form = form_to(page, f"{PAGE}/ubah")

    answer = fitri.post(
        f"{PAGE}/ubah", form.data | {"due_at": LATER, "reason": "Tamu berhalangan."}
    )

    assert answer.headers["Location"] == "/janji-temu"
    assert dues(asked) == [("25 0100", True), ("26 0230", False)]
    text = row(asked, VisitText, field="appointment_reason")
    assert (text.value, text.actor_name, text.actor_post) == (
        "Tamu berhalangan.", "Fitri", "Petugas Front Desk"
    )  # fmt: skip
    visit = words(fitri.get("/kunjungan/2026/1").text)
    assert "Jadwal baru 26 Nov 2026, 09.30 WIB Janji temu Semula: 25 Nov 2026, 08.00 WIB" in visit
    assert "Alasan janji temu diubah" in visit


def test_a_guest_who_is_expected_in_half_a_year_stands_on_the_list_too(asked):
    fitri = asked.desk("fitri")
    far = {"due_at": "2027-05-20T09:00", "reason": "Setelah cuti."}
    fitri.post(f"{PAGE}/ubah", far)
    assert "Kamis, 20 Mei 2027" in words(fitri.get("/janji-temu").text)


def test_a_guest_who_is_expected_no_more_leaves_the_list(asked):
    kasim = asked.desk("kasim")
    kasim.post(f"{PAGE}/batal", {"reason": "Sudah selesai lewat surat."})
    assert dues(asked) == [("25 0100", True)]
    assert "Belum ada janji temu" in kasim.get("/janji-temu").text
    visit = words(kasim.get("/kunjungan/2026/1").text)
    assert "Jadwal baru Dibatalkan Semula: 25 Nov 2026, 08.00 WIB" in visit


@pytest.mark.parametrize(
    ("address", "typed", "sentence"),
    [
        ("ubah", {"due_at": LATER}, "Tulis alasannya, singkat saja."),
        ("ubah", {"reason": "Sakit."}, "Isi hari dan jam yang baru, sesudah sekarang, paling"),
        ("ubah", {"reason": "Sakit.", "due_at": "2026-11-24T08:00"}, "Isi hari dan jam yang baru"),
        ("batal", {}, "Tulis alasannya, singkat saja."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(asked, address, typed, sentence):
    answer = asked.desk("fitri").post(f"{PAGE}/{address}", typed)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    kept = form_to(answer.text, f"{PAGE}/{address}").data
    assert {name: kept[name] for name in typed} == typed
    assert dues(asked) == [("25 0100", False)]


def test_who_has_come_meanwhile_is_not_asked_again(asked):
    fitri = asked.desk("fitri")
    fitri.post("/buku-tamu/baru", {"name": "Tono", "origin": "perorangan", "janji": "1"})
    answer = fitri.post(f"{PAGE}/batal", {"reason": "Tidak jadi."})
    assert answer.headers["Location"] == "/janji-temu"
    assert "Tamu itu tidak ditunggu lagi" in words(fitri.get("/janji-temu").text)
    assert dues(asked) == [("25 0100", False)]
    for address in (PAGE, "/janji-temu/99"):
        assert fitri.get(address).headers["Location"] == "/janji-temu"
        assert "Tamu itu tidak ditunggu lagi" in words(fitri.get("/janji-temu").text)
    assert rows(asked, VisitText, field="appointment_reason") == []


def test_who_arrives_while_the_time_is_changed_has_kept_the_new_one(asked):
    fitri = asked.desk("fitri")
    form = form_to(fitri.get("/buku-tamu/baru?janji=1").text, "/buku-tamu/baru")
    asked.desk("kasim").post(f"{PAGE}/ubah", {"due_at": LATER, "reason": "Rapat pindah."})
    fitri.post("/buku-tamu/baru", form.data)
    kept = [one.arrived_visit_id for one in rows(asked, Appointment)]
    assert kept == [None, 2]
