"""The flow of the SOP as a browser draws it: lines meet and symbols stand in their columns."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Stage

# Per row: the performer's cell, its symbol and arrow, and every line, in pixels of the page.
MEASURE = """() => [...document.querySelectorAll('.sop-table tbody tr')].map((row) => {
  const box = (element) => {
    const {left, right, top, bottom, width} = element.getBoundingClientRect();
    return {left, right, top, bottom, middle: left + width / 2};
  };
  const own = row.querySelector('.flow-cell.is-own');
  const arrow = own.querySelector('.flow-arrow');
  const lines = [...row.querySelectorAll('.flow-line')];
  return {
    row: box(row),
    cell: box(own),
    symbol: box(own.querySelector('.flow-shape')),
    arrow: arrow && getComputedStyle(arrow).display !== 'none' ? box(arrow) : null,
    lines: lines.filter((line) => getComputedStyle(line).display !== 'none').map(box),
  };
})"""
WIDTHS = {"wide": 1280, "narrow": 1024, "200 %": 640, "phone": 360}
CLOSE = 1.5  # pixels


def rows_of(page: Page) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = page.evaluate(MEASURE)
    return rows


def uprights_over(row: dict[str, Any], border: float) -> Iterator[float]:
    """Where upright lines of a row touch a border."""
    for line in row["lines"]:
        is_upright = line["right"] - line["left"] < 4
        if is_upright and line["top"] <= border + CLOSE and line["bottom"] >= border - CLOSE:
            yield line["middle"]


def check_flow(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert abs(row["symbol"]["middle"] - row["cell"]["middle"]) < CLOSE
        assert row["cell"]["left"] < row["symbol"]["left"]
        assert row["symbol"]["right"] < row["cell"]["right"]
        assert row["row"]["top"] < row["symbol"]["top"]
        assert row["symbol"]["bottom"] < row["row"]["bottom"]
    for upper, lower in pairwise(rows):
        border = lower["row"]["top"]
        leaving = sorted(uprights_over(upper, border))
        arriving = sorted(uprights_over(lower, border))
        assert arriving == pytest.approx(leaving, abs=CLOSE)
        assert any(abs(at - lower["symbol"]["middle"]) < CLOSE for at in arriving)
        assert abs(lower["arrow"]["bottom"] - lower["symbol"]["top"]) < CLOSE
    assert rows[0]["arrow"] is None


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("path", ["/sop", "/sop/hari-ini"])
def test_the_arrows_meet_at_every_border_and_point_at_the_symbols(
    stage: Stage, path: str, width: int
) -> None:
    stage.office.bring_to_step(3, party_size=2)
    page = stage.sign_in(stage.open_browser(), "kasim", {"width": width, "height": 800})
    page.goto(stage.url + path)

    rows = rows_of(page)
    assert len(rows) == 6
    check_flow(rows)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert stage.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_across_the_paper_in_black_on_white(stage: Stage, scheme: str) -> None:
    page = stage.sign_in(stage.open_browser(), "kasim")
    page.goto(f"{stage.url}/sop")
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")

    check_flow(rows_of(page))
    expect(page.get_by_role("link", name="PDF A4")).to_be_hidden()
    styles = page.evaluate(
        "['.flow-shape', '.flow-line'].map((name) => "
        "getComputedStyle(document.querySelector(name))).map((style) => [style.fill, style.stroke])"
    )
    assert styles == [["rgb(255, 255, 255)", "rgb(0, 0, 0)"], ["rgb(0, 0, 0)", "rgb(0, 0, 0)"]]


def test_the_counts_follow_the_guests_without_a_reload(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "hadi")
    page.goto(f"{stage.url}/sop/hari-ini")
    count = page.locator(".flow-count")
    expect(count).to_have_count(0)
    stage.office.bring_to_step(2, badge="1")
    expect(count).to_have_text(["1"], timeout=10_000)
    stage.office.bring_to_step(2, badge="2", party_size=3)
    expect(count).to_have_text(["2"], timeout=10_000)
    expect(page.get_by_text("2 kunjungan, 4 orang")).to_be_visible()
