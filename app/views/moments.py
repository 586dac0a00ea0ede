"""Instants as a browser's form sends and shows them, by the office's clock."""

from datetime import UTC, datetime, timedelta

from app.domain.appointment import may_be_due
from app.formatting import local, zone

A_MINUTE = timedelta(minutes=1)
NO_DUE = "Isi hari dan jam yang baru, sesudah sekarang, paling lama setahun lagi."


def read_moment(text: str, *, not_before: datetime | None) -> datetime | None:
    """A time by the office's clock, as the browser sends it; None when it cannot be read.

    It knows whole minutes alone: within the minute of what is on record counts as that moment.
    """
    try:
        typed = datetime.fromisoformat(text)
        moment = typed.replace(tzinfo=typed.tzinfo or zone()).astimezone(UTC)
    except (ValueError, OverflowError):  # the second at the ends of the calendar
        return None
    if not_before is not None and timedelta() < not_before - moment < A_MINUTE:
        return not_before
    return moment


def read_due(text: str, *, after: datetime) -> datetime | None:
    """When a guest is expected again; None for a time at which nobody can be."""
    due_at = read_moment(text, not_before=None)
    return due_at if due_at is not None and may_be_due(due_at, after=after) else None


def shown_moment(at: datetime) -> str:
    """An instant as `datetime-local` wants it."""
    return f"{local(at):%Y-%m-%dT%H:%M}"
