"""Janji temu: who is expected today and in the coming days, who has not come; another time."""

from datetime import UTC, datetime, time
from itertools import groupby

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.appointment import FARTHEST
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import local, zone
from app.htmx import see_other
from app.operations.appointments import AppointmentGone, change_appointment
from app.queries.appointments import appointment_to_come, appointments, missed
from app.security import officer, open_to
from app.views.badge_forms import ReasonForm
from app.views.forms import first_errors, of_form
from app.views.moments import NO_DUE, read_due, shown_moment

blueprint = Blueprint("appointments", __name__, url_prefix="/janji-temu")
MISSED_SHOWN = 20
GONE = "Tamu itu tidak ditunggu lagi: ia sudah datang, atau janjinya sudah diubah."


@blueprint.get("")
@open_to(Permission.OVERSEE)
def page() -> ResponseReturnValue:
    """All the coming appointments by day."""
    session, at = db.session(), now()
    midnight = datetime.combine(local(at).date(), time(), zone()).astimezone(UTC)
    expected = appointments(session, midnight, at + FARTHEST)
    days = groupby(expected, key=lambda one: local(one.appointment.due_at).date())
    return render_template(
        "appointments/page.html",
        days=[(day, list(rows)) for day, rows in days],
        missed=missed(session, midnight, MISSED_SHOWN),
        today_date=local(at).date(),
        at=at,
    )


@blueprint.get("/<int(max=999999999):appointment_id>")
@open_to(Permission.OVERSEE)
def one(appointment_id: int) -> ResponseReturnValue:
    """A guest who is expected: what can be changed."""
    return _page(appointment_id, {}, 200)


@blueprint.post("/<int(max=999999999):appointment_id>/ubah")
@open_to(Permission.OVERSEE)
def move(appointment_id: int) -> ResponseReturnValue:
    """Expect the guest at another time."""
    form, due_at = ReasonForm(request.form), read_due(request.form.get("due_at", ""), after=now())
    errors = {} if form.validate() else first_errors(form)
    if due_at is None:
        errors["due_at"] = NO_DUE
    if errors:
        return _page(appointment_id, of_form("move", errors), 422)
    return _change(appointment_id, due_at, form, "Waktu baru dicatat.")


@blueprint.post("/<int(max=999999999):appointment_id>/batal")
@open_to(Permission.OVERSEE)
def drop(appointment_id: int) -> ResponseReturnValue:
    """Expect the guest no more."""
    form = ReasonForm(request.form)
    if not form.validate():
        return _page(appointment_id, of_form("drop", first_errors(form)), 422)
    return _change(appointment_id, None, form, "Janji temu dibatalkan.")


def _change(
    appointment_id: int, due_at: datetime | None, form: ReasonForm, told: str
) -> ResponseReturnValue:
    reason = form.reason.data or ""
    try:
        change_appointment(appointment_id, due_at, reason=reason, officer=officer(), at=now())
    except AppointmentGone:
        return _gone()
    flash(told, "ok")
    return see_other(url_for(".page"))


def _gone() -> ResponseReturnValue:
    flash(GONE, "warn")
    return see_other(url_for(".page"))


def _page(appointment_id: int, errors: dict[str, str], status: int) -> ResponseReturnValue:
    expected = appointment_to_come(db.session(), appointment_id)
    if expected is None:
        return _gone()
    shown = render_template(
        "appointments/one.html", expected=expected, errors=errors, earliest=shown_moment(now())
    )
    return make_response(shown, status)
