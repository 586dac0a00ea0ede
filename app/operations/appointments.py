"""Janji temu: made with a guest who is asked to come again, kept when the guest comes, dropped."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.visit import Appointment
from app.operations.officer import Officer

_TABLE = table_of(Appointment)


def make_appointment(
    session: Session,
    visit_id: int,
    due_at: datetime,
    destination_id: int | None,
    *,
    officer: Officer,
    at: datetime,
) -> None:
    """Note when the guest of a visit is asked to come again, and to whom."""
    appointment = {
        "visit_id": visit_id,
        "due_at": due_at,
        "destination_id": destination_id,
        "made_by_id": officer.person_id,
        "made_at": at,
    }
    session.execute(insert(_TABLE), appointment)


def keep_appointment(session: Session, appointment_id: int, arrived_visit_id: int) -> None:
    """Note that the guest has come as agreed; whoever came first under it stands."""
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.id == appointment_id, _TABLE.c.arrived_visit_id.is_(None))
        .values(arrived_visit_id=arrived_visit_id)
    )


def drop_appointments(session: Session, visit_id: int, at: datetime) -> None:
    """The guest of a visit is no longer asked to come again; what was agreed stays on record."""
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.visit_id == visit_id, _TABLE.c.dropped_at.is_(None))
        .values(dropped_at=at)
    )
