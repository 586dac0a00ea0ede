"""The guest book on paper: what each page says, and that nothing leaves its place."""

import re
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from app.domain.period import Period, day_of
from app.guest_book_sheet import COLUMNS, SHARES, render_guest_book
from app.letterhead import Signer
from tests.support import pdf as paper
from tests.support.printed import BLANK_HEAD, HEAD, ROW, book, emblem, rows

HEADS = (
    "No Hari/ Tanggal Jam masuk Nama Jabatan Instansi/Alamat No. HP Bertemu dengan Keperluan "
    "No. tanda pengenal Jam keluar Tanda tangan Keterangan"
)
FOOT = (
    "Dicetak 1 Desember 2026 pukul 08.15 WIB oleh Fitri, Petugas Front Desk. "
    "Memuat data pribadi: hanya untuk keperluan dinas (UU 27/2022)."
)
LEFT, RIGHT = 15.0, 10.0
LONG = {
    "name": "Drs. H. Muhammad Syarifuddin bin Abdurrahman Al-Qadri Al-Haddad, S.H., M.M., Ph.D.",
    "position": "Kepala Bidang Kelembagaan, Pengawasan dan Pemberdayaan Koperasi " * 2,
    "origin": "Dinas Koperasi, Usaha Kecil, Menengah, Perindustrian dan Perdagangan " * 2,
    "phone": "+12345678901234",
    "host": "Kepala Bidang Pemberdayaan dan Pengembangan Usaha Kecil dan Menengah",
    "purpose": "Koordinasi program pelatihan kewirausahaan bagi pelaku UMKM. " * 8,
    "left": "25/11 08.10",
    "outcome": "Selesai tanpa langkah lengkap",
    "is_completed": False,
    "is_late_entry": True,
    "party_size": 999,
}
ENDLESS = dict.fromkeys(("name", "position", "origin", "host"), "W" * 120) | {"purpose": "W" * 500}


def sheet(*some_rows, head=HEAD, **kwargs):
    return render_guest_book(book(*some_rows, **kwargs), head)


def edges(page_width):
    """Where the columns begin and end, from their shares of the width."""
    x, scale = LEFT, (page_width - LEFT - RIGHT) / SHARES
    places = [x]
    for column in COLUMNS:
        x += column.share * scale
        places.append(x)
    return places


def test_the_columns_are_those_of_the_paper_book():
    (text,) = paper.texts(sheet(ROW))
    assert HEADS in text
    assert "Keterangan 1 2 3 4 5 6 7 8 9 10 11 12 13 1 Selasa, 24-11-2026" in text


def test_a_row_says_all_of_a_visit_in_the_order_of_the_columns():
    row = replace(ROW, position="Ketua", party_size=3, is_late_entry=True)
    (text,) = paper.texts(sheet(row))
    assert (
        "1 Selasa, 24-11-2026 09.00 Tono Ketua perorangan 0812-3456-7890 Kepala Dinas Izin usaha "
        "012 09.14 3 orang; Entri susulan"
    ) in text


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ({}, ""),
        ({"party_size": 12}, "12 orang"),
        ({"is_completed": False, "outcome": "Batal"}, "Batal"),
        ({"is_completed": False, "outcome": "Belum selesai", "left": ""}, "Belum selesai"),
        ({"is_late_entry": True}, "Entri susulan"),
        (
            {"party_size": 2, "is_completed": False, "outcome": "Batal", "is_late_entry": True},
            "2 orang; Batal; Entri susulan",
        ),
    ],
)
def test_the_remark_says_what_the_other_columns_do_not(words, remark):
    assert replace(ROW, **words).remark == remark


def test_erased_words_are_a_dash():
    erased = replace(ROW, name="–", position="–", origin="–", phone="–", purpose="–")
    (text,) = paper.texts(sheet(erased))
    assert "09.00 – – – – Kepala Dinas – 012 09.14" in text


def test_the_kop_stands_on_the_first_page_alone():
    first, *others = paper.texts(sheet(*rows(60)))
    assert first.startswith(
        "PEMERINTAH PROVINSI KALIMANTAN BARAT DINAS KOPERASI, USAHA KECIL DAN MENENGAH "
        "Sub Bagian Umum dan Aparatur Jl. Sutan Syahrir, Pontianak "
        "Telepon (0561) 732000, Pos-el dinas@kalbarprov.go.id BUKU TAMU Bulan November 2026 No"
    )
    assert others
    assert not [text for text in others if "PEMERINTAH" in text or "BUKU TAMU" in text]


def test_the_emblem_stands_left_of_the_kop_once():
    pdf = sheet(*rows(60), head=replace(HEAD, emblem=emblem()))
    assert paper.picture_count(pdf) == 1
    page = next(paper.pages(pdf, 50))
    kop = page[: round(34 / 25.4 * 50), : round(42 / 25.4 * 50)]
    assert (kop < 128).any()


@pytest.mark.parametrize(
    ("period", "covers"),
    [
        (Period(date(2026, 11, 1), date(2026, 11, 30)), "Bulan November 2026"),
        (day_of(date(2026, 11, 24)), "Tanggal 24 November 2026"),
        (Period(date(2026, 11, 2), date(2026, 11, 9)), "Tanggal 2–9 November 2026"),
        (
            Period(date(2025, 12, 1), date(2026, 11, 30)),
            "Tanggal 1 Desember 2025 – 30 November 2026",
        ),
    ],
)
def test_the_title_says_which_days(period, covers):
    (text,) = paper.texts(sheet(ROW, period=period))
    assert f"BUKU TAMU {covers} No" in text


def test_the_title_says_which_visits_when_not_all():
    (text,) = paper.texts(sheet(ROW, meanings=("Tujuan: Kepala Dinas", "Hasil: Selesai")))
    assert "Bulan November 2026 Tujuan: Kepala Dinas Hasil: Selesai No" in text


def test_every_page_repeats_the_heads_and_says_its_number_and_who_printed_it():
    texts = paper.texts(sheet(*rows(60)))
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert text.count(HEADS) == 1
        assert text.endswith(f"{FOOT} Halaman {number} dari {len(texts)}")


def test_every_row_is_printed_once_and_whole():
    pages = paper.texts(sheet(*rows(61, purpose=LONG["purpose"])))
    body = " ".join(pages)
    assert body.count("Selasa, 24-11-2026 09.00 Tono") == 61
    for text in pages:
        assert text.count("Selasa, 24-11-2026 09.00 Tono") == text.count("012 09.14")
    printed = re.findall(r"(\d+) Selasa, 24-11-2026", body)
    assert printed == [str(number) for number in range(1, 62)]


@pytest.mark.parametrize("count", range(9, 40))
def test_the_signature_is_whole_on_the_last_page_below_rows(count):
    pages = paper.texts(sheet(*rows(count)))
    block = (
        "Pontianak, 1 Desember 2026 a.n. Kepala Dinas Sekretaris, Dra. Sekar Wulandari, M.Si. "
        "Pembina Tingkat I (IV/b) NIP. 19750101 200003 2 002"
    )
    assert block in pages[-1]
    assert f"Jumlah: {count} kunjungan, {count} orang" in pages[-1]
    assert pages[-1].count("Tono") >= 2
    assert not [text for text in pages[:-1] if "Pontianak, 1 Desember" in text]


def test_the_sums_count_visits_and_people():
    many = rows(1200, party_size=2)
    assert "Jumlah: 1.200 kunjungan, 2.400 orang" in paper.texts(sheet(*many))[-1]


def test_the_sums_say_how_many_were_put_right():
    book_rows = [*rows(2), *rows(1, is_corrected=True)]
    said = "Jumlah: 3 kunjungan, 3 orang; 1 dari 3 kunjungan memuat catatan yang diperbaiki"
    assert said in paper.texts(sheet(*book_rows))[-1]
    assert "memuat catatan" not in paper.texts(sheet(*rows(2)))[-1]


def test_a_period_without_visits_says_so_above_the_signature():
    (text,) = paper.texts(sheet())
    assert "13 Tidak ada kunjungan pada rentang ini. Jumlah: 0 kunjungan, 0 orang" in text
    assert "Dra. Sekar Wulandari, M.Si." in text


def test_an_office_that_has_filled_in_nothing_gets_blanks_to_write_on():
    (text,) = paper.texts(sheet(ROW, head=BLANK_HEAD))
    assert text.startswith("X BUKU TAMU")
    assert "." * 20 + ", 1 Desember 2026 " + "." * 40 in text
    assert "NIP. " + "." * 20 in text


@pytest.mark.parametrize(("name", "size"), [("A4", (297, 210)), ("F4", (330, 215))])
def test_the_sheet_is_as_large_as_the_office_s_paper(name, size):
    pdf = sheet(*rows(40), head=replace(HEAD, paper=name))
    assert set(paper.sizes(pdf)) == {size}


@pytest.mark.parametrize("name", ["A4", "F4"])
@pytest.mark.parametrize("count", [1, 2, 12])
@pytest.mark.parametrize("words", [{}, LONG, ENDLESS], ids=["usual", "long", "endless"])
def test_no_word_leaves_its_column_or_the_page(words, count, name):
    pdf = sheet(*rows(count, **words), head=replace(HEAD, paper=name, emblem=emblem()))
    for (width, height), page in zip(paper.sizes(pdf), paper.signs(pdf), strict=True):
        columns = list(pairwise(edges(width)))
        heads = [sign for sign in page if sign.bottom < height]
        top = _table_top(page)
        bottom = _table_bottom(page, height)
        for sign in heads:
            assert 5 < sign.left < sign.right <= width - RIGHT + 0.2
            assert 5 < sign.top < sign.bottom < height - 5
            if not top < sign.top < bottom:
                continue
            middle = (sign.left + sign.right) / 2
            left, right = next(edge for edge in columns if edge[0] <= middle <= edge[1])
            assert left - 0.05 <= sign.left, f"{sign} begins before its column"
            assert sign.right <= right + 0.05, f"{sign} runs into the next column"


def _table_top(page):
    """Below the title: the row of the columns' numbers is the first thing of the table for sure."""
    line = "".join(sign.text for sign in page)
    at = line.index("12345678910111213")
    return page[at].top - 1


def _table_bottom(page, height):
    line = "".join(sign.text for sign in page)
    at = line.find("Jumlah:")
    return page[at].top - 0.5 if at >= 0 else height - 13


def test_rows_do_not_overlap():
    (page, *_) = paper.signs(sheet(*rows(6, **LONG)))
    line = "".join(sign.text for sign in page)
    starts = [page[match.start()].top for match in re.finditer("Selasa,", line)]
    remarks = [page[match.start()].bottom for match in re.finditer("susulan", line)]
    assert all(below > above for above, below in zip(remarks, starts[1:], strict=False))


def test_a_signer_with_a_long_post_stays_inside_the_page():
    titles = (
        "a.n. Kepala Dinas Koperasi, Usaha Kecil dan Menengah Provinsi Kalimantan Barat",
        "Plt. Kepala Sub Bagian Umum dan Aparatur Sekretariat Dinas Koperasi dan UKM,",
    )
    signer = Signer(titles, "Prof. Dr. " + "Syarifuddin " * 6, ("NIP. 1",), is_named=True)
    pdf = sheet(ROW, head=replace(HEAD, signer=signer))
    ((width, height),) = paper.sizes(pdf)
    (page,) = paper.signs(pdf)
    assert max(sign.right for sign in page) <= width - RIGHT + 0.2
    assert max(sign.bottom for sign in page) < height
    assert " ".join(titles) in paper.texts(pdf)[0]


def test_characters_that_the_typefaces_lack_do_not_stop_the_print():
    (text,) = paper.texts(sheet(replace(ROW, name="Łódź 東京 🙂", purpose="a\x00b\nc")))
    assert "Lódz ?? ?" in text


def test_the_same_rows_give_the_same_bytes():
    assert sheet(*rows(30)) == sheet(*rows(30))


def test_a_busy_month_is_printed_in_seconds():
    many = [replace(row, name=f"Tono {at}") for at, row in enumerate(rows(1700, **LONG))]
    started = time.process_time()
    sheet(*many)
    assert time.process_time() - started < 10
