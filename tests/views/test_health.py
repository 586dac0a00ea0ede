"""`/sehat`, as a monitor sees it: well or not, and nothing else."""

import logging

import pytest
from flask_migrate import downgrade
from sqlalchemy import text

from app import create_app
from app.extensions import db
from app.models.migrate import MIGRATIONS
from app.startup import prepare_database
from tests.cast import CAST, Clock
from tests.views.reading import statements
from tests.views.test_faults import broken, locked, read_only

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


@pytest.mark.parametrize("fault", [read_only, locked])
def test_a_database_that_can_be_read_answers(office, ask, fault):
    with fault(office):
        assert ask() == WELL


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
