"""The register where there is little room: on a phone, and on paper."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Stage
from tests.e2e.views import send_away
from tests.support import pdf as paper

LINES = """() => [...document.querySelectorAll("#visits .cell-end")].map((cell) =>
  Math.round(cell.clientHeight / parseFloat(getComputedStyle(cell).lineHeight)))"""
CUT_OFF = """() => [...document.querySelectorAll("#visits .chip")].filter((chip) =>
  chip.getBoundingClientRect().right > chip.closest("tr").getBoundingClientRect().right)
  .map((chip) => chip.textContent)"""


@pytest.fixture
def gone(stage: Stage) -> Stage:
    """Two guests who have gone, each with a long word for how."""
    send_away(stage.office, "1", "Kornelius", "declined")
    stage.office.clock.pass_time(minutes=2)
    send_away(stage.office, "2", "Paulina", "completed_short")
    return stage


def register(stage: Stage, width: int) -> Page:
    page = stage.sign_in(stage.open_browser(), "kasim", {"width": width, "height": 800})
    page.goto(f"{stage.url}/buku-tamu")
    return page


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_phone_a_long_outcome_leaves_the_time_on_one_line(gone: Stage, width: int) -> None:
    page = register(gone, width)
    expect(page.locator("#visits .chip")).to_have_text(
        ["selesai tanpa langkah lengkap", "tidak dapat diterima"]
    )
    assert page.evaluate(LINES) == [1, 1]
    assert page.evaluate(CUT_OFF) == []


def test_on_paper_every_column_is_on_the_sheet(gone: Stage) -> None:
    printed = register(gone, 1280).pdf(format="A4", prefer_css_page_size=True)
    assert paper.sizes(printed) == [(297, 210)]
    assert "Masuk–keluar Keadaan" in paper.texts(printed)[0]
    assert paper.texts(printed)[0].count("selesai tanpa langkah lengkap") == 1
    assert max(sign.right for sign in paper.signs(printed)[0]) <= 287
