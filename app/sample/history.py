"""The visits of past working days: how many, at which hours, and what became of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.domain.hours import DayHours
from app.domain.sop import Sop
from app.sample.scripts import Script, some_course, write_script
from app.sample.staff import Staff

SLOT = timedelta(minutes=30)
LAST_ARRIVAL = timedelta(minutes=75)  # before closing: a visit takes about that long at most
FRIDAY, FRIDAY_SHARE = 4, 0.8
BREAK_SHARE = 0.15
BUSY = {9: 2.6, 13: 2.4, 8: 1.5, 10: 1.6, 14: 1.8}  # the hours that guests prefer


@dataclass(frozen=True)
class Setting:
    """Where the visits take place: by which SOP, with whom, in which hours of which zone."""

    sop: Sop
    sop_version_id: int
    staff: Staff
    hours: Mapping[int, DayHours]
    zone: ZoneInfo


def working_days(hours: Mapping[int, DayHours], before: date, count: int) -> list[date]:
    """That many days on which the office was open, the last of them before a day."""
    days: list[date] = []
    day = before
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() in hours:
            days.append(day)
    return days[::-1]


def shared_out(rng: Random, visits: int, days: Sequence[date]) -> list[int]:
    """So many visits on each of the days: never twice the same, fewer on a Friday."""
    weights = [
        max(rng.gauss(1, 0.16), 0.4) * (FRIDAY_SHARE if day.weekday() == FRIDAY else 1)
        for day in days
    ]
    counts, given, weighed = [], 0, 0.0
    for weight in weights:
        weighed += weight
        upto = round(visits * weighed / sum(weights))
        counts.append(upto - given)
        given = upto
    return counts


def visits_of_day(rng: Random, setting: Setting, day: date, count: int) -> list[Script]:
    """The visits of one day in the order in which they were written into the guest book."""
    scripts = [
        write_script(rng, setting.sop, setting.staff, arrived_at, some_course(rng))
        for arrived_at in _arrivals(rng, setting, day, count)
    ]
    return sorted(scripts, key=lambda script: script.saved_at)


def past_visits(
    seed: int, setting: Setting, days: Sequence[date], visits: int
) -> Iterator[list[Script]]:
    """The visits of each day, day after day; the same seed gives the same ones."""
    rng = Random(seed)  # noqa: S311  made-up guests are no secret
    for day, count in zip(days, shared_out(rng, visits, days), strict=True):
        yield visits_of_day(rng, setting, day, count)


def _arrivals(rng: Random, setting: Setting, day: date, count: int) -> list[datetime]:
    slots = _slots(setting.hours[day.weekday()])
    begins = rng.choices(tuple(slots), tuple(slots.values()), k=count)
    return sorted(
        datetime.combine(day, begin, setting.zone).astimezone(UTC) + SLOT * rng.random()
        for begin in begins
    )


def _slots(hours: DayHours) -> dict[time, float]:
    """The half hours in which guests arrive, and how likely each is."""
    slots: dict[time, float] = {}
    begin = datetime.combine(date.min, hours.opens_at)
    last = datetime.combine(date.min, hours.closes_at) - LAST_ARRIVAL
    while begin <= last:
        slots[begin.time()] = BUSY.get(begin.hour, 1.0) * _break_share(hours, begin.time())
        begin += SLOT
    return slots or {hours.opens_at: 1.0}


def _break_share(hours: DayHours, moment: time) -> float:
    if hours.break_from is None or hours.break_until is None:
        return 1.0
    return BREAK_SHARE if hours.break_from <= moment < hours.break_until else 1.0
