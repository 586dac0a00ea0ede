"""A line of the log says when, how grave and what, and quotes nobody."""

import logging
import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.logs.lines import FRAMES, CleanFormatter

WHEN = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
SECRET = "Siti Nurhaliza"


def line(name="app.views.scan", message="Yang terjadi", *arguments, error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(
        name, logging.WARNING, "/somewhere/library.py", 12, message, arguments, exc_info
    )
    return CleanFormatter().format(record)


def caught(act):
    try:
        act()
    except Exception as error:  # noqa: BLE001  whatever it is
        return error
    raise AssertionError("nothing was raised")


def asking(sql, *parameters):
    """What SQLite answers to a wrong question."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE guest (name TEXT UNIQUE, CHECK (length(name) < 99))")
        database.execute("CREATE VIRTUAL TABLE search USING fts5(name)")
        database.execute("INSERT INTO guest VALUES (?)", (SECRET,))
        return caught(lambda: database.execute(sql, parameters))


def test_it_has_one_shape():
    assert re.fullmatch(rf"{WHEN} WARNING - Yang terjadi", line())


def test_what_we_say_is_one_line_whatever_is_in_it():
    assert line("app.x", "Folder %s\n rusak", "a\nb").endswith(" - Folder a b rusak")


@pytest.mark.parametrize("name", ["flask-limiter", "app", "apps.other", "fpdf.output", "root"])
def test_of_others_only_the_place_is_told(name):
    told = line(name, f"{SECRET} %s", SECRET)
    assert told.endswith(f" - {name} (library.py:12)")


def test_an_error_is_told_by_its_kind_and_the_places_it_passed():
    def inner():
        raise ValueError(SECRET)

    def outer():
        try:
            inner()
        except ValueError as error:
            raise RuntimeError(f"for {SECRET}") from error

    told = line(error=caught(outer)).splitlines()
    places = [re.sub(r".*/([^/]+):\d+ ", r"\1 ", place.strip()) for place in told[1:]]
    assert places == [
        "test_lines.py outer",
        "test_lines.py inner",
        "builtins.ValueError",
        "test_lines.py caught",
        "test_lines.py outer",
        "builtins.RuntimeError",
    ]
    assert all(place.startswith("  ") for place in told[1:])


def test_an_error_without_end_is_cut():
    def deeper():
        deeper()

    assert len(line(error=caught(deeper)).splitlines()) == 1 + FRAMES + 1


def test_an_error_that_is_its_own_cause_ends():
    error = ValueError(SECRET)
    error.__context__ = RuntimeError(SECRET)
    error.__context__.__context__ = error
    told = line(error=error).splitlines()
    assert told[1:] == ["  builtins.RuntimeError", "  builtins.ValueError"]


@pytest.mark.parametrize(
    ("sql", "parameters", "told"),
    [
        (
            "INSERT INTO guest VALUES (?)",
            (SECRET,),
            (
                "sqlite3.IntegrityError: SQLITE_CONSTRAINT_UNIQUE, "
                "UNIQUE constraint failed: guest.name"
            ),
        ),
        (
            f'SELECT * FROM guest WHERE name = "{SECRET}" AND',
            (),
            "sqlite3.OperationalError: SQLITE_ERROR",
        ),
        (
            "SELECT * FROM search WHERE search MATCH ?",
            (f'"{SECRET}',),
            "sqlite3.OperationalError: SQLITE_ERROR",
        ),
        ("SELECT ?", (object(),), "sqlite3.ProgrammingError"),
    ],
    ids=["a constraint", "a syntax error", "a search", "a parameter"],
)  # fmt: skip
def test_an_error_of_the_database_is_told_as_far_as_it_quotes_nothing(sql, parameters, told):
    error = asking(sql, *parameters)
    wrapped = DBAPIError.instance(sql, parameters, error, sqlite3.Error)
    wrapped.__cause__ = error
    last, outermost = line(error=wrapped).splitlines()[-2:]
    assert last.strip() == told
    assert outermost.strip().startswith("sqlalchemy.exc.")
    assert SECRET not in line(error=wrapped)


def test_the_apps_own_errors_of_the_database_hide_what_was_typed(office):
    office.open_visit(SECRET)
    with office.app.app_context():
        error = caught(lambda: office.session.connection().exec_driver_sql(
            "INSERT INTO person (username) VALUES (?)", (SECRET,)))  # fmt: skip
    assert isinstance(error, IntegrityError)
    assert SECRET not in str(error)
