"""Office hours: reading a time as people write it, what a day's hours keep to, closing time."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

_CLOCK = re.compile(r"(\d{1,2})(?:[.:,]?(\d{2}))?")


class ClockError(ValueError):
    """A text that is no time of day."""


class HoursFault(StrEnum):
    """Why a day's hours cannot be kept."""

    ORDER = "order"
    HALF_BREAK = "half_break"
    BREAK_ORDER = "break_order"
    BREAK_OUTSIDE = "break_outside"


@dataclass(frozen=True)
class DayHours:
    """When the office is open on one day, by its own clock."""

    opens_at: time
    closes_at: time
    break_from: time | None = None
    break_until: time | None = None


def read_clock(text: str) -> time:
    """The time in 07.30, 7:30, 0730 or 7; raises ClockError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ClockError(text)
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError as error:
        raise ClockError(text) from error


def fault_of(hours: DayHours) -> HoursFault | None:
    """What is wrong with a day's hours, the first thing first; None when they are sound."""
    if hours.opens_at >= hours.closes_at:
        return HoursFault.ORDER
    start, end = hours.break_from, hours.break_until
    if start is None and end is None:
        return None
    if start is None or end is None:
        return HoursFault.HALF_BREAK
    if start >= end:
        return HoursFault.BREAK_ORDER
    if not hours.opens_at < start < end < hours.closes_at:
        return HoursFault.BREAK_OUTSIDE
    return None


def is_after_closing(closes_at: time | None, moment: time) -> bool:
    """Whether a day's office hours are over; a day without hours is closed all day."""
    return closes_at is None or moment >= closes_at


def has_outstayed(closes_at: time | None, arrived_on: date, local: datetime) -> bool:
    """Whether a guest is still here after the office closed, by the office's own clock.

    `closes_at` is that of the day it is now. Whoever came on an earlier day has seen it close
    since, also once it has opened again.
    """
    return arrived_on < local.date() or is_after_closing(closes_at, local.time())
