"""What fifty desk screens that ask every two seconds cost the server, in peace and at work."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count
from pathlib import Path
from threading import Event

from benchmarks.clients import enter, lead
from benchmarks.desks import running, sign_in
from benchmarks.figures import Effort, Figure
from tools.driving.browsers import FRAGMENT, Browser
from tools.driving.guests import DESKS
from tools.driving.servers import Server

EVERY_S = 2.0
GUEST_EVERY_S = 10.0  # each guest makes eight changes
WAITING = 4
POLL = re.compile(r'hx-get="(/meja/antrean\?v=[^"]*)"')


def measure(office: Path, *, effort: Effort) -> Iterator[Figure]:
    """The server's CPU while nothing happens, then while a guest goes through every ten seconds."""
    screens, watched = effort.screens, effort.watched_s
    with running(office) as server:
        browsers = sign_in(server)
        for number in range(WAITING):
            lead(browsers, [next(enter(browsers, 200 + number, f"Tamu {number}"))])
        for work, aim in (("nothing happens", 5), ("a guest led through each 10 s", None)):
            share_of_core, asked = _watch(server, browsers, screens, watched, busy=aim is None)
            name = f"{screens} desk screens polling, {work}: share of a core"
            yield Figure(name, 100 * share_of_core, aim, "%", f"{asked} requests, {watched:.0f} s")


def _watch(
    server: Server, browsers: dict[str, Browser], screens: int, watched: float, *, busy: bool
) -> tuple[float, int]:
    """Share of a core, and how many questions were asked."""
    over = Event()
    sessions = [browsers[DESKS[number % len(DESKS)]].session for number in range(screens)]
    polls = [Screen(Browser(server.port, session)) for session in sessions]
    with ThreadPoolExecutor(screens) as pool:
        start, before = time.monotonic(), server.cpu_s()
        asked = [pool.submit(poll.ask_until, over, EVERY_S * number / screens)
                 for number, poll in enumerate(polls)]  # fmt: skip
        for number in count(1):
            if busy:
                lead(browsers, enter(browsers, number, "Tamu yang lewat"))
            left = start + watched - time.monotonic()
            if over.wait(max(0.0, min(left, GUEST_EVERY_S))) or left <= GUEST_EVERY_S:
                break
        used, passed = server.cpu_s() - before, time.monotonic() - start
        over.set()
    return used / passed, sum(done.result() for done in asked)


class Screen:
    """A desk's page that stays open: it asks whether anything is new, and takes what is."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.path = self._next(browser.get("/meja").text)

    def ask_until(self, over: Event, delay: float) -> int:
        """Ask every two seconds; how often."""
        asked = 0
        while not over.wait(delay):
            answer = self.browser.get(self.path, FRAGMENT)
            if answer.status == HTTPStatus.OK:
                self.path = self._next(answer.text)
            asked, delay = asked + 1, EVERY_S
        return asked

    def _next(self, page: str) -> str:
        found = POLL.search(page)
        assert found is not None, "a desk has a queue"
        return found[1]
