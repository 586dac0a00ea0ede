"""Spans of whole days on the office's calendar."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 2000, 2100
EARLIEST = date(FIRST_YEAR, 1, 1)
_WRITTEN = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})"),
)
_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})")


class DayError(ValueError):
    """A text that is no day, or no month, of these times."""


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last

    @property
    def is_month(self) -> bool:
        """Whether it is exactly one calendar month."""
        return self == month_of(self.first)

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


def day_of(day: date) -> Period:
    """One day."""
    return Period(day, day)


def week_of(day: date) -> Period:
    """The week that a day lies in, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def month_before(day: date) -> Period:
    """The calendar month before the one that a day lies in."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def month_of(day: date) -> Period:
    """The calendar month that a day lies in."""
    last = monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))


def earlier(period: Period) -> Period:
    """The period of the same kind just before: a month before a month, else as many days."""
    if period.is_month:
        return month_before(period.first)
    return Period(period.first - timedelta(period.days), period.first - timedelta(1))


def later(period: Period) -> Period:
    """The period of the same kind just after."""
    if period.is_month:
        return month_of(period.last + timedelta(1))
    return Period(period.last + timedelta(1), period.last + timedelta(period.days))


def read_month(text: str) -> Period:
    """The month in 2026-11; raises DayError."""
    found = _MONTH.fullmatch(text.strip())
    if found is None:
        raise DayError(text)
    return month_of(_day(int(found["year"]), int(found["month"]), 1))


def read_day(text: str) -> date:
    """The day in 2026-11-24 (as browsers send it) or 24/11/2026; raises DayError."""
    for written in _WRITTEN:
        found = written.fullmatch(text.strip())
        if found is not None:
            return _day(int(found["year"]), int(found["month"]), int(found["day"]))
    raise DayError(text)


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DayError(year)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DayError(str(error)) from error
