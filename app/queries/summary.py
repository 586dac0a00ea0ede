"""A period's visits at a glance: how many, when, where to, how they ended, and each step's figures.

A fixed number of statements; each reads the period's own visits by `ix_visit_arrived_on`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.domain.figures import StepFigures
from app.domain.period import Period
from app.domain.sop import Effect, Sop, Step
from app.models.office import OfficeHours
from app.models.person import Unit
from app.models.visit import Visit
from app.queries.office import office_hours
from app.queries.register import STILL_OPEN
from app.queries.sops import sops_by_version
from app.queries.step_figures import counts_in_time_rates, step_figures
from app.queries.timeliness import TimelinessOf, timeliness_of


@dataclass(frozen=True)
class Totals:
    """The visits of a period; `untimed` are those whose times are not judged."""

    visits: int
    people: int
    with_late_step: int
    late_entries: int
    corrected: int
    untimed: int
    outcomes: Mapping[str, int]
    sop_versions: frozenset[int]


@dataclass(frozen=True)
class Inside:
    """Who is in the building now, whatever the period."""

    visits: int
    people: int


@dataclass(frozen=True)
class Destination:
    """How many visits went to a destination; without an id, to none yet."""

    unit_id: int | None
    name: str | None
    visits: int


@dataclass(frozen=True)
class StepRow:
    """A step with its figures.

    `is_former`: the SOP in force has no such step. `other_limits`: the standards of earlier SOPs
    by which some of the period's visits were judged.
    """

    step: Step
    figures: StepFigures
    is_former: bool
    other_limits: tuple[timedelta | None, ...]

    @property
    def is_p90_over(self) -> bool:
        """Whether more than one in ten took longer than the standard."""
        p90, limit = self.figures.p90, self.step.limit
        return p90 is not None and limit is not None and p90 > limit


@dataclass(frozen=True)
class Summary:
    """All that the page of a period says."""

    period: Period
    totals: Totals
    inside: Inside
    by_day: Mapping[date, int]
    by_hour: Mapping[int, int]
    destinations: Sequence[Destination]
    steps: Sequence[StepRow]
    hours: Mapping[int, OfficeHours]
    timeliness: TimelinessOf


def summary_of(session: Session, period: Period, in_force: Sop) -> Summary:
    """The summary of a period; its steps are those of the SOP in force, then earlier ones."""
    sops = sops_by_version(session)
    totals = _totals(session, period)
    used = [sops[version] for version in totals.sop_versions]
    return Summary(
        period=period,
        totals=totals,
        inside=_inside(session, sops),
        by_day=_counted(session, period, Visit.arrived_on),
        by_hour=_counted(session, period, Visit.arrived_hour),
        destinations=_destinations(session, period),
        steps=step_rows(step_figures(session, period), in_force, used, list(sops.values())),
        hours=office_hours(session),
        timeliness=timeliness_of(session, period),
    )


def first_day(session: Session) -> date | None:
    """The day of the earliest visit of all."""
    return session.scalar(select(func.min(Visit.arrived_on)))


def step_rows(
    figures: Mapping[str, StepFigures], in_force: Sop, used: Sequence[Sop], known: Sequence[Sop]
) -> list[StepRow]:
    """A row for each step of the SOP in force, and for each earlier step that occurred."""
    present = {step.key for step in in_force.steps}
    former = {step.key: step for sop in known for step in sop.steps if step.key not in present}
    rows = [
        StepRow(
            step,
            figures.get(step.key, StepFigures(step.key)),
            is_former=False,
            other_limits=_other_limits(step, used),
        )
        for step in in_force.steps
    ]
    return rows + [
        StepRow(step, figures[key], is_former=True, other_limits=_other_limits(step, used))
        for key, step in former.items()
        if key in figures
    ]


def _other_limits(step: Step, used: Sequence[Sop]) -> tuple[timedelta | None, ...]:
    limits = {other.limit for sop in used for other in sop.steps if other.key == step.key}
    return tuple(sorted(limits - {step.limit}, key=lambda limit: limit or timedelta()))


def _totals(session: Session, period: Period) -> Totals:
    """Grouped by outcome and SOP: a handful of rows, however many visits there are."""
    query = (
        select(
            Visit.outcome,
            Visit.sop_version_id,
            func.count().label("visits"),
            func.sum(Visit.party_size).label("people"),
            _how_many(Visit.late_steps > 0).label("with_late_step"),
            _how_many(Visit.late_entry.is_(True)).label("late_entries"),
            _how_many(Visit.corrections > 0).label("corrected"),
            _how_many(~counts_in_time_rates()).label("untimed"),
        )
        .where(_arrived_in(period))
        .group_by(Visit.outcome, Visit.sop_version_id)
    )
    rows = session.execute(query).all()
    outcomes: dict[str, int] = {}
    for row in rows:
        outcome = row.outcome or STILL_OPEN
        outcomes[outcome] = outcomes.get(outcome, 0) + row.visits
    return Totals(
        visits=sum(row.visits for row in rows),
        people=sum(row.people for row in rows),
        with_late_step=sum(row.with_late_step for row in rows),
        late_entries=sum(row.late_entries for row in rows),
        corrected=sum(row.corrected for row in rows),
        untimed=sum(row.untimed for row in rows),
        outcomes=outcomes,
        sop_versions=frozenset(row.sop_version_id for row in rows),
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _counted(session: Session, period: Period, column: Any) -> dict[Any, int]:
    query = select(column, func.count()).where(_arrived_in(period)).group_by(column)
    return dict(session.execute(query).all())


def _destinations(session: Session, period: Period) -> list[Destination]:
    """The most visited first, those without a destination last."""
    query = (
        select(Visit.destination_id, Unit.name, func.count().label("visits"))
        .outerjoin(Unit, Unit.id == Visit.destination_id)
        .where(_arrived_in(period))
        .group_by(Visit.destination_id, Unit.name)
        .order_by(Visit.destination_id.is_(None), func.count().desc(), Unit.name)
    )
    return [Destination(*row) for row in session.execute(query)]


def _inside(session: Session, sops: Mapping[int, Sop]) -> Inside:
    query = (
        select(
            Visit.sop_version_id,
            Visit.step_key,
            func.count().label("visits"),
            func.sum(Visit.party_size).label("people"),
        )
        .where(Visit.closed_at.is_(None))
        .group_by(Visit.sop_version_id, Visit.step_key)
    )
    rows = [
        row
        for row in session.execute(query)
        if row.step_key != _badge_step(sops[row.sop_version_id])
    ]
    return Inside(sum(row.visits for row in rows), sum(row.people for row in rows))


def _badge_step(sop: Sop) -> str | None:
    """The step before whose end a guest is not inside yet."""
    step = sop.step_with(Effect.ISSUES_BADGE)
    return step.key if step else None


def _arrived_in(period: Period) -> ColumnElement[bool]:
    return Visit.arrived_on.between(period.first, period.last)
