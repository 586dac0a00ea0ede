"""When a guest who was asked to come again may be expected, and with which visit that is kept."""

from datetime import datetime, timedelta

FARTHEST = timedelta(days=366)  # beyond a year it is a slip of the pen


def may_be_due(due_at: datetime, *, after: datetime) -> bool:
    """Whether a guest can be expected then: later than that moment, and within a year of it."""
    return after < due_at <= after + FARTHEST


def keeps_it(arrived_at: datetime, *, asked_in: datetime) -> bool:
    """Whether an arrival can keep an appointment; `asked_in` is when the visit began it is of."""
    return arrived_at >= asked_in
