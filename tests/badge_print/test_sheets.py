"""Every product as paper: codes read, quiet zones stay white, pieces lie where they are cut."""

import io
import re
import tracemalloc
from itertools import groupby
from itertools import product as product_of
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from app.badge_print.parts import Picture, Shape, Words
from app.badge_print.products import PRODUCTS, product
from app.badge_print.sheets import (
    Imprint,
    Job,
    crop_marks,
    face_of,
    pages,
    render,
    sheet_count,
)
from app.badge_print.weave import CAPITALS, TILE_HEIGHT
from app.paper import MM_PER_POINT
from app.qr import modules, new_code, payload
from app.queries.badges import PrintedBadge
from tests.support import pdf as paper

OFFICE = "Dinas Koperasi, Usaha Kecil dan Menengah Provinsi Kalimantan Barat"
OFFICES = {
    "usual": OFFICE,
    "one letter": "X",
    "longer than its room": "Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokrasi "
    "Republik Indonesia, Sekretariat Deputi Bidang Pelayanan Publik, Asisten Deputi Koordinasi",
    "one endless word": "Wwmmww" * 40,
    "beyond Latin-1": "Kantor “Dua–Satu” ’n Łódź — 東京 🙂 → Pusat\n\tData",
}
USUAL = "https://tamu.kantor.lan"
ADDRESSES = (
    "",
    USUAL,
    "https://192.168.100.200:8443",
    "https://pelayanan-tamu.dinas-koperasi.kalimantan-barat.example",
)
KINDS = ("general", "group", "vip", "provider")
LEAST = {"card": 30, "lanyard": 30, "label": 25}
by_product = pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.code)
at_dpi = pytest.mark.parametrize("dpi", [150, 300])


def badges(count, first=1):
    return [
        PrintedBadge(number, new_code(), "available", KINDS[number % 4])
        for number in range(first, first + count)
    ]


def emblem():
    file = io.BytesIO()
    Image.new("RGB", (200, 240), (30, 120, 60)).save(file, "PNG")
    return file.getvalue()


def codes_on(page):
    return zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)


def ink_box(page, code):
    """The exact bounds of the symbol's ink: what is dark from its corners to the first gap."""
    corners = (code.position.top_left, code.position.bottom_right)
    (x0, y0), (x1, y1) = ((corner.x, corner.y) for corner in corners)
    slack = round((x1 - x0) / len(modules(code.text)) * 2)
    part = page[y0 - slack : y1 + slack + 1, x0 - slack : x1 + slack + 1] < 128
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    top, left = y0 - slack + rows[0], x0 - slack + columns[0]
    return left, top, columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1


def shows(printed, url):
    return sorted(payload(badge.code, url) for badge in printed)


@at_dpi
@pytest.mark.parametrize("url", ADDRESSES[:2])
@by_product
def test_every_code_on_both_sides_reads_and_no_other(one, url, dpi):
    job = Job(badges(one.places + 1), one, start=one.places - 1, is_double=True)
    seen = list(paper.pages(render(job, Imprint(OFFICE, url, emblem())), dpi))
    planned = list(pages(job))

    assert len(seen) == len(planned)
    for page, plan in zip(seen, planned, strict=True):
        expected = shows([badge for badge, _ in plan.placed], url)
        assert sorted(code.text for code in codes_on(page)) == expected


def looks():
    """Each product with each name, each time with another address."""
    for (at, one), (shift, name) in product_of(enumerate(PRODUCTS), enumerate(OFFICES)):
        url = ADDRESSES[(at + shift) % len(ADDRESSES)]
        yield pytest.param(one, OFFICES[name], url, id=f"{one.code}-{name}-{url or 'no address'}")


@at_dpi
@pytest.mark.parametrize(("one", "office", "url"), list(looks()))
def test_codes_are_large_and_nothing_touches_their_quiet_zone(one, office, url, dpi):
    printed = badges(min(one.places, 4), first=998)  # three digits and four
    imprint = Imprint(office, url, emblem() if url else None)
    for page, found in zip(
        paper.pages(render(Job(printed, one), imprint), dpi),
        [printed] if one.page else [[badge] for badge in printed],
        strict=True,
    ):
        codes = codes_on(page)
        assert sorted(code.text for code in codes) == shows(found, url)
        assert {code.ec_level for code in codes} == {"M"}
        for code in codes:
            left, top, width, height = ink_box(page, code)
            assert min(width, height) / dpi * 25.4 >= LEAST[one.layout]
            quiet = int(4 * width / len(modules(code.text)))
            assert min(left, top) >= quiet
            zone = page[top - quiet : top + height + quiet, left - quiet : left + width + quiet]
            assert zone.shape == (height + 2 * quiet, width + 2 * quiet), "cut by the page's edge"
            zone, edge = zone.copy(), quiet - 1  # the outermost dots are half covered
            zone[edge : edge + height + 2, edge : edge + width + 2] = 255
            assert zone.min() >= 250, f"ink in the quiet zone of {code.text}"


@pytest.mark.parametrize("url", ADDRESSES)
@by_product
def test_a_code_and_its_quiet_zone_lie_inside_the_piece_planned_for_its_badge(one, url):
    dpi = 150
    job = Job(badges(one.places + 1), one, start=one.places // 2, is_double=True)
    for page, plan in zip(
        paper.pages(render(job, Imprint(OFFICE, url)), dpi), pages(job), strict=True
    ):
        corners = {payload(badge.code, url): corner for badge, corner in plan.placed}
        for code in codes_on(page):
            left, top, width, height = (side / dpi * 25.4 for side in ink_box(page, code))
            quiet = 4 * width / len(modules(code.text)) - 0.2  # less a dot's rounding
            x, y = left - corners[code.text][0], top - corners[code.text][1]
            assert quiet <= x <= one.item[0] - width - quiet
            assert quiet <= y <= one.item[1] - height - quiet


@pytest.mark.parametrize("has_emblem", [False, True])
@by_product
def test_each_piece_says_office_number_guest_kind_and_code(one, has_emblem):
    printed = badges(4, first=11)
    imprint = Imprint(OFFICE, USUAL, emblem() if has_emblem else None)
    text = " ".join(paper.texts(render(Job(printed, one), imprint)))

    assert text.count(OFFICE) == 4
    assert text.count("TAMU") == 4
    assert text.lower().count("erahkan kembali") == 4
    for badge, word in zip(printed, ("PENYEDIA", "UMUM", "ROMBONGAN", "VIP"), strict=True):
        code = " ".join("".join(four) for four in zip(*[iter(badge.code)] * 4, strict=True))
        assert text.count(code) == 1
        assert text.count(f"{badge.number:03}") >= 1
        assert text.count(word) == 1


@pytest.mark.parametrize("url", ADDRESSES[:2])
@by_product
def test_an_emblem_leaves_the_usual_name_readable(one, url):
    parts = face_of(badges(1)[0], one, Imprint(OFFICE, url, b"emblem"))
    names = [part for part in parts if isinstance(part, Words) and part.text in OFFICE]
    assert " ".join(part.text for part in names) == OFFICE
    has_emblem = any(isinstance(part, Picture) for part in parts)
    assert has_emblem == (one.code != "label-62")
    assert min(part.size for part in names) >= (5.5 if has_emblem else 5.25)


@pytest.mark.parametrize("one", [p for p in PRODUCTS if p.places > 1], ids=lambda one: one.code)
def test_a_sheet_begins_at_any_place_and_leaves_those_before_it_white(one):
    for start in range(one.places):
        (page,) = pages(Job(badges(1), one, start=start))
        assert [corner for _, corner in page.placed] == [one.corner(start)]
    assert sheet_count(Job(badges(one.places), one, start=1)) == 2
    assert sheet_count(Job([], one)) == 0


@pytest.mark.parametrize("one", [p for p in PRODUCTS if p.sides > 1], ids=lambda one: one.code)
def test_both_sides_of_a_badge_meet_when_the_sheet_turns_over_its_long_edge(one):
    job = Job(badges(one.places + 1), one, start=1, is_double=True)
    for _, sides in groupby(pages(job), key=lambda page: page.index):
        front, back = sides
        assert (front.is_back, back.is_back) == (False, True)
        for (badge, (x, y)), (same, (mirrored, y_back)) in zip(
            front.placed, back.placed, strict=True
        ):
            assert badge == same
            assert y == y_back
            assert mirrored == pytest.approx(one.paper[0] - one.item[0] - x)


def test_labels_have_one_side_only():
    job = Job(badges(3), product("label-62"), is_double=True)
    assert [page.is_back for page in pages(job)] == [False] * 3


@by_product
def test_pages_have_their_size_and_are_all_vector(one):
    pdf = render(Job(badges(1), one), Imprint("X", ""))
    assert paper.sizes(pdf) == [tuple(map(round, one.paper))]
    assert paper.picture_count(pdf) == 0


@pytest.mark.parametrize("one", [p for p in PRODUCTS if p.page], ids=lambda one: one.code)
def test_the_check_line_is_50_mm_long(one):
    dpi = 600
    (page,) = paper.pages(render(Job(badges(1), one), Imprint("X", "")), dpi)
    middle = one.paper[1] - 7 if one.has_margin else one.paper[1] / 2
    row = page[round(middle / 25.4 * dpi)] < 128
    runs = [len(list(cells)) for is_dark, cells in groupby(row) if is_dark]

    assert max(runs) / 600 * 25.4 == pytest.approx(50.2, abs=0.1)  # half a line's width each side


@pytest.mark.parametrize("code", ["gantung-a4", "gantung-f4"])
def test_no_words_of_the_sheet_stand_on_a_lanyard_badge(code):
    (text,) = paper.texts(render(Job(badges(1), product(code)), Imprint("X", USUAL)))
    assert ("Garis ini harus tepat 50 mm." in text) is product(code).has_margin


@pytest.mark.parametrize("has_emblem", [False, True])
def test_a_lanyard_badge_is_even_on_both_sides_and_its_bands_mirror_each_other(has_emblem):
    one = product("gantung-a4")
    imprint = Imprint(OFFICE, USUAL, b"emblem" if has_emblem else None)
    parts = face_of(badges(1)[0], one, imprint)
    named = [part for part in parts if isinstance(part, Words) and part.text in OFFICE]
    emblems = [part for part in parts if isinstance(part, Picture)]
    left = min(part.x for part in (*named, *emblems))
    right = max(part.x + part.width for part in named)
    assert left == pytest.approx(one.item[0] - right)
    assert len(emblems) == has_emblem
    bands = [part for part in parts if isinstance(part, Shape) and part.unit == 0.5]
    for upper, lower in zip(bands[:2], bands[2:], strict=True):
        turned = {
            (x, TILE_HEIGHT - y - height, width, height) for x, y, width, height in upper.boxes
        }
        assert turned == set(lower.boxes)


@pytest.mark.parametrize(("url", "is_warned"), [("", True), (USUAL, False)])
def test_without_an_address_the_sheet_says_that_a_phone_cannot_open_the_code(url, is_warned):
    (text,) = paper.texts(render(Job(badges(2), PRODUCTS[0]), Imprint("X", url)))
    assert ("kamera bawaan ponsel tidak akan membukanya" in text) is is_warned


def test_the_sheet_says_what_it_is_and_how_to_print_it():
    job = Job(badges(11, first=11), PRODUCTS[0], is_double=True)
    first, back, second, _ = paper.texts(render(job, Imprint("X", "")))
    told = "Tanda pengenal tamu 011–020, lembar 1 dari 2"
    assert f"{told}. Cetak 100 %, kertas doff (tidak mengilap)." in first
    assert f"{told}, sisi belakang." in back
    assert "Tanda pengenal tamu 021, lembar 2 dari 2." in second
    assert "Garis ini harus tepat 50 mm." in first


@pytest.mark.parametrize("one", PRODUCTS[:3:2], ids=lambda one: one.code)
def test_a_name_too_long_ends_in_an_ellipsis(one):
    (text,) = paper.texts(render(Job(badges(1), one), Imprint("Kementerian Negara " * 40, "")))
    assert "…" in text


def test_the_same_badges_give_the_same_bytes():
    job, imprint = Job(badges(3), PRODUCTS[0], is_double=True), Imprint("X", "", emblem())
    assert render(job, imprint) == render(job, imprint)


def peak_of(count):
    tracemalloc.start()
    try:
        render(Job(badges(count), PRODUCTS[0]), Imprint(OFFICE, USUAL))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_each_further_badge_costs_a_few_kilobytes_of_memory():
    peak_of(10)  # what is loaded once
    assert (peak_of(90) - peak_of(40)) / 50 < 12 * 1024  # 1,000 badges: less than 12 MB


def resident(most=False):
    """What this process holds in memory, or has held at most since its peak was forgotten."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    name = "VmHWM" if most else "VmRSS"
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024


def test_a_thousand_badges_on_both_sides_are_printed_in_little_memory():
    printed, before = badges(1000), resident()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    pdf = render(Job(printed, PRODUCTS[0], is_double=True), Imprint(OFFICE, USUAL))
    grown = resident(most=True) - before

    assert paper.sizes(pdf) == [(210, 297)] * 200
    assert grown < 48 * 1024**2
    assert len(pdf) < 5 * 1024**2


def test_a_symbol_is_made_without_trying_every_mask(monkeypatch):
    tried = []
    monkeypatch.setattr("qrcode.util.lost_point", tried.append)
    modules(payload(new_code(), USUAL))
    assert tried == []


@by_product
def test_each_badge_of_a_demo_says_so(one):
    imprint = Imprint(OFFICE, USUAL, emblem(), mark="DEMO, data rekaan")
    text = " ".join(paper.texts(render(Job(badges(2), one), imprint)))
    assert text.count("DEMO, data rekaan: Dinas Koperasi") == 2
    (page,) = paper.pages(render(Job(badges(1), one), imprint), 300)
    assert len(codes_on(page)) == 1
    assert "DEMO" not in " ".join(paper.texts(render(Job(badges(1), one), Imprint(OFFICE, USUAL))))


@pytest.mark.parametrize("one", [p for p in PRODUCTS if p.page], ids=lambda one: one.code)
def test_every_cut_is_marked_and_no_mark_stands_on_a_piece(one):
    strokes = list(crop_marks(one))
    assert {x for x, _, x2, _ in strokes if x == x2} == {
        one.left + column * one.item[0] for column in range(one.columns + 1)
    }
    assert {y for _, y, _, y2 in strokes if y == y2} == {
        one.top + row * one.item[1] for row in range(one.rows + 1)
    }
    for place in range(one.places):
        left, top = one.corner(place)
        for x1, y1, x2, y2 in strokes:
            is_inside = (
                left + 0.01 < max(x1, x2)
                and min(x1, x2) < left + one.item[0] - 0.01
                and top + 0.01 < max(y1, y2)
                and min(y1, y2) < top + one.item[1] - 0.01
            )
            assert not is_inside
    (page,) = paper.pages(render(Job(badges(1), one, start=one.places - 1), Imprint("X", "")), 600)
    for x1, y1, x2, y2 in strokes:
        x, y = round((x1 + x2) / 2 / 25.4 * 600), round((y1 + y2) / 2 / 25.4 * 600)
        if 2 < x < page.shape[1] - 2 and 2 < y < page.shape[0] - 2:
            assert page[y - 2 : y + 3, x - 2 : x + 3].min() < 128


@by_product
def test_the_number_is_high_enough_to_be_read_from_afar(one):
    parts = face_of(badges(1, first=123)[0], one, Imprint(OFFICE, USUAL, b"emblem"))
    (number,) = [part for part in parts if isinstance(part, Words) and part.text == "123"]
    height = number.size * MM_PER_POINT * CAPITALS
    assert height >= {"card": 15, "lanyard": 15, "label": 8}[one.layout]
