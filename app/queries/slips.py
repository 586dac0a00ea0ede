"""Paper slips that have been typed in."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.visit import Visit, VisitText


def visit_of_slip(session: Session, slip: str, day: date) -> Visit | None:
    """The visit that a slip of this number and day has become; None when it is a new one."""
    return session.scalar(
        select(Visit)
        .join(VisitText, VisitText.visit_id == Visit.id)
        .where(
            Visit.arrived_on == day,
            Visit.late_entry,
            VisitText.field == "slip",
            VisitText.value == slip,
        )
        .order_by(Visit.id.desc())
        .limit(1)
    )
