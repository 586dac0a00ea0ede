"""Killed in the middle of its work, the server has kept every scan that it answered."""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from queue import Queue
from urllib.parse import parse_qs, urlencode, urlsplit

import psutil
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit
from app.operations.log import projection
from app.queries.visits import log_of, view_of
from tests.cast import PASSWORD, copy_instance, token_of
from tests.packaging.running import clean_environment, free_port

GUESTS = 6  # who are served at the same time, each with a badge of their own
KILLS = (range(30, 45, 3), range(45, 60, 3))  # answers before each of five kills, twice
START_S = 30
WAIT_S = 20

# The way of a guest through the SOP: who scans, what they answer, what comes of it.
WAY = (
    ("fitri", {}, "issued"),
    ("sekar", {}, "refused"),
    ("kasim", {}, "advanced"),
    ("sekar", {"direction": "Antar ke tujuan.", "destination": "1"}, "advanced"),
    ("kasim", {"confirm": "1"}, "advanced"),
    ("hadi", {}, "started"),
    ("hadi", {"confirm": "1"}, "ended"),
    ("sekar", {}, "refused"),
    ("fitri", {"confirm": "1"}, "closed"),
)
EVENTS = {  # what a scan leaves in the log
    "issued": ["issued", "completed"],
    "advanced": ["completed"],
    "started": ["started"],
    "ended": ["ended"],
    "closed": ["returned", "completed", "closed"],
}


@dataclass
class Sent:
    """A form that was sent, with the nonce by which it counts once, and its answer if one came."""

    username: str
    path: str
    fields: dict[str, str]
    expected: str = ""  # outcome of a scan
    answer: str | None = None  # outcome of a scan, number of an entry's visit

    @property
    def nonce(self) -> str:
        return self.fields["nonce"]


@dataclass
class Guest:
    """One guest after another with the same badge; forms without an answer are sent again."""

    badge: str
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = self._visits()
        self.pending: Sent | None = None

    def next_form(self) -> Sent:
        """The form to send now: the one that got no answer, else the next."""
        if self.pending is None:
            self.pending = next(self.steps)
            self.sent.append(self.pending)
        return self.pending

    def answered(self, answer: str) -> None:
        assert self.pending is not None
        self.pending.answer, self.pending = answer, None

    def _visits(self) -> Iterator[Sent]:
        for number in itertools.count(1):
            who = {"name": f"Tamu {number} kartu {self.badge}", "origin": "perorangan"}
            entry = Sent("fitri", "/buku-tamu/baru", with_nonce(purpose="Izin usaha", **who))
            yield entry
            for username, answers, expected in WAY:
                visit = {"visit": entry.answer} if expected in {"issued", "closed"} else {}
                fields = with_nonce(code=self.badge, method="typed", **visit, **answers)
                yield Sent(username, "/pindai", fields, expected)


def with_nonce(**fields: str) -> dict[str, str]:
    return {"nonce": str(uuid.uuid4()), **fields}


class Server:
    """`tamu run` in a process group of its own, started again and again on one port."""

    def __init__(self, folder: Path) -> None:
        tamu = shutil.which("tamu", path=str(Path(sys.executable).parent))
        assert tamu, "pip install -e '.[test]' puts tamu beside python"
        self.folder, self.port = folder, free_port()
        self.command = [tamu, "run", "--port", str(self.port)]
        self.log = folder / "server.log"
        self.processes: list[psutil.Process] = []

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self.log.open("a") as log:
            started = subprocess.Popen(self.command, cwd=self.folder, env=clean_environment(),
                                       stdout=log, stderr=log, start_new_session=True)  # fmt: skip
        self.group, self.process = started.pid, started
        until = time.monotonic() + START_S
        while time.monotonic() < until and started.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                main = psutil.Process(started.pid)
                self.processes = [main, *main.children(recursive=True)]
                return
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """Kill every process of it at once, and wait until none is left."""
        os.killpg(self.group, signal.SIGKILL)
        self.process.wait(WAIT_S)
        until = time.monotonic() + WAIT_S
        while any(is_alive(process) for process in self.processes):
            assert time.monotonic() < until, "a killed process lives on"
            time.sleep(0.01)

    def close(self) -> None:
        if self.processes and self.process.poll() is None:
            self.kill()


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@dataclass
class Browser:
    """A person's session with the server, which outlives every kill of it."""

    cookie: str = ""
    token: str = ""

    def sign_in(self, connection: HTTPConnection, username: str) -> None:
        self._look(connection, "/masuk")
        fields = {"username": username, "password": PASSWORD}
        status, headers, body = self.send(connection, "/masuk", fields)
        assert status == 303, body
        self._keep(headers)
        self._look(connection, "/akun/kata-sandi")

    def send(
        self, connection: HTTPConnection, path: str, fields: dict[str, str]
    ) -> tuple[int, HTTPMessage, str]:
        accept = "application/json" if path == "/pindai" else "text/html"
        body = urlencode({**fields, "csrf_token": self.token})
        headers = {"Cookie": self.cookie, "Accept": accept,
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()

    def _look(self, connection: HTTPConnection, path: str) -> None:
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        self._keep(answer.headers)
        self.token = token_of(answer.read().decode())

    def _keep(self, headers: HTTPMessage) -> None:
        if found := re.match(r"tamu_session=[^;]+", headers.get("Set-Cookie", "")):
            self.cookie = found[0]


def connect(port: int) -> "closing[HTTPConnection]":
    return closing(HTTPConnection("127.0.0.1", port, timeout=WAIT_S))


def answer_of(form: Sent, status: int, headers: HTTPMessage, body: str) -> str:
    """What the server answered: a scan's outcome, an entry's visit."""
    if form.path == "/pindai":
        assert status == 200, body
        facts = json.loads(body)
        assert facts["outcome"] == form.expected, (form, facts)
        return str(facts["outcome"])
    assert status == 303, body
    return parse_qs(urlsplit(headers["Location"]).query)["tersimpan"][0]


def post(connection: HTTPConnection, browsers: dict[str, Browser], guest: Guest) -> None:
    form = guest.next_form()
    guest.answered(
        answer_of(form, *browsers[form.username].send(connection, form.path, form.fields))
    )


def serve_until_killed(
    port: int, browsers: dict[str, Browser], guest: Guest, answers: "Queue[str]"
) -> None:
    """Send one form after the other; the one that gets no answer stays pending."""
    with connect(port) as connection, suppress(OSError, HTTPException):
        while True:
            post(connection, browsers, guest)
            answers.put(guest.badge)


def load(server: Server, browsers: dict[str, Browser], guests: list[Guest], enough: int) -> None:
    """Serve all guests at once, and kill the server in the middle of it after enough answers."""
    answers: Queue[str] = Queue()
    with ThreadPoolExecutor(len(guests)) as pool:
        busy = [pool.submit(serve_until_killed, server.port, browsers, it, answers)
                for it in guests]  # fmt: skip
        try:
            for _ in range(enough):
                answers.get(timeout=WAIT_S)
        finally:
            server.kill()
            for done in busy:
                done.result()


def stored(session: Session) -> dict[str, str]:
    """What the database knows of what was sent: the answer by the nonce."""
    scans = {row.nonce: row.outcome for row in session.scalars(select(Scan))}
    visits = {row.entry_nonce: f"{row.number}/{row.year}" for row in session.scalars(select(Visit))}
    assert len(scans) == session.scalar(select(func.count()).select_from(Scan))
    return {**scans, **visits}


def check_record(session: Session) -> None:
    """What holds at any moment: nothing is half written."""
    assert session.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
    assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    visits = session.scalars(select(Visit).order_by(Visit.id)).all()
    assert [visit.number for visit in visits] == list(range(1, len(visits) + 1))
    for visit in visits:
        log, view = log_of(session, visit.id), view_of(session, visit)
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        columns = projection(view.sop, view.progress)
        assert {name: getattr(visit, name) for name in columns} == columns
    for badge in session.scalars(select(Badge)):
        moves = session.scalars(
            select(BadgeEvent).where(BadgeEvent.badge_id == badge.id).order_by(BadgeEvent.seq)
        ).all()
        assert [move.seq for move in moves] == list(range(1, len(moves) + 1))
        assert badge.state == moves[-1].to_state
        open_loans = session.scalars(
            select(Loan).where(Loan.badge_id == badge.id, Loan.ended_at.is_(None))
        ).all()
        assert len(open_loans) == (1 if badge.state == "in_use" else 0)
    events = defaultdict(list)
    for event in session.scalars(select(StepEvent).order_by(StepEvent.id)):
        events[event.scan_id].append(event.kind)
    for scan in session.scalars(select(Scan)):
        assert events[scan.id] == EVENTS.get(scan.outcome, []), scan.nonce


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kills", KILLS, ids=["first five", "further five"])
def test_killed_under_load_the_server_has_kept_what_it_answered(tmp_path, server, kills):
    app = create_app({"INSTANCE": tmp_path / "instance"})
    guests = [Guest(str(number)) for number in range(1, GUESTS + 1)]
    browsers = {username: Browser() for username in ("fitri", "kasim", "sekar", "hadi")}
    server.start()
    with connect(server.port) as connection:
        for username, browser in browsers.items():
            browser.sign_in(connection, username)

    for enough in kills:
        load(server, browsers, guests, enough)
        sent = [form for guest in guests for form in guest.sent]
        answered = {form.nonce: form.answer for form in sent if form.answer}
        unanswered = {form.nonce for form in sent if not form.answer}
        assert len(unanswered) == GUESTS, "each was in the middle of something"
        with app.app_context():
            with Session(db.engine) as session:
                known = stored(session)
                check_record(session)
            db.engine.dispose()
        assert {nonce: known.get(nonce) for nonce in answered} == answered
        assert set(known) <= set(answered) | unanswered
        server.start()

    with connect(server.port) as connection:
        for guest in guests:
            post(connection, browsers, guest)
    with app.app_context():
        with Session(db.engine) as session:
            assert stored(session) == {
                form.nonce: form.answer for guest in guests for form in guest.sent
            }
            check_record(session)
        db.engine.dispose()


@pytest.fixture
def server(template: Path, tmp_path: Path) -> Iterator[Server]:
    copy_instance(template, tmp_path / "instance")
    server = Server(tmp_path)
    yield server
    server.close()
