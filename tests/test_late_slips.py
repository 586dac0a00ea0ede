"""Slip tamu: what stands on each slip, how many a sheet holds, and their numbers."""

from pathlib import Path

import pytest

from app.domain.sop_toml import parse_sop
from app.late_slips import LABELS, MORE_OUTCOMES, OUTCOME, SlipRun, render_slips, slips_a_sheet
from tests.cast import OFFICE_NAME
from tests.support import pdf as paper
from tests.support.sops import WORDS, sop_of

SOP = parse_sop(Path("app/sop/pelayanan-tamu.toml").read_text(encoding="utf-8"))
LONGEST = sop_of([0, 1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 0], words=WORDS)
MOST_OF_A_QUARTER = sop_of([0, 1, 2, 3, 4, 5, 6, 0], words=WORDS)


def slips(sop=SOP, first=1, sheets=1, size="A4", **options):
    return render_slips(sop, OFFICE_NAME, SlipRun(first, sheets), size, **options)


def test_a_sheet_holds_four_slips_each_with_its_number_and_the_offices_name():
    (page,) = paper.texts(slips(first=9))
    assert page.count("SLIP TAMU") == page.count(OFFICE_NAME) == 4
    assert [page.count(f"No. {number:03d}") for number in (9, 10, 11, 12)] == [1, 1, 1, 1]


def test_a_slip_asks_for_the_guest_book_and_a_time_for_each_step():
    (page,) = paper.texts(slips())
    for label in [*filter(None, LABELS), "Identitas ditunjukkan", "Mulai", "Selesai", "Paraf"]:
        assert page.count(label) >= 4, label
    for step in SOP.steps:
        assert page.count(step.title) == 4, step.title
    for outcome in (*OUTCOME[1], *MORE_OUTCOMES):
        assert page.count(outcome) >= 4, outcome


def test_numbers_go_on_from_sheet_to_sheet():
    first, second = paper.texts(slips(first=9998, sheets=2))
    assert "No. 10001" in first
    assert [f"No. {number}" in second for number in (10001, 10002, 10005)] == [False, True, True]


@pytest.mark.parametrize(("size", "millimetres"), [("A4", (210, 297)), ("F4", (215, 330))])
def test_the_sheet_is_upright(size, millimetres):
    assert paper.sizes(slips(size=size)) == [millimetres]


def test_an_sop_of_many_steps_takes_half_a_sheet_a_slip():
    assert (slips_a_sheet(MOST_OF_A_QUARTER), slips_a_sheet(LONGEST)) == (4, 2)
    (page,) = paper.texts(slips(LONGEST))
    assert (page.count("SLIP TAMU"), page.count("Kegiatan 15")) == (2, 2)


@pytest.mark.parametrize("size", ["A4", "F4"])
@pytest.mark.parametrize("sop", [SOP, MOST_OF_A_QUARTER, LONGEST], ids=["own", "eight", "fifteen"])
def test_nothing_crosses_the_line_where_slips_are_cut(sop, size):
    pdf = slips(sop, size=size)
    (width, height), many = paper.sizes(pdf)[0], slips_a_sheet(sop)
    rows = [height / 2] if many == 4 else []
    for sign in paper.signs(pdf)[0]:
        assert not sign.left < width / 2 < sign.right, sign
        assert 5 < sign.left < sign.right < width - 5, sign
        assert all(abs(sign.top - cut) > 4 and abs(sign.bottom - cut) > 3 for cut in rows), sign
        assert sign.bottom < height - 3, sign


@pytest.mark.parametrize("sop", [SOP, MOST_OF_A_QUARTER, LONGEST], ids=["own", "eight", "fifteen"])
def test_the_table_ends_above_the_outcome(sop):
    pdf = slips(sop)
    height = paper.sizes(pdf)[0][1]
    boxes = [path for path in paper.drawings(pdf)[0] if path.is_filled and path.is_outlined]
    lowest_cell = height - min(y for path in boxes for _, y in path.corners) * paper.MM
    outcomes = [sign.top for sign in paper.signs(pdf)[0] if sign.text == "H"]
    assert lowest_cell < max(outcomes)


def test_a_demo_says_so_on_every_sheet_and_the_same_slips_are_the_same_bytes():
    marked = slips(sheets=2, mark="DEMO, data rekaan")
    assert all(page.startswith("DEMO, data rekaan") for page in paper.texts(marked))
    assert slips() == slips()
