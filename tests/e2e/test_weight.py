"""What a first visit costs over the wire, and that a second one costs the page alone."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.cast import BADGES
from tests.e2e.conftest import DESKTOP, Stage

FIRST_PAGE_BYTES = 120_000  # without the WebAssembly that reads codes
STEPS = 6


@dataclass
class Wire:
    """What a page fetched from the server: bytes by address, headers and all."""

    bytes_of: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)
    _remembered: set[str] = field(default_factory=set)

    def tap(self, page: Page) -> None:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", self._answered)
        line.on("Network.requestServedFromCache", self._served_from_memory)
        line.on("Network.loadingFinished", self._finished)

    def _served_from_memory(self, event: dict[str, Any]) -> None:
        self._remembered.add(event["requestId"])

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._remembered.add(event["requestId"])
        self._addresses[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._remembered:
            address = self._addresses[event["requestId"]]
            self.bytes_of[address] = int(event["encodedDataLength"])


def fresh_page(stage: Stage, who: str | None) -> Page:
    """A page of a browser with an empty cache, in which this person may have signed in."""
    browser = stage.open_browser()
    cookies = stage.sign_in(browser, who).context.storage_state() if who else None
    context = browser.new_context(viewport=DESKTOP, locale="id-ID", storage_state=cookies)
    return stage.watch(context)


PAGES = [
    (None, "/masuk", STEPS),
    ("fitri", "/meja", BADGES),
    ("fitri", "/buku-tamu/baru", STEPS),
    ("kasim", "/pindai", STEPS),
    ("kasim", "/ringkasan?bulan=2026-11", BADGES),
]


@pytest.mark.parametrize(("who", "path", "guests"), PAGES)
def test_a_first_page_is_light_and_a_second_fetches_no_file_again(
    stage: Stage, who: str | None, path: str, guests: int
) -> None:
    for number in range(1, guests + 1):
        step = number if number <= STEPS else 2
        stage.office.bring_to_step(step, str(number), name=f"Tamu {number}")
    page = fresh_page(stage, who)
    first = Wire()
    first.tap(page)
    page.goto(stage.url + path, wait_until="networkidle")
    fetched = [address.removeprefix(stage.url) for address in first.bytes_of]
    assert path in fetched
    assert [name for name in fetched if name.startswith("/static/css/app.")]
    assert [name for name in fetched if name.endswith(".woff2")]
    light = {name: size for name, size in first.bytes_of.items() if not name.endswith(".wasm")}
    assert sum(light.values()) <= FIRST_PAGE_BYTES, light

    second = Wire()
    second.tap(page)
    page.goto(stage.url + path, wait_until="networkidle")
    again = [address.removeprefix(stage.url) for address in second.bytes_of]
    assert path in again
    assert [name for name in again if name.startswith("/static/")] == []
