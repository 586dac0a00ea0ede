"""The browser tests' stage: the app over real HTTP, and Chromium with a filmed badge as webcam."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    sync_playwright,
)
from werkzeug.serving import make_server

from tests.cast import PASSWORD, Office
from tools.driving.chromium import CHROMIUM, arguments

DESKTOP = {"width": 1280, "height": 800}
# Chromium says so when a page is left, or the line cut, while it fetches the service worker. Where
# a page has to be kept, the test waits for it. htmx calls a request that a newer one overtakes an
# error; one that fails is told by a word of its own, htmx:sendError or htmx:timeout.
HARMLESS = (
    "An unknown error occurred when fetching the script.",
    "htmx:sendAbort",
    "htmx:afterRequest",
)
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests may take longer, and can be chosen by their mark."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(120))


class Line:
    """The office over HTTP on a port of this machine, until it is cut."""

    def __init__(self, app: Flask) -> None:
        self.app, self.port = app, 0
        self.join()

    def join(self) -> None:
        """Answer, at the same address as before."""
        self._server = make_server("127.0.0.1", self.port, answered_whole(self.app), threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Stage:
    """The office behind an address, and the browsers that look at it."""

    office: Office
    line: Line
    launch: "Launch"
    contexts: list[BrowserContext] = field(default_factory=list)
    films: list[Browser] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    elsewhere: str = ""  # a server of its own process

    @property
    def url(self) -> str:
        return self.elsewhere or f"http://127.0.0.1:{self.line.port}"

    def open_browser(self, clip: Path | None = None) -> Browser:
        """A Chromium of its own; its webcam shows the clip, if there is one."""
        browser = self.launch(clip)
        if clip:
            self.films.append(browser)
        return browser

    def close(self) -> None:
        """Close every screen of the test, and the browsers with a film."""
        for context in self.contexts:
            context.close()
        for browser in self.films:
            browser.close()

    def sign_in(self, browser: Browser, username: str, viewport: dict[str, int] = DESKTOP) -> Page:
        """This person at a screen of their own, at their desk."""
        page = self.watch(browser.new_context(viewport=viewport, locale="id-ID"))
        self.sign_in_at(page, username)
        return page

    def sign_in_at(self, page: Page, username: str) -> None:
        """Sign in at a page that is there already."""
        page.goto(f"{self.url}/masuk")
        page.get_by_label("Nama pengguna").fill(username)
        page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url("**/meja")

    def watch(self, context: BrowserContext) -> Page:
        """A page whose errors, console and CSP complaints fail the test."""
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        return page

    def expect_complaint(self, part: str) -> None:
        """Let the console say this: a failed request is the point of the test."""
        self.expected.append(part)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if not any(part in message.text for part in (*HARMLESS, *self.expected)):
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")


def answered_whole(app: Flask) -> Callable[[Any, Any], list[bytes]]:
    """The app with each answer read at once: werkzeug's server leaves a file open when a browser
    goes away in mid-download."""

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return list(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


Launch = Callable[[Path | None], Browser]


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives Chromium.

    On a machine without it these tests are skipped; in CI a skip fails the run.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium here; install it or name it in CHROMIUM")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def launch(driver: Playwright) -> Iterator[Launch]:
    """Start Chromium: one for all tests without a film, one of its own for each film."""
    browsers: dict[Path | None, Browser] = {}

    def launch(film: Path | None) -> Browser:
        if film not in browsers:
            browsers[film] = driver.chromium.launch(executable_path=CHROMIUM, args=arguments(film))
        return browsers[film]

    yield launch
    for browser in browsers.values():
        if browser.is_connected():
            browser.close()


@contextmanager
def staged(office: Office, launch: Launch) -> Iterator[Stage]:
    """The office over HTTP on a free port of this machine."""
    stage = Stage(office, Line(office.app), launch)
    yield stage
    stage.close()
    stage.line.cut()
    assert stage.complaints == []


@pytest.fixture
def stage(office: Office, launch: Launch) -> Iterator[Stage]:
    """The office of one test, open."""
    with staged(office, launch) as stage:
        yield stage
