"""The SOP on paper: every word, every symbol, the flow over pages, nothing beside the sheet."""

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from app.domain.sop_toml import parse_sop
from app.sop_drawing import Choice
from app.sop_files import BUNDLED
from app.sop_sheet import even_pages, render_sop
from tests.support import pdf as paper
from tests.support.sops import PERFORMERS, WORDS, sop_of

OWN_TEXT = (BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8")
OWN = parse_sop(OWN_TEXT)
COLUMNS = [1, 2, 3, 4, 3, 5, 5, 0, 4, 2, 2, 6, 4, 3, 1]
LONG = sop_of(COLUMNS, words=f"{WORDS} {WORDS}")
DECIDES = {"s4": [Choice("Ya", "s5"), Choice("Tidak", "s14"), Choice("Ulang", "s1")]}
MARGIN = 8  # millimetres that stay white on every side


def symbols(page):
    """How many symbols and arrowheads a page holds."""
    return Counter(kind for kind in map(kind_of, page) if kind)


def kind_of(drawn):
    corners = len(drawn.corners)
    if drawn.is_filled and not drawn.is_outlined:
        return "arrow" if corners == 4 else None
    if not (drawn.is_filled and drawn.is_outlined):
        return None
    if drawn.is_curved:
        return "capsule"
    if corners == 6:
        return "pentagon"
    return "box" if drawn.is_upright else "diamond"


def connectors(text):
    """The letters in a page's pentagons."""
    return set(re.findall(r"\b[A-Z]\b", text))


def squeezed(text):
    return "".join(text.split())


# --- The office's own SOP -------------------------------------------------------------------------


def test_every_word_of_the_office_is_on_it_as_the_office_wrote_it():
    identity, table = paper.texts(render_sop(OWN))

    for words in (
        "PEMERINTAH PROVINSI KALIMANTAN BARAT BARAT DINAS KOPERASI, USAHA KECIL DAN MENENGAH",
        "SEKRETARIAT SUB BAGIAN UMUM DAN APARATUR",
        "Nomor SOP 000.8/1619.10/DISKOPUKM.A",
        "Tanggal Pembuatan 31-Aug-23",
        "Tanggal Revisi Tanggal Efektif Disahkan oleh Nama SOP PELAYANAN TAMU",
        "Dasar Hukum Kualifikasi pelaksana 1. Minimal S1",
        "Peralatan/perengkapan 1. Tanda Pengenal Tamu 2. Buku Tamu 3. Alat Tulis Kantor",
        "4. Komputer Peringatan Jika SOP Pelayanan Tamu tidak dilaksanakan maka pelayanan tamu",
        "tidak akan terlaksana dengan baik",
        "Pencatatan dan pendataan 1. Buku tamu",
    ):
        assert words in identity
    for step in OWN.steps:
        assert step.activity in table
        for words in (step.requirement, step.standard, step.output):
            assert words in table


def test_the_head_names_the_columns_and_every_performer():
    _, table = paper.texts(render_sop(OWN))

    for head in ("No", "Aktifitas", "Pelaksana Kegiatan", "Mutu Baku", "Keterangan", "Kelengkapan",
                 "Waktu", "Output", "Petugas Front Desk", "Kasubbag UMPAR", "Sekretaris",
                 "Kepala Dinas"):  # fmt: skip
        assert head in table


def test_each_step_has_its_symbol_and_each_but_the_first_its_arrow():
    identity, table = map(symbols, paper.drawings(render_sop(OWN)))

    assert identity == {}
    assert table == {"capsule": 2, "box": 4, "arrow": 5}


@pytest.mark.parametrize(("size", "expected"), [("A4", (297, 210)), ("F4", (330, 215))])
def test_it_lies_across_the_paper_that_was_asked_for(size, expected):
    assert paper.sizes(render_sop(OWN, size)) == [expected, expected]


def test_each_page_says_which_it_is_and_whose_sop():
    texts = paper.texts(render_sop(OWN))

    for number, text in enumerate(texts, start=1):
        assert text.count(f"Halaman {number} dari 2") == 1
        assert text.startswith("SOP PELAYANAN TAMU")
        assert "Nomor SOP 000.8/1619.10/DISKOPUKM.A. Draf, belum disahkan" in text


@pytest.mark.parametrize(
    ("status", "approved_by", "mark"),
    [
        ("Draf, belum disahkan", "", "Draf, belum disahkan"),
        ("DRAF ke-2", "", "DRAF ke-2"),
        ("", "", "Draf, belum disahkan"),
        ("Berlaku", "", None),
        ("", "Kepala Dinas", None),
    ],
)
def test_it_is_stamped_until_somebody_has_signed(status, approved_by, mark):
    identity = f'name = "TAMU"\napproved_by = "{approved_by}"'
    texts = paper.texts(render_sop(sop_of([0, 1, 0], status=status, identity=identity)))

    assert ["draf" in text.lower() for text in texts] == [mark is not None] * len(texts)
    assert mark is None or all(mark in text for text in texts)


def test_the_same_sop_is_the_same_file():
    assert render_sop(OWN) == render_sop(parse_sop(OWN_TEXT))


def test_a_short_sop_fits_on_one_sheet():
    text, *others = paper.texts(render_sop(sop_of([0, 1, 0])))

    assert others == []
    assert "Halaman 1 dari 1" in text
    assert "Dasar Hukum" in text
    assert "Kegiatan 3" in text


# --- Several pages --------------------------------------------------------------------------------


def test_the_table_goes_on_over_pages_with_its_head_on_each():
    _, *tables = paper.texts(render_sop(LONG))

    assert len(tables) > 1
    for text in tables:
        for head in ("Aktivitas", "Pelaksana", "Mutu Baku", "Keterangan", *PERFORMERS):
            assert head in text


def test_no_step_is_split_between_pages_and_none_is_lost():
    tables = paper.texts(render_sop(LONG))[1:]

    for step in LONG.steps:
        holding = [text for text in tables if step.activity in text]
        assert len(holding) == 1
        assert f"Syarat {step.number}" in holding[0]
        assert f"Hasil {step.number}" in holding[0]


def test_where_the_flow_crosses_pages_the_same_letter_stands_on_both():
    tables = paper.texts(render_sop(LONG))[1:]

    for number, (text, following) in enumerate(pairwise(tables), start=2):
        assert f"Berlanjut ke halaman {number + 1}" in text
        assert f"Lanjutan dari halaman {number}" in following
        assert len(connectors(text) & connectors(following)) == 1


def test_every_symbol_is_drawn_once_and_each_break_has_two_pentagons():
    pages = list(map(symbols, paper.drawings(render_sop(LONG))))
    total, breaks = sum(pages, Counter()), len(pages) - 2

    assert total == {"capsule": 2, "box": 13, "pentagon": 2 * breaks, "arrow": 14 + breaks}


def test_ways_that_run_far_get_connectors_of_their_own():
    pages = list(map(symbols, paper.drawings(render_sop(LONG, choices=DECIDES))))
    texts = paper.texts(render_sop(LONG, choices=DECIDES))

    assert sum(pages, Counter())["diamond"] == 1
    assert sum(pages, Counter())["capsule"] == 2
    assert pages[1]["pentagon"] >= 2
    for way in ("Ya", "Tidak", "Ulang"):
        assert sum(text.split().count(way) for text in texts) == 1
    for text, following in pairwise(texts[1:]):
        assert connectors(text) & connectors(following)


def test_pages_are_about_equally_full_and_hold_every_row_in_order():
    heights = [20.0] * 11
    pages = even_pages(heights, 100, 10)

    assert [row for page in pages for row in page] == list(range(11))
    assert [len(page) for page in pages] == [4, 3, 4]


def test_a_row_as_high_as_a_page_has_one_to_itself():
    assert even_pages([90.0, 90.0, 90.0], 100, 10) == (range(1), range(1, 2), range(2, 3))


# --- Whatever an office writes --------------------------------------------------------------------

STRANGE = {
    "own": OWN,
    "long": LONG,
    "eight performers": sop_of(COLUMNS, words=WORDS),
    "fifteen performers": sop_of(range(15), performers=[f"Kepala Bidang {at}" for at in range(15)]),
    "long names": sop_of([0, 1, 0], performers=["Penanggungjawab " * 6, "Sub Bagian " * 9]),
    "one endless word": sop_of([0, 1, 2, 0], words="Wwmmww" * 60),
    "a whole book": sop_of([0, 1, 0], words=f"{WORDS} " * 40),
    "a long name": sop_of([0, 1, 0], identity=f'name = "{WORDS * 3}"\nnumber = "{"1/" * 90}"'),
    "a long legal basis": sop_of(
        [0, 1, 0], identity=f'name = "T"\nlegal_basis = {["Undang-Undang " + WORDS] * 24}'
    ),
    "no identity": sop_of([0, 1, 0], identity=""),
    "beyond Latin-1": sop_of([0, 1, 0], words="“Satu” 東京 🙂 → Łódź"),
}  # fmt: skip


@pytest.mark.parametrize("size", ["A4", "F4"])
@pytest.mark.parametrize("sop", STRANGE.values(), ids=STRANGE)
def test_nothing_comes_near_the_edge_of_the_sheet(sop, size):
    dpi = 60
    edge = int(MARGIN / 25.4 * dpi)
    for page in paper.pages(render_sop(sop, size), dpi):
        inside = np.zeros_like(page, dtype=bool)
        inside[edge:-edge, edge:-edge] = True
        assert page[~inside].min() == 255
        assert page.min() < 100


@pytest.mark.parametrize("name", ["eight performers", "fifteen performers", "long names"])
def test_no_performer_s_name_is_cut_short(name):
    sop = STRANGE[name]
    for text in paper.texts(render_sop(sop))[-1:]:
        for performer in sop.performers:
            assert squeezed(performer.name) in squeezed(text)


@pytest.mark.parametrize("name", ["one endless word", "a whole book", "a long legal basis"])
def test_no_long_text_is_cut_short(name):
    sop = STRANGE[name]
    whole = squeezed(" ".join(paper.texts(render_sop(sop))))
    for step in sop.steps:
        assert squeezed(step.activity) in whole
    for entry in sop.identity.get("legal_basis", []):
        assert whole.count(squeezed(entry)) == 24
