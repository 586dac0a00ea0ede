"""Cetak dan ekspor: files of the guest book, receipts of visits, and who took them."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import update

from app.models.export import Export
from app.models.office import Emblem
from app.models.office import Office as OfficeRow
from app.models.person import Person
from app.models.visit import Visitor
from app.operations import exports
from app.operations.transaction import write
from tests.support import pdf as paper
from tests.support.printed import emblem
from tests.views.reading import count, form_to, link, row, rows, words

PAGE = "/buku-tamu/ekspor"
NOVEMBER = {"dari": "2026-11-01", "sampai": "2026-11-30"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def take(office, who="kasim", file_format="csv", **asked):
    return office.desk(who).post(PAGE, {**NOVEMBER, **asked, "format": file_format})


def lines(answer):
    """The rows of a CSV, each by its heads."""
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def receipt_of(office, who, label="1/2026"):
    number, year = label.split("/")
    return office.desk(who).post(f"/kunjungan/{year}/{number}/bukti.pdf")


@pytest.fixture
def house(office):
    """A visit that is over, one of October, one still open, and a unit of their own."""
    office.second = office.unit("Bidang Koperasi")
    office.clock.at = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
    office.open_visit("Oktober")
    office.clock.at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    office.bring_to_step(6, name="Siti Aminah", origin="Koperasi Maju", phone="+6281234567890",
                         position="Ketua", party_size=3)  # fmt: skip
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.clock.pass_time(minutes=6)
    office.open_visit("Udin", guest_kind="dprd", destination_id=office.second)
    return office


# --- The files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "adi"])
@pytest.mark.parametrize(
    ("file_format", "kind"),
    [("pdf", "application/pdf"), ("xlsx", XLSX), ("csv", "text/csv; charset=utf-8")],
)
def test_whoever_oversees_gets_each_file_under_its_month_s_name(house, who, file_format, kind):
    answer = take(house, who, file_format)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="buku-tamu-2026-11.{file_format}"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert row(house, Export).format == file_format


def test_the_csv_holds_the_month_s_visits_oldest_first_with_phones_in_full(house):
    told = lines(take(house))
    assert [line["Nama"] for line in told] == ["Siti Aminah", "Udin"]
    assert told[0] == {
        "No": "1", "Nomor kunjungan": "2/2026", "Hari": "Selasa", "Tanggal": "24/11/2026",
        "Jam masuk": "09.00", "Nama": "Siti Aminah", "Jabatan": "Ketua",
        "Instansi/Alamat": "Koperasi Maju", "No. HP": "0812-3456-7890",
        "Bertemu dengan": "Kepala Dinas", "Keperluan": "Izin usaha", "No. tanda pengenal": "012",
        "Jam keluar": "09.14", "Jenis tamu": "Umum", "Jumlah orang": "3", "Hasil": "Selesai",
        "Keterangan": "3 orang",
    }  # fmt: skip
    assert (told[1]["Hasil"], told[1]["Jam keluar"], told[1]["Keterangan"]) == (
        "Belum selesai",
        "",
        "Belum selesai",
    )


def test_the_workbook_says_who_took_it_and_which_visits_it_holds(house):
    answer = take(house, "sekar", "xlsx", tujuan=str(house.second))
    workbook = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert [cell.value for cell in workbook["Buku Tamu"]["F"]] == ["Nama", "Udin"]
    assert dict(workbook["Tentang berkas ini"].values) == {
        "Isi": "Buku tamu, Bulan November 2026",
        "Saringan": "Tujuan: Bidang Koperasi",
        "Jumlah": "1 kunjungan, 1 orang",
        "Diekspor oleh": "Sekar, Sekretaris",
        "Diekspor pada": "24 November 2026 pukul 09.20 WIB",
        "Perhatian": "Memuat data pribadi: hanya untuk keperluan dinas (UU 27/2022).",
    }


def test_the_pdf_follows_the_office_s_letterhead_and_paper(house):
    with house.app.app_context(), write() as session:
        session.execute(
            update(OfficeRow).values(
                government="Pemerintah Provinsi Kalimantan Barat", city="Pontianak", paper="F4",
                signer_name="Dra. Sekar", signer_post="Sekretaris", signer_capacity="an",
                signer_for="Kepala Dinas", signer_nip="197501012000032002",
            )
        )  # fmt: skip
        session.add(Emblem(id=1, png=emblem(), width=40, height=50, changed_at=house.clock()))
    pdf = take(house, "fitri", "pdf").data
    assert paper.sizes(pdf) == [(330, 215)]
    assert paper.picture_count(pdf) == 1
    (text,) = paper.texts(pdf)
    assert text.startswith("PEMERINTAH PROVINSI KALIMANTAN BARAT DINAS KOPERASI, USAHA KECIL")
    assert "1 Selasa, 24-11-2026 09.00 Siti Aminah Ketua Koperasi Maju 0812-3456-7890" in text
    assert "Pontianak, 24 November 2026 a.n. Kepala Dinas Sekretaris, Dra. Sekar NIP." in text
    assert "Dicetak 24 November 2026 pukul 09.20 WIB oleh Fitri, Petugas Front Desk." in text


def test_an_erased_guest_is_a_dash_in_every_file(house):
    with house.app.app_context(), write() as session:
        session.execute(
            update(Visitor)
            .where(Visitor.name == "Siti Aminah")
            .values(name=None, origin=None, position=None, phone=None, erased_at=house.clock())
        )
    told = lines(take(house))[0]
    assert [told[head] for head in ("Nama", "Jabatan", "Instansi/Alamat", "No. HP")] == ["–"] * 4
    (text,) = paper.texts(take(house, file_format="pdf").data)
    assert "09.00 – – – – Kepala Dinas" in text


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"dari": "2026-11-24", "sampai": "2026-11-24"}, "buku-tamu-2026-11-24"),
        ({"dari": "2026-11-02", "sampai": "2026-11-24"}, "buku-tamu-2026-11-02-sd-2026-11-24"),
        ({"dari": "2025-11-25", "sampai": "2026-11-24"}, "buku-tamu-2025-11-25-sd-2026-11-24"),
        ({"hasil": "open"}, "buku-tamu-2026-11-sebagian"),
    ],
)
def test_the_file_s_name_says_which_days_and_that_it_is_a_part(house, asked, name):
    disposition = take(house, **asked).headers["Content-Disposition"]
    assert disposition == f'attachment; filename="{name}.csv"'


FILTERED = {
    "outcome": ({"hasil": "open"}, ["Udin"]),
    "kind": ({"jenis": "umum"}, ["Siti Aminah"]),
    "hour": ({"jam": "9"}, ["Siti Aminah", "Udin"]),
    "step": ({"langkah": "purpose", "mutu": "on_time"}, ["Siti Aminah"]),
    "late": ({"mutu": "late"}, []),
    "any step on time": ({"mutu": "on_time"}, ["Siti Aminah"]),
    "free text, which never counts": ({"cari": "Udin"}, ["Siti Aminah", "Udin"]),
}


@pytest.mark.parametrize("name", FILTERED)
def test_a_file_holds_the_visits_that_fit_the_filters(house, name):
    asked, names = FILTERED[name]
    assert [line["Nama"] for line in lines(take(house, **asked))] == names
    assert row(house, Export).row_count == len(names)


# --- The record -----------------------------------------------------------------------------------


def test_who_took_what_is_recorded_in_codes_and_dates(house):
    take(house, "sekar", "xlsx", tujuan=str(house.second), hasil="open", cari="Udin")
    taken = row(house, Export)
    assert (taken.at, taken.actor_name, taken.actor_post) == (house.clock(), "Sekar", "Sekretaris")
    assert taken.actor_id == row(house, Person, username="sekar").id
    assert (taken.document, taken.format, taken.row_count, taken.visit_id) == (
        "guest_book",
        "xlsx",
        1,
        None,
    )
    assert (taken.first_on, taken.last_on) == (date(2026, 11, 1), date(2026, 11, 30))
    assert json.loads(taken.filters) == {"destination_id": house.second, "outcome": "open"}
    assert "Udin" not in taken.filters


def test_each_download_is_recorded_anew(house):
    take(house)
    take(house)
    assert [(one.row_count, one.format) for one in rows(house, Export)] == [(2, "csv")] * 2


def test_a_file_that_cannot_be_recorded_is_not_handed_out(house, monkeypatch):
    def fail():
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(exports, "write", fail)
    house.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = take(house)
    assert answer.status_code == 500
    assert b"Siti" not in answer.data
    assert count(house, Export) == 0


def test_the_page_lists_the_last_files_newest_first(house):
    take(house, "sekar", "xlsx", tujuan=str(house.second))
    house.clock.pass_time(minutes=1)
    take(house, "fitri", "pdf")
    house.clock.pass_time(minutes=1)
    receipt_of(house, "fitri", "2/2026")
    page = words(house.desk("adi").get(PAGE).text)
    assert (
        "24 Nov 2026, 09.22 Fitri Petugas Front Desk Bukti kunjungan 2/2026 PDF 1 "
        "24 Nov 2026, 09.21 Fitri Petugas Front Desk Buku tamu November 2026 PDF 2 "
        "24 Nov 2026, 09.20 Sekar Sekretaris Buku tamu November 2026; "
        "Tujuan: Bidang Koperasi Excel 1"
    ) in page


def test_the_page_lists_no_more_than_twenty(house):
    for _ in range(22):
        take(house)
    page = house.desk("kasim").get(PAGE).text
    assert page.partition("<tbody>")[2].count("<tr>") == 20


def test_before_the_first_file_the_page_says_so(office):
    page = words(office.desk("kasim").get(PAGE).text)
    assert "Belum ada berkas yang diunduh" in page
    assert count(office, Export) == 0


# --- The form -------------------------------------------------------------------------------------


def shown(page):
    return form_to(page, PAGE).data


def test_the_form_is_set_to_this_month_and_warns_of_personal_data(office):
    page = office.desk("kasim").get(PAGE).text
    form = form_to(page, PAGE)
    assert form.attributes["method"] == "post"
    assert "data-again" in form.attributes
    assert {name: form.data[name] for name in NOVEMBER} == NOVEMBER
    assert form.buttons == [("format", "pdf"), ("format", "xlsx"), ("format", "csv")]
    assert "cari" not in form.names
    assert "hanya untuk keperluan dinas" in words(page)
    assert "UU 27/2022" in words(page)
    assert "Setiap berkas dicatat" in words(page)


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("Bulan ini", "2026-11-01", "2026-11-30"),
        ("Bulan lalu", "2026-10-01", "2026-10-31"),
        ("September 2026", "2026-09-01", "2026-09-30"),
        ("Juni 2026", "2026-06-01", "2026-06-30"),
    ],
)
def test_a_month_is_one_click_away_with_the_filters_kept(office, label, first, last):
    kasim = office.desk("kasim")
    page = kasim.get(PAGE, query_string={"jenis": "dprd"}).text
    form = shown(kasim.get(link(page, label)).text)
    assert (form["dari"], form["sampai"], form["jenis"]) == (first, last, "dprd")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"dari": "2026-11-02"}, "2026-11-02", "2026-11-24"),
        ({"sampai": "2026-10-20"}, "2026-10-01", "2026-10-20"),
        ({"dari": "2026-10-01", "sampai": "2026-10-05"}, "2026-10-01", "2026-10-05"),
    ],
)
def test_an_address_from_the_register_fills_in_both_days(office, asked, first, last):
    form = shown(office.desk("kasim").get(PAGE, query_string=asked).text)
    assert (form["dari"], form["sampai"]) == (first, last)


def test_an_hour_from_the_summary_is_said_and_kept(office):
    page = office.desk("kasim").get(PAGE, query_string={"jam": "9"}).text
    assert shown(page)["jam"] == "9"
    assert "Hanya kunjungan yang masuk pukul 09.00–09.59." in words(page)


NO_DAY = "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026."
TOO_LONG = "Paling panjang satu tahun (366 hari) untuk satu berkas. Bagi menjadi beberapa berkas."
BAD = {
    "no first day": ({"dari": ""}, "f-dari", "Pilih tanggal awal."),
    "no last day": ({"sampai": ""}, "f-sampai", "Pilih tanggal akhir."),
    "no day": ({"dari": "31/11/2026"}, "f-dari", NO_DAY),
    "backwards": (
        {"dari": "2026-12-01"}, "f-sampai",
        "Tanggal akhir mendahului tanggal awal. Tukar keduanya, atau kosongkan salah satunya.",
    ),
    "too long": ({"dari": "2025-11-29"}, "f-sampai", TOO_LONG),
    "all of time": ({"dari": "2000-01-01", "sampai": "2100-12-31"}, "f-sampai", TOO_LONG),
    "no such destination": (
        {"tujuan": "99"}, "f-tujuan", "Tujuan itu tidak dikenal. Pilih dari daftar."
    ),
    "no such outcome": ({"hasil": "x"}, "f-hasil", "Hasil itu tidak dikenal. Pilih dari daftar."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_exported_says_why_and_keeps_what_was_chosen(house, name):
    asked, field, sentence = BAD[name]
    answer = take(house, jenis="dprd", **asked)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    match = re.search(rf'id="{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    assert words(match.group(1)) == sentence
    kept = {**NOVEMBER, "jenis": "dprd", **asked} | ({"tujuan": "", "hasil": ""})
    assert shown(answer.text).items() >= kept.items()
    assert count(house, Export) == 0


def test_a_whole_year_and_a_leap_year_fit_into_one_file(house):
    assert take(house, dari="2025-11-30").status_code == 200
    assert take(house, dari="2028-01-01", sampai="2028-12-31").status_code == 200
    assert [one.row_count for one in rows(house, Export)] == [3, 0]


@pytest.mark.parametrize("file_format", ["", "docx", "PDF", "pdf "])
def test_a_format_that_there_is_not_says_which_there_are(house, file_format):
    answer = take(house, file_format=file_format)
    assert answer.status_code == 422
    assert "Pilih bentuk berkas: PDF, Excel, atau CSV." in words(answer.text)
    assert count(house, Export) == 0


@pytest.mark.parametrize("who", ["hadi", "wati"])
def test_whoever_does_not_oversee_gets_no_file_and_no_list(house, who):
    assert take(house, who).status_code == 403
    assert house.desk(who).get(PAGE).status_code == 403
    assert count(house, Export) == 0


def test_a_form_without_its_token_is_refused(house):
    kasim = house.desk("kasim")
    answer = kasim.client.post(PAGE, data={**NOVEMBER, "format": "csv"})
    assert answer.status_code == 400
    assert count(house, Export) == 0


def test_a_file_is_never_made_by_following_a_link(house):
    answer = house.desk("kasim").get(PAGE, query_string={**NOVEMBER, "format": "csv"})
    assert answer.mimetype == "text/html"
    assert count(house, Export) == 0
    assert house.desk("kasim").get("/kunjungan/2026/2/bukti.pdf").status_code == 405


# --- Receipts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "adi"])
def test_a_receipt_is_made_from_the_visit_s_page_and_recorded(house, who):
    page = house.desk(who).get("/kunjungan/2026/2").text
    form = form_to(page, "/kunjungan/2026/2/bukti.pdf")
    answer = house.desk(who).post(form.action, form.data)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="bukti-kunjungan-2-2026.pdf"'
    )
    (text,) = paper.texts(answer.data)
    assert "BUKTI KUNJUNGAN Nomor kunjungan 2/2026" in text
    assert "Nama : Siti Aminah Jabatan : Ketua Instansi/Alamat : Koperasi Maju" in text
    taken = row(house, Export)
    assert (taken.document, taken.format, taken.visit_id, taken.row_count) == (
        "visit_receipt", "pdf", 2, 1
    )  # fmt: skip
    assert (taken.first_on, taken.filters) == (None, "{}")
    assert taken.actor_id == row(house, Person, username=who).id


def test_a_receipt_of_an_open_visit_says_so(house):
    (text,) = paper.texts(receipt_of(house, "fitri", "3/2026").data)
    assert "Hasil : Kunjungan masih berlangsung saat bukti ini dicetak, pukul 09.20 WIB" in text


@pytest.mark.parametrize("label", ["1/2026", "2/2026"])
def test_a_host_alone_makes_no_receipts_not_even_of_own_guests(house, label):
    assert receipt_of(house, "hadi", label).status_code == 403
    assert "bukti.pdf" not in house.desk("hadi").get("/kunjungan/2026/2").text
    assert count(house, Export) == 0


def test_a_receipt_of_no_visit_is_not_found(house):
    assert receipt_of(house, "fitri", "99/2026").status_code == 404
    assert count(house, Export) == 0


def test_a_receipt_without_a_token_is_refused(house):
    answer = house.desk("fitri").client.post("/kunjungan/2026/2/bukti.pdf")
    assert answer.status_code == 400
    assert count(house, Export) == 0
