"""The office, its emblem and hours, and the version its live screens are compared with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.office import Emblem, Office, OfficeHours, ScreenVersion

_SCREENS = select(ScreenVersion.n)  # each poll asks for it


def office(session: Session) -> Office | None:
    """The office; None before the set-up."""
    return session.get(Office, 1)


def timezone_of(session: Session) -> str | None:
    """The name of the office's time zone; only this, which every schema has."""
    return session.scalar(select(Office.timezone))


def emblem(session: Session) -> Emblem | None:
    """The office's emblem; None until one was uploaded."""
    return session.get(Emblem, 1)


def office_hours(session: Session) -> dict[int, OfficeHours]:
    """The hours of each weekday on which the office is open (Monday is 0)."""
    days = session.scalars(select(OfficeHours).order_by(OfficeHours.weekday))
    return {day.weekday: day for day in days}


def screen_version(session: Session) -> int:
    """A number that grows with each change a live page may have to show."""
    return session.scalar(_SCREENS) or 0
