"""Tindakan lain: a choice of the SOP, another destination, a step for a post that is away; undo."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import phrases
from app.clock import now
from app.domain.permissions import Permission
from app.domain.sop import Field
from app.domain.turns import (
    StandIn,
    Wrong,
)
from app.extensions import db
from app.htmx import see_other
from app.operations.rectify import NotRectified, undo_own
from app.operations.turns import (
    TurnRefused,
    decide_visit,
    leave_message,
    redirect_visit,
    stand_in_for,
)
from app.queries.units import active_units
from app.queries.visits import VisitView, view_by_label
from app.security import officer, open_to
from app.views.moments import shown_moment
from app.views.seeing import may_see, visible_visit
from app.views.turn_fields import (
    LONGEST_TEXT,
    WHERE,
    decision_errors,
    seen_stage,
    typed,
    typed_answers,
    typed_choice,
    typed_destination,
    typed_due,
)
from app.views.turn_offers import holders_of, may_record_for_others, may_send_on, offered

blueprint = Blueprint("turns", __name__, url_prefix="/kunjungan/<int:year>/<int:number>")
WHY = "Tulis alasannya, singkat saja (paling banyak 500 huruf)."
TYPED = {
    "public_reason": "Kalimat untuk tamu",
    "private_note": "Catatan untuk petugas",
    "purpose": "Keperluan",
    "direction": "Arahan",
    "reason": "Alasan",
}


@blueprint.get("/tindakan")
@open_to(Permission.WORK)
def turns(year: int, number: int) -> ResponseReturnValue:
    """What else this person can do with the visit."""
    return _page(visible_visit(year, number), {}, 200)


@blueprint.post("/putusan")
@open_to(Permission.WORK)
def decide(year: int, number: int) -> ResponseReturnValue:
    """Take a choice of the present step."""
    view = visible_visit(year, number)
    if typed("stage") not in {"", view.stage}:
        return _page(view, {"decide.refused": phrases.TURN_WRONGS[Wrong.OVERTAKEN]}, 409)
    choice = typed_choice(view)
    due_at = typed_due(choice)
    errors = decision_errors(view, choice, due_at)
    if errors:
        return _page(view, errors, 422)
    assert choice is not None, "checked above"

    def act(at: datetime) -> str:
        decide_visit(
            view.label,
            choice.key,
            answers=typed_answers(),
            public_reason=(typed("public_reason") or None) if choice.outcome else None,
            private_note=typed("private_note") or None,
            due_at=due_at,
            officer=officer(),
            at=at,
        )
        return f"Dicatat: {choice.label}."

    return _acted(view, "decide", act)


@blueprint.post("/alihkan")
@open_to(Permission.WORK)
def redirect(year: int, number: int) -> ResponseReturnValue:
    """Send the guest to another destination, or on to a further one."""
    view, destination_id, reason = visible_visit(year, number), typed_destination(), typed("reason")
    errors = {} if destination_id else {"redirect.destination": WHERE}
    if not 0 < len(reason) <= LONGEST_TEXT:
        errors["redirect.reason"] = WHY
    if errors:
        return _page(view, errors, 422)

    def act(at: datetime) -> str:
        redirect_visit(
            view.label, destination_id, reason=reason, officer=officer(), at=at, seen=seen_stage()
        )
        return "Tamu dialihkan. Penerima yang baru sudah melihatnya di mejanya."

    return _acted(view, "redirect", act)


@blueprint.post("/wakili")
@open_to(Permission.WORK)
def stand_in(year: int, number: int) -> ResponseReturnValue:
    """Do or leave out the present step for a post that nobody holds today."""
    view, reason = visible_visit(year, number), typed("reason")
    how = request.form.get("how", "")
    errors = {} if how in list(StandIn) else {"stand_in.how": "Pilih salah satu."}
    if not 0 < len(reason) <= LONGEST_TEXT:
        errors["stand_in.reason"] = WHY
    if errors:
        return _page(view, errors, 422)

    def act(at: datetime) -> str:
        stand_in_for(
            view.label,
            StandIn(how),
            answers=typed_answers(),
            reason=reason,
            officer=officer(),
            at=at,
        )
        return "Dicatat beserta alasannya."

    return _acted(view, "stand_in", act)


@blueprint.post("/pesan")
@open_to(Permission.OVERSEE)
def message(year: int, number: int) -> ResponseReturnValue:
    """Keep the guest's message for a host who is away."""
    view, text = visible_visit(year, number), typed("message")
    if not 0 < len(text) <= LONGEST_TEXT:
        return _page(view, {"message.message": "Tulis pesannya, paling banyak 500 huruf."}, 422)

    def act(at: datetime) -> str:
        leave_message(view.label, text, officer=officer(), at=at)
        return "Pesan disimpan; tampil di meja penerimanya."

    return _acted(view, "message", act)


@blueprint.post("/urungkan")
@open_to(Permission.WORK)
def undo(year: int, number: int) -> ResponseReturnValue:
    """Undo one's own last scan or tap on this visit."""
    view = visible_visit(year, number)
    try:
        undo_own(view.label, officer=officer(), at=now())
    except NotRectified as error:
        flash(phrases.UNFIT[error.why], "warn")
    else:
        flash("Diurungkan. Kunjungan kembali ke keadaan sebelumnya; keduanya tetap tercatat.", "ok")
    return see_other(url_for("visits.visit", year=year, number=number))


def _acted(view: VisitView, form: str, act: Callable[[datetime], str]) -> ResponseReturnValue:
    try:
        told = act(now())
    except TurnRefused as error:
        return _page(view, {f"{form}.refused": phrases.TURN_WRONGS[error.why]}, 409)
    flash(told, "ok")
    now_stands = view_by_label(db.session(), view.label)
    if now_stands is None or not may_see(now_stands):
        return see_other(url_for("desk.desk"))  # the guest is somebody else's now
    return see_other(url_for("visits.visit", year=view.visit.year, number=view.visit.number))


def _is_shown(error: str, shown: Mapping[str, bool]) -> bool:
    """Whether the form that the error is about is still on the page."""
    return shown.get(error.partition(".")[0], True)


def _stands_on_top(error: str, shown: Mapping[str, bool]) -> bool:
    return error.endswith(".refused") or not _is_shown(error, shown)


def _unsent() -> list[tuple[str, str]]:
    """What was typed into a form that the page no longer has, to be copied from there."""
    return [(label, typed(field)) for field, label in TYPED.items() if typed(field)]


def _page(view: VisitView, errors: dict[str, str], status: int) -> ResponseReturnValue:
    at = now()
    step = view.step
    choices = offered(view, at)
    can_redirect, can_stand_in = may_send_on(view, at), may_record_for_others(view, step, at)
    shown = {"decide": bool(choices), "redirect": can_redirect, "stand_in": can_stand_in}
    on_top = [name for name in errors if _stands_on_top(name, shown)]
    page = render_template(
        "turns/page.html",
        view=view,
        choices=choices,
        can_redirect=can_redirect,
        can_stand_in=can_stand_in,
        holders=holders_of(view, step, at),
        on_top=[errors[name] for name in on_top],
        unsent=_unsent() if any(not _is_shown(name, shown) for name in on_top) else (),
        needs_direction=bool(step and Field.DIRECTION in step.requires),
        unit_options=[(unit.id, unit.name) for unit in active_units(db.session())],
        earliest=shown_moment(at),
        errors=errors,
        at=at,
    )
    return make_response(page, status)
