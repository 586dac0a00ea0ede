from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.throttle import FREE_FAILURES, LONGEST_WAIT, WINDOW, wait_left

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
steady = settings(deadline=None)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def wait(*seconds_ago: float, **kwargs) -> float:
    return wait_left([ago(seconds) for seconds in seconds_ago], NOW, **kwargs).total_seconds()


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (99, 900),
     (5000, 900)],
)  # fmt: skip
def test_five_failures_are_free_and_then_the_wait_doubles_up_to_a_quarter_hour(failures, seconds):
    assert wait(*[0] * failures) == seconds


@pytest.mark.parametrize(
    ("passed", "left"), [(0, 30), (1, 29), (29.5, 0.5), (30, 0), (31, 0), (600, 0)]
)
def test_the_wait_is_counted_from_the_latest_failure(passed, left):
    assert wait(600, 500, 400, 300 + passed, passed) == left


def test_the_order_of_the_failures_does_not_matter():
    assert wait(10, 600, 500, 400, 300) == wait(600, 500, 400, 300, 10) == 20


def test_failures_of_over_a_quarter_hour_ago_are_forgotten():
    assert wait(900, 900, 900, 0, 0) == 0
    assert wait(899.9, 899.9, 899.9, 0, 0) == 30


def test_an_address_may_have_more_free_failures_than_an_account():
    assert wait(*[0] * 29, free_failures=30) == 0
    assert wait(*[0] * 30, free_failures=30) == 30


def test_failures_recorded_by_a_clock_that_ran_ahead_lock_nobody_out():
    assert wait(*[-86400 * 365] * 9) == 0


moments = st.lists(st.floats(-7200, 7200).map(ago), max_size=20)
past = st.lists(st.floats(0, 7200).map(ago), max_size=20)


@steady
@given(moments)
def test_no_wait_is_negative_or_longer_than_a_quarter_hour(failures):
    assert timedelta() <= wait_left(failures, NOW) <= LONGEST_WAIT


@steady
@given(past)
def test_who_has_waited_may_try(failures):
    assert wait_left(failures, NOW + wait_left(failures, NOW)) == timedelta()
    assert wait_left(failures, NOW + WINDOW) == timedelta()


@steady
@given(past, st.floats(0, 3600))
def test_the_wait_never_grows_by_waiting(failures, seconds):
    assert wait_left(failures, NOW + timedelta(seconds=seconds)) <= wait_left(failures, NOW)


@steady
@given(past)
def test_a_further_failure_never_shortens_the_wait(failures):
    assert wait_left([*failures, NOW], NOW) >= wait_left(failures, NOW)


@steady
@given(st.lists(st.floats(0, 7200).map(ago), max_size=FREE_FAILURES - 1))
def test_fewer_than_five_failures_cost_nothing(failures):
    assert wait_left(failures, NOW) == timedelta()
