"""SOP: the office's words as it wrote them, the flow in words, and the steps as they go today."""

import re

import pypdfium2
import pytest

from app import create_app
from app.operations.people import NewPerson, add_person
from app.sop_files import BUNDLED
from app.startup import prepare_database
from tests.cast import MORNING, PASSWORD, Office, copy_instance
from tests.support.sops import PERFORMERS, WORDS, sop_text
from tests.views.reading import link, statements, words

HTMX = {"HX-Request": "true"}

# The office's document as it stands, typing errors included.
IDENTITY = (
    "PEMERINTAH PROVINSI KALIMANTAN BARAT BARAT DINAS KOPERASI, USAHA KECIL DAN MENENGAH "
    "SEKRETARIAT SUB BAGIAN UMUM DAN APARATUR "
    "Nomor SOP 000.8/1619.10/DISKOPUKM.A Tanggal Pembuatan 31-Aug-23 Tanggal Revisi belum diisi "
    "Tanggal Efektif belum diisi Disahkan oleh belum diisi Nama SOP PELAYANAN TAMU "
    "Dasar Hukum belum diisi Kualifikasi pelaksana 1. Minimal S1 "
    "Keterkaitan belum diisi Peralatan/perengkapan 1. Tanda Pengenal Tamu 2. Buku Tamu "
    "3. Alat Tulis Kantor 4. Komputer "
    "Peringatan Jika SOP Pelayanan Tamu tidak dilaksanakan maka pelayanan tamu tidak akan "
    "terlaksana dengan baik Pencatatan dan pendataan 1. Buku tamu"
)
HEAD = (
    "No Aktifitas Pelaksana Kegiatan Mutu Baku Keterangan Petugas Front Desk Kasubbag UMPAR "
    "Sekretaris Kepala Dinas Kelengkapan Waktu Output"
)
INFORMATION = "Informasi mengenai identitas dan keperluan tamu"
ROWS = [
    ["1", ("Mempersilahkan tamu untuk mengisi buku tamu dan meminta identitas serta memberikan "
     "tanda pengenal tamu dan melaporkan kepada Kasubbag Umpar mengenai keberadaan tamu"),
     "Mulai, Petugas Front Desk, lalu ke Kasubbag UMPAR, langkah 2", "", "", "",
     "Tanda Pengenal", "5 menit", "Data tamu", ""],
    ["2", ("Menerima laporan dan menanyakan maksud dan tujuan tamu serta memberikan penjelasan "
     "singkat kepada tamu dan melaporkan kepada Sekretaris"),
     "", "Proses, Kasubbag UMPAR, lalu ke Sekretaris, langkah 3", "", "",
     "Data keperluan bertamu", "5 menit", INFORMATION, ""],
    ["3", ("Menerima laporan dan memberikan arahan kepada kasubbag umpar untuk memfasilitasi tamu "
     "sesuai keperluan"),
     "", "", "Proses, Sekretaris, lalu ke Kasubbag UMPAR, langkah 4", "",
     INFORMATION, "5 menit", INFORMATION, ""],
    ["4", "Mengarahkan tamu kepada tujuan (Kepala Dinas) sesuai keperluan tamu",
     "", "Proses, Kasubbag UMPAR, lalu ke Kepala Dinas, langkah 5", "", "",
     "Arahan Sekretaris", "5 menit", INFORMATION, ""],
    ["5", "Menerima Tamu (sesuai keperluan)",
     "", "", "", "Proses, Kepala Dinas, lalu ke Petugas Front Desk, langkah 6",
     "Arahan Sekretaris", "Sesuai kebutuhan", INFORMATION, ""],
    ["6", ("Melaporkan kepada Staf Front Desk bahwa keperluan telah selesai dan mengembalikan "
     "tanda pengenal"),
     "Selesai, Petugas Front Desk", "", "", "",
     "", "5 Menit", "Kunjungan Tamu telah selesai", ""],
]  # fmt: skip


def table_of(page):
    """The cells of the table's rows in words, without what phones repeat."""
    page = re.sub(r'<span class="phone-only".*?</span>', "", page, flags=re.DOTALL)
    page = re.sub(r"<text\b.*?</text>", "", page)
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    return [
        [words(cell) for _, cell in re.findall(r"<(t[hd])\b[^>]*>(.*?)</\1>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


def today(office, username="kasim", **headers):
    """Step by step: who is there now, and the day's figures."""
    page = office.desk(username).get("/sop/hari-ini", headers=headers).text
    return {row[0]: row[-7:] for row in table_of(page)}


def lede(office):
    page = office.desk("kasim").get("/sop/hari-ini").text
    return words(re.search(r'<p class="lede live-lede">(.*?)</p>', page, re.DOTALL)[1])


# --- The SOP as the office wrote it ---------------------------------------------------------------


def test_every_word_stands_as_the_office_wrote_it(office):
    page = office.desk("kasim").get("/sop").text

    assert IDENTITY in words(page)
    assert HEAD in words(page)
    assert table_of(page) == ROWS


def test_empty_fields_are_blank_to_the_eye(office):
    page = office.desk("kasim").get("/sop").text
    facts = re.findall(r"<dt>(Tanggal Revisi|Disahkan oleh)</dt><dd>(.*?)</dd>", page)

    assert facts == [
        (label, '<span class="visually-hidden">belum diisi</span>')
        for label in ("Tanggal Revisi", "Disahkan oleh")
    ]
    assert '<td data-label="Keterangan"></td>' in page


def test_it_is_marked_as_a_draft_until_it_is_signed(office):
    page = office.desk("kasim").get("/sop").text
    assert "SOP PELAYANAN TAMU Draf, belum disahkan PDF A4 PDF F4 Naskah Hari ini" in words(page)


def test_the_table_can_be_scrolled_with_the_keyboard_and_has_a_name(office):
    page = office.desk("kasim").get("/sop").text

    assert (
        '<div class="sop-scroll" tabindex="0" role="region" aria-label="Tabel langkah SOP">' in page
    )
    assert page.count('scope="colgroup"') == 2
    assert len(re.findall(r'<th scope="row">', page)) == 6


def test_on_a_phone_each_step_names_its_performer(office):
    page = office.desk("kasim").get("/sop").text
    said = re.findall(r'<span class="phone-only" aria-hidden="true"> · (.*?)</span>', page)

    assert said == ["Petugas Front Desk", "Kasubbag UMPAR", "Sekretaris", "Kasubbag UMPAR",
                    "Kepala Dinas", "Petugas Front Desk"]  # fmt: skip
    labels = re.findall(r'data-label="(\w+)"', page)
    assert labels == ["Kelengkapan", "Waktu", "Output", "Keterangan"] * 6


def test_the_drawing_needs_no_style_of_its_own(office):
    for url in ("/sop", "/sop/hari-ini"):
        page = office.desk("kasim").get(url).text
        assert " style=" not in page
        assert len(re.findall(r'<rect class="flow-shape"', page)) == 6
        assert len(re.findall(r'<polygon class="flow-arrow"', page)) == 5


@pytest.mark.parametrize("username", ["fitri", "kasim", "sekar", "hadi", "adi"])
def test_whoever_has_a_role_may_read_it(office, username):
    desk = office.desk(username)
    assert table_of(desk.get("/sop").text) == ROWS
    assert len(table_of(desk.get("/sop/hari-ini").text)) == 6
    assert desk.get("/sop.pdf").data.startswith(b"%PDF-")


def test_whoever_has_no_role_may_not(office):
    for url in ("/sop", "/sop/hari-ini", "/sop.pdf"):
        page = office.desk("wati").get(url)
        assert page.status_code == 403
        assert "Akun Anda belum diberi peran" in page.text
        assert "000.8/1619.10" not in page.text


# --- On paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "size", "name"),
    [
        ("", (842, 595), "sop-pelayanan-tamu-a4.pdf"),
        ("?kertas=a4", (842, 595), "sop-pelayanan-tamu-a4.pdf"),
        ("?kertas=F4", (935, 609), "sop-pelayanan-tamu-f4.pdf"),
    ],
)
def test_the_sheet_comes_on_the_paper_that_was_asked_for(office, asked, size, name):
    answer = office.desk("kasim").get(f"/sop.pdf{asked}")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    document = pypdfium2.PdfDocument(answer.data)
    assert [tuple(round(side) for side in page.get_size()) for page in document] == [size, size]
    document.close()


def test_the_sheet_comes_on_the_offices_own_paper_when_none_was_asked_for(office):
    office.desk("adi").post("/kantor", {"section": "paper", "paper": "F4"})
    answer = office.desk("kasim").get("/sop.pdf")
    named = 'inline; filename="sop-pelayanan-tamu-f4.pdf"'
    assert answer.headers["Content-Disposition"] == named


def test_there_is_no_other_paper(office):
    answer = office.desk("kasim").get("/sop.pdf?kertas=a5")
    assert (answer.status_code, "Halaman tidak ditemukan" in answer.text) == (404, True)


def test_the_page_leads_to_both_sheets_and_the_other_view(office):
    page = office.desk("kasim").get("/sop").text

    assert [link(page, label) for label in ("PDF A4", "PDF F4", "Naskah", "Hari ini")] == [
        "/sop.pdf?kertas=a4", "/sop.pdf?kertas=f4", "/sop", "/sop/hari-ini"
    ]  # fmt: skip


# --- Today ----------------------------------------------------------------------------------------

NOBODY = "kosong"


def test_without_guests_every_step_is_empty_and_nothing_is_measured(office):
    assert today(office) == {
        number: [NOBODY, "0", *(["–", "–"] if number == "5" else ["0", "0"]), "0", "–", "–"]
        for number in "123456"
    }
    assert lede(office) == "Selasa, 24 November 2026: 0 kunjungan (0 orang) sedang berjalan."


@pytest.mark.parametrize("step", range(1, 7))
def test_a_guest_is_counted_at_the_step_where_the_visit_stands(office, step):
    office.bring_to_step(step, party_size=3)

    expected = {str(number): NOBODY for number in range(1, 7)}
    expected[str(step)] = "1 kunjungan, 3 orang"
    assert {number: row[0] for number, row in today(office).items()} == expected
    assert lede(office).endswith("1 kunjungan (3 orang) sedang berjalan.")


def test_guests_at_the_same_step_are_added_up_and_drawn_in_its_symbol(office):
    office.bring_to_step(3, badge="1", party_size=4)
    office.bring_to_step(3, badge="2")
    office.bring_to_step(5, badge="3")
    page = office.desk("kasim").get("/sop/hari-ini").text

    assert {number: row[0] for number, row in today(office).items() if row[0] != NOBODY} == {
        "3": "2 kunjungan, 5 orang",
        "5": "1 kunjungan, 1 orang",
    }
    assert re.findall(r'<text class="flow-count"[^>]*>(\d+)</text>', page) == ["2", "1"]


def test_a_guest_who_is_received_still_stands_at_that_step_and_one_who_left_at_none(office):
    office.bring_to_step(5)
    office.scan("hadi", "12")
    assert today(office)["5"][0] == "1 kunjungan, 1 orang"
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    assert {row[0] for row in today(office).values()} == {NOBODY}


def test_the_day_shows_how_each_step_kept_its_standard(office):
    office.bring_to_step(3, badge="1")  # two minutes a step
    office.clock.pass_time(minutes=5, seconds=1)
    office.scan("sekar", "1", direction="Antar.", destination_id=1)
    office.bring_to_step(6, badge="2")
    office.clock.pass_time(minutes=1)
    office.scan("fitri", "2")
    shown = today(office)

    # terukur, tepat waktu, terlambat, tidak terukur, % tepat, median
    assert shown["1"][1:] == ["2", "2", "0", "0", "100,0 %", "2:00"]
    assert shown["3"][1:] == ["2", "1", "1", "0", "50,0 %", "2:00"]
    assert shown["5"][1:] == ["1", "–", "–", "0", "–", "2:00"]
    assert shown["6"][1:] == ["1", "1", "0", "0", "100,0 %", "1:00"]


def test_a_step_that_nobody_scanned_is_counted_as_not_measured(office):
    office.bring_to_step(5)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=9)
    office.scan("fitri", "12")

    assert today(office)["6"][1:] == ["0", "0", "0", "1", "–", "–"]


def test_yesterday_is_not_today(office):
    office.bring_to_step(2)
    office.clock.pass_time(hours=24)
    shown = {number: row[1] for number, row in today_of_new_session(office).items()}

    assert set(shown.values()) == {"0"}


def today_of_new_session(office):
    desk = office.sign_in("kasim")
    return {row[0]: row[-7:] for row in table_of(desk.get("/sop/hari-ini").text)}


# --- Live -----------------------------------------------------------------------------------------


def poll_of(page):
    return re.search(r'hx-get="(/sop/hari-ini\?v=[^"]+)" hx-trigger="every 2s', page)[1]


def test_the_live_part_is_sent_again_only_when_something_has_changed(office):
    desk = office.desk("kasim")
    url = poll_of(desk.get("/sop/hari-ini").text)
    unchanged = desk.get(url, headers=HTMX)
    assert (unchanged.status_code, unchanged.data) == (204, b"")

    office.bring_to_step(2)
    changed = desk.get(url, headers=HTMX)
    assert changed.text.lstrip().startswith('<div id="today"')
    assert "<html" not in changed.text
    assert "1 kunjungan, 1 orang" in words(changed.text)
    assert poll_of(changed.text) != url


def test_it_is_sent_again_when_the_day_is_over(office):
    url = poll_of(office.desk("kasim").get("/sop/hari-ini").text)
    office.clock.pass_time(hours=15)  # midnight
    answer = office.sign_in("kasim").get(url, headers=HTMX)

    assert "Rabu, 25 November 2026" in words(answer.text)


def test_the_document_itself_asks_for_nothing(office):
    assert "hx-get" not in office.desk("kasim").get("/sop").text


def test_many_guests_cost_no_more_statements(office):
    desk = office.desk("kasim")
    desk.get("/sop/hari-ini")
    office.bring_to_step(3, badge="1")
    with statements(office.app) as few:
        desk.get("/sop/hari-ini")
    for badge in range(2, 8):
        office.bring_to_step(3, badge=str(badge))
    with statements(office.app) as many:
        desk.get("/sop/hari-ini")

    assert len(many) == len(few)


# --- Another office's SOP -------------------------------------------------------------------------

COLUMNS = [1, 2, 3, 4, 3, 5, 5, 0, 4, 2, 2, 6, 4, 3, 1]


@pytest.fixture
def other(template, tmp_path, clock):
    """Fifteen steps by seven of eight performers; Satpam Gatot keeps the guest book."""
    instance = copy_instance(template, tmp_path / "lain")
    begun = Office(create_app({"INSTANCE": instance, "NOW": clock}), clock)
    begun.bring_to_step(2, party_size=2)
    begun.close()
    (instance / "sop").mkdir()
    (instance / "sop" / "lain.toml").write_text(sop_text(COLUMNS, words=WORDS), encoding="utf-8")
    app = create_app({"INSTANCE": instance, "NOW": clock})
    prepare_database(app)
    office = Office(app, clock)
    with app.app_context():
        add_person(NewPerson("Gatot", "gatot", PASSWORD, frozenset({"p1"})), at=MORNING)
    yield office
    office.close()


def test_another_sop_has_its_own_performers_and_all_its_steps(other):
    page = other.desk("gatot").get("/sop").text

    rows = table_of(page)
    assert [row[0] for row in rows] == [str(number) for number in range(1, 16)]
    for row, column in zip(rows, COLUMNS, strict=True):
        told = row[2:10]
        assert [bool(cell) for cell in told] == [at == column for at in range(8)]
        assert PERFORMERS[column] in told[column]
    assert words(page).count("Draf") == 0
    assert "SOP PENERIMAAN TAMU Berlaku" in words(page)
    assert "Peralatan/perlengkapan" in words(page)
    assert "No Aktivitas Pelaksana Mutu Baku Keterangan" in words(page)


def test_guests_of_the_earlier_sop_are_told_apart(other):
    page = words(other.desk("gatot").get("/sop/hari-ini").text)

    assert (
        "0 kunjungan (0 orang) sedang berjalan. 1 kunjungan lain (2 orang) masih mengikuti "
        "SOP sebelumnya." in page
    )


def test_guests_of_the_other_sop_are_counted_at_its_steps(other):
    entry = {"name": "Tono", "origin": "perorangan", "party_size": "4"}
    assert other.desk("gatot").post("/buku-tamu/baru", entry).status_code == 303
    assert today(other, "gatot")["1"][0] == "1 kunjungan, 4 orang"
    other.clock.pass_time(minutes=1)
    other.scan("gatot", "7")

    shown = today(other, "gatot")
    assert (shown["1"][0], shown["2"][0]) == (NOBODY, "1 kunjungan, 4 orang")
    assert shown["1"][1:] == ["0", "0", "0", "1", "–", "–"], "nobody knows when the form was opened"


def test_the_bundled_file_holds_the_words_that_are_shown():
    body = (BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8")
    for row in ROWS:
        assert f'activity = "{row[1]}"' in body


def test_what_the_app_has_added_is_drawn_when_asked_for_and_marked(office):
    own = office.desk("kasim").get("/sop").text
    added = office.desk("kasim").get("/sop?tambahan=1").text

    diamond = '<polygon class="flow-shape"'
    assert (own.count(diamond), added.count(diamond)) == (0, 4)
    assert added.count('<span class="sop-added">Tambahan aplikasi</span>') == 4
    assert "tidak dapat diterima, dijadwalkan ulang" in words(added)
    assert added.count(">Ya /</text>") == 1
    assert "Keputusan, Kepala Dinas; Ya / Tidak: lalu ke Petugas Front Desk, langkah 6" in words(
        added
    )
