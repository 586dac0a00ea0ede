"""Percentiles and shares as the reports print them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.figures import StepFigures, percentile, step_figures_of
from app.domain.timing import Standing

SECONDS = st.lists(st.integers(min_value=0, max_value=86_400), min_size=1, max_size=60)

PERCENTILES = [
    ([], 50, None),
    ([7], 0, 7),
    ([7], 50, 7),
    ([7], 100, 7),
    ([1, 2], 50, 1),
    ([1, 2], 51, 2),
    ([1, 2, 3], 50, 2),
    ([1, 2, 3, 4], 50, 2),
    (list(range(1, 11)), 90, 9),
    (list(range(1, 12)), 90, 10),
    (list(range(1, 21)), 90, 18),
    (list(range(1, 101)), 90, 90),
    ([5] * 9 + [600], 90, 5),
    ([5] * 8 + [600] * 2, 90, 600),
]


@pytest.mark.parametrize(("ordered", "percent", "seconds"), PERCENTILES)
def test_a_percentile_is_the_value_at_the_nearest_rank(ordered, percent, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert percentile(ordered, percent) == expected


@given(SECONDS, st.integers(min_value=1, max_value=100))
def test_a_percentile_did_occur_and_no_smaller_value_covers_as_many(seconds, percent):
    found = percentile(sorted(seconds), percent)
    assert found is not None
    value = int(found.total_seconds())
    assert value in seconds
    assert sum(each <= value for each in seconds) * 100 >= percent * len(seconds)
    assert sum(each < value for each in seconds) * 100 < percent * len(seconds)


SHARES = [
    (0, 0, None),
    (1, 0, 1.0),
    (0, 1, 0.0),
    (3, 1, 0.75),
]


@pytest.mark.parametrize(("on_time", "late", "share"), SHARES)
def test_a_share_is_of_what_was_judged_and_none_where_nothing_was(on_time, late, share):
    figures = StepFigures("x", measured=9, on_time=on_time, late=late, not_measured=50, skipped=5)
    assert figures.share_on_time == share


def test_a_step_that_nobody_reached_has_no_times():
    assert step_figures_of("purpose", []) == StepFigures("purpose")


def test_each_standing_is_counted_once_and_only_what_was_measured_has_times():
    rows = [
        (Standing.ON_TIME, 60),
        (Standing.ON_TIME, 300),
        (Standing.LATE, 301),
        (Standing.NOT_MEASURABLE, None),
        (Standing.NOT_MEASURABLE, None),
        (Standing.SKIPPED, None),
    ]
    assert step_figures_of("purpose", rows) == StepFigures(
        step_key="purpose",
        measured=3,
        on_time=2,
        late=1,
        not_measured=2,
        skipped=1,
        median=timedelta(seconds=300),
        p90=timedelta(seconds=301),
        longest=timedelta(seconds=301),
    )


def test_an_open_ended_step_has_times_but_no_share():
    figures = step_figures_of("reception", [(Standing.OPEN_ENDED, 90), (Standing.OPEN_ENDED, 30)])
    assert figures == StepFigures(
        step_key="reception",
        measured=2,
        median=timedelta(seconds=30),
        p90=timedelta(seconds=90),
        longest=timedelta(seconds=90),
    )
    assert figures.share_on_time is None
