"""The guest book as Excel and CSV, read back: kinds of cells, and no guest's word as a formula."""

import csv
import io
from dataclasses import replace
from datetime import datetime, time
from unicodedata import category, normalize

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.spreadsheet import render_csv, render_xlsx
from tests.support.printed import ROW, book, rows

HEADS = [
    "No", "Nomor kunjungan", "Hari", "Tanggal", "Jam masuk", "Nama", "Jabatan", "Instansi/Alamat",
    "No. HP", "Bertemu dengan", "Keperluan", "No. tanda pengenal", "Jam keluar", "Jenis tamu",
    "Jumlah orang", "Hasil", "Keterangan",
]  # fmt: skip
TUESDAY = datetime(2026, 11, 24)  # noqa: DTZ001  a spreadsheet knows no zones
WORDS = ("name", "position", "origin", "host", "purpose")
AT = {"name": 5, "position": 6, "origin": 7, "host": 9, "purpose": 10}
FORMULAS = [
    "=1+1",
    "+62 812",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","klik")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "   =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "\x1f=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1+1",
    "﹣1",
    "−1",
    "⁺1",
    "\u3000 ＝1+1",
    '"=1+1',
    "';=1+1",
    "x;=1+1",
    "x,=1+1",
    'x"\n=1+1',
]
STARTS = set("=+-−@")
UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def of_csv(*some_rows):
    """The cells of the CSV as a spreadsheet would split them."""
    text = render_csv(book(*some_rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def of_xlsx(*some_rows, **kwargs):
    """The workbook as it is read again."""
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(book(*some_rows, **kwargs))))


def begins_a_formula(text):
    """Whether a spreadsheet may take it for one, also behind what cannot be seen."""
    seen = [sign for sign in normalize("NFKC", text) if category(sign) not in UNSEEN]
    return bool(seen) and seen[0] in STARTS


# --- Excel ----------------------------------------------------------------------------------------


def test_the_workbook_has_the_rows_and_says_what_they_are():
    workbook = of_xlsx(*rows(2), meanings=("Tujuan: Kepala Dinas", "Hasil: Selesai"))
    assert workbook.sheetnames == ["Buku Tamu", "Tentang berkas ini"]
    assert [cell.value for cell in workbook["Buku Tamu"][1]] == HEADS
    assert list(workbook["Tentang berkas ini"].values) == [
        ("Isi", "Buku tamu, Bulan November 2026"),
        ("Saringan", "Tujuan: Kepala Dinas; Hasil: Selesai"),
        ("Jumlah", "2 kunjungan, 2 orang"),
        ("Diekspor oleh", "Fitri, Petugas Front Desk"),
        ("Diekspor pada", "1 Desember 2026 pukul 08.15 WIB"),
        ("Perhatian", "Memuat data pribadi: hanya untuk keperluan dinas (UU 27/2022)."),
    ]


def test_the_workbook_says_how_many_were_put_right():
    about = dict(of_xlsx(*rows(2), *rows(1, is_corrected=True))["Tentang berkas ini"].values)
    assert about["Diperbaiki"] == "1 dari 3 kunjungan memuat catatan yang diperbaiki"


def test_the_heads_are_bold_and_stay_in_sight():
    sheet = of_xlsx(ROW)["Buku Tamu"]
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert [sheet.column_dimensions[letter].width > 20 for letter in "FHK"] == [True] * 3


def test_dates_and_times_are_real_and_numbers_with_zeros_are_text():
    row = replace(ROW, phone="0812-3456-7890", party_size=3, badge="012")
    cells = of_xlsx(row)["Buku Tamu"][2]
    assert [cell.value for cell in cells] == [
        1, "1/2026", "Selasa", TUESDAY, time(9, 0), "Tono", None, "perorangan",
        "0812-3456-7890", "Kepala Dinas", "Izin usaha", "012", "09.14", "Umum", 3, "Selesai",
        "3 orang",
    ]  # fmt: skip
    kinds = {head: cell.data_type for head, cell in zip(HEADS, cells, strict=True)}
    assert {head for head, kind in kinds.items() if kind == "d"} == {"Tanggal", "Jam masuk"}
    assert cells[3].number_format == "dd/mm/yyyy"
    assert (cells[8].data_type, cells[8].number_format) == ("s", "@")
    assert (cells[11].data_type, cells[11].number_format) == ("s", "@")


@pytest.mark.parametrize("word", FORMULAS, ids=ascii)
def test_a_formula_is_text_in_excel_to_the_letter(word):
    cells = of_xlsx(replace(ROW, **dict.fromkeys(WORDS, word)))["Buku Tamu"][2]
    for name in WORDS:
        cell = cells[AT[name]]
        assert (cell.data_type, cell.hyperlink) == ("s", None)
        assert cell.quotePrefix
        if word.isprintable():
            assert cell.value == word


@pytest.mark.parametrize(
    "word", ["https://x.example", "mailto:a@b.example", "internal:Sheet2!A1", "012", "1E5", "TRUE"]
)
def test_no_word_becomes_a_link_or_a_number(word):
    workbook = of_xlsx(replace(ROW, name=word))
    cell = workbook["Buku Tamu"][2][AT["name"]]
    assert (cell.value, cell.data_type, cell.hyperlink) == (word, "s", None)


def test_an_empty_book_is_a_workbook_too():
    assert [row[0] for row in of_xlsx()["Buku Tamu"].values] == ["No"]


def test_a_text_longer_than_a_cell_is_cut_not_lost():
    value = of_xlsx(replace(ROW, purpose="x" * 40_000))["Buku Tamu"][2][AT["purpose"]].value
    assert value == "x" * 32_000


# --- CSV ------------------------------------------------------------------------------------------


def test_the_csv_is_as_indonesian_excel_reads_it():
    raw = render_csv(book(replace(ROW, name="Siti; “Oma”", purpose='kata "Siap"')))
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert lines[0] == ";".join(f'"{head}"' for head in HEADS)
    assert lines[1] == (
        '"1";"1/2026";"Selasa";"24/11/2026";"09.00";"Siti; “Oma”";"";"perorangan";'
        '"0812-3456-7890";"Kepala Dinas";"kata ""Siap""";"012";"09.14";"Umum";"1";"Selesai";""'
    )
    assert lines[2:] == [""]


def test_a_text_of_several_lines_is_one_line_in_the_csv():
    _, cells = of_csv(replace(ROW, purpose="Rapat\r\nanggota\n\ntahunan"))
    assert cells[AT["purpose"]] == "Rapat anggota tahunan"


@pytest.mark.parametrize("word", FORMULAS, ids=ascii)
def test_no_cell_of_the_csv_begins_a_formula(word):
    _, cells = of_csv(replace(ROW, **dict.fromkeys(WORDS, word)))
    assert len(cells) == len(HEADS)
    assert not [cell for cell in cells if begins_a_formula(cell)]
    if begins_a_formula(word):
        assert cells[AT["name"]].startswith("'")


def test_what_is_no_formula_stays_as_it_is():
    words = ["Tono", "O'Neil", "100%", "(a)", "– x", "1-2", "a=b", "#1", "Jl. A + B"]
    cells = [line[AT["name"]] for line in of_csv(*(replace(ROW, name=word) for word in words))]
    assert cells[1:] == words


def test_a_foreign_phone_number_stays_readable_and_harmless():
    _, cells = of_csv(replace(ROW, phone="+6581234567"))
    assert cells[8] == "'+6581234567"


# --- Whatever is typed ----------------------------------------------------------------------------

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40)
NASTY = st.builds(
    "".join,
    st.lists(
        st.sampled_from(
            ["=", "＝", "+", "-", "@", " ", "\t", "\r", "\n", "\u200b", ";", '"', "'", "x"]
        ),
        max_size=8,
    ),
)


@given(name=ANYTHING | NASTY, origin=ANYTHING | NASTY, purpose=ANYTHING | NASTY)
@settings(max_examples=150)
def test_whatever_is_typed_no_cell_is_ever_a_formula(name, origin, purpose):
    row = replace(ROW, name=name, origin=origin, purpose=purpose)
    lines = of_csv(row, row)
    assert [len(line) for line in lines] == [len(HEADS)] * 3
    assert not [cell for line in lines for cell in line if begins_a_formula(cell)]
    cells = of_xlsx(row)["Buku Tamu"][2]
    assert {cells[AT[word]].data_type for word in WORDS} <= {"s", "n"}
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    for word, typed in (("name", name), ("origin", origin), ("purpose", purpose)):
        assert isinstance(cells[AT[word]].value, str) or not typed
