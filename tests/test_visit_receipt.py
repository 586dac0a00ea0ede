"""Bukti kunjungan: what it says of a visit at each stage, and how it stands on the sheet."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from app.models.visit import Visit, Visitor, VisitText
from app.operations.transaction import write
from app.operations.visits import cancel_entry
from app.queries.visits import log_of, view_by_id, view_by_label
from app.receipt_facts import Receipt, ReceiptStep, receipt_of
from app.visit_receipt import render_receipt
from tests.support import pdf as paper
from tests.support.printed import HEAD, PRINTING, emblem

RECEIPT = Receipt(
    label="123/2026",
    facts=(
        ("Nama", "Tono"),
        ("Instansi/Alamat", "perorangan"),
        ("Jam masuk", "09.00 WIB"),
        ("Hasil", "Selesai"),
    ),
    steps=(ReceiptStep("Buku tamu", "09.00–09.02"), ReceiptStep("Keperluan", "09.02–09.04")),
    printing=PRINTING,
)
LEFT, RIGHT = 25.0, 20.0


def receipt(office, label):
    """The receipt of a visit as it stands."""
    session = office.session
    visit = view_by_label(session, label).visit
    with office.app.test_request_context():
        return receipt_of(view_by_id(session, visit.id), log_of(session, visit.id), PRINTING)


def test_a_whole_visit_is_told_from_arrival_to_leaving(office):
    label = office.bring_to_step(
        6, position="Ketua", origin="Koperasi Maju", party_size=3, purpose="Izin usaha"
    )
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    told = receipt(office, label)
    assert (told.label, told.facts) == (
        "1/2026",
        (
            ("Nama", "Tono"),
            ("Jabatan", "Ketua"),
            ("Instansi/Alamat", "Koperasi Maju"),
            ("Jumlah tamu", "3 orang"),
            ("Keperluan", "Izin usaha"),
            ("Bertemu dengan", "Kepala Dinas"),
            ("Diterima oleh", "Hadi, Kepala Dinas"),
            ("Hari, tanggal", "Selasa, 24 November 2026"),
            ("Jam masuk", "09.00 WIB"),
            ("Jam keluar", "09.14 WIB"),
            ("Hasil", "Selesai"),
        ),
    )
    assert [(step.title, step.when) for step in told.steps] == [
        ("Buku tamu dan tanda pengenal", "09.00–09.02"),
        ("Menanyakan keperluan", "09.02–09.04"),
        ("Memberi arahan", "09.04–09.06"),
        ("Mengantar ke tujuan", "09.06–09.08"),
        ("Menerima tamu", "09.10–09.12"),
        ("Tanda pengenal kembali", "09.12–09.14"),
    ]


def test_a_late_entry_does_not_say_who_received(office):
    label = office.bring_to_step(6)
    with office.app.app_context(), write() as session:
        session.execute(update(Visit).values(late_entry=True))
    facts = dict(receipt(office, label).facts)
    assert facts["Bertemu dengan"] == "Kepala Dinas"
    assert "Diterima oleh" not in facts


def test_an_open_visit_says_that_it_goes_on(office):
    facts = dict(receipt(office, office.bring_to_step(3)).facts)
    assert facts["Hasil"] == ("Kunjungan masih berlangsung saat bukti ini dicetak, pukul 08.15 WIB")
    assert not {"Jam keluar", "Bertemu dengan", "Diterima oleh"} & facts.keys()


def test_only_the_steps_that_were_begun_are_told(office):
    steps = receipt(office, office.bring_to_step(3)).steps
    assert [step.when for step in steps] == ["09.00–09.02", "09.02–09.04", "sedang berlangsung"]


def test_a_cancelled_entry_says_so_and_when(office):
    label = office.open_visit()
    officer = office.officer("fitri")
    office.clock.pass_time(minutes=5)
    with office.app.app_context():
        cancel_entry(label, reason="Urung", officer=officer, at=office.clock())
    told = receipt(office, label)
    assert dict(told.facts)["Hasil"] == "Batal"
    assert dict(told.facts)["Jam keluar"] == "09.05 WIB"
    assert told.steps == ()
    assert "Urung" not in str(told)


def test_a_visit_closed_early_tells_what_was_skipped_and_names_no_host(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12", outcome="completed_short", reason_text="Arahan lisan")
    told = receipt(office, label)
    assert dict(told.facts)["Hasil"] == "Selesai tanpa langkah lengkap"
    assert "Diterima oleh" not in dict(told.facts)
    assert {step.when for step in told.steps[2:5]} == {"dilewati"}
    assert "Arahan lisan" not in str(told)


def test_a_guest_received_unscanned_has_no_time_and_no_name_made_up(office):
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=20)
    office.scan("fitri", "12", confirmed=True)
    told = receipt(office, label)
    assert dict(told.facts)["Hasil"] == "Selesai"
    assert "Diterima oleh" not in dict(told.facts)
    assert told.steps[4].when == "jam tidak tercatat"


def test_a_visit_that_ended_another_day_says_which(office):
    label = office.bring_to_step(6)
    office.clock.pass_time(hours=23)
    office.scan("fitri", "12")
    assert dict(receipt(office, label).facts)["Jam keluar"] == "Rabu, 25 November 2026, 08.12 WIB"


def test_erased_words_are_a_dash(office):
    label = office.open_visit(position="Ketua", purpose="Izin")
    with office.app.app_context(), write() as session:
        gone = {"erased_at": office.clock()}
        session.execute(update(Visitor).values(name=None, origin=None, position=None, **gone))
        session.execute(update(VisitText).values(value=None, **gone))
    facts = dict(receipt(office, label).facts)
    assert [facts[name] for name in ("Nama", "Jabatan", "Instansi/Alamat", "Keperluan")] == [
        "–"
    ] * 4


def test_a_purpose_not_asked_yet_is_left_out(office):
    assert "Keperluan" not in dict(receipt(office, office.open_visit()).facts)


# --- The sheet ------------------------------------------------------------------------------------


def test_the_sheet_has_kop_title_facts_steps_and_signature():
    (text,) = paper.texts(render_receipt(RECEIPT, HEAD))
    assert text == (
        "PEMERINTAH PROVINSI KALIMANTAN BARAT DINAS KOPERASI, USAHA KECIL DAN MENENGAH "
        "Sub Bagian Umum dan Aparatur Jl. Sutan Syahrir, Pontianak "
        "Telepon (0561) 732000, Pos-el dinas@kalbarprov.go.id "
        "BUKTI KUNJUNGAN Nomor kunjungan 123/2026 "
        "Tamu berikut tercatat dalam buku tamu kantor kami: "
        "Nama : Tono Instansi/Alamat : perorangan Jam masuk : 09.00 WIB Hasil : Selesai "
        "No Langkah pelayanan Mulai–selesai 1 Buku tamu 09.00–09.02 2 Keperluan 09.02–09.04 "
        "Digunakan sebagai bukti kunjungan (visum SPPD) bila diperlukan. "
        "Pontianak, 1 Desember 2026 a.n. Kepala Dinas Sekretaris, Dra. Sekar Wulandari, M.Si. "
        "Pembina Tingkat I (IV/b) NIP. 19750101 200003 2 002 "
        "Dicetak 1 Desember 2026 pukul 08.15 WIB oleh Fitri, Petugas Front Desk. "
        "Halaman 1 dari 1"
    )


def test_without_steps_there_is_no_table():
    (text,) = paper.texts(render_receipt(replace(RECEIPT, steps=()), HEAD))
    assert "Langkah pelayanan" not in text


@pytest.mark.parametrize(("name", "size"), [("A4", (210, 297)), ("F4", (215, 330))])
def test_the_sheet_is_upright_and_as_large_as_the_office_s_paper(name, size):
    assert paper.sizes(render_receipt(RECEIPT, replace(HEAD, paper=name))) == [size]


@pytest.mark.parametrize("name", ["A4", "F4"])
@pytest.mark.parametrize("steps", [0, 6, 15])
@pytest.mark.parametrize("word", ["Tono", "W" * 160, "panjang sekali " * 30], ids=len)
def test_nothing_leaves_the_page_and_the_signature_stays_in_one_piece(name, steps, word):
    long = Receipt(
        label="123/2026",
        facts=tuple((f"Keterangan {at}", word) for at in range(11)),
        steps=tuple(ReceiptStep(word[:160], "jam tidak tercatat") for _ in range(steps)),
        printing=PRINTING,
    )
    pdf = render_receipt(long, replace(HEAD, paper=name, emblem=emblem()))
    for (width, height), page in zip(paper.sizes(pdf), paper.signs(pdf), strict=True):
        assert all(sign.left > LEFT - 0.5 and sign.right < width - RIGHT + 0.5 for sign in page)
        assert all(sign.top > 5 and sign.bottom < height - 5 for sign in page)
    texts = paper.texts(pdf)
    assert "Pontianak, 1 Desember 2026" in texts[-1]
    assert "NIP. 19750101 200003 2 002" in texts[-1]
    for number, text in enumerate(texts, start=1):
        assert f"Halaman {number} dari {len(texts)}" in text


def test_lines_do_not_stand_on_each_other():
    long = replace(RECEIPT, facts=(("Nama", "panjang sekali " * 20), ("Jabatan", "Ketua")))
    (page,) = paper.signs(render_receipt(long, HEAD))
    line = "".join(sign.text for sign in page)
    last = page[line.rindex("sekali")]
    following = page[line.index("Ketua")]
    assert following.top > last.bottom


def test_the_same_visit_gives_the_same_bytes():
    assert render_receipt(RECEIPT, HEAD) == render_receipt(RECEIPT, HEAD)
