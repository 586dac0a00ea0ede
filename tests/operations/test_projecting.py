"""What is derived from the log for the reports: as it goes, and after an upgrade."""

from typing import Any

import pytest
from flask_migrate import downgrade
from sqlalchemy import text

from app.domain.events import Outcome
from app.extensions import db
from app.models.migrate import MIGRATIONS
from app.operations.projecting import project_what_is_missing
from app.startup import prepare_database


def derived(office) -> list[Any]:
    """The derived columns and the step times of every visit."""
    with office.app.app_context(), db.engine.connect() as connection:
        visits = connection.execute(text("SELECT id, arrived_hour, late_steps FROM visit"))
        times = connection.execute(
            text("SELECT visit_id, step_key, round, standing, elapsed_s FROM step_time")
        )
        return sorted(visits.all()) + sorted(times.all())


def found(office, name: str) -> list[int]:
    with office.app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT rowid FROM visitor_search WHERE visitor_search MATCH :name"),
            {"name": f'"{name}"'},
        )
        return [row.rowid for row in rows]


def visits_of_every_sort(office) -> None:
    office.bring_to_step(6, "1")
    office.clock.pass_time(minutes=8)
    assert office.scan("fitri", "1").outcome == "closed"
    office.bring_to_step(5, "2", name="Siti")
    office.bring_to_step(3, "3")
    answer = {"outcome": Outcome.CANCELLED, "reason_text": "Tidak jadi."}
    assert office.scan("fitri", "3", **answer).outcome == "closed"
    office.open_visit("Udin")


def test_each_move_keeps_the_step_times(office):
    office.bring_to_step(6, "1")
    office.clock.pass_time(minutes=8)
    assert office.scan("fitri", "1").outcome == "closed"
    assert derived(office) == [
        (1, 9, 1),
        (1, "direction", 1, "on_time", 120),
        (1, "escort", 1, "on_time", 120),
        (1, "purpose", 1, "on_time", 120),
        (1, "reception", 1, "open_ended", 120),
        (1, "registration", 1, "on_time", 120),
        (1, "return", 1, "late", 480),
    ]


def test_an_upgrade_fills_in_the_visits_from_before(office):
    visits_of_every_sort(office)
    before = derived(office)
    office.close()
    with office.app.app_context():
        downgrade(directory=str(MIGRATIONS), revision="0001")
        db.engine.dispose()
    prepare_database(office.app)
    assert derived(office) == before
    assert found(office, "Siti") == [2]


def test_nothing_is_filled_in_twice(office):
    visits_of_every_sort(office)
    with office.app.app_context():
        assert project_what_is_missing() == 0


@pytest.mark.parametrize("word", ["Siti", "perorangan"])
def test_an_erased_word_cannot_be_found(office, word):
    office.open_visit("Siti")
    assert found(office, word) == [1]
    with office.app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE visitor SET name = NULL, origin = NULL, erased_at = '2028-11-23 02:00:00'")
        )
    assert found(office, word) == []
