"""Who is still inside after closing time, and of whom it is on record that they stay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.hours import has_outstayed, is_after_closing
from app.queries.office import office_hours, timezone_of
from app.queries.visit_rows import Words
from app.queries.visits import VisitView

STAYS = "after_hours"  # the field whose words say that a guest stays


@dataclass(frozen=True)
class Stay:
    """A visit that has outlasted the office hours, and today's word that its guest stays."""

    view: VisitView
    noted: Words | None


def stays(session: Session, views: Iterable[VisitView], at: datetime) -> tuple[Stay, ...]:
    """Those of these visits that have outlasted the hours: the undecided first, then by arrival.

    What was noted on an earlier day has to be decided anew.
    """
    local, closes_at = _here(session, at)
    found = [
        Stay(view, _noted(view, local))
        for view in views
        if has_outstayed(closes_at, view.visit.arrived_on, local)
    ]
    return tuple(sorted(found, key=lambda stay: stay.noted is not None))


def evening(session: Session, at: datetime) -> str:
    """Which day's hours are over; empty before. A live page has to show it when this changes."""
    local, closes_at = _here(session, at)
    return f"{local:%Y%m%d}" if is_after_closing(closes_at, local.time()) else ""


def _here(session: Session, at: datetime) -> tuple[datetime, time | None]:
    """The moment on the office's clock, and when the office closes on that day."""
    zone = timezone_of(session)
    assert zone is not None, "the set-up comes before the first guest"
    local = at.astimezone(ZoneInfo(zone))
    hours = office_hours(session).get(local.weekday())
    return local, hours.closes_at if hours else None


def _noted(view: VisitView, local: datetime) -> Words | None:
    noted = view.texts.get(STAYS)
    if noted is None or noted.at.astimezone(local.tzinfo).date() != local.date():
        return None
    return noted
