"""Arrivals of other kinds: documents, guests who go first, no identity, an SPPD to be stamped."""

import uuid

import pytest
from sqlalchemy import select

from app.models.export import Export
from app.models.visit import StepEvent, StepTime, Visit, VisitText
from tests.support import pdf as paper
from tests.views.reading import form_to, row, rows, words

DOCUMENT = {"name": "Kurir Joni", "origin": "PT Pos", "purpose": "Surat 12/KOP/2026"}


def guest(**fields):
    return {"name": "Tono", "origin": "perorangan", **fields}


def test_documents_are_written_down_without_badge_and_without_steps(office):
    answer = office.desk("fitri").post("/titipan", DOCUMENT | {"destination": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/titipan")
    visit = row(office, Visit)
    assert (visit.kind, visit.outcome, visit.closed_at, visit.destination_id) == (
        "drop_off", "completed", office.clock(), 1
    )  # fmt: skip
    assert rows(office, StepTime) == []
    assert [event.kind for event in rows(office, StepEvent)] == ["opened", "closed"]


def test_documents_have_a_list_of_their_own_and_nobody_is_inside_for_them(office):
    office.desk("fitri").post("/titipan", DOCUMENT)

    listed = words(office.desk("kasim").get("/titipan").text)

    assert "Kurir Joni PT Pos Surat 12/KOP/2026" in listed
    assert "Tidak ada tamu di dalam" in office.desk("kasim").get("/sedang-di-dalam").text
    assert "Titipan dokumen: dicatat di front desk" in (
        office.desk("kasim").get("/kunjungan/2026/1").text
    )


def test_whoever_brings_documents_gets_a_receipt_and_that_is_recorded(office):
    office.desk("fitri").post("/titipan", DOCUMENT | {"destination": "1"})

    answer = office.desk("fitri").post("/titipan/2026/1/tanda-terima.pdf")

    text = " ".join(paper.texts(answer.data))
    assert "TANDA TERIMA DOKUMEN Nomor kunjungan 1/2026" in text
    assert "Surat 12/KOP/2026" in text
    assert "Fitri, Petugas Front Desk" in text
    assert [export.document for export in rows(office, Export)] == ["document_receipt"]


def test_a_visit_has_no_receipt_for_documents(office):
    office.open_visit()

    assert office.desk("fitri").post("/titipan/2026/1/tanda-terima.pdf").status_code == 404


def test_the_page_of_documents_offers_their_receipt_and_nothing_of_a_visit(office):
    fitri = office.desk("fitri")
    fitri.post("/titipan", DOCUMENT)

    page = fitri.get("/kunjungan/2026/1").text

    slip = form_to(page, "/titipan/2026/1/tanda-terima.pdf")
    assert fitri.post(slip.action, slip.data).mimetype == "application/pdf"
    said = words(page)
    for absent in ("Unduh bukti kunjungan", "SPPD", "Datang lagi", "Identitas", "Jenis tamu"):
        assert absent not in said
    assert ("Dokumen " in said, "Untuk " in said) == (True, True)


def test_the_guest_book_marks_documents_and_waits_for_no_badge_of_theirs(office):
    fitri = office.desk("fitri")
    fitri.post("/titipan", DOCUMENT)

    book = words(fitri.get("/buku-tamu").text)

    assert "Tanda pengenal – " in book
    assert "selesai titipan" in book


def test_what_is_missing_of_documents_is_said_and_what_was_typed_stays(office):
    answer = office.desk("fitri").post("/titipan", {"name": "Joni", "purpose": ""})

    assert answer.status_code == 422
    page = words(answer.text)
    assert "Tulis dokumennya, misalnya nomor surat." in page
    assert 'value="Joni"' in answer.text
    assert rows(office, Visit) == []


def test_a_document_form_sent_twice_is_one_entry(office):
    nonce = "0b0c9e57-7a50-4f0c-8b1e-0d1f4b1c2a3d"

    for _ in range(2):
        office.desk("fitri").post("/titipan", DOCUMENT | {"nonce": nonce})

    assert len(rows(office, Visit)) == 1


def test_a_guest_who_goes_first_stands_above_those_who_came_earlier(office):
    office.open_visit("Tono")
    office.scan("fitri", "1")
    office.clock.pass_time(minutes=2)
    office.open_visit("Nenek Aminah", priority="elderly")
    office.scan("fitri", "2")

    desk = words(office.desk("kasim").get("/meja").text)

    assert desk.index("Nenek Aminah") < desk.index("Tono")
    assert "Lanjut usia" in desk


def test_a_badge_is_offered_first_to_who_goes_first_and_they_are_marked(office):
    office.open_visit("Tono")
    office.clock.pass_time(minutes=3)
    office.open_visit("Nenek Aminah", priority="elderly")

    sent = {"nonce": str(uuid.uuid4()), "code": "7"}
    panel = words(office.desk("fitri").post("/pindai", sent, headers={"HX-Request": "true"}).text)

    assert "Nenek Aminah Lanjut usia perorangan, menunggu sejak 09.03" in panel
    assert panel.index("Nenek Aminah") < panel.index("Tono")


def test_who_went_first_does_so_again_when_they_come_back(office):
    office.open_visit("Nenek Aminah", priority="elderly")

    form = office.desk("fitri").get("/buku-tamu/baru?dari=1/2026").text

    assert '<option value="elderly" selected>' in form


def test_the_form_asks_who_goes_first_and_keeps_it(office):
    office.desk("fitri").post("/buku-tamu/baru", guest(priority="vip"))

    assert row(office, Visit).priority == "vip"
    assert "Tamu VIP" in words(office.desk("fitri").get("/meja").text)


@pytest.mark.parametrize(("sent", "said"), [("raja", "Pilih dari daftar, atau kosongkan.")])
def test_an_unknown_reason_to_go_first_is_sent_back(office, sent, said):
    answer = office.desk("fitri").post("/buku-tamu/baru", guest(priority=sent))

    assert answer.status_code == 422
    assert said in words(answer.text)


def test_without_identity_the_officer_vouches_by_name(office):
    refused = office.desk("fitri").post("/buku-tamu/baru", guest(identity_kind="tanpa_identitas"))
    taken = office.desk("fitri").post(
        "/buku-tamu/baru", guest(identity_kind="tanpa_identitas", vouched="1")
    )

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "Centang bila Anda menjamin tamu tanpa identitas ini" in words(refused.text)
    text = office.session.scalars(select(VisitText).where(VisitText.field == "vouched")).one()
    assert (text.actor_name, text.actor_post) == ("Fitri", "Petugas Front Desk")
    assert "Dijamin Fitri, Petugas Front Desk" in words(
        office.desk("kasim").get("/kunjungan/2026/1").text
    )


@pytest.mark.parametrize("kind", ["paspor", "kitas", "ktp", ""])
def test_any_other_identity_needs_no_word_of_the_officer(office, kind):
    answer = office.desk("fitri").post("/buku-tamu/baru", guest(identity_kind=kind))

    assert answer.status_code == 303
    assert rows(office, VisitText) == []


def test_the_receipt_says_that_a_travel_order_was_signed_and_stamped(office):
    office.bring_to_step(6)

    plain = office.desk("fitri").post("/kunjungan/2026/1/bukti.pdf")
    ticked = [
        office.desk("fitri").post("/kunjungan/2026/1/bukti.pdf", {"visum": "1"}) for _ in range(2)
    ]

    said = "[x] Ditandatangani & dicap, Selasa, 24 November 2026, Fitri, Petugas Front Desk"
    assert said not in " ".join(paper.texts(plain.data))
    assert said in " ".join(paper.texts(ticked[1].data))
    assert len(rows(office, VisitText, field="visum")) == 1


def test_a_visum_that_was_ticked_by_mistake_is_taken_back_and_both_stay_on_record(office):
    office.bring_to_step(6)
    fitri, url = office.desk("fitri"), "/kunjungan/2026/1/bukti.pdf"
    fitri.post(url, {"visum": "1"})
    shown = form_to(fitri.get("/kunjungan/2026/1").text, url).data
    assert (shown["visum_shown"], shown.pop("visum")) == ("1", "1")

    kept = fitri.post(url)  # from a page that was opened before the tick
    taken_back = fitri.post(url, shown)
    fitri.post(url, shown)

    said = [" ".join(paper.texts(answer.data)) for answer in (kept, taken_back)]
    assert ["[x] Ditandatangani & dicap" in one for one in said] == [True, False]
    noted = [(text.value, text.actor_name) for text in rows(office, VisitText, field="visum")]
    assert noted == [("Ditandatangani & dicap", "Fitri"), ("Dibatalkan", "Fitri")]
    page = fitri.get("/kunjungan/2026/1").text
    assert "Visum SPPD ditulis , “Dibatalkan”" in words(page)
    assert "visum_shown" not in form_to(page, url).data

    again = fitri.post(url, {"visum": "1"})
    assert "[x] Ditandatangani & dicap" in " ".join(paper.texts(again.data))
