"""The guest-book form, who is inside, and the page of one visit."""

from collections.abc import Sequence
from itertools import groupby

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.badge_life import UNPRINTED
from app.domain.corrections import destination_is_settled, works_on
from app.domain.permissions import Permission
from app.domain.rectify import Batch, undoable
from app.domain.sop import Field
from app.extensions import Session, db
from app.htmx import page_or_block, see_other
from app.models.person import Unit
from app.models.visit import StepEvent
from app.operations.visits import (
    DestinationSettled,
    NotPossible,
    ReasonMissing,
    cancel_entry,
    correct_visit,
    open_visit,
)
from app.queries.appointments import appointment_of, earlier_appointments
from app.queries.badges import stock
from app.queries.hosting import receiver_ids
from app.queries.office import screen_version
from app.queries.units import active_units, all_units
from app.queries.visit_rows import event_of
from app.queries.visits import (
    VisitView,
    log_of,
    members_of,
    open_visits,
    texts_of,
    view_by_label,
)
from app.security import officer, open_to
from app.views.corrected_words import Corrections
from app.views.forms import GuestBookForm, squeezed, trimmed
from app.views.guest_entry import GONE, entry_of, guest_errors, unit_of
from app.views.known_guest import appointment_id, data_of, known_guest
from app.views.panels import stand_ins
from app.views.records import activity
from app.views.seeing import visible_visit
from app.views.stamps import arrival_stamp, is_nonce, new_nonce, read_arrival

blueprint = Blueprint("visits", __name__)
LONGEST_TEXT = 500
SENT_ON = "Tamu sudah diarahkan ke tujuannya. Untuk tujuan lain, pakai “Alihkan tamu”."
WHY_CORRECTED = "Tulis alasan perbaikan, singkat saja (paling banyak 500 huruf)."


@blueprint.get("/buku-tamu/baru")
@open_to(Permission.REGISTER)
def new() -> ResponseReturnValue:
    """A line of the guest book, empty or with the data of who comes again."""
    known = known_guest()
    form = GuestBookForm(data=data_of(known)) if known else GuestBookForm()
    return _form_page(form, {}, 200)


@blueprint.post("/buku-tamu/baru")
@open_to(Permission.REGISTER)
def create() -> ResponseReturnValue:
    """Write the guest into the book; the form is then empty for the next one."""
    form = GuestBookForm(request.form)
    units = active_units(db.session())
    destination = unit_of(units, request.form.get("destination"))
    if errors := guest_errors(form, destination):
        return _form_page(form, errors, 422)
    at, nonce = now(), request.form.get("nonce", "")
    opened = open_visit(
        entry_of(form, destination, appointment_id()),
        officer=officer(),
        sop_sha256=current_app.config["SOP_SHA256"],
        nonce=nonce if is_nonce(nonce) else None,
        arrived_at=read_arrival(request.form.get("opened_at", ""), at),
        at=at,
    )
    return see_other(url_for(".new", tersimpan=opened.label))


@blueprint.get("/buku-tamu/baru/stempel")
@open_to(Permission.REGISTER)
def renew_stamp() -> ResponseReturnValue:
    """A fresh moment of opening, for a form into which nothing has been typed yet."""
    return render_template("visits/_stamp.html", stamp=arrival_stamp(now()))


@blueprint.get("/sedang-di-dalam")
@open_to(Permission.OVERSEE)
def inside() -> ResponseReturnValue:
    """Everyone who is inside; 204 for a poll when nothing has changed."""
    session = db.session()
    version = screen_version(session)
    if request.args.get("v") == str(version):
        return make_response("", 204)
    views = [view for view in open_visits(session) if not view.waits_for_badge]
    people = sum(view.visit.party_size for view in views)
    return page_or_block(
        "visits/inside.html", "inside", views=views, people=people, version=version, at=now()
    )


@blueprint.get("/kunjungan/<int:year>/<int:number>")
@open_to(Permission.WORK)
def visit(year: int, number: int) -> ResponseReturnValue:
    """The page of one visit: the six steps, the guest's data, the whole log."""
    return _visit_page(visible_visit(year, number), {}, 200)


@blueprint.post("/kunjungan/<int:year>/<int:number>/koreksi")
@open_to(Permission.WORK)
def correct(year: int, number: int) -> ResponseReturnValue:
    """Correct the purpose or the destination; the record shows each version."""
    view = visible_visit(year, number)
    purpose = trimmed(request.form.get("purpose"))
    unit = unit_of(_choices(view), request.form.get("destination"))
    reason = trimmed(request.form.get("correction_reason"))
    errors = _correction_errors(view, purpose, unit)
    if errors and not view.progress.is_closed:
        return _visit_page(view, errors, 422)
    try:
        changed = correct_visit(
            view.label,
            purpose=purpose or None,
            destination_id=unit.id if unit else None,
            reason=reason or None,
            officer=officer(),
            at=now(),
        )
    except DestinationSettled:
        return _visit_page(view, {"destination": SENT_ON}, 409)
    except ReasonMissing:
        return _visit_page(view, {"correction_reason": WHY_CORRECTED}, 422)
    except NotPossible:
        flash("Kunjungan ini sudah ditutup; datanya tidak diubah.", "warn")
    else:
        flash("Perubahan dicatat." if changed else "Tidak ada yang berubah.", "ok")
        _warn_of_stand_in(view, unit)
    return see_other(url_for(".visit", year=year, number=number))


@blueprint.post("/kunjungan/<int:year>/<int:number>/batal")
@open_to(Permission.REGISTER)
def cancel(year: int, number: int) -> ResponseReturnValue:
    """Cancel an entry that never got a badge, with a reason."""
    view = visible_visit(year, number)
    reason = trimmed(request.form.get("reason_text"))
    if view.waits_for_badge and not 0 < len(reason) <= LONGEST_TEXT:
        sentence = "Tulis alasan pembatalan, singkat saja (paling banyak 500 huruf)."
        return _visit_page(view, {"reason_text": sentence}, 422)
    try:
        cancel_entry(view.label, reason=reason, officer=officer(), at=now())
        flash(f"Kunjungan {view.label} dibatalkan.", "ok")
    except NotPossible:
        flash("Kunjungan ini sudah berubah, jadi tidak dibatalkan.", "warn")
    return see_other(url_for(".visit", year=year, number=number))


def _form_page(form: GuestBookForm, errors: dict[str, str], status: int) -> ResponseReturnValue:
    session, at = db.session(), now()
    badges = stock(session)
    free = [badge for badge in badges if badge.is_free]
    units = active_units(session)
    stamp = request.form.get("opened_at") or arrival_stamp(at)
    page = render_template(
        "visits/new.html",
        form=form,
        errors=errors,
        saved=view_by_label(session, request.args.get("tersimpan", "")),
        stand_ins=stand_ins(session, current_app.config["SOP_IN_FORCE"], units),
        unit_options=[(unit.id, unit.name) for unit in units],
        units=units,
        nonce=request.form.get("nonce") or new_nonce(),
        stamp=stamp,
        arrived_at=read_arrival(stamp, at) or at,
        next_badge=free[0].number if free else None,
        free_badges=len(free),
        has_badges=current_app.config["SOP_IN_FORCE"].returns_badge,
        unprinted=sum(badge.shown == UNPRINTED for badge in badges),
        again=known_guest(),
        appointment_id=appointment_id(),
        at=at,
    )
    return make_response(page, status)


def _warn_of_stand_in(view: VisitView, unit: Unit | None) -> None:
    if unit is not None and (sentence := stand_ins(db.session(), view.sop, [unit]).get(unit.id)):
        flash(sentence, "warn")


def _correction_errors(view: VisitView, purpose: str, unit: Unit | None) -> dict[str, str]:
    errors = {}
    if "purpose" in request.form and not purpose and view.text(Field.PURPOSE):
        errors["purpose"] = "Keperluan tidak dapat dikosongkan. Tulis keperluan yang benar."
    if len(purpose) > LONGEST_TEXT:
        errors["purpose"] = f"Terlalu panjang. Ringkas menjadi paling banyak {LONGEST_TEXT} huruf."
    if squeezed(request.form.get("destination")) and unit is None:
        errors["destination"] = GONE
    if len(trimmed(request.form.get("correction_reason"))) > LONGEST_TEXT:
        errors["correction_reason"] = WHY_CORRECTED
    return errors


def _destinations(session: Session, log: Sequence[StepEvent]) -> list[str]:
    """The names of the destinations a visit had, oldest first, the present one last."""
    ids = [event.destination_id for event in log if event.destination_id is not None]
    names = {unit.id: unit.name for unit in all_units(session)}
    return [names[unit_id] for unit_id, _ in groupby(ids)]


def _visit_page(view: VisitView, errors: dict[str, str], status: int) -> ResponseReturnValue:
    session = db.session()
    log, texts = log_of(session, view.visit.id), texts_of(session, view.visit.id)
    corrections = Corrections(view, log, texts)
    page = render_template(
        "visits/page.html",
        view=view,
        log=log,
        activity=activity(session, view, log, texts, corrections),
        guest_changes=corrections.of_guest,
        destinations=_destinations(session, log),
        members=members_of(session, view.visit.id),
        versions=[text for text in texts if text.field == Field.PURPOSE],
        unit_options=[(unit.id, unit.name) for unit in _choices(view)],
        errors=errors,
        can_undo=_can_undo(log),
        is_sent_on=destination_is_settled(view.sop, view.progress),
        needs_reason=_needs_reason(view),
        appointment=appointment_of(session, view.visit.id),
        earlier_appointments=earlier_appointments(session, view.visit.id),
        at=now(),
    )
    return make_response(page, status)


def _can_undo(log: Sequence[StepEvent]) -> bool:
    """Whether the last thing that happened to the visit is this person's to undo."""
    events = [event_of(row) for row in log]
    return isinstance(undoable(events, actor_id=officer().person_id, at=now()), Batch)


def _needs_reason(view: VisitView) -> bool:
    """Whether this person has no step of the visit, and so says why they put it right."""
    receivers = receiver_ids(db.session(), view, now())
    return not works_on(view.sop, view.progress, officer().actor, receivers)


def _choices(view: VisitView) -> list[Unit]:
    """Where the visit can be sent, its own destination too when that is no longer in use.

    Without it the browser would pick the first choice by itself.
    """
    session, units = db.session(), list(active_units(db.session()))
    if view.destination is not None and not view.destination.active:
        units.append(session.get_one(Unit, view.destination.id))
    return units
