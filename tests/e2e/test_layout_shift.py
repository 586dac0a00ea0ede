"""Nothing jumps: neither while countdowns tick, nor when a list is refreshed below the eye."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.operations.transaction import refresh_screens, write
from tests.e2e.conftest import DESKTOP, PHONE, Stage

OBSERVE = """
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  const moved = entry.sources.map(({ node }) => node?.className ?? node?.nodeName ?? "gone");
  if (!entry.hadRecentInput) window.shifts.push({ value: entry.value, moved });
})).observe({ type: "layout-shift", buffered: true });
"""
# The page's own clock is not the browser's: an observer's first word comes with the next frame.
NEXT_FRAME = """() => new Promise((drawn) => {
  const observer = new IntersectionObserver(() => { observer.disconnect(); drawn(); });
  observer.observe(document.body);
})"""
FIVE_MINUTES_S = 300
STEP_S = 12


def open_page(stage: Stage, username: str, path: str, size: dict[str, int]) -> Page:
    """A page that ticks by the office's clock, once it stands still."""
    context = stage.open_browser().new_context(viewport=size, locale="id-ID")
    page = stage.watch(context)
    page.clock.install(time=stage.office.clock())
    stage.sign_in_at(page, username)
    page.add_init_script(OBSERVE)
    page.goto(stage.url + path)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(NEXT_FRAME)
    page.evaluate("window.shifts = []")
    return page


def shifts(page: Page) -> list[dict[str, Any]]:
    for _ in range(2):
        page.evaluate(NEXT_FRAME)
    found: list[dict[str, Any]] = page.evaluate("window.shifts")
    return found


def pass_time(stage: Stage, page: Page, seconds: int) -> None:
    """Let the same time pass on the server and on the screen."""
    stage.office.clock.pass_time(seconds)
    page.clock.run_for(seconds * 1000)
    page.evaluate(NEXT_FRAME)


def fill_desks(stage: Stage) -> None:
    """Clocks about to change in length: at an hour, at ten minutes, in their last minute, fresh."""
    office = stage.office
    office.bring_to_step(2, "1", name="Satu jam")  # 57 minutes late when the page opens
    office.bring_to_step(6, "2", name="Lama di dalam")
    office.clock.pass_time(minutes=20)
    office.bring_to_step(5, "5", name="Diterima")
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "5")
    office.bring_to_step(4, "4", name="Sepuluh menit")  # 9 minutes late
    office.bring_to_step(5, "3", name="Menunggu penerima")  # for 6 minutes
    office.clock.pass_time(minutes=3)
    office.open_visit("Tanpa kartu")  # 3 minutes ago
    office.bring_to_step(2, "6", name="Baru saja")
    office.clock.pass_time(minutes=1)


PLACES = [("kasim", "/meja"), ("fitri", "/meja"), ("hadi", "/meja"), ("kasim", "/sedang-di-dalam"),
          ("kasim", "/kunjungan/2026/7")]  # fmt: skip


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize(("who", "path"), PLACES)
def test_ticking_moves_nothing(stage: Stage, who: str, path: str, size: dict[str, int]) -> None:
    fill_desks(stage)
    page = open_page(stage, who, path, size)
    readings = page.locator("[data-reading]")
    before = readings.all_inner_texts()
    for _ in range(FIVE_MINUTES_S // STEP_S):
        pass_time(stage, page, STEP_S)
    assert all(a != b for a, b in zip(before, readings.all_inner_texts(), strict=True))
    assert shifts(page) == []


def change_nothing(stage: Stage) -> None:
    """Something elsewhere: the list comes again as it is."""
    with stage.office.app.app_context(), write() as session:
        refresh_screens(session)


def add_a_row(stage: Stage) -> None:
    """One more guest, less urgent than the others."""
    stage.office.bring_to_step(2, "8", name="Baru datang")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("change", [change_nothing, add_a_row])
def test_a_refreshed_list_moves_nothing(
    stage: Stage, change: Callable[[Stage], None], size: dict[str, int]
) -> None:
    fill_desks(stage)
    page = open_page(stage, "kasim", "/meja", size)
    queue = page.locator("#queue")
    version = queue.get_attribute("hx-get")
    change(stage)
    page.clock.run_for(2_000)
    expect(queue).not_to_have_attribute("hx-get", str(version))
    assert shifts(page) == []
