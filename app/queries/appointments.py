"""Janji temu: guests who were asked to come again, by the day they are expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models.visit import Appointment
from app.queries.visits import VisitView, views_by_id


@dataclass(frozen=True)
class Expected:
    """An appointment, the visit it came from, and the one it led to."""

    appointment: Appointment
    view: VisitView
    arrived: str | None


def appointments(session: Session, since: datetime, until: datetime) -> list[Expected]:
    """Those of a span of time that ends before `until`, in order."""
    is_in_it = Appointment.due_at >= since, Appointment.due_at < until
    return _expected(session, _standing(session, *is_in_it))


def missed(session: Session, before: datetime, limit: int) -> list[Expected]:
    """Those before an instant who have not come, the latest first."""
    rows = _standing(session, Appointment.due_at < before, Appointment.arrived_visit_id.is_(None))
    return _expected(session, rows[::-1][:limit])


def appointment_to_come(session: Session, appointment_id: int) -> Expected | None:
    """An appointment whose guest has not come yet."""
    row = session.get(Appointment, appointment_id)
    if row is None or row.dropped_at is not None or row.arrived_visit_id is not None:
        return None
    return _expected(session, [row])[0]


def appointment_of(session: Session, visit_id: int) -> Appointment | None:
    """The appointment that a visit ended in."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.visit_id == visit_id, Appointment.dropped_at.is_(None))
        .order_by(Appointment.id.desc())
        .limit(1)
    ).one_or_none()


def earlier_appointments(session: Session, visit_id: int) -> Sequence[datetime]:
    """When the guest of a visit was asked to come first, and is not expected any more."""
    return session.scalars(
        select(Appointment.due_at)
        .where(Appointment.visit_id == visit_id, Appointment.dropped_at.is_not(None))
        .order_by(Appointment.id)
    ).all()


def due_times(session: Session, visit_ids: Sequence[int]) -> dict[int, datetime]:
    """When the guests of these visits were asked to come again, by visit; the latest counts."""
    rows = _standing(session, Appointment.visit_id.in_(visit_ids))
    return {row.visit_id: row.due_at for row in sorted(rows, key=lambda row: row.id)}


def _standing(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Appointment]:
    return session.scalars(
        select(Appointment)
        .where(Appointment.dropped_at.is_(None), *conditions)
        .order_by(Appointment.due_at, Appointment.id)
    ).all()


def _expected(session: Session, rows: Sequence[Appointment]) -> list[Expected]:
    arrived = {row.arrived_visit_id for row in rows if row.arrived_visit_id is not None}
    views = views_by_id(session, list({row.visit_id for row in rows} | arrived))
    return [
        Expected(
            row,
            views[row.visit_id],
            views[row.arrived_visit_id].label if row.arrived_visit_id else None,
        )
        for row in rows
    ]
