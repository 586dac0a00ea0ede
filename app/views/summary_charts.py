"""What the charts of the summary show: columns by day, month or hour, rows and parted bars."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby

from app.charts import Band, Column, Share, Tick, band, columns, row_width, share
from app.domain.period import Period, day_of, month_of
from app.formatting import month_name, short_weekday
from app.models.office import OfficeHours
from app.queries.register import NO_DESTINATION
from app.queries.summary import Destination, Summary
from app.queries.timeliness import Timeliness
from app.views.periods import days_of

MOST_DAYS = 62  # beyond, a column is a month
ROOM_ON_PHONE = 14  # columns that can each bear a label there
MOST_LABELLED = 31  # on any screen
HOURS_LABELLED = 3  # every third hour, where there is no room for all
MONDAY = 0


@dataclass(frozen=True)
class Slot:
    """A place on the axis: its label in two lines, and how the register asks for its visits.

    `is_marked`: its label stands where there is no room for all. Which day or hour it is, `days`
    and `hour` tell.
    """

    short: str
    under: str
    link: Mapping[str, str]
    is_marked: bool
    days: Period
    hour: int | None = None
    is_closed: bool = False


@dataclass(frozen=True)
class Chart:
    """A column chart; `bands` shade the ground where the office is open, by hour from `opened`."""

    slots: Sequence[tuple[Slot, Column]]
    ticks: Sequence[Tick]
    bands: Sequence[Band]
    times: Sequence[Timeliness]
    opened: tuple[time, time] | None = None

    @property
    def is_many(self) -> bool:
        """Whether a phone has no room for every label."""
        return len(self.slots) > ROOM_ON_PHONE

    @property
    def is_crowded(self) -> bool:
        """Whether no screen has."""
        return len(self.slots) > MOST_LABELLED

    @property
    def busiest(self) -> Slot | None:
        """The place with the most visits; None when several have as many."""
        highest = max(column.value for _, column in self.slots)
        busiest = [slot for slot, column in self.slots if column.value == highest]
        return busiest[0] if len(busiest) == 1 else None


@dataclass(frozen=True)
class DestinationRow:
    """A destination with its bar, and how the register asks for its visits."""

    destination: Destination
    width: float
    link: Mapping[str, str]
    times: Timeliness


def day_chart(summary: Summary) -> Chart | None:
    """Visits by day, by month beyond two months; None for a single day."""
    period = summary.period
    if period.is_day:
        return None
    by_month = period.days > MOST_DAYS
    slots = list(_months(period) if by_month else _days(period, summary.hours))
    values = [_visits_in(slot.days, summary.by_day) for slot in slots]
    by_day = summary.timeliness.by_day
    times = [_times_in(slot.days, by_day) for slot in slots]
    return _chart(slots, values, _open_days(slots), times)


def hour_chart(summary: Summary) -> Chart:
    """Visits by hour of arrival, from the first to the last hour that matters."""
    opened = _opened(summary)
    hours = _hours_shown(summary.by_hour, opened)
    values = [summary.by_hour.get(hour, 0) for hour in hours]
    bands = []
    if opened is not None:
        first, last = (_in_hours(moment) for moment in opened)
        bands = [band(first, last, start=hours[0], slots=len(hours))]
    times = [summary.timeliness.by_hour.get(hour, Timeliness()) for hour in hours]
    return _chart(list(_hours(summary.period, hours)), values, bands, times, opened)


def destination_rows(summary: Summary) -> list[DestinationRow]:
    """A bar for each destination, the longest first, and one for visits without."""
    highest = max((row.visits for row in summary.destinations), default=0)
    days = days_of(summary.period)
    return [
        DestinationRow(
            row,
            row_width(row.visits, highest),
            days | {"tujuan": str(row.unit_id or NO_DESTINATION)},
            summary.timeliness.by_destination.get(row.unit_id, Timeliness()),
        )
        for row in summary.destinations
    ]


def share_bars(summary: Summary) -> dict[str, Share | None]:
    """How each step's judged times divide into on time and late, by the step's key."""
    figures = {row.step.key: row.figures for row in summary.steps}
    return {key: share(found.on_time, found.late) for key, found in figures.items()}


def _chart(
    slots: Sequence[Slot],
    values: Sequence[int],
    bands: Sequence[Band],
    times: Sequence[Timeliness],
    opened: tuple[time, time] | None = None,
) -> Chart:
    drawn = columns(values)
    return Chart(list(zip(slots, drawn.columns, strict=True)), drawn.ticks, bands, times, opened)


def _hours(period: Period, hours: range) -> Iterator[Slot]:
    has_room = len(hours) <= ROOM_ON_PHONE
    for hour in hours:
        yield Slot(
            short=f"{hour:02}",
            under="",
            link=days_of(period) | {"jam": str(hour)},
            is_marked=has_room or hour % HOURS_LABELLED == 0,
            days=period,
            hour=hour,
        )


def _days(period: Period, hours: Mapping[int, OfficeHours]) -> Iterator[Slot]:
    has_room = period.days <= ROOM_ON_PHONE
    for offset in range(period.days):
        day = period.first + timedelta(days=offset)
        yield Slot(
            short=str(day.day),
            under=short_weekday(day),
            link=days_of(day_of(day)),
            is_marked=has_room or day.weekday() == MONDAY,
            days=day_of(day),
            is_closed=bool(hours) and day.weekday() not in hours,
        )


def _months(period: Period) -> Iterator[Slot]:
    first = period.first
    while first <= period.last:
        month = Period(first, min(month_of(first).last, period.last))
        is_new_year = first == period.first or first.month == 1
        yield Slot(
            short=month_name(first),
            under=f"’{first:%y}" if is_new_year else "",
            link=days_of(month),
            is_marked=True,
            days=month,
        )
        first = month.last + timedelta(days=1)


def _visits_in(days: Period, by_day: Mapping[date, int]) -> int:
    if days.is_day:
        return by_day.get(days.first, 0)
    return sum(visits for day, visits in by_day.items() if days.holds(day))


def _times_in(days: Period, by_day: Mapping[date, Timeliness]) -> Timeliness:
    found = (times for day, times in by_day.items() if days.holds(day))
    return sum(found, start=Timeliness())


def _open_days(slots: Sequence[Slot]) -> list[Band]:
    """A band behind each run of days on which the office is open; none where it always is."""
    if not any(slot.is_closed for slot in slots):
        return []
    bands, at = [], 0
    for is_closed, run in groupby(slots, key=lambda slot: slot.is_closed):
        length = len(list(run))
        if not is_closed:
            bands.append(band(at, at + length, start=0, slots=len(slots)))
        at += length
    return bands


def _opened(summary: Summary) -> tuple[time, time] | None:
    """From the earliest opening to the latest closing of the period's days; None when closed."""
    week = min(summary.period.days, 7)
    weekdays = {(summary.period.first + timedelta(days=offset)).weekday() for offset in range(week)}
    hours = [row for weekday, row in summary.hours.items() if weekday in weekdays]
    if not hours:
        return None
    return min(row.opens_at for row in hours), max(row.closes_at for row in hours)


def _hours_shown(by_hour: Mapping[int, int], opened: tuple[time, time] | None) -> range:
    ends = [hour for hour in by_hour if hour >= 0]
    if opened is not None:
        closing = opened[1]
        ends += [opened[0].hour, closing.hour if closing.minute else closing.hour - 1]
    return range(min(ends, default=0), max(ends, default=23) + 1)


def _in_hours(moment: time) -> float:
    return moment.hour + moment.minute / 60
