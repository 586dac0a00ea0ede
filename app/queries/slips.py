"""Paper slips that have been typed in."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.visit import Visit, VisitText


def visit_of_slip(session: Session, slip: str, day: date) -> str | None:
    """The label of the visit that this slip of that day has become; None when it is a new one."""
    row = session.execute(
        select(Visit.number, Visit.year)
        .join(VisitText, VisitText.visit_id == Visit.id)
        .where(
            Visit.arrived_on == day,
            Visit.late_entry,
            VisitText.field == "slip",
            VisitText.value == slip,
        )
        .order_by(Visit.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else f"{row.number}/{row.year}"
