"""The office and the version its live screens are compared with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.office import Office, ScreenVersion


def office(session: Session) -> Office | None:
    """The office; None before the set-up."""
    return session.get(Office, 1)


def screen_version(session: Session) -> int:
    """A number that grows with each change a live page may have to show."""
    return session.scalar(select(ScreenVersion.n)) or 0
