"""The wall sheet: a page for each desk, its address in print and as a code that reads."""

import pytest
import zxingcpp

from app.badge_print.wall import Wall, render_wall
from app.qr import modules
from tests.badge_print.test_sheets import ink_box
from tests.support import pdf as paper

DESKS = ("Petugas Front Desk", "Kasubbag Umum, Kepegawaian, Perlengkapan dan Rumah Tangga Kantor")
ADDRESS = "https://tamu.dinas-koperasi.lan:8443"


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize(("size", "sheet"), [("A4", (210, 297)), ("F4", (215, 330))])
def test_each_desk_has_a_page_whose_code_opens_the_app(size, sheet, dpi):
    pdf = render_wall(DESKS, Wall("Dinas Koperasi " * 8, ADDRESS, size))
    assert paper.sizes(pdf) == [sheet] * 2
    for desk, page, text in zip(DESKS, paper.pages(pdf, dpi), paper.texts(pdf), strict=True):
        (code,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
        assert (code.text, code.ec_level) == (ADDRESS.upper(), "M")
        for words in (
            "Pindai di sini",
            desk,
            "Buka alamat ini, masuk, lalu tekan Pindai:",
            ADDRESS,
        ):
            assert words in text


def test_no_word_leaves_the_sheet():
    pdf = render_wall(["Panjang " * 20], Wall("W" * 300, ADDRESS, "A4"))
    for sign in paper.signs(pdf)[0]:
        assert sign.left >= 10
        assert sign.right <= 200


def height_of(desk: str) -> float:
    """How high the first letter of the desk's name is on its sheet."""
    (signs,) = paper.signs(render_wall([desk], Wall("Dinas", ADDRESS, "F4")))
    printed = "".join(sign.text for sign in signs)
    first = signs[printed.index(desk.split(maxsplit=1)[0])]
    return first.bottom - first.top


def test_a_long_name_goes_on_in_a_second_line_instead_of_becoming_small():
    short, long = map(height_of, ("Kepala Dinas", DESKS[1]))
    assert long >= 0.7 * short


@pytest.mark.parametrize("size", ["A4", "F4"])
@pytest.mark.parametrize("office", ["Dinas Koperasi", "Dinas Koperasi " * 8])
@pytest.mark.parametrize("desk", DESKS)
def test_what_is_left_of_a_sheet_is_shared_between_its_blocks(size, office, desk):
    pdf = render_wall([desk], Wall(office, ADDRESS, size))
    (signs,) = paper.signs(pdf)
    ((_, height),) = paper.sizes(pdf)
    assert min(sign.top for sign in signs) >= 22
    assert max(sign.bottom for sign in signs) <= height - 22
    above, below = min(sign.top for sign in signs), height - max(sign.bottom for sign in signs)
    assert abs(above - below) < 4


def test_a_demo_says_so_on_every_sheet():
    pdf = render_wall(DESKS, Wall("Dinas", ADDRESS, "A4", mark="DEMO, data rekaan"))
    assert ["DEMO, data rekaan" in text for text in paper.texts(pdf)] == [True, True]


@pytest.mark.parametrize("size", ["A4", "F4"])
def test_nothing_touches_the_quiet_zone_of_its_code(size):
    dpi = 150
    pdf = render_wall(DESKS, Wall("Dinas Koperasi " * 8, ADDRESS, size))
    for page in paper.pages(pdf, dpi):
        (code,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
        left, top, width, height = ink_box(page, code)
        quiet = int(4 * width / len(modules(code.text)))
        zone = page[top - quiet : top + height + quiet, left - quiet : left + width + quiet].copy()
        zone[quiet - 2 : quiet + height + 2, quiet - 2 : quiet + width + 2] = 255
        assert zone.min() >= 250
