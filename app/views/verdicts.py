"""What is said of a verdict (declined, asked to come again) wherever the guest is still seen."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.events import Outcome
from app.extensions import Session
from app.formatting import clock_zone, long_day
from app.queries.appointments import due_times
from app.queries.visits import VisitView


def verdict_words(view: VisitView, due_at: datetime | None) -> str:
    """The sentence for the guest and the new time; empty when there is neither."""
    sentence = view.verdict_text("public_reason")
    told = f"Sampaikan kepada tamu: “{sentence}”" if sentence else ""
    when = f"Waktu baru: {long_day(due_at)}, {clock_zone(due_at)}." if due_at else ""
    return f"{told} {when}".strip()


def new_times(session: Session, views: Iterable[VisitView]) -> dict[int, datetime]:
    """When those are expected who were asked to come again, by visit."""
    ids = [view.visit.id for view in views if view.progress.verdict == Outcome.RESCHEDULED]
    return due_times(session, ids) if ids else {}
