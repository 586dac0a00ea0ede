"""Perbaiki catatan: what a supervisor puts right: times, the guest's data, an early close."""

from datetime import datetime

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import phrases
from app.clock import now
from app.domain.permissions import Permission
from app.domain.phone import normalise_phone, show_phone
from app.domain.rectify import Unfit
from app.extensions import db
from app.htmx import see_other
from app.operations.rectify import (
    SHOWN,
    NotRectified,
    correct_guest,
    correct_time,
    reopen_visit,
)
from app.queries.visits import VisitView, log_events
from app.security import officer, open_to
from app.views.forms import first_errors, of_form
from app.views.moments import read_moment, shown_moment
from app.views.rectifiable import rectifiable_times
from app.views.rectify_forms import GuestForm, ReopenForm, TimeForm
from app.views.seeing import visible_visit

blueprint = Blueprint("rectify", __name__, url_prefix="/kunjungan/<int:year>/<int:number>")
WHEN = "Tulis tanggal dan jam yang benar, misalnya 24/11/2026 09.20."


@blueprint.get("/perbaiki")
@open_to(Permission.SUPERVISE)
def page(year: int, number: int) -> ResponseReturnValue:
    """What can be put right."""
    return _page(visible_visit(year, number), {}, 200)


@blueprint.post("/perbaiki/tamu")
@open_to(Permission.SUPERVISE)
def guest(year: int, number: int) -> ResponseReturnValue:
    """Put right what was written of the guest."""
    view, form = visible_visit(year, number), GuestForm(request.form)
    if not form.validate():
        return _page(view, of_form("guest", first_errors(form)), 422)
    changed = correct_guest(
        view.label, _words(form), reason=form.reason.data or "", officer=officer(), at=now()
    )
    told = "Perbaikan dicatat; yang semula tetap terlihat."
    flash(told if changed else "Tidak ada yang berubah.", "ok")
    return _back(view)


@blueprint.post("/perbaiki/waktu")
@open_to(Permission.SUPERVISE)
def time(year: int, number: int) -> ResponseReturnValue:
    """Put right when something happened."""
    view, form = visible_visit(year, number), TimeForm(request.form)
    right = read_moment(form.right.data or "", not_before=None)
    errors = {} if form.validate() else first_errors(form)
    if right is None:
        errors["right"] = WHEN
    if not (form.seq.data or "").isdecimal():
        errors["seq"] = "Pilih waktu yang diperbaiki."
    if errors or right is None:
        return _page(view, of_form("time", errors), 422)
    try:
        seq = int((form.seq.data or "0")[:9])
        correct_time(
            view.label, seq, right, reason=form.reason.data or "", officer=officer(), at=now()
        )
    except NotRectified as error:
        return _page(view, {"time.right": phrases.UNFIT[error.why]}, 409)
    flash("Waktu diperbaiki; laporan memakai waktu yang benar.", "ok")
    return _back(view)


@blueprint.post("/buka-lagi")
@open_to(Permission.SUPERVISE)
def reopen(year: int, number: int) -> ResponseReturnValue:
    """Open a visit that was closed by mistake, or take back a verdict."""
    view, form = visible_visit(year, number), ReopenForm(request.form)
    if not form.validate():
        return _page(view, of_form("reopen", first_errors(form)), 422)
    try:
        reopen_visit(
            view.label,
            reason=form.reason.data or "",
            before_verdict=request.form.get("back_to") == "verdict",
            officer=officer(),
            at=now(),
        )
    except NotRectified as error:
        return _page(view, {"reopen.reason": phrases.UNFIT[error.why]}, 409)
    if view.progress.is_closed:
        told = "Kunjungan dibuka lagi. Serahkan kartu lagi di front desk bila tamu masih di sini."
    else:
        told = "Putusan ditarik. Kunjungan kembali ke langkah sebelum diputuskan."
    flash(told, "ok")
    return _back(view)


def _words(form: GuestForm) -> dict[str, str]:
    """What the form says of each field that was on it."""
    phone = normalise_phone(form.phone.data) if form.phone.data else ""
    words = {
        "name": form.name.data,
        "origin": form.origin.data,
        "position": form.position.data,
        "phone": phone,
        "guest_kind": form.guest_kind.data,
        "party_size": str(form.party_size.data or 1),
        "identity_kind": form.identity_kind.data,
        "priority": form.priority.data,
    }
    sent = {name: value or "" for name, value in words.items() if name in request.form}
    if "identity_kind" in sent:
        sent["identity_shown"] = SHOWN if form.identity_shown.data else ""
    return sent


def _back(view: VisitView) -> ResponseReturnValue:
    return see_other(url_for("visits.visit", year=view.visit.year, number=view.visit.number))


def _page(view: VisitView, errors: dict[str, str], status: int) -> ResponseReturnValue:
    at: datetime = now()
    phone = view.said("phone")
    shown = render_template(
        "rectify/page.html",
        view=view,
        times=rectifiable_times(view, log_events(db.session(), view.visit.id)),
        phone=show_phone(phone) if phone else "",
        latest=shown_moment(at),
        unfit=Unfit,
        errors=errors,
        at=at,
    )
    return make_response(shown, status)
