"""A backup a day by itself, never two at once; a failure is logged, and the next look comes."""

import logging
import threading
from datetime import timedelta
from itertools import pairwise

import pytest

from app import create_app
from app.backups import daily
from app.backups.daily import back_up_if_due, look
from app.backups.places import one_at_a_time
from app.backups.shelf import Why, backups_in
from tests.support.rows import rows_of
from tests.support.shelves import backed_up, database_of, rows_in


def shelf(app):
    return backups_in(database_of(app).parent / "backups")


def test_the_first_look_makes_one_that_restores(busy, tmp_path):
    look(busy.app)
    (backup,) = shelf(busy.app)
    assert backup.manifest.why is Why.DAILY
    assert rows_in(backup.file, tmp_path / "elsewhere") == rows_of(database_of(busy.app))


@pytest.mark.parametrize(
    ("age", "is_made"),
    [
        (timedelta(minutes=10), False),
        (timedelta(hours=22, minutes=59), False),
        (timedelta(hours=23), False),
        (timedelta(hours=23, minutes=10), True),
        (timedelta(days=3), True),
    ],
)
def test_another_is_made_before_the_last_is_older_than_a_day(app, clock, age, is_made):
    backed_up(app)
    assert (back_up_if_due(app, clock() + age) is not None) is is_made


def test_looking_every_ten_minutes_for_a_week_the_last_one_is_never_older_than_a_day(app, clock):
    made = []
    for _ in range(7 * 24 * 6):
        outcome = back_up_if_due(app, clock())
        if outcome is not None:
            made.append(outcome.backup.manifest.made_at)
        clock.pass_time(minutes=10)
    assert all(later - one <= timedelta(days=1) for one, later in pairwise(made))
    assert len({at.date() for at in made}) == 7


def test_while_another_is_being_made_none_is(app):
    with one_at_a_time(database_of(app).parent):
        look(app)
    assert shelf(app) == []


def test_a_failure_is_logged_with_its_sentence_and_the_next_look_succeeds(app, caplog):
    blocked = database_of(app).parent / "backups"
    blocked.write_text("a file where the folder should be")
    look(app)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "Cadangan di" in record.getMessage()
    assert "tidak dapat dibuat" in record.getMessage()
    blocked.unlink()
    look(app)
    assert len(shelf(app)) == 1


def test_even_a_fault_of_our_own_does_not_end_the_looking(app, caplog, monkeypatch):
    def fail(*_arguments, **_options):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(daily, "back_up_and_log", fail)
        look(app)
    assert [record.exc_info is not None for record in caplog.records] == [True]
    look(app)
    assert len(shelf(app)) == 1


def test_a_second_place_that_is_missing_is_logged(two_places, second, caplog):
    second.rmdir()
    look(two_places)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert f"Tempat kedua {second} tidak ada" in caplog.text
    assert len(shelf(two_places)) == 1


def test_a_database_that_another_program_backs_up_is_left_alone(tmp_path, clock, caplog):
    elsewhere = {"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_ENGINE_OPTIONS": {}}
    look(create_app({"INSTANCE": tmp_path / "instance", "NOW": clock, **elsewhere}))
    assert caplog.records == []


def test_after_a_clock_that_ran_ahead_the_day_is_backed_up_all_the_same(app, clock):
    clock.pass_time(hours=24 * 365)
    backed_up(app, why=Why.DAILY)
    clock.pass_time(hours=-24 * 365)
    look(app)
    look(app)
    assert [it.manifest.made_at.year for it in shelf(app)] == [2027, 2026]


def test_an_app_alone_looks_after_nothing(app):
    assert "daily-backup" not in {thread.name for thread in threading.enumerate()}
    assert not (database_of(app).parent / "backups").exists()
