"""Each step's figures after real visits: on time, late, unscanned, declined, open."""

from datetime import date, timedelta

from sqlalchemy import update

from app.domain.events import Outcome
from app.domain.figures import StepFigures
from app.domain.period import day_of, month_of
from app.models.visit import Visit
from app.queries.step_figures import step_figures
from tests.support.mixed_days import close_early, complete, mixed_days, without_scan_of_host

TODAY = day_of(date(2026, 11, 24))
TWO = timedelta(minutes=2)
TEN = timedelta(minutes=10)


def test_a_period_without_visits_has_no_figures(office):
    assert step_figures(office.session, TODAY) == {}


def test_a_late_step_is_late_alone(office):
    complete(office)
    complete(office, late_at=3)
    found = step_figures(office.session, TODAY)
    assert found["direction"] == StepFigures(
        "direction", measured=2, on_time=1, late=1, median=TWO, p90=TEN, longest=TEN
    )
    assert found["purpose"] == StepFigures(
        "purpose", measured=2, on_time=2, median=TWO, p90=TWO, longest=TWO
    )
    assert found["reception"] == StepFigures(
        "reception", measured=2, median=TWO, p90=TWO, longest=TWO
    )


def test_a_step_that_was_not_scanned_is_counted_but_not_measured(office):
    complete(office)
    without_scan_of_host(office)
    found = step_figures(office.session, TODAY)
    assert found["reception"] == StepFigures(
        "reception", measured=1, not_measured=1, median=TWO, p90=TWO, longest=TWO
    )
    assert (found["return"].measured, found["return"].not_measured) == (1, 1)
    assert found["return"].share_on_time == 1.0


def test_steps_left_out_of_a_short_visit_are_skipped_and_those_done_are_measured(office):
    close_early(office, Outcome.COMPLETED_SHORT)
    found = step_figures(office.session, TODAY)
    assert {key: (row.measured, row.not_measured, row.skipped) for key, row in found.items()} == {
        "registration": (1, 0, 0),
        "purpose": (1, 0, 0),
        "direction": (0, 0, 1),
        "escort": (0, 0, 1),
        "reception": (0, 0, 1),
        "return": (0, 1, 0),
    }


def test_declined_and_cancelled_visits_are_not_judged(office):
    close_early(office, Outcome.DECLINED)
    close_early(office, Outcome.CANCELLED)
    assert step_figures(office.session, TODAY) == {}


def test_a_late_entry_is_not_judged(office):
    complete(office, late_at=3)
    session = office.session
    session.execute(update(Visit).values(late_entry=True))
    assert step_figures(session, TODAY) == {}
    session.rollback()
    assert step_figures(session, TODAY)["direction"].late == 1


def test_an_open_visit_counts_with_the_steps_behind_it(office):
    office.bring_to_step(4)
    found = step_figures(office.session, TODAY)
    assert {key: row.measured for key, row in found.items()} == {
        "registration": 1,
        "purpose": 1,
        "direction": 1,
    }


def test_only_the_days_asked_for_count(office):
    mixed_days(office)
    session = office.session
    by_period = [
        step_figures(session, period)["registration"].measured
        for period in (TODAY, month_of(TODAY.first), day_of(date(2026, 10, 30)))
    ]
    assert by_period == [4, 5, 1]
