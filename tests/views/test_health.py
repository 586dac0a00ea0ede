"""`/sehat`, as a monitor sees it: well or not, and nothing else."""

import logging
import sqlite3
import uuid
from types import SimpleNamespace

import pytest
from flask_migrate import downgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from app import create_app
from app.disk_room import TOO_FULL
from app.extensions import db
from app.models.migrate import MIGRATIONS
from app.operations.transaction import refresh_screens, write
from app.startup import prepare_database
from app.views import health
from tests.cast import CAST, Clock
from tests.views.reading import statements
from tests.views.test_faults import JSON, broken, locked, read_only

WELL = (200, {"status": "ok"})
ILL = (503, {"status": "gangguan"})


@pytest.fixture
def ask(office):
    """What a monitor without a session is answered."""

    def ask(**options):
        answer = office.app.test_client().get("/sehat", **options)
        return answer.status_code, answer.json

    return ask


def test_an_office_at_work_is_well(office, ask):
    office.bring_to_step(2)
    assert ask() == WELL


@pytest.mark.parametrize("who", [None, *CAST])
def test_whoever_asks_gets_the_same_bytes(office, who):
    client = office.browser(who).client if who else office.app.test_client()
    answer = client.get("/sehat")
    assert (answer.status_code, answer.data) == (200, b'{"status":"ok"}\n')
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_it_looks_at_nothing_but_the_schema(office):
    with statements(office.app) as sent:
        assert office.browser("kasim").get("/sehat").status_code == 200
    assert {statement.split()[0] for statement in sent} <= {"PRAGMA", "SELECT", "BEGIN", "ROLLBACK"}
    tables = {word for statement in sent for word in statement.split() if "visit" in word}
    assert tables == set()


def test_it_answers_before_the_set_up(tmp_path):
    app = create_app({"INSTANCE": tmp_path / "new", "NOW": Clock()})
    prepare_database(app)
    answer = app.test_client().get("/sehat")
    assert (answer.status_code, answer.json) == WELL


def test_an_empty_database_is_not_ready(tmp_path):
    app = create_app({"INSTANCE": tmp_path / "new", "NOW": Clock()})
    answer = app.test_client().get("/sehat")
    assert (answer.status_code, answer.json) == ILL


def test_an_older_schema_is_not_ready(office, ask):
    office.close()
    with office.app.app_context():
        downgrade(directory=str(MIGRATIONS), revision="0001")
    assert ask() == ILL
    prepare_database(office.app)
    assert ask() == WELL


def test_a_schema_that_this_version_does_not_know_is_not_ready(office, ask):
    with office.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert ask() == ILL


def test_a_database_that_cannot_be_read_is_not_well_until_it_can(office, ask):
    with broken(office):
        assert [ask(), ask()] == [ILL, ILL]
        assert ask(headers={"Accept": "text/html"}) == ILL
        assert office.browser("kasim").get("/sehat").status_code == 503
    assert ask() == WELL


def scan(office):
    """What a scan that moves a visit is answered."""
    sent = {"code": "12", "nonce": str(uuid.uuid4())}
    return office.desk("kasim").post("/pindai", sent, headers=JSON).status_code


def test_an_office_that_cannot_store_is_not_well_until_a_scan_is_stored(office, ask):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    office.desk("kasim")
    with read_only(office):
        assert (ask(), scan(office), ask()) == (WELL, 503, ILL)
    assert (ask(), scan(office), ask()) == (ILL, 200, WELL)


def test_a_write_that_changes_nothing_does_not_make_it_well(office, ask):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    office.desk("kasim")
    with read_only(office):
        assert scan(office) == 503
    with office.app.app_context(), write() as session:
        session.scalar(text("SELECT 1"))
    assert ask() == ILL
    with office.app.app_context(), write() as session:
        refresh_screens(session)
    assert ask() == WELL


def test_a_lock_passes_by_itself(office, ask):
    office.bring_to_step(2)
    office.desk("kasim")
    with locked(office):
        assert (ask(), scan(office), ask()) == (WELL, 503, WELL)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (sqlite3.SQLITE_FULL, ILL),
        (sqlite3.SQLITE_READONLY, ILL),
        (sqlite3.SQLITE_CORRUPT, ILL),
        (sqlite3.SQLITE_IOERR, ILL),
        (sqlite3.SQLITE_BUSY, WELL),
        (sqlite3.SQLITE_CONSTRAINT, WELL),
    ],
)
def test_what_lasts_is_told_and_what_passes_is_not(office, ask, code, answer):
    error = sqlite3.Error("")
    error.sqlite_errorcode = code
    kind = IntegrityError if code == sqlite3.SQLITE_CONSTRAINT else OperationalError
    with office.app.app_context(), pytest.raises(kind), write():
        raise kind("UPDATE", {}, error)
    assert ask() == answer


@pytest.mark.parametrize(("missing", "answer"), [(0, WELL), (1, ILL)])
def test_a_disk_that_is_nearly_full_is_told_before_a_scan_is_lost(
    office, ask, monkeypatch, caplog, missing, answer
):
    free = SimpleNamespace(free=TOO_FULL - missing)
    monkeypatch.setattr(health, "disk_usage", lambda _: free)
    assert ask() == answer
    folder = office.app.config["INSTANCE"]
    told = f"/sehat: gangguan. Disk server penuh. Kosongkan ruang di disk tempat {folder}."
    assert [it.getMessage() for it in caplog.records] == [told] * missing


def test_a_disk_that_is_gone_is_told(office, ask, monkeypatch):
    def gone(_folder):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(health, "disk_usage", gone)
    assert ask() == ILL


def test_the_log_tells_of_changes_only(office, ask, caplog):
    with caplog.at_level(logging.INFO, logger="app"):
        ask()
        with broken(office):
            ask()
            ask()
        ask()
        ask()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "/sehat: gangguan."),
        ("WARNING", "/sehat: ok kembali."),
    ]


def test_whoever_asks_without_end_is_slowed_down(office, ask):
    codes = [ask()[0] for _ in range(121)]
    assert codes == [200] * 120 + [429]
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}}
    assert ask(**elsewhere) == WELL


def test_it_can_only_be_read(office):
    assert office.app.test_client().post("/sehat").status_code == 405
    assert office.app.test_client().head("/sehat").status_code == 200
