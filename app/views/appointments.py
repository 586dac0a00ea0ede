"""Janji temu: who is expected today and in the coming days, and who has not come."""

from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import local, zone
from app.queries.appointments import appointments, missed
from app.security import open_to

blueprint = Blueprint("appointments", __name__, url_prefix="/janji-temu")
AHEAD = timedelta(days=30)
MISSED_SHOWN = 20


@blueprint.get("")
@open_to(Permission.OVERSEE)
def page() -> ResponseReturnValue:
    """The coming appointments by day."""
    session, at = db.session(), now()
    midnight = datetime.combine(local(at).date(), time(), zone()).astimezone(UTC)
    expected = appointments(session, midnight, midnight + AHEAD)
    days = groupby(expected, key=lambda one: local(one.appointment.due_at).date())
    return render_template(
        "appointments/page.html",
        days=[(day, list(rows)) for day, rows in days],
        missed=missed(session, midnight, MISSED_SHOWN),
        today_date=local(at).date(),
        at=at,
    )
