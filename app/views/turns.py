"""Tindakan lain: a choice of the SOP, another destination, a step for a post that is away; undo."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import phrases
from app.clock import now
from app.domain.decisions import acting_role
from app.domain.permissions import DEPUTY_TITLES, Permission
from app.domain.sop import Choice, Effect, Field, Step, Verdict
from app.domain.turns import (
    BADGE_EFFECTS,
    StandIn,
    Wrong,
    may_redirect,
    may_stand_in,
    offered_choices,
)
from app.extensions import db
from app.htmx import see_other
from app.operations.rectify import NotRectified, undo_own
from app.operations.scan_scene import Answers
from app.operations.scan_visits import group_of
from app.operations.turns import (
    Seen,
    TurnRefused,
    decide_visit,
    leave_message,
    redirect_visit,
    stand_in_for,
)
from app.queries.delegations import deputy_kinds
from app.queries.hosting import receiver_ids
from app.queries.people import active_with_role
from app.queries.units import active_unit_ids, active_units
from app.queries.visits import VisitView, view_by_label
from app.security import officer, open_to
from app.views.appointments import WHEN
from app.views.forms import trimmed
from app.views.moments import read_due, shown_moment
from app.views.seeing import may_see, visible_visit

blueprint = Blueprint("turns", __name__, url_prefix="/kunjungan/<int:year>/<int:number>")
LONGEST_TEXT = 500
WHY = "Tulis alasannya, singkat saja (paling banyak 500 huruf)."
WHERE = "Pilih tujuan tamu."
LACKING = {
    Field.PURPOSE: "Tulis keperluan tamu, singkat saja.",
    Field.DIRECTION: "Tulis arahannya, misalnya “Antar ke tujuan”.",
    Field.DESTINATION: WHERE,
}
TYPED = {
    "public_reason": "Kalimat untuk tamu",
    "private_note": "Catatan untuk petugas",
    "purpose": "Keperluan",
    "direction": "Arahan",
    "reason": "Alasan",
}
FOR_GUEST = "Tulis kalimat untuk tamu, singkat dan santun."


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
    if _text("stage") not in {"", view.stage}:
        return _page(view, {"decide.refused": phrases.TURN_WRONGS[Wrong.OVERTAKEN]}, 409)
    choice = _choice(view)
    due_at = _due_at(choice)
    errors = _decision_errors(view, choice, due_at)
    if errors:
        return _page(view, errors, 422)
    assert choice is not None, "checked above"

    def act(at: datetime) -> str:
        decide_visit(
            view.label,
            choice.key,
            answers=_answers(),
            public_reason=(_text("public_reason") or None) if choice.outcome else None,
            private_note=_text("private_note") or None,
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
    view, destination_id, reason = visible_visit(year, number), _destination(), _text("reason")
    errors = {} if destination_id else {"redirect.destination": WHERE}
    if not 0 < len(reason) <= LONGEST_TEXT:
        errors["redirect.reason"] = WHY
    if errors:
        return _page(view, errors, 422)

    def act(at: datetime) -> str:
        redirect_visit(
            view.label, destination_id, reason=reason, officer=officer(), at=at, seen=_seen()
        )
        return "Tamu dialihkan. Penerima yang baru sudah melihatnya di mejanya."

    return _acted(view, "redirect", act)


@blueprint.post("/wakili")
@open_to(Permission.WORK)
def stand_in(year: int, number: int) -> ResponseReturnValue:
    """Do or leave out the present step for a post that nobody holds today."""
    view, reason = visible_visit(year, number), _text("reason")
    how = request.form.get("how", "")
    errors = {} if how in list(StandIn) else {"stand_in.how": "Pilih salah satu."}
    if not 0 < len(reason) <= LONGEST_TEXT:
        errors["stand_in.reason"] = WHY
    if errors:
        return _page(view, errors, 422)

    def act(at: datetime) -> str:
        stand_in_for(
            view.label, StandIn(how), answers=_answers(), reason=reason, officer=officer(), at=at
        )
        return "Dicatat beserta alasannya."

    return _acted(view, "stand_in", act)


@blueprint.post("/pesan")
@open_to(Permission.OVERSEE)
def message(year: int, number: int) -> ResponseReturnValue:
    """Keep the guest's message for a host who is away."""
    view, text = visible_visit(year, number), _text("message")
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


def _seen() -> Seen | None:
    """Where the visit stood on the page from which this was sent."""
    stage, destination = _text("stage"), _text("destination_was")
    if not stage:
        return None
    return Seen(stage, int(destination[:9]) if destination.isdecimal() else None)


def _text(field: str) -> str:
    return trimmed(request.form.get(field))


def _destination() -> int | None:
    ids = {str(unit_id): unit_id for unit_id in active_unit_ids(db.session())}
    return ids.get(_text("destination"))


def _answers() -> Answers:
    return Answers(
        purpose=_text("purpose")[:LONGEST_TEXT] or None,
        direction=_text("direction")[:LONGEST_TEXT] or None,
        destination_id=_destination(),
        stage=_text("stage") or None,
    )


def _choice(view: VisitView) -> Choice | None:
    return view.step.choice(request.form.get("choice", "")) if view.step else None


def _due_at(choice: Choice | None) -> datetime | None:
    """The new time of a guest who is asked to come again."""
    if choice is None or choice.outcome is not Verdict.RESCHEDULED:
        return None
    return read_due(_text("due_at"), after=now())


def _decision_errors(
    view: VisitView, choice: Choice | None, due_at: datetime | None
) -> dict[str, str]:
    if choice is None:
        return {"decide.choice": "Pilih putusannya."}
    errors = _lacking(view, choice)
    is_verdict = choice.outcome is not None
    if is_verdict and not 0 < len(_text("public_reason")) <= LONGEST_TEXT:
        errors["decide.public_reason"] = FOR_GUEST
    if len(_text("private_note")) > LONGEST_TEXT:
        errors["decide.private_note"] = "Ringkas menjadi paling banyak 500 huruf."
    if choice.outcome is Verdict.RESCHEDULED and due_at is None:
        errors["decide.due_at"] = WHEN
    return errors


def _lacking(view: VisitView, choice: Choice) -> dict[str, str]:
    """What the step requires before the visit goes on from it, and is neither known nor given."""
    step, goto = view.step, choice.goto
    if step is None or goto is None or view.sop.step(goto).number < step.number:
        return {}
    known = {
        Field.PURPOSE: view.text(Field.PURPOSE) or _text("purpose"),
        Field.DIRECTION: view.text(Field.DIRECTION) or _text("direction"),
        Field.DESTINATION: view.progress.destination_id or _destination(),
    }
    return {f"decide.{field}": LACKING[field] for field in step.requires if not known[field]}


def offered(view: VisitView, at: datetime) -> tuple[Choice, ...]:
    """The choices that this person may take at the visit's present step."""
    if view.step is None or not view.step.choices:
        return ()
    group = group_of(db.session(), view, at)
    receivers = group.receivers if group else None
    return offered_choices(view.sop, view.step, officer().actor, receivers)


def _may_stand_in(view: VisitView, step: Step | None, at: datetime) -> bool:
    """Whether the present step is somebody else's and this person may record it for them."""
    if step is None or step.effects & BADGE_EFFECTS:
        return False
    group = group_of(db.session(), view, at)
    role = acting_role(step, officer().actor, group.receivers if group else None)
    return role is None and may_stand_in(view.sop, officer().actor)


def _holders(view: VisitView, step: Step | None, at: datetime) -> list[str]:
    """Who could do the present step today, a deputy with the title."""
    if step is None:
        return []
    group = group_of(db.session(), view, at)
    if group is not None:
        pairs = zip(group.names, group.posts.values(), strict=True)
        return [f"{name} ({post})" for name, post in pairs]
    titles = deputy_kinds(db.session(), step.role, at)
    post = phrases.post_name(view.sop, step.role)
    return [
        f"{one.name} ({DEPUTY_TITLES[titles[one.id]]} {post})" if one.id in titles else one.name
        for one in active_with_role(db.session(), step.role, at)
    ]


def _may_redirect(view: VisitView, at: datetime) -> bool:
    """Whether there is a host to be sent to, and this person may send the guest there."""
    if view.sop.step_with(Effect.BY_HOST) is None or view.progress.verdict or not view.step:
        return False
    return may_redirect(view.sop, officer().actor, receiver_ids(db.session(), view, at))


def _is_shown(error: str, shown: Mapping[str, bool]) -> bool:
    """Whether the form that the error is about is still on the page."""
    return shown.get(error.partition(".")[0], True)


def _stands_on_top(error: str, shown: Mapping[str, bool]) -> bool:
    return error.endswith(".refused") or not _is_shown(error, shown)


def _unsent() -> list[tuple[str, str]]:
    """What was typed into a form that the page no longer has, to be copied from there."""
    return [(label, _text(field)) for field, label in TYPED.items() if _text(field)]


def _page(view: VisitView, errors: dict[str, str], status: int) -> ResponseReturnValue:
    at = now()
    step = view.step
    choices = offered(view, at)
    can_redirect, can_stand_in = _may_redirect(view, at), _may_stand_in(view, step, at)
    shown = {"decide": bool(choices), "redirect": can_redirect, "stand_in": can_stand_in}
    on_top = [name for name in errors if _stands_on_top(name, shown)]
    page = render_template(
        "turns/page.html",
        view=view,
        choices=choices,
        can_redirect=can_redirect,
        can_stand_in=can_stand_in,
        holders=_holders(view, step, at),
        on_top=[errors[name] for name in on_top],
        unsent=_unsent() if any(not _is_shown(name, shown) for name in on_top) else (),
        needs_direction=bool(step and Field.DIRECTION in step.requires),
        unit_options=[(unit.id, unit.name) for unit in active_units(db.session())],
        earliest=shown_moment(at),
        errors=errors,
        at=at,
    )
    return make_response(page, status)
