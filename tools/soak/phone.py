"""A phone or desk that scans: it keeps what it made until the server has answered, in order."""

import json
import queue
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from random import Random
from urllib.parse import parse_qs, urlencode, urlsplit

from tools.driving.browsers import JSON, Browser
from tools.driving.guests import SCAN, with_nonce

LATE_AFTER_S = 2  # as the scanner page has it
RETRY_S = (0.1, 0.6)
PAUSE_S = (0.02, 0.25)
AWAY_S = (1.0, 5.0)
CHANCE_OF_A_CUT = 0.06  # of a request whose answer never arrives, or which is cut off itself
CHANCE_TO_BE_AWAY = 0.01
CHANCE_OF_A_STRAY = 0.08  # a card that is none of ours
STRAY = "9999"


@dataclass
class Sent:
    """A form of this device: what came of it, once the server has acknowledged it."""

    path: str
    fields: dict[str, str]
    made_at: float = field(default_factory=time.time)
    tries: int = 0
    answer: str | None = None
    is_answered: threading.Event = field(default_factory=threading.Event)

    @property
    def is_late(self) -> bool:
        return self.tries > 0 or time.time() - self.made_at > LATE_AFTER_S


class Phone(threading.Thread):
    """One device with its session, its queue and its bad luck."""

    def __init__(self, browser: Browser, seed: int) -> None:
        super().__init__(name=f"{browser.session.username} {seed}", daemon=True)
        self.browser, self.chance = browser, Random(seed)
        self.inbox: queue.SimpleQueue[Sent] = queue.SimpleQueue()
        self.unsent: deque[Sent] = deque()
        self.scans: list[Sent] = []
        self.cuts = 0
        self.is_closing = threading.Event()

    def ask(self, path: str, fields: dict[str, str]) -> Sent:
        """Give the device a form to send; it is answered some time later."""
        form = Sent(path, fields)
        self.inbox.put(form)
        return form

    def run(self) -> None:
        while not (self.is_closing.is_set() and self.inbox.empty() and not self.unsent):
            self._take()
            if self.unsent:
                self._deliver()
            self._pause(PAUSE_S)
        self.browser.close()

    def _take(self) -> None:
        while not self.inbox.empty():
            self._keep(self.inbox.get())
        if self.is_closing.is_set():
            return
        if self.chance.random() < CHANCE_OF_A_STRAY:
            self._keep(Sent(SCAN, with_nonce(code=STRAY, method="camera")))
        if self.chance.random() < CHANCE_TO_BE_AWAY:
            self._pause(AWAY_S)  # out of the network's reach

    def _keep(self, form: Sent) -> None:
        self.unsent.append(form)
        if form.path == SCAN:
            form.fields["at"] = str(round(form.made_at * 1000))
            self.scans.append(form)

    def _deliver(self) -> None:
        form = self.unsent[0]
        if form.path == SCAN and form.is_late:
            form.fields |= {"queued": "1", "offset": "0"}
        try:
            if self.chance.random() < CHANCE_OF_A_CUT:
                self._cut(form)
            else:
                self._send(form)
        except (OSError, HTTPException):
            form.tries += 1
            self.browser.close()
            self._pause(RETRY_S)

    def _send(self, form: Sent) -> None:
        answer = self.browser.post(form.path, form.fields, JSON if form.path == SCAN else None)
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            form.tries += 1
            return
        if form.path == SCAN:
            assert answer.status == HTTPStatus.OK, answer.text
            form.answer = str(json.loads(answer.body)["outcome"])
        else:
            assert answer.status == HTTPStatus.SEE_OTHER, answer.text
            form.answer = parse_qs(urlsplit(answer.headers["Location"]).query)["tersimpan"][0]
        self.unsent.popleft()
        form.is_answered.set()

    def _cut(self, form: Sent) -> None:
        """Send it whole or in part, and hang up before anything is heard."""
        self.cuts += 1
        form.tries += 1
        whole = urlencode({**form.fields, "csrf_token": self.browser.session.token})
        part = whole[: self.chance.choice([len(whole), len(whole) // 2])]
        self.browser.say(form.path, part, length=len(whole))
        self._pause((0, 0.05))
        self.browser.close()

    def _pause(self, bounds: tuple[float, float]) -> None:
        threading.Event().wait(self.chance.uniform(*bounds))


class Screen(threading.Thread):
    """A desk's screen that asks every two seconds whether anything is new."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(daemon=True)
        self.browser, self.polls = browser, 0
        self.is_closing = threading.Event()

    def run(self) -> None:
        while not self.is_closing.wait(2):
            try:
                answer = self.browser.get("/meja/antrean", {"HX-Request": "true"})
                assert answer.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
                self.polls += 1
            except (OSError, HTTPException):
                self.browser.close()
        self.browser.close()
