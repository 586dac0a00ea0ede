import sqlite3
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.office import ScreenVersion
from app.models.person import Unit
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit, VisitText
from app.operations import scan_plans
from app.operations.badges import make_badges
from app.operations.people import NewPerson, add_person, edit_person
from app.operations.transaction import (
    ATTEMPTS,
    ConcurrentChange,
    refresh_screens,
    retrying,
    write,
)
from app.operations.units import UnitData, save_unit
from app.operations.visits import cancel_entry, correct_visit
from app.qr import new_code
from app.queries.office import screen_version
from app.queries.visits import VisitView, view_by_id
from tests.cast import PASSWORD, Office

WRITES = 100


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def other_process(app: Flask, *, patience: float = 10) -> "closing[sqlite3.Connection]":
    """A connection as another process has it: it knows nothing of this one's lock."""
    path = app.config["INSTANCE"] / "tamu.db"
    return closing(
        sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    )


def counter(app: Flask) -> int:
    with app.app_context():
        return screen_version(db.session())


# --- A write waits, and is waited for -------------------------------------------------------------


def test_a_read_then_write_under_load_loses_nothing_and_is_never_refused(app):
    before = counter(app)

    def by_the_app() -> None:
        with app.app_context():
            for _ in range(WRITES):
                with write() as session:
                    n = session.scalars(select(ScreenVersion.n)).one()
                    session.execute(update(ScreenVersion).values(n=n + 1))

    def by_another_process() -> None:
        with other_process(app) as connection:
            for _ in range(WRITES):
                connection.execute("BEGIN IMMEDIATE")
                (n,) = connection.execute("SELECT n FROM screen_version").fetchone()
                connection.execute("UPDATE screen_version SET n = ?", (n + 1,))
                connection.execute("COMMIT")

    jobs = [by_the_app, by_the_app, by_another_process]
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    assert counter(app) == before + len(jobs) * WRITES


def test_a_write_keeps_other_processes_from_writing_from_its_first_read_on(app, context):
    with other_process(app, patience=0) as other:
        with write() as session:
            session.scalars(select(ScreenVersion.n)).one()
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                other.execute("UPDATE screen_version SET n = n + 1")
            assert other.execute("SELECT count(*) FROM person").fetchone() == (6,)
        assert other.execute("UPDATE screen_version SET n = n + 1").rowcount == 1


def test_a_write_after_a_read_sees_what_another_process_wrote_in_between(app, context):
    before = screen_version(db.session())
    with other_process(app) as other:
        other.execute("UPDATE screen_version SET n = n + 10")
    assert screen_version(db.session()) == before, "one request reads one state"
    with write() as session:
        refresh_screens(session)
    assert screen_version(db.session()) == before + 11


def test_one_thread_writes_at_a_time(app):
    inside, most = [], []

    def refresh() -> None:
        with app.app_context(), write() as session:
            inside.append(1)
            most.append(len(inside))
            refresh_screens(session)
            inside.pop()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(refresh) for _ in range(WRITES)]:
            done.result()
    assert most == [1] * WRITES


# --- All or nothing -------------------------------------------------------------------------------


class Accident(Exception):
    """What goes wrong in the middle of a write."""


def test_an_exception_rolls_everything_back_and_the_next_write_goes_on(app, context):
    before = screen_version(db.session())

    def fail() -> None:
        with write() as session:
            session.add(Unit(name="Bidang Koperasi", post="Kepala Bidang"))
            refresh_screens(session)
            session.flush()
            raise Accident

    with pytest.raises(Accident):
        fail()
    assert db.session().scalars(select(Unit.name)).all() == ["Kepala Dinas"]
    assert screen_version(db.session()) == before
    with write() as session:
        refresh_screens(session)
    assert screen_version(db.session()) == before + 1


TABLES = (Scan, StepEvent, VisitText, Visit, Loan, BadgeEvent, Badge, ScreenVersion)


def everything(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a scan can touch."""
    with office.app.app_context():
        return {
            table.__tablename__: [
                tuple(row) for row in db.session().execute(select(*table.__table__.c))
            ]
            for table in TABLES
        }


@pytest.mark.parametrize("step", [1, 3, 6])
def test_a_scan_that_fails_at_its_last_write_leaves_no_trace(office, monkeypatch, step):
    label = office.bring_to_step(step)
    office.clock.pass_time(minutes=2)
    username, answers = {
        1: ("fitri", {"visit": label}),
        3: ("sekar", {"direction": "Antar.", "destination_id": 1}),
        6: ("fitri", {}),
    }[step]
    before = everything(office)

    def accident(_session: object) -> None:
        raise Accident

    with monkeypatch.context() as broken:
        broken.setattr("app.operations.log.refresh_screens", accident)
        with pytest.raises(Accident):
            office.scan(username, "12", **answers)
    assert everything(office) == before

    outcome = {1: "issued", 3: "advanced", 6: "closed"}[step]
    assert office.scan(username, "12", **answers).outcome == outcome


# --- Somebody else was faster ---------------------------------------------------------------------


@pytest.fixture
def stale(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets so many attempts see the visit before its reception was started; it is under way."""
    office.bring_to_step(5)
    with office.app.app_context():
        old = view_by_id(db.session(), db.session().scalars(select(Visit.id)).one()).progress
    office.clock.pass_time(minutes=2)
    assert office.scan("hadi", "12").outcome == "started"
    office.clock.pass_time(minutes=2)

    def for_attempts(count: int) -> None:
        left = [old] * count

        def read(session: Session, visit_id: int) -> VisitView:
            view = view_by_id(session, visit_id)
            return replace(view, progress=left.pop()) if left else view

        monkeypatch.setattr(scan_plans, "view_by_id", read)

    return for_attempts


def log(office: Office) -> list[tuple[int, str, str | None]]:
    rows = office.session.scalars(select(StepEvent).order_by(StepEvent.seq))
    return [(row.seq, row.kind, row.step_key) for row in rows]


def test_a_scan_overtaken_twice_tries_again_and_meets_the_visit_as_it_is(office, stale):
    before, nonce = log(office), str(uuid.uuid4())
    stale(ATTEMPTS - 1)
    recorded = office.scan("hadi", "12", nonce=nonce)
    assert (recorded.outcome, recorded.step_key) == ("ended", "return")
    assert log(office) == [*before, (len(before) + 1, "ended", "reception")]
    rows = office.session.scalars(select(Scan).where(Scan.nonce == nonce)).all()
    assert [row.outcome for row in rows] == ["ended"]
    assert office.session.scalars(select(Visit.last_seq)).one() == len(before) + 1


def test_a_scan_overtaken_three_times_gives_up_and_leaves_no_trace(office, stale):
    before = everything(office)
    stale(ATTEMPTS)
    with pytest.raises(ConcurrentChange):
        office.scan("hadi", "12")
    assert everything(office) == before
    assert office.scan("hadi", "12").outcome == "ended"


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_an_attempt_is_repeated_until_it_succeeds(failures):
    attempts = []

    def attempt() -> str:
        attempts.append(1)
        if len(attempts) <= failures:
            raise ConcurrentChange
        return "done"

    assert retrying(attempt) == "done"
    assert len(attempts) == failures + 1


def test_the_third_failure_is_the_last():
    attempts = []

    def attempt() -> None:
        attempts.append(1)
        raise ConcurrentChange(12)

    with pytest.raises(ConcurrentChange, match="12"):
        retrying(attempt)
    assert len(attempts) == 3


def test_another_error_is_not_tried_again():
    attempts = []

    def attempt() -> None:
        attempts.append(1)
        raise Accident

    with pytest.raises(Accident):
        retrying(attempt)
    assert len(attempts) == 1


# --- What makes live pages refresh ----------------------------------------------------------------


def admin(office: Office) -> dict[str, object]:
    return {"officer": office.officer("adi"), "at": office.clock()}


def fitri(office: Office) -> dict[str, object]:
    return {"officer": office.officer("fitri"), "at": office.clock()}


def unit(**changes: object) -> UnitData:
    data = {"name": "Bidang Koperasi", "post": "Kepala Bidang", "active": True, "is_default": False,
            "host_ids": frozenset(), "assistant_ids": frozenset(), "host_role": "host"}  # fmt: skip
    return UnitData(**{**data, **changes})


def person_id(office: Office, username: str) -> int:
    return office.officer(username).person_id


CHANGES = {
    "a guest-book entry": (1, lambda office: office.open_visit("Ratna")),
    "a correction": (2, lambda office: correct_visit(
        "1/2026", purpose="Audiensi", destination_id=None, **fitri(office))),
    "a cancelled entry": (1, lambda office: cancel_entry(
        "1/2026", reason="Tidak jadi.", **fitri(office))),
    "a badge handed over": (1, lambda office: office.scan("fitri", "12")),
    "a step done": (2, lambda office: office.scan("kasim", "12")),
    "a step done by tap": (2, lambda office: office.scan(
        "kasim", None, method="tap", visit="1/2026", stage="purpose")),
    "a reception started": (5, lambda office: office.scan("hadi", "12")),
    "a badge taken back": (6, lambda office: office.scan("fitri", "12")),
    "badges made": (1, lambda office: make_badges(21, 22, new_code=new_code, **admin(office))),
    "a person added": (1, lambda office: add_person(
        NewPerson("Salma", "salma", PASSWORD, frozenset({"secretary"})), at=office.clock())),
    "a person renamed": (1, lambda office: edit_person(
        person_id(office, "wati"), name="Wati Sari", nip=None, roles=frozenset(), active=True)),
    "a destination added": (1, lambda office: save_unit(None, unit())),
    "a destination renamed": (1, lambda office: save_unit(1, unit(name="Kadis", is_default=True))),
}  # fmt: skip

NO_CHANGES = {
    "a refused scan": (2, lambda office: office.scan("sekar", "12")),
    "an unknown code": (2, lambda office: office.scan("kasim", "https://contoh.id")),
    "a badge in nobody's hands": (2, lambda office: office.scan("kasim", "13")),
    "a scan that needs an answer": (3, lambda office: office.scan("sekar", "12")),
    "a correction that changes nothing": (2, lambda office: correct_visit(
        "1/2026", purpose="Izin usaha", destination_id=None, **fitri(office))),
    "a sign-in": (2, lambda office: office.sign_in("kasim")),
    "a sign-in that fails": (2, lambda office: office.visitor().post(
        "/masuk", {"username": "kasim", "password": "lupa"})),
    "a look at every page": (2, lambda office: [
        office.desk("adi").get(url) for url in
        ("/meja", "/pindai", "/buku-tamu", "/sedang-di-dalam", "/kunjungan/2026/1")]),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_screens_refresh_after(office, change):
    step, act = CHANGES[change]
    office.bring_to_step(step)
    office.clock.pass_time(minutes=2)
    before = counter(office.app)
    with office.app.app_context():
        act(office)
    assert counter(office.app) == before + 1


@pytest.mark.parametrize("change", NO_CHANGES)
def test_screens_stay_as_they_are_after(office, change):
    step, act = NO_CHANGES[change]
    office.bring_to_step(step)
    office.clock.pass_time(minutes=2)
    before = counter(office.app)
    with office.app.app_context():
        act(office)
    assert counter(office.app) == before


def test_screens_stay_as_they_are_after_a_repeated_scan_and_after_the_same_nonce_again(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    nonce = str(uuid.uuid4())
    assert office.scan("kasim", "12", nonce=nonce).outcome == "advanced"
    before = counter(office.app)
    assert office.scan("kasim", "12").outcome == "repeated"
    assert office.scan("kasim", "12", nonce=nonce).is_replay
    assert office.scan("sekar", "12", nonce=nonce).reason == "nonce_conflict"
    assert counter(office.app) == before
