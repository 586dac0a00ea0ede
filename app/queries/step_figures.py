"""How the steps of a period's visits stood against their standards."""

from collections import defaultdict

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.figures import UNTIMED_OUTCOMES, StepFigures, step_figures_of
from app.domain.period import Period
from app.models.visit import StepTime, Visit


def step_figures(session: Session, period: Period) -> dict[str, StepFigures]:
    """The figures of each step that was settled for a visit of the period, by the step's key.

    Late entries, declined and cancelled visits are left out (domain: reports).
    """
    rows = session.execute(
        select(StepTime.step_key, StepTime.standing, StepTime.elapsed_s)
        .join(Visit, Visit.id == StepTime.visit_id)
        .where(Visit.arrived_on.between(period.first, period.last), counts_in_time_rates())
    )
    by_step: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for step_key, standing, elapsed_s in rows:
        by_step[step_key].append((standing, elapsed_s))
    return {key: step_figures_of(key, pairs) for key, pairs in by_step.items()}


def counts_in_time_rates() -> ColumnElement[bool]:
    """The condition under which a visit's times are judged at all."""
    declined = Visit.outcome.in_(UNTIMED_OUTCOMES)
    return ~Visit.late_entry & (Visit.outcome.is_(None) | ~declined)
