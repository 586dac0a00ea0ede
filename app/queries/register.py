"""Which visits of the register are meant: by period, destination, kind, outcome, hour and steps."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, select

from app.domain.figures import MEASURED
from app.domain.period import Period
from app.domain.timing import Standing
from app.models.visit import StepTime, Visit
from app.queries.step_figures import counts_in_time_rates

STILL_OPEN = "open"  # beside the outcomes
UNTIMED = "untimed"  # beside the outcomes: left out of time rates
LATE_ENTRY = "late_entry"  # beside the outcomes: kept on paper first
CORRECTED = "corrected"  # beside the outcomes: with a record that was put right
ALL_MEASURED = "measured"  # beside the standings
JUDGED = "judged"  # beside the standings: measured against a standard
NO_DESTINATION = 0  # beside the ids of destinations
SEVERAL = {ALL_MEASURED: MEASURED, JUDGED: (Standing.ON_TIME, Standing.LATE)}
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Filters:
    """What is asked of a visit; None asks nothing.

    `standing` asks how the step `step_key` stood, without one how any step did, among the visits
    whose times are judged: the list holds what the figure counts. A late step, of whichever kind,
    is asked of every visit.
    """

    period: Period | None = None
    destination_id: int | None = None
    guest_kind: str | None = None
    outcome: str | None = None
    hour: int | None = None
    step_key: str | None = None
    standing: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))

    @property
    def asks_of_rates(self) -> bool:
        """Whether only visits whose times are judged can fit."""
        if self.step_key is None:
            return self.standing not in {None, Standing.LATE}
        return True


def filtered(query: Select[Visit], filters: Filters) -> Select[Visit]:
    """The query, for those visits alone that fit the filters."""
    for condition in _conditions(filters):
        query = query.where(condition)
    return query


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.period is not None:
        conditions += _arrived_in(filters.period)
    if filters.destination_id == NO_DESTINATION:
        conditions.append(Visit.destination_id.is_(None))
    elif filters.destination_id is not None:
        conditions.append(Visit.destination_id == filters.destination_id)
    for column, value in (
        (Visit.guest_kind, filters.guest_kind),
        (Visit.arrived_hour, filters.hour),
    ):
        if value is not None:
            conditions.append(column == value)
    return [*conditions, *_of_outcome(filters.outcome), *_of_steps(filters)]


def _of_outcome(sought: str | None) -> list[ColumnElement[bool]]:
    if sought is None:
        return []
    beside: dict[str, ColumnElement[bool]] = {
        STILL_OPEN: Visit.closed_at.is_(None),
        UNTIMED: ~counts_in_time_rates(),
        LATE_ENTRY: Visit.late_entry.is_(True),
        CORRECTED: Visit.corrections > 0,
    }
    return [beside.get(sought, Visit.outcome == sought)]


def _arrived_in(period: Period) -> list[ColumnElement[bool]]:
    """The days themselves, and around them the instants by which the list is ordered and paged."""
    earliest = datetime.combine(period.first, time(), UTC) - A_DAY
    latest = datetime.combine(period.last, time(), UTC) + 2 * A_DAY
    return [
        Visit.arrived_on.between(period.first, period.last),
        Visit.arrived_at >= earliest,
        Visit.arrived_at < latest,
    ]


def _of_steps(filters: Filters) -> list[ColumnElement[bool]]:
    if filters.standing is None and filters.step_key is None:
        return []
    if not filters.asks_of_rates:
        return [Visit.late_steps > 0]
    step = select(StepTime.visit_id).where(StepTime.visit_id == Visit.id)
    if filters.step_key is not None:
        step = step.where(StepTime.step_key == filters.step_key)
    if filters.standing is not None:
        sought = SEVERAL.get(filters.standing, (filters.standing,))
        step = step.where(StepTime.standing.in_(sought))
    return [step.exists(), counts_in_time_rates()]
