"""Tindakan lain on its page: what is offered to whom, what is missing, what was recorded."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.person import Person, Unit
from app.models.visit import Appointment, StepEvent, Visit, VisitText
from app.queries.visits import view_by_label
from tests.support import pdf
from tests.views.reading import forms, link, row, rows, words

PAGE = "/kunjungan/2026/1"


def kinds(office):
    return office.session.scalars(select(StepEvent.kind).order_by(StepEvent.seq)).all()


def form_of(page, action):
    """The form of the page that is sent there."""
    return next(form for form in forms(page) if form.action == action)


def offers(office, username):
    """Which of the page's three parts this person is offered."""
    page = words(office.desk(username).get(f"{PAGE}/tindakan").text)
    parts = ("Catat putusan", "Alihkan tamu", "Catat langkah")
    return tuple(part in page for part in parts)


@pytest.mark.parametrize(
    ("username", "offered"),
    [
        ("fitri", (False, True, True)),
        ("kasim", (True, True, False)),
        ("sekar", (False, True, False)),
    ],
)
def test_each_desk_is_offered_what_it_may_do_at_step_2(office, username, offered):
    office.bring_to_step(2)

    assert offers(office, username) == offered


def test_a_closed_visit_offers_nothing_more(office):
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")

    assert offers(office, "kasim") == (False, False, False)
    assert "Tidak ada tindakan lain" in office.desk("kasim").get(f"{PAGE}/tindakan").text


def test_the_row_of_a_deciding_step_leads_to_the_other_choices(office):
    office.bring_to_step(2)

    page = office.desk("kasim").get("/meja").text
    for key, label in (("decline", "Tidak dapat diterima"), ("reschedule", "Dijadwalkan ulang")):
        assert link(page, f"{label} untuk Tono") == f"{PAGE}/tindakan?putusan={key}"
        form = office.desk("kasim").get(f"{PAGE}/tindakan?putusan={key}").text
        assert f'value="{key}" checked' in form
    assert "Selesaikan langkah 2" in page


def test_a_guest_is_declined_with_a_sentence_and_a_private_note(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)

    answer = office.desk("kasim").post(
        f"{PAGE}/putusan",
        {"choice": "decline", "public_reason": "Mohon maaf.", "private_note": "Sudah tiga kali."},
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert "declined" in kinds(office)
    page = words(office.desk("sekar").get(PAGE).text)
    assert ("Mohon maaf." in page, "Sudah tiga kali." in page) == (True, True)
    assert "Dicatat: Tidak dapat diterima." in words(office.desk("kasim").get(PAGE).text)


def ask_to_come_again(office, day=1):
    """Kasim asks the guest to come again; the moment, as the form has it."""
    due_at = (office.clock() + timedelta(days=day)).replace(second=0)
    return office.desk("kasim").post(
        f"{PAGE}/putusan",
        {
            "choice": "reschedule",
            "public_reason": "Beliau dinas luar.",
            "private_note": "Sudah dua kali.",
            "due_at": f"{due_at + timedelta(hours=7):%Y-%m-%dT%H:%M}",
        },
    )


def receipt(office):
    """What the visit's receipt says."""
    (text,) = pdf.texts(office.desk("fitri").post(f"{PAGE}/bukti.pdf").data)
    return text


AGAIN = "Sampaikan kepada tamu: “Beliau dinas luar.” Waktu baru: Rabu, 25 November 2026, 09.04 WIB."


def test_a_verdict_stands_on_the_row_the_page_and_the_list_of_those_inside(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    ask_to_come_again(office)
    office.clock.pass_time(minutes=2)

    desk = office.desk("fitri")
    for address in ("/meja", PAGE):
        assert f"Dijadwalkan ulang {AGAIN}" in words(desk.get(address).text)
    inside = words(desk.get("/sedang-di-dalam").text)
    assert "Langkah 6, Petugas Front Desk Dijadwalkan ulang" in inside


def test_who_takes_the_badge_back_is_told_what_to_say(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    ask_to_come_again(office)
    office.clock.pass_time(minutes=2)

    message = office.desk("fitri").scan("12")["message"]

    assert message.endswith(f"Tanda pengenal 012 tersedia lagi. {AGAIN}")


def test_an_undone_verdict_takes_its_words_along_and_the_log_keeps_them(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    ask_to_come_again(office)
    office.clock.pass_time(minutes=2)
    kasim = office.desk("kasim")

    kasim.post(f"{PAGE}/urungkan")

    page = kasim.get(PAGE).text
    facts = words(page[page.index("<dl") : page.index("</dl>")])
    assert ("Beliau dinas luar." in facts, "Sudah dua kali." in facts) == (False, False)
    assert "Dijadwalkan ulang" not in facts
    assert "Kalimat untuk tamu ditulis" in words(page)
    assert "Keterangan" not in receipt(office)
    kasim.post(f"{PAGE}/putusan", {"choice": "decline", "public_reason": "Mohon maaf."})
    page = words(kasim.get(PAGE).text)
    assert "Kalimat untuk tamu “Mohon maaf.”" in page
    assert "Catatan petugas Sudah dua kali." not in page
    assert "Keterangan : Mohon maaf." in receipt(office)


def test_what_is_missing_of_a_decision_is_said_and_what_was_typed_stays(office):
    office.bring_to_step(2)
    before = kinds(office)

    answer = office.desk("kasim").post(
        f"{PAGE}/putusan", {"choice": "reschedule", "private_note": "Rapat pleno"}
    )

    assert answer.status_code == 422
    page = words(answer.text)
    assert "Tulis kalimat untuk tamu, singkat dan santun." in page
    assert "Isi hari dan jam yang baru, sesudah sekarang, paling lama setahun lagi." in page
    assert "Rapat pleno" in page
    assert kinds(office) == before


def test_a_rescheduled_guest_is_on_the_list_of_that_day_and_arrives_prefilled(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    due_at = office.clock() + timedelta(days=1)

    office.desk("kasim").post(
        f"{PAGE}/putusan",
        {
            "choice": "reschedule",
            "public_reason": "Silakan kembali besok.",
            "due_at": f"{due_at + timedelta(hours=7):%Y-%m-%dT%H:%M}",
        },
    )

    appointment = row(office, Appointment)
    assert appointment.due_at == due_at.replace(second=0)
    assert "Tono perorangan. Izin usaha" in words(office.desk("fitri").get("/janji-temu").text)
    form = office.desk("fitri").get(f"/buku-tamu/baru?janji={appointment.id}").text
    assert ('value="Tono"' in form, "Izin usaha" in form) == (True, True)

    office.desk("fitri").post(
        "/buku-tamu/baru",
        {"name": "Tono", "origin": "perorangan", "janji": str(appointment.id)},
    )
    assert row(office, Appointment).arrived_visit_id == 2
    assert "sudah datang, 2/2026" in words(office.desk("fitri").get("/janji-temu").text)


def test_a_guest_who_comes_again_the_same_day_is_prefilled_from_the_earlier_visit(office):
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")

    page = office.desk("fitri").get(PAGE).text
    form = office.desk("fitri").get("/buku-tamu/baru?dari=1/2026").text

    assert 'href="/buku-tamu/baru?dari=1/2026"' in page
    assert 'value="Tono"' in form
    assert "Isian dari kunjungan 1/2026." in words(form)


def test_the_front_desk_asks_a_guest_to_come_again_whose_host_is_away(office):
    office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    desk = office.desk("fitri")
    page = words(desk.get(f"{PAGE}/tindakan").text)
    due_at = office.clock() + timedelta(days=1)

    answer = desk.post(
        f"{PAGE}/putusan",
        {
            "choice": "reschedule",
            "public_reason": "Kepala Dinas dinas luar.",
            "due_at": f"{due_at + timedelta(hours=7):%Y-%m-%dT%H:%M}",
        },
    )

    assert "putusannya tercatat atas namanya oleh Anda." in page
    assert answer.status_code == 303, answer.text
    assert row(office, Appointment).due_at == due_at.replace(second=0)
    assert "Dijadwalkan ulang , atas nama Kepala Dinas" in words(desk.get(PAGE).text)


def test_the_form_of_an_early_return_leads_to_a_new_time_when_the_host_is_away(office):
    office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    sent = {"nonce": str(uuid.uuid4()), "code": "12", "intent": "return_early"}

    panel = office.desk("fitri").post("/pindai", sent, headers={"HX-Request": "true"}).text

    assert "Dijadwalkan ulang? Catat dahulu waktu barunya, lalu terima kartunya." in words(panel)
    assert link(panel, "Dijadwalkan ulang?") == f"{PAGE}/tindakan"


def test_a_redirect_names_the_reason_and_shows_both_destinations(office):
    office.unit("Bidang Koperasi")
    office.bring_to_step(5)

    answer = office.desk("kasim").post(
        f"{PAGE}/alihkan", {"destination": "2", "reason": "Kepala Dinas ke luar kota."}
    )

    assert answer.status_code == 303, answer.text
    page = words(office.desk("kasim").get(PAGE).text)
    assert "Bidang Koperasi Semula: Kepala Dinas" in page
    assert "Alasan dialihkan ditulis , “Kepala Dinas ke luar kota.”" in page.replace(
        "ditulis,", "ditulis ,"
    )


def test_a_guest_is_received_at_two_destinations_in_one_visit(office):
    hendra = office.hire("hendra", "host")
    office.unit("Bidang Koperasi", hosts={hendra})
    office.bring_to_step(6)
    office.desk("kasim").post(
        f"{PAGE}/alihkan", {"destination": "2", "reason": "Lanjut ke Bidang Koperasi."}
    )
    for who in ("hendra", "hendra", "fitri"):
        office.clock.pass_time(minutes=2)
        assert office.desk(who).scan("12")["outcome"] in {"started", "ended", "closed"}

    received = [(one.round, one.actor_name) for one in rows(office, StepEvent, kind="started")]
    assert received == [(1, "Hadi"), (2, "Hendra")]
    visit = row(office, Visit)
    assert (visit.outcome, visit.destination_id, visit.round) == ("completed", 2, 2)
    page = words(office.desk("kasim").get(PAGE).text)
    assert "Bidang Koperasi Semula: Kepala Dinas" in page


def test_a_decision_that_comes_too_late_keeps_what_was_typed(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    office.scan("kasim", "12")
    before = kinds(office)
    typed = {"choice": "decline", "public_reason": "Mohon maaf.", "private_note": "Dua kali."}

    late = office.desk("kasim").post(f"{PAGE}/putusan", {**typed, "stage": "purpose"})
    elsewhere = office.desk("kasim").post(f"{PAGE}/putusan", {**typed, "choice": "accept"})

    assert (late.status_code, elsewhere.status_code) == (409, 422)
    assert "Kunjungan sudah bergerak sejak halaman ini dibuka." in words(late.text)
    assert "Pilih putusannya." in words(elsewhere.text)
    for answer in (late, elsewhere):
        page = words(answer.text)
        assert "Kalimat untuk tamu: “Mohon maaf.”" in page
        assert "Catatan untuk petugas: “Dua kali.”" in page
    assert kinds(office) == before


def test_a_redirect_that_somebody_else_has_overtaken_is_told_so_once(office):
    office.unit("Bidang Koperasi")
    office.unit("Bidang Usaha Kecil")
    office.bring_to_step(4)
    stale = form_of(office.desk("sekar").get(f"{PAGE}/tindakan").text, f"{PAGE}/alihkan")
    first = {"destination": "2", "reason": "Urusan koperasi."}
    office.desk("kasim").post(f"{PAGE}/alihkan", first)

    answer = office.desk("sekar").post(
        f"{PAGE}/alihkan", {**stale.data, "destination": "3", "reason": "Urusan UKM."}
    )

    assert answer.status_code == 409
    assert "Kunjungan sudah bergerak sejak halaman ini dibuka." in words(answer.text)
    again = form_of(answer.text, f"{PAGE}/alihkan")
    assert (again.data["reason"], again.data["destination_was"]) == ("Urusan UKM.", "2")
    assert view_by_label(office.session, "1/2026").destination.name == "Bidang Koperasi"
    assert office.desk("sekar").post(f"{PAGE}/alihkan", again.data).status_code == 303


def test_a_host_who_sends_a_guest_away_is_back_at_the_desk(office):
    office.unit("Bidang Koperasi", hosts={office.officer("sekar").person_id})
    office.bring_to_step(5)
    hadi = office.desk("hadi")

    answer = hadi.post(f"{PAGE}/alihkan", {"destination": "2", "reason": "Urusan koperasi."})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja")
    assert "Tamu dialihkan." in words(hadi.get("/meja").text)


def test_a_redirect_without_reason_or_destination_is_sent_back(office):
    office.bring_to_step(5)

    answer = office.desk("kasim").post(f"{PAGE}/alihkan", {"destination": "99", "reason": " "})

    assert answer.status_code == 422
    assert "Pilih tujuan tamu." in words(answer.text)
    assert "redirected" not in kinds(office)


def test_a_redirect_to_where_the_guest_is_going_is_refused_with_a_sentence(office):
    office.bring_to_step(5)

    answer = office.desk("kasim").post(f"{PAGE}/alihkan", {"destination": "1", "reason": "Sama."})

    assert answer.status_code == 409
    assert "Tamu sudah menuju ke sana. Pilih tujuan lain." in words(answer.text)


def test_the_front_desk_moves_the_visit_on_for_a_secretary_who_is_away(office):
    office.bring_to_step(3)

    answer = office.desk("fitri").post(
        f"{PAGE}/wakili",
        {"how": "on_behalf", "direction": "Antar.", "destination": "1", "reason": "Rapat."},
    )

    assert answer.status_code == 303, answer.text
    page = words(office.desk("fitri").get(PAGE).text)
    assert "Langkah 3 selesai , Memberi arahan, atas nama Sekretaris" in page.replace(
        "selesai,", "selesai ,"
    )


def note_a_reception(office, how="on_behalf"):
    """The front desk notes the next half of the reception for a host who does not scan."""
    office.clock.pass_time(minutes=2)
    sent = {"how": how, "reason": "Diterima tanpa dipindai."}
    assert office.desk("fitri").post(f"{PAGE}/wakili", sent).status_code == 303


def test_a_reception_that_was_noted_for_a_host_is_under_the_post_of_that_destination(office):
    office.unit("Bidang Koperasi")
    office.bring_to_step(5)
    office.desk("kasim").post(f"{PAGE}/alihkan", {"destination": "2", "reason": "Sesuai urusan."})

    note_a_reception(office)

    page = office.desk("fitri").get(PAGE).text
    post = row(office, Unit, id=2).post
    assert f"Langkah 5 dimulai , Menerima tamu, atas nama {post}" in words(page)
    assert "atas nama Kepala Dinas" not in words(page)
    assert f"{post}, dicatat Fitri" not in words(page)  # not over yet
    note_a_reception(office)
    assert f"{post}, dicatat Fitri" in words(office.desk("fitri").get(PAGE).text)
    assert f"Diterima oleh : {post} " in receipt(office)


def test_an_undone_reception_leaves_no_name_on_the_receipt(office):
    office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    assert "Diterima oleh : Hadi, Kepala Dinas" in receipt(office)

    office.desk("hadi").post(f"{PAGE}/urungkan")

    assert "Diterima oleh" not in receipt(office)


def test_who_stands_in_is_told_who_could_do_it_today(office):
    wati = row(office, Person, username="wati").id
    office.bring_to_step(3)
    fitri = office.desk("fitri")
    alone = words(fitri.get(f"{PAGE}/tindakan").text)
    office.desk("sekar").post(
        "/pengganti",
        {"post": "role:secretary", "deputy": str(wati), "kind": "plh", "first_day": "2026-11-24"},
    )

    both = words(fitri.get(f"{PAGE}/tindakan").text)

    assert "Yang dapat mengerjakannya hari ini: Sekar. Hubungi dahulu" in alone
    assert "Yang dapat mengerjakannya hari ini: Sekar, Wati (Plh. Sekretaris). Hubungi" in both


def test_who_receives_is_named_with_the_post(office):
    office.bring_to_step(5)
    page = words(office.desk("kasim").get(f"{PAGE}/tindakan").text)
    assert "Yang dapat mengerjakannya hari ini: Hadi (Kepala Dinas)." in page


def test_a_scan_of_the_front_desk_in_mid_visit_leads_to_standing_in_too(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    panel = office.desk("fitri").post(
        "/pindai", {"code": "12", "nonce": str(uuid.uuid4())}, headers={"HX-Request": "true"}
    )
    assert "Tamu pulang lebih awal?" in words(panel.text)
    leads_to = link(panel.text, "Tamu belum pulang, Kasubbag UMPAR tidak di tempat")
    assert leads_to == f"{PAGE}/tindakan"


def test_standing_in_without_a_reason_is_sent_back(office):
    office.bring_to_step(3)

    answer = office.desk("fitri").post(f"{PAGE}/wakili", {"how": "skip", "reason": ""})

    assert answer.status_code == 422
    assert "Tulis alasannya" in words(answer.text)
    assert rows(office, VisitText, field="stand_in_reason") == []


def test_one_button_undoes_the_own_last_step_and_says_so(office):
    office.bring_to_step(3)
    assert "Urungkan langkah terakhir saya" in office.desk("kasim").get(PAGE).text

    office.desk("kasim").post(f"{PAGE}/urungkan")

    page = words(office.desk("kasim").get(PAGE).text)
    assert "Diurungkan. Kunjungan kembali ke keadaan sebelumnya" in page
    assert "Diurungkan , langkah 2 selesai pukul 09.04 WIB" in page
    assert kinds(office)[-1] == "undone"


def test_a_decision_that_is_undone_is_one_line_of_the_log(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    kasim = office.desk("kasim")
    kasim.post(f"{PAGE}/putusan", {"choice": "decline", "public_reason": "Mohon maaf."})

    kasim.post(f"{PAGE}/urungkan")

    assert kinds(office).count("undone") == 5
    page = words(kasim.get(PAGE).text)
    assert page.count("Diurungkan ,") == 1
    assert (
        "Diurungkan , langkah 2 selesai, tidak dapat diterima, langkah 3 dilewati, "
        "langkah 4 dilewati, langkah 5 dilewati pukul 09.04 WIB" in page
    )


def test_a_step_that_was_undone_is_none_of_those_done_today(office):
    office.bring_to_step(3)
    kasim = office.desk("kasim")
    assert "Baru saja saya kerjakan" in kasim.get("/meja").text

    kasim.post(f"{PAGE}/urungkan")

    assert "Baru saja saya kerjakan" not in kasim.get("/meja").text


def test_who_cannot_undo_is_told_why(office):
    office.bring_to_step(3)
    assert "Urungkan langkah terakhir saya" not in office.desk("sekar").get(PAGE).text

    office.desk("fitri").post(f"{PAGE}/urungkan")

    page = words(office.desk("fitri").get(PAGE).text)
    assert "Kunjungan sudah bergerak sesudah pindaian Anda" in page
    assert "undone" not in kinds(office)


def test_a_supervisor_puts_the_name_and_a_time_right_and_both_versions_show(office):
    office.bring_to_step(3)
    seq = row(office, StepEvent, step_key="purpose").seq
    sekar = office.desk("sekar")

    named = sekar.post(
        f"{PAGE}/perbaiki/tamu",
        {"name": "Tono Subekti", "origin": "perorangan", "reason": "Salah ketik."},
    )
    timed = sekar.post(
        f"{PAGE}/perbaiki/waktu",
        {"seq": str(seq), "right": "2026-11-24T09:03", "reason": "Terlambat memindai."},
    )

    assert (named.status_code, timed.status_code) == (303, 303), timed.text
    page = words(sekar.get(PAGE).text)
    assert "langkah 2 selesai: semula 09.04 WIB, seharusnya 09.03 WIB" in page
    assert "2 catatan diperbaiki" in page
    assert page.count("Nama: semula Tono, seharusnya Tono Subekti") == 2, "beside the data too"
    assert "<h1>Tono Subekti</h1>" in sekar.get(PAGE).text


def test_a_phone_put_right_is_masked_before_and_after(office):
    office.bring_to_step(3, phone="+6281234567890")

    office.desk("sekar").post(
        f"{PAGE}/perbaiki/tamu",
        {"name": "Tono", "origin": "perorangan", "phone": "0813 9876 5432", "reason": "Keliru."},
    )

    page = office.desk("sekar").get(PAGE).text
    assert "No. HP: semula 0812••••890, seharusnya 0813••••432" in words(page)
    assert ("81234567890" in page, "81398765432" in page) == (False, False)


def test_what_was_taken_by_word_is_completed_after_the_visit(office):
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    sent = {"name": "Tono", "origin": "perorangan", "position": "", "phone": "",
            "guest_kind": "dprd", "party_size": "3", "identity_kind": "ktp", "identity_shown": "1",
            "priority": "vip", "reason": "Tamu VIP, dilengkapi."}  # fmt: skip
    sekar = office.desk("sekar")

    sekar.post(f"{PAGE}/perbaiki/tamu", sent)
    sekar.post(f"{PAGE}/perbaiki/tamu", sent)

    visit = row(office, Visit)
    assert (visit.guest_kind, visit.party_size, visit.priority) == ("dprd", 3, "vip")
    page = words(sekar.get(PAGE).text)
    assert "Tidak ada yang berubah." in page
    assert "Jenis tamu: semula Umum, seharusnya DPRD" in page
    assert "Didahulukan: semula kosong, seharusnya Tamu VIP" in page
    assert "Jumlah orang: 1 orang menjadi 3 orang" in page
    assert "Identitas: semula kosong, seharusnya KTP" in page
    assert "Identitas ditunjukkan: semula belum, seharusnya sudah" in page
    assert "Identitas KTP, sudah ditunjukkan" in page


def test_a_wrong_time_is_sent_back_with_its_reason(office):
    office.bring_to_step(3)
    seq = row(office, StepEvent, step_key="purpose").seq

    answer = office.desk("sekar").post(
        f"{PAGE}/perbaiki/waktu",
        {"seq": str(seq), "right": "2026-11-24T08:00", "reason": "Keliru."},
    )

    assert answer.status_code == 409
    assert "Waktu itu mendahului langkah sebelumnya. Periksa jamnya." in words(answer.text)


def test_a_visit_closed_by_mistake_is_opened_again_by_a_supervisor(office):
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")

    answer = office.desk("sekar").post(f"{PAGE}/buka-lagi", {"reason": "Kartu tertukar."})

    assert answer.status_code == 303, answer.text
    assert "Kunjungan dibuka lagi" in words(office.desk("sekar").get(PAGE).text)
    assert "reopened" in kinds(office)
    desk = words(office.desk("fitri").get("/meja").text)
    said = "Kartunya tidak di tangan tamu: tutup kunjungan bila tamu sudah pulang."
    assert (said in desk, "pindai kartunya" in desk) == (True, False)


def test_a_visit_that_was_declined_by_mistake_goes_back_to_before_the_verdict(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    ask_to_come_again(office)
    office.clock.pass_time(minutes=30)
    office.scan("fitri", "12")
    sekar = office.desk("sekar")
    form = words(sekar.get(f"{PAGE}/perbaiki").text)

    sent = {"reason": "Salah tamu.", "back_to": "verdict"}
    answer = sekar.post(f"{PAGE}/buka-lagi", sent)

    assert "Sebelum diputuskan Putusan “Dijadwalkan ulang” ditarik" in form
    assert answer.status_code == 303, answer.text
    view = view_by_label(office.session, "1/2026")
    assert (view.step.key, view.progress.verdict, view.progress.outcome) == ("purpose", None, None)
    assert row(office, Appointment).dropped_at == office.clock()
    assert "Tono" in office.desk("kasim").get("/meja").text
    office.clock.pass_time(minutes=2)
    added = office.desk("fitri").scan("13", visit="1/2026", intent="add")["outcome"]
    assert (added, office.desk("kasim").scan("13")["outcome"]) == ("issued", "advanced")


def test_a_visit_closed_too_early_keeps_its_verdict_when_that_was_right(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    ask_to_come_again(office)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")

    sent = {"reason": "Kartu tertukar.", "back_to": "closing"}
    office.desk("sekar").post(f"{PAGE}/buka-lagi", sent)

    view = view_by_label(office.session, "1/2026")
    assert (view.step.key, view.progress.verdict) == ("return", "rescheduled")
    assert row(office, Appointment).dropped_at is None


def test_a_verdict_is_taken_back_while_the_badge_is_still_out(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    ask_to_come_again(office)
    office.clock.pass_time(minutes=30)
    sekar = office.desk("sekar")
    assert "Putusan “Dijadwalkan ulang” ditarik" in words(sekar.get(f"{PAGE}/perbaiki").text)
    sent = {"back_to": "verdict"}

    refused = [
        sekar.post(f"{PAGE}/buka-lagi", sent | {"reason": ""}).status_code,
        office.desk("fitri").post(f"{PAGE}/buka-lagi", sent | {"reason": "x"}).status_code,
    ]
    taken_back = sekar.post(f"{PAGE}/buka-lagi", sent | {"reason": "Salah tamu."})
    again = sekar.post(f"{PAGE}/buka-lagi", sent | {"reason": "Salah tamu."})

    assert (refused, taken_back.status_code, again.status_code) == ([422, 403], 303, 409)
    view = view_by_label(office.session, "1/2026")
    assert (view.step.key, view.progress.verdict, view.badges_out) == ("purpose", None, 1)
    assert "reopened" not in kinds(office)


def test_a_person_who_goes_away_lets_somebody_hold_the_post(office):
    wati = row(office, Person, username="wati").id
    office.bring_to_step(3)

    answer = office.desk("sekar").post(
        "/pengganti",
        {"post": "role:secretary", "deputy": str(wati), "kind": "plh", "first_day": "2026-11-24",
         "last_day": "2026-11-25"},
    )  # fmt: skip

    assert answer.status_code == 303, answer.text
    assert "Tono" in office.desk("wati").get("/meja").text
    assert "Wati Plh. Sekretaris" in words(office.desk("wati").get("/meja").text)
    scanned = office.desk("wati").scan("12", direction="Antar.", destination="1")
    assert scanned["outcome"] == "advanced"
    event = row(office, StepEvent, step_key="direction")
    assert (event.actor_name, event.actor_post, event.acting_role) == (
        "Wati", "Plh. Sekretaris", "secretary"
    )  # fmt: skip


def test_a_deputy_sees_the_desk_only_on_the_days_that_were_set(office):
    wati = row(office, Person, username="wati").id
    office.bring_to_step(3)
    office.desk("adi").post(
        "/pengganti",
        {"post": "role:secretary", "deputy": str(wati), "kind": "plt", "first_day": "2026-11-25"},
    )

    assert office.desk("wati").get("/meja").status_code == 403
    office.clock.pass_time(hours=15.5)
    assert office.sign_in("wati").get("/meja").status_code == 200

    office.sign_in("adi").post("/pengganti/1/akhiri")
    assert office.sign_in("wati").get("/meja").status_code == 403


def test_a_deputy_of_a_host_receives_under_that_post(office):
    wati = row(office, Person, username="wati").id
    office.desk("hadi").post(
        "/pengganti",
        {"post": "unit:1", "deputy": str(wati), "kind": "plh", "first_day": "2026-11-24"},
    )
    office.bring_to_step(5)
    office.clock.pass_time(minutes=2)

    page = office.desk("wati").get("/meja")
    assert page.status_code == 200
    assert "Tono" in page.text
    assert office.desk("wati").get("/buku-tamu").status_code == 403
    assert office.desk("wati").scan("12")["outcome"] == "started"
    event = row(office, StepEvent, kind="started")
    assert event.actor_post == "Plh. Kepala Dinas"


@pytest.mark.parametrize(
    ("username", "fields", "sentence"),
    [
        ("kasim", {"post": "role:secretary"}, "Jabatan itu bukan milik Anda."),
        ("sekar", {"deputy": "99"}, "Petugas itu tidak aktif."),
        ("sekar", {"last_day": "2026-11-23"}, "Tanggal akhir mendahului tanggal awal."),
        ("sekar", {"first_day": "besok"}, "Tulis tanggal seperti 24/11/2026."),
        ("sekar", {"last_day": "9999-12-31"}, "Tulis tanggal seperti 24/11/2026."),
        ("sekar", {"kind": "pj"}, "Pilih Plh. atau Plt."),
        ("sekar", {"deputy": "3"}, "Petugas itu memang memegang jabatan ini."),
    ],
)
def test_a_deputy_is_refused_with_a_sentence_and_nothing_is_set(office, username, fields, sentence):
    wati, sekar = (row(office, Person, username=name).id for name in ("wati", "sekar"))
    if fields.get("deputy") == "3":
        fields = {"deputy": str(sekar)}
    sent = {"post": "role:secretary", "deputy": str(wati), "kind": "plh", "first_day": "2026-11-24"}

    answer = office.desk(username).post("/pengganti", sent | fields)

    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert "Tidak ada pengganti" in words(office.desk("adi").get("/pengganti").text)


def test_receiving_guests_is_passed_on_for_a_unit_alone(office):
    wati = row(office, Person, username="wati").id
    adi = office.desk("adi")
    sent = {"deputy": str(wati), "kind": "plh", "first_day": "2026-11-24"}

    page = adi.get("/pengganti").text
    answer = adi.post("/pengganti", sent | {"post": "role:host"})

    assert ('value="role:host"' in page, 'value="unit:1"' in page) == (False, True)
    assert (answer.status_code, "Pilih jabatannya." in words(answer.text)) == (422, True)
    assert "Tidak ada pengganti" in words(adi.get("/pengganti").text)


def test_a_deputy_of_a_host_loses_the_desk_when_it_ends(office):
    wati = row(office, Person, username="wati").id
    office.desk("hadi").post(
        "/pengganti",
        {"post": "unit:1", "deputy": str(wati), "kind": "plh", "first_day": "2026-11-24"},
    )
    assert office.desk("wati").get("/meja").status_code == 200

    office.desk("hadi").post("/pengganti/1/akhiri")

    assert office.desk("wati").get("/meja").status_code == 403


def test_nobody_passes_on_a_post_they_hold_for_somebody_else(office):
    wati, kasim = (row(office, Person, username=name).id for name in ("wati", "kasim"))
    sent = {"post": "role:secretary", "kind": "plh", "first_day": "2026-11-24"}
    office.desk("sekar").post("/pengganti", sent | {"deputy": str(wati)})

    answer = office.desk("wati").post("/pengganti", sent | {"deputy": str(kasim)})

    assert answer.status_code == 422
    assert "Jabatan itu bukan milik Anda." in words(answer.text)


def test_a_message_for_a_host_who_is_away_shows_on_their_desk(office):
    office.bring_to_step(5)

    answer = office.desk("fitri").post(f"{PAGE}/pesan", {"message": "Mohon ditelepon kembali."})

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert "“Mohon ditelepon kembali.” Tono, perorangan." in words(
        office.desk("hadi").get("/meja").text
    )
    assert "Mohon ditelepon kembali." not in office.desk("sekar").get("/meja").text
    assert row(office, VisitText, field="message").actor_post == "Petugas Front Desk"


def test_a_message_leaves_the_desk_after_seven_days_and_stays_with_the_visit(office):
    office.bring_to_step(5)
    office.desk("fitri").post(f"{PAGE}/pesan", {"message": "Mohon ditelepon kembali."})
    office.clock.pass_time(hours=24 * 7 + 1)

    assert "Mohon ditelepon kembali." not in office.sign_in("hadi").get("/meja").text
    assert "Mohon ditelepon kembali." in office.sign_in("kasim").get(PAGE).text


def test_an_empty_message_is_sent_back(office):
    office.bring_to_step(5)

    answer = office.desk("fitri").post(f"{PAGE}/pesan", {"message": "  "})

    assert answer.status_code == 422
    assert "Tulis pesannya, paling banyak 500 huruf." in words(answer.text)


def test_the_summary_says_how_many_records_were_put_right(office):
    office.bring_to_step(3)
    seq = row(office, StepEvent, step_key="purpose").seq
    office.desk("sekar").post(
        f"{PAGE}/perbaiki/waktu",
        {"seq": str(seq), "right": "2026-11-24T09:03", "reason": "Terlambat memindai."},
    )

    page = words(office.desk("sekar").get("/ringkasan").text)

    said = "1 dari 1 kunjungan memuat catatan yang diperbaiki; angka di sini memakai yang benar."
    assert said in page
