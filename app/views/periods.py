"""A page's period as its address gives it: read, checked, and put into links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.period import DayError, Period, day_of, read_day, read_month
from app.views.forms import squeezed

PARAMETERS = ("bulan", "dari", "sampai")
LONGEST_DAYS = 366
LONGEST_TYPED = 40


class PeriodFault(StrEnum):
    """Why a period cannot be shown; the words for each are in `phrases.py`."""

    MONTH = "month"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    NO_START = "no_start"
    BACKWARDS = "backwards"
    TOO_LONG = "too_long"


class _UnusableError(ValueError):
    """What was asked is no period; its argument is the fault."""


@dataclass(frozen=True)
class ChosenPeriod:
    """The period to show, how to ask for it again, and what was wrong with what was asked."""

    period: Period
    parameters: Mapping[str, str]
    typed: Mapping[str, str]
    fault: PeriodFault | None = None


def read_period(given: Mapping[str, str], today: date) -> ChosenPeriod:
    """A month, or the days from `dari` to `sampai`; today when nothing usable is asked."""
    typed = {name: squeezed(given.get(name))[:LONGEST_TYPED] for name in PARAMETERS}
    if not any(typed.values()):
        return ChosenPeriod(day_of(today), {}, typed)
    try:
        period = _asked(typed, today)
    except _UnusableError as error:
        return ChosenPeriod(day_of(today), {}, typed, PeriodFault(error.args[0]))
    return ChosenPeriod(period, parameters_of(period), typed)


def parameters_of(period: Period) -> dict[str, str]:
    """How an address asks for a period."""
    if period.is_month:
        return {"bulan": f"{period.first:%Y-%m}"}
    return days_of(period)


def days_of(period: Period) -> dict[str, str]:
    """The period as the register's filters take it."""
    return {"dari": period.first.isoformat(), "sampai": period.last.isoformat()}


def _asked(typed: Mapping[str, str], today: date) -> Period:
    if typed["bulan"]:
        try:
            return read_month(typed["bulan"])
        except DayError as error:
            raise _UnusableError(PeriodFault.MONTH) from error
    if not typed["dari"]:
        raise _UnusableError(PeriodFault.NO_START)
    first = _day(typed["dari"], PeriodFault.FIRST_DAY)
    last = max(first, today)
    if typed["sampai"]:
        last = _day(typed["sampai"], PeriodFault.LAST_DAY)
    if last < first:
        raise _UnusableError(PeriodFault.BACKWARDS)
    period = Period(first, last)
    if period.days > LONGEST_DAYS:
        raise _UnusableError(PeriodFault.TOO_LONG)
    return period


def _day(text: str, fault: PeriodFault) -> date:
    try:
        return read_day(text)
    except DayError as error:
        raise _UnusableError(fault) from error
