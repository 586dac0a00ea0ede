"""How many steps stood in a sought way among the visits that the register lists for it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.visit import StepTime, Visit
from app.queries.register import Filters, filtered

SOUGHT = {
    "on_time": ("on_time",),
    "judged": ("on_time", "late"),
    "not_measurable": ("not_measurable",),
}


def steps_standing(session: Session, filters: Filters) -> int:
    """The steps of the listed visits that stood as the filters ask."""
    listed = filtered(select(Visit), filters).with_only_columns(Visit.id)
    return session.scalars(
        select(func.count())
        .select_from(StepTime)
        .where(StepTime.visit_id.in_(listed), StepTime.standing.in_(SOUGHT[filters.standing or ""]))
    ).one()
