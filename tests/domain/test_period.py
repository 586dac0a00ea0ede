"""Spans of days: days, weeks, months, the one before and the one after, and reading them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.period import (
    DayError,
    Period,
    day_of,
    earlier,
    later,
    month_of,
    read_day,
    read_month,
    week_of,
)

DAYS = st.dates(min_value=date(2000, 2, 1), max_value=date(2099, 12, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def test_a_day_is_one_day():
    day = day_of(date(2026, 11, 24))
    assert (day.days, day.is_day, day.is_month) == (1, True, False)


MONTHS = [
    (date(2026, 11, 24), NOVEMBER),
    (date(2026, 12, 31), Period(date(2026, 12, 1), date(2026, 12, 31))),
    (date(2027, 2, 28), Period(date(2027, 2, 1), date(2027, 2, 28))),
    (date(2028, 2, 1), Period(date(2028, 2, 1), date(2028, 2, 29))),
]


@pytest.mark.parametrize(("day", "month"), MONTHS)
def test_a_month_is_all_of_its_days(day, month):
    assert month_of(day) == month
    assert month.is_month


@pytest.mark.parametrize(
    "period",
    [
        Period(date(2026, 11, 1), date(2026, 11, 29)),
        Period(date(2026, 11, 2), date(2026, 11, 30)),
        Period(date(2026, 11, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_short_of_a_day_or_longer_is_none(period):
    assert not period.is_month


WEEKS = [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 29)]


@pytest.mark.parametrize("day", WEEKS)
def test_a_week_goes_from_monday_to_sunday(day):
    assert week_of(day) == Period(date(2026, 11, 23), date(2026, 11, 29))


NEIGHBOURS = [
    (day_of(date(2026, 1, 1)), day_of(date(2025, 12, 31)), day_of(date(2026, 1, 2))),
    (week_of(date(2027, 1, 1)), week_of(date(2026, 12, 25)), week_of(date(2027, 1, 8))),
    (month_of(date(2027, 1, 1)), month_of(date(2026, 12, 1)), month_of(date(2027, 2, 1))),
    (
        Period(date(2026, 11, 10), date(2026, 11, 19)),
        Period(date(2026, 10, 31), date(2026, 11, 9)),
        Period(date(2026, 11, 20), date(2026, 11, 29)),
    ),
]


@pytest.mark.parametrize(("period", "before", "after"), NEIGHBOURS)
def test_the_periods_beside_are_of_the_same_kind(period, before, after):
    assert (earlier(period), later(period)) == (before, after)


@given(DAYS, st.integers(min_value=0, max_value=400))
def test_the_periods_beside_touch_it_and_lead_back(first, more):
    period = Period(first, first + timedelta(days=more))
    assert earlier(period).last == period.first - timedelta(days=1)
    assert later(period).first == period.last + timedelta(days=1)
    if period.is_month or not (earlier(period).is_month or later(period).is_month):
        assert later(earlier(period)) == earlier(later(period)) == period


def test_a_period_holds_its_ends_and_nothing_beyond():
    held = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]
    assert [NOVEMBER.holds(day) for day in held] == [False, True, True, False]


READ_DAYS = ["2026-11-24", " 2026-11-24 ", "24/11/2026", "24-11-2026", "24.11.2026"]


@pytest.mark.parametrize("text", READ_DAYS)
def test_a_day_is_read_as_browsers_and_people_write_it(text):
    assert read_day(text) == date(2026, 11, 24)


BAD_DAYS = ["", "x", "2026-11", "2026-02-29", "31/11/2026", "1999-12-31", "2101-01-01", "٢٠٢٦-1-1"]


@pytest.mark.parametrize("text", BAD_DAYS)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(DayError):
        read_day(text)


@pytest.mark.parametrize("text", ["2026-11", "2026-11 "])
def test_a_month_is_read(text):
    assert read_month(text) == NOVEMBER


BAD_MONTHS = ["", "x", "2026", "2026-00", "2026-13", "2026-11-24", "11-2026", "1999-12", "2101-01"]


@pytest.mark.parametrize("text", BAD_MONTHS)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(DayError):
        read_month(text)
