"""Janji temu: made with a guest who is asked to come again, kept when the guest comes, dropped."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.visit import Appointment
from app.operations.log import Authorship, add_text
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.queries.appointments import appointment_to_come

_TABLE = table_of(Appointment)


class AppointmentGone(Exception):
    """The guest is not expected any more."""


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
    """Note that the guest has come as agreed; whoever came first under it stands.

    One whose time was changed meanwhile is kept at that time.
    """
    of_visit = select(_TABLE.c.visit_id).where(_TABLE.c.id == appointment_id).scalar_subquery()
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.visit_id == of_visit)
        .where(_TABLE.c.arrived_visit_id.is_(None), _TABLE.c.dropped_at.is_(None))
        .values(arrived_visit_id=arrived_visit_id)
    )


def change_appointment(
    appointment_id: int, due_at: datetime | None, *, reason: str, officer: Officer, at: datetime
) -> None:
    """Expect a guest at another time, or no more (`due_at` None); what was agreed stays on record.

    Raises AppointmentGone when the guest has come meanwhile, or is not expected any more.
    """
    with write() as session:
        expected = appointment_to_come(session, appointment_id)
        if expected is None:
            raise AppointmentGone(appointment_id)
        view, destination_id = expected.view, expected.appointment.destination_id
        drop_appointments(session, view.visit.id, at)
        if due_at is not None:
            make_appointment(session, view.visit.id, due_at, destination_id, officer=officer, at=at)
        by = Authorship(officer, officer.role_in(view.sop), officer.post_in(view.sop), at)
        add_text(session, view.visit.id, "appointment_reason", reason, by)
        refresh_screens(session)


def drop_appointments(session: Session, visit_id: int, at: datetime) -> None:
    """The guest of a visit is no longer asked to come again; what was agreed stays on record."""
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.visit_id == visit_id, _TABLE.c.dropped_at.is_(None))
        .values(dropped_at=at)
    )
