"""Killed in the middle of its work, the server has kept every scan that it answered."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from queue import Queue

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session as Reads

from app import create_app
from app.extensions import db
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit
from app.operations.log import projection
from app.queries.visits import log_of, view_by_id
from tests.cast import PASSWORD, copy_instance
from tools.driving.browsers import Browser, Session
from tools.driving.guests import DESKS, EVENTS, WAY, Form, Guests, Stop
from tools.driving.servers import Server

GUESTS = 6  # who are served at the same time, each with a badge of their own
KILLS = (range(30, 45, 3), range(45, 60, 3))  # answers before each of five kills, twice
WAIT_S = 20
REFUSED = Stop("sekar", "refused")
WAY_WITH_DETOURS = (WAY[0], REFUSED, *WAY[1:-1], REFUSED, WAY[-1])


class Guest(Guests):
    """One guest after another with the same badge; forms without an answer are sent again."""

    def __init__(self, badge: str) -> None:
        super().__init__(badge, WAY_WITH_DETOURS)
        self._forms = iter(self)
        self._pending: Form | None = None

    def send_next(self, browsers: dict[str, Browser]) -> None:
        """Send the form that got no answer, else the next."""
        self._pending = form = self._pending or next(self._forms)
        form.send(browsers[form.username])
        self._pending = None


def browsers(port: int, sessions: dict[str, Session]) -> dict[str, Browser]:
    """A connection of one's own for each person."""
    return {username: Browser(port, session) for username, session in sessions.items()}


def serve_until_killed(
    port: int, sessions: dict[str, Session], guest: Guest, answers: "Queue[str]"
) -> None:
    """Send one form after the other; the one that gets no answer stays pending."""
    own = browsers(port, sessions)
    with suppress(OSError, HTTPException):
        while True:
            guest.send_next(own)
            answers.put(guest.badge)
    for browser in own.values():
        browser.close()


def load(server: Server, sessions: dict[str, Session], guests: list[Guest], enough: int) -> None:
    """Serve all guests at once, and kill the server in the middle of it after enough answers."""
    answers: Queue[str] = Queue()
    with ThreadPoolExecutor(len(guests)) as pool:
        busy = [pool.submit(serve_until_killed, server.port, sessions, it, answers)
                for it in guests]  # fmt: skip
        try:
            for _ in range(enough):
                answers.get(timeout=WAIT_S)
        finally:
            server.kill()
            for done in busy:
                done.result()


def stored(session: Reads) -> dict[str, str]:
    """What the database knows of what was sent: the answer by the nonce."""
    scans = {row.nonce: row.outcome for row in session.scalars(select(Scan))}
    visits = {row.entry_nonce: f"{row.number}/{row.year}" for row in session.scalars(select(Visit))}
    assert len(scans) == session.scalar(select(func.count()).select_from(Scan))
    return {**scans, **visits}


def check_record(session: Reads) -> None:
    """What holds at any moment: nothing is half written."""
    assert session.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
    assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    visits = session.scalars(select(Visit).order_by(Visit.id)).all()
    assert [visit.number for visit in visits] == list(range(1, len(visits) + 1))
    for visit in visits:
        log, view = log_of(session, visit.id), view_by_id(session, visit.id)
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
    sessions = {username: Session(username) for username in DESKS}
    server.start()
    for browser in browsers(server.port, sessions).values():
        browser.sign_in(PASSWORD)
        browser.close()

    for enough in kills:
        load(server, sessions, guests, enough)
        sent = [form for guest in guests for form in guest.sent]
        answered = {form.nonce: form.answer for form in sent if form.answer}
        unanswered = {form.nonce for form in sent if not form.answer}
        assert len(unanswered) == GUESTS, "each was in the middle of something"
        with app.app_context():
            with Reads(db.engine) as session:
                known = stored(session)
                check_record(session)
            db.engine.dispose()
        assert {nonce: known.get(nonce) for nonce in answered} == answered
        assert set(known) <= set(answered) | unanswered
        server.start()

    own = browsers(server.port, sessions)
    for guest in guests:
        guest.send_next(own)
    for browser in own.values():
        browser.close()
    with app.app_context():
        with Reads(db.engine) as session:
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
