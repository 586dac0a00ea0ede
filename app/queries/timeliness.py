"""How many steps of a period's visits were on time, by day, hour and destination of the visit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.domain.period import Period
from app.domain.timing import Standing
from app.models.visit import StepTime, Visit
from app.queries.step_figures import counts_in_time_rates


@dataclass(frozen=True)
class Timeliness:
    """Steps measured against a standard, how many of them were on time, and those not measured."""

    on_time: int = 0
    measured: int = 0
    not_measured: int = 0

    def __add__(self, other: "Timeliness") -> "Timeliness":
        return Timeliness(
            self.on_time + other.on_time,
            self.measured + other.measured,
            self.not_measured + other.not_measured,
        )

    @property
    def share(self) -> float | None:
        """On time of what was measured; None when nothing was."""
        return self.on_time / self.measured if self.measured else None


@dataclass(frozen=True)
class TimelinessOf:
    """The same steps, divided in three ways."""

    by_day: Mapping[date, Timeliness] = field(default_factory=dict)
    by_hour: Mapping[int, Timeliness] = field(default_factory=dict)
    by_destination: Mapping[int | None, Timeliness] = field(default_factory=dict)


def timeliness_of(session: Session, period: Period) -> TimelinessOf:
    """One statement, grouped as finely as the three ways need."""
    places = (Visit.arrived_on, Visit.arrived_hour, Visit.destination_id)
    query = (
        select(
            *places,
            _how_many(Standing.ON_TIME),
            _how_many(Standing.ON_TIME, Standing.LATE),
            _how_many(Standing.NOT_MEASURABLE),
        )
        .join(Visit, Visit.id == StepTime.visit_id)
        .where(Visit.arrived_on.between(period.first, period.last), counts_in_time_rates())
        .group_by(*places)
    )
    by_day: dict[date, Timeliness] = defaultdict(Timeliness)
    by_hour: dict[int, Timeliness] = defaultdict(Timeliness)
    by_destination: dict[int | None, Timeliness] = defaultdict(Timeliness)
    for day, hour, destination, *counts in session.execute(query):
        found = Timeliness(*counts)
        by_day[day] += found
        by_hour[hour] += found
        by_destination[destination] += found
    return TimelinessOf(by_day, by_hour, by_destination)


def _how_many(*standings: Standing) -> ColumnElement[int]:
    return func.sum(case((StepTime.standing.in_(standings), 1), else_=0))
