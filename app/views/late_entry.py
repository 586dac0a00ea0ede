"""Entri susulan: paper slips for a power cut, and typing them in afterwards, many in a row."""

from collections.abc import Mapping

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.appointment import keeps_it
from app.domain.events import Outcome
from app.domain.late_entry import ARRIVAL, OUTCOMES, slots_of
from app.domain.period import read_day
from app.domain.permissions import Permission
from app.domain.sop import Sop
from app.extensions import db
from app.formatting import local
from app.htmx import see_other
from app.late_slips import SlipRun, render_slips, slips_a_sheet
from app.models.person import Unit
from app.operations.guest_entries import OpenedVisit
from app.operations.late_entries import LateEntry, SlipTyped, enter_late_visit
from app.own_office import own_office
from app.paper import PaperSize
from app.queries.units import active_units
from app.queries.visits import VisitView, view_by_label
from app.security import officer, open_to
from app.views.downloads import paper_mark
from app.views.forms import first_errors
from app.views.guest_entry import entry_of, guest_errors, unit_of
from app.views.known_guest import appointment_id, data_of, known_guest
from app.views.late_entry_forms import (
    BEFORE_THE_PROMISE,
    MOST_SHEETS,
    TYPED_ALREADY,
    USUAL_WHY,
    LateEntryForm,
    PaperTimes,
    SlipsForm,
    read_times,
    slip_after,
)
from app.views.stamps import is_nonce, new_nonce

blueprint = Blueprint("late_entry", __name__, url_prefix="/buku-tamu")
PAPERS: dict[str, PaperSize] = {"a4": "A4", "f4": "F4"}


@blueprint.get("/susulan")
@open_to(Permission.REGISTER)
def page() -> ResponseReturnValue:
    """An empty slip; what one stack of slips shares stays from the one before."""
    saved, known = _saved(), known_guest()
    data = _kept(saved) | (data_of(known) if known else {})
    return _page(LateEntryForm(data=data), {}, 200, saved)


@blueprint.post("/susulan")
@open_to(Permission.REGISTER)
def enter() -> ResponseReturnValue:
    """Store the slip; the form is then empty for the next one."""
    form = LateEntryForm(request.form)
    destination = unit_of(active_units(db.session()), request.form.get("destination"))
    errors = guest_errors(form, destination)
    times = _times(form)
    if errors := {**times.errors, **_promise_error(times), **errors}:
        return _page(form, errors, 422)
    try:
        opened = _store(_entry(form, destination, times), request.form.get("nonce", ""))
    except SlipTyped as error:
        known = view_by_label(db.session(), error.label)
        assert known is not None, "it has just been found"
        said = TYPED_ALREADY.format(slip=form.slip.data, label=known.label, name=known.name)
        return _page(form, {"slip": said}, 409, typed=known)
    again = "1" if opened.is_repeat else None
    return see_other(url_for(".page", tersimpan=opened.label, ulang=again))


@blueprint.get("/slip.pdf")
@open_to(Permission.REGISTER)
def slips() -> ResponseReturnValue:
    """Empty slips on the office's paper, or on that of `kertas`: a4 or f4."""
    size = PAPERS.get(request.args.get("kertas", own_office().paper).lower())
    if size is None:
        abort(404)
    form = SlipsForm(request.args)
    if not form.validate():
        return _page(LateEntryForm(data=_kept(None)), first_errors(form), 422)
    run = SlipRun(form.mulai.data, form.lembar.data)
    response = make_response(render_slips(_sop(), own_office().name, run, size, mark=paper_mark()))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="slip-tamu-{size.lower()}.pdf"'
    return response


def _sop() -> Sop:
    in_force: Sop = current_app.config["SOP_IN_FORCE"]
    return in_force


def _saved() -> VisitView | None:
    """The slip that was typed in just now."""
    found = view_by_label(db.session(), request.args.get("tersimpan", ""))
    return found if found and found.visit.late_entry else None


def _kept(saved: VisitView | None) -> dict[str, object]:
    if saved is None:
        return {
            "day": local(now()).date().isoformat(),
            "outcome": Outcome.COMPLETED,
            "late_reason": USUAL_WHY,
        }
    return {
        "day": saved.visit.arrived_on.isoformat(),
        "outcome": Outcome.COMPLETED,
        "late_reason": saved.text("late_reason"),
        "slip": slip_after(saved.text("slip")),
    }


def _times(form: LateEntryForm) -> PaperTimes:
    day = None if form.day.errors else read_day(form.day.data)
    ended = Outcome.COMPLETED if form.outcome.errors else Outcome(form.outcome.data)
    return read_times(_sop(), day, request.form, at=now(), outcome=ended)


def _promise_error(times: PaperTimes) -> dict[str, str]:
    """Nobody keeps an appointment before it is made: the date of such a slip is wrong."""
    known = known_guest() if appointment_id() is not None else None
    arrived_at = times.noted.get(ARRIVAL.name)
    if known is None or arrived_at is None:
        return {}
    if keeps_it(arrived_at, asked_in=known.visit.arrived_at):
        return {}
    return {"day": BEFORE_THE_PROMISE.format(label=known.label)}


def _entry(form: LateEntryForm, destination: Unit | None, times: PaperTimes) -> LateEntry:
    return LateEntry(
        guest=entry_of(form, destination, appointment_id()),
        noted=times.noted,
        outcome=Outcome(form.outcome.data),
        reason=form.late_reason.data or "",
        slip=form.slip.data or None,
        is_other_slip=bool(form.other_slip.data),
        due_at=times.due_at,
    )


def _store(entry: LateEntry, nonce: str) -> OpenedVisit:
    return enter_late_visit(
        entry,
        officer=officer(),
        sop_sha256=current_app.config["SOP_SHA256"],
        nonce=nonce if is_nonce(nonce) else None,
        at=now(),
    )


def _page(
    form: LateEntryForm,
    errors: Mapping[str, str],
    status: int,
    saved: VisitView | None = None,
    typed: VisitView | None = None,
) -> ResponseReturnValue:
    shown = render_template(
        "late_entry/page.html",
        form=form,
        errors=errors,
        saved=saved,
        again=known_guest(),
        appointment_id=appointment_id(),
        typed=typed,
        is_repeat="ulang" in request.args,
        slots=slots_of(_sop()),
        outcomes=OUTCOMES,
        unit_options=[(unit.id, unit.name) for unit in active_units(db.session())],
        nonce=request.form.get("nonce") or new_nonce(),
        latest_day=local(now()).date().isoformat(),
        slips_a_sheet=slips_a_sheet(_sop()),
        most_sheets=MOST_SHEETS,
    )
    return make_response(shown, status)
