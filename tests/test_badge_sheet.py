import numpy as np
import pytest
import zxingcpp

from app.badge_sheet import render_sheet
from app.qr import modules, new_code, payload
from app.queries.badges import PrintedBadge
from tests.support import pdf as paper

OFFICE = "Dinas Koperasi, Usaha Kecil dan Menengah Provinsi Kalimantan Barat"
MINISTRY = (
    "Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokrasi Republik Indonesia, "
    "Sekretariat Deputi Bidang Pelayanan Publik, Asisten Deputi Koordinasi Pelaksanaan Kebijakan"
)
OFFICES = {
    "usual": OFFICE,
    "one letter": "X",
    "longer than its room": MINISTRY,
    "one endless word": "Wwmmww" * 40,
    "beyond Latin-1": "Kantor “Dua–Satu” ’n Łódź — 東京 🙂 → Pusat\n\tData",
}
ADDRESSES = {"none": "", "usual": "https://tamu.kantor.lan", "port": "https://192.168.100.200:8443"}
LONG_ADDRESS = "https://pelayanan-tamu.dinas-koperasi.kalimantan-barat.example"
DPI = (150, 300)
CARD, SHEET = (85.6, 54.0), (19.4, 13.5)


def badges(count, first=1):
    return [PrintedBadge(number, new_code(), "free") for number in range(first, first + count)]


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


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("url", ADDRESSES.values(), ids=ADDRESSES)
@pytest.mark.parametrize(("count", "page_count"), [(1, 1), (10, 1), (11, 2), (37, 4)])
def test_every_code_reads_and_no_other(count, page_count, url, dpi):
    printed = badges(count)
    pages = list(paper.pages(render_sheet(printed, office=OFFICE, public_url=url), dpi))

    assert len(pages) == page_count
    for index, page in enumerate(pages):
        expected = shows(printed[index * 10 : index * 10 + 10], url)
        assert sorted(code.text for code in codes_on(page)) == expected


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("url", [*ADDRESSES.values(), LONG_ADDRESS])
@pytest.mark.parametrize("office", OFFICES.values(), ids=OFFICES)
def test_codes_are_large_and_nothing_touches_their_quiet_zone(office, url, dpi):
    printed = badges(10, first=995)  # three digits and four
    (page,) = paper.pages(render_sheet(printed, office=office, public_url=url), dpi)
    found = codes_on(page)

    assert sorted(code.text for code in found) == shows(printed, url)
    for code in found:
        left, top, width, height = ink_box(page, code)
        assert min(width, height) / dpi * 25.4 >= 30
        quiet = int(4 * width / len(modules(code.text)))
        zone = page[top - quiet : top + height + quiet, left - quiet : left + width + quiet].copy()
        edge = quiet - 1  # the symbol's outermost dots are half covered
        zone[edge : edge + height + 2, edge : edge + width + 2] = 255
        assert zone.min() >= 250, f"ink in the quiet zone of {code.text}"


@pytest.mark.parametrize("url", [*ADDRESSES.values(), LONG_ADDRESS])
def test_code_and_quiet_zone_lie_inside_one_card(url):
    dpi = 150
    (page,) = paper.pages(render_sheet(badges(10), office=OFFICE, public_url=url), dpi)
    for code in codes_on(page):
        left, top, width, height = (side / dpi * 25.4 for side in ink_box(page, code))
        quiet = 4 * width / len(modules(code.text)) - 0.2  # less a dot's rounding
        x, y = (left - SHEET[0]) % CARD[0], (top - SHEET[1]) % CARD[1]
        assert quiet <= x <= CARD[0] - width - quiet
        assert quiet <= y <= CARD[1] - height - quiet


def test_a_code_stands_on_the_card_that_names_its_number():
    printed = badges(7, first=38)
    (page,) = paper.pages(render_sheet(printed, office=OFFICE, public_url=""), 150)
    places = {}
    for code in codes_on(page):
        x, y = (side / 150 * 25.4 for side in ink_box(page, code)[:2])
        places[code.text] = int((y - SHEET[1]) // CARD[1]) * 2 + int((x - SHEET[0]) // CARD[0])

    assert places == {payload(badge.code, ""): index for index, badge in enumerate(printed)}


def test_each_card_says_number_office_guest_and_where_it_goes_back():
    pdf = render_sheet(badges(12, first=11), office=OFFICE, public_url="https://tamu.lan")
    first, second = paper.texts(pdf)

    for number in range(11, 21):
        words = f"{OFFICE} {number:03} TAMU Mohon serahkan kembali ke front desk."
        assert first.count(words) == 1
    assert first.count("TAMU") == 10
    assert second.count("Mohon serahkan kembali ke front desk.") == 2
    assert "021" in second
    assert "022" in second


def test_the_sheet_says_what_it_is_and_how_to_print_it():
    first, second = paper.texts(render_sheet(badges(11, first=11), office="X", public_url=""))

    assert (
        "Tanda pengenal tamu 011–020, lembar 1 dari 2. Cetak 100 %, kertas doff (tidak mengilap)."
        in first
    )
    assert "Tanda pengenal tamu 021, lembar 2 dari 2." in second
    assert "Garis ini harus tepat 50 mm." in first


@pytest.mark.parametrize(("url", "is_warned"), [("", True), ("https://tamu.lan", False)])
def test_without_an_address_the_sheet_says_that_a_phone_cannot_open_the_code(url, is_warned):
    (text,) = paper.texts(render_sheet(badges(2), office="X", public_url=url))

    assert ("kamera bawaan ponsel tidak akan membukanya" in text) is is_warned


def test_a_name_too_long_for_two_lines_ends_in_an_ellipsis():
    (text,) = paper.texts(render_sheet(badges(1), office=MINISTRY, public_url=""))

    assert "Kementerian Pendayagunaan Aparatur Negara" in text
    assert "… 001 TAMU" in text


def test_characters_that_no_built_in_typeface_has_do_not_stop_the_print():
    office = OFFICES["beyond Latin-1"]
    (text,) = paper.texts(render_sheet(badges(1), office=office, public_url="https://tamu.lan"))

    assert "Kantor “Dua–Satu” ’n Lódz — ?? ? -> Pusat Data 001" in text


def test_the_check_line_is_50_mm_long():
    dpi = 600
    (page,) = paper.pages(render_sheet(badges(1), office="X", public_url=""), dpi)
    foot = page[round(285 / 25.4 * dpi) :] < 128
    longest = max(foot, key=np.count_nonzero)
    dark = np.flatnonzero(longest)
    length = np.flatnonzero(np.diff(dark) > 1)[0] + 1 if np.any(np.diff(dark) > 1) else len(dark)

    assert length / dpi * 25.4 == pytest.approx(50.2, abs=0.1)  # with half a line's width each side


def test_the_page_is_a4_and_all_vector():
    pdf = render_sheet(badges(10), office="X", public_url="")
    (page,) = paper.pages(pdf, 100)

    assert page.shape == pytest.approx((297 / 25.4 * 100, 210 / 25.4 * 100), abs=1)
    assert paper.picture_count(pdf) == 0


def test_the_same_badges_give_the_same_bytes():
    printed = badges(3)

    assert render_sheet(printed, office="X", public_url="") == render_sheet(
        printed, office="X", public_url=""
    )
