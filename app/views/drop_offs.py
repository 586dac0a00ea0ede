"""Titipan dokumen: what couriers drop at the desk, without a badge; its list and its receipt."""

from flask import Blueprint, abort, current_app, flash, make_response, render_template, request
from flask import url_for as url
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.permissions import Permission
from app.domain.phone import normalise_phone
from app.extensions import db
from app.htmx import see_other
from app.operations.exports import record_export
from app.operations.guest_entries import GuestEntry
from app.operations.visits import DROP_OFF, open_visit
from app.queries.drop_offs import latest_drop_offs
from app.queries.register import Filters
from app.queries.units import active_unit_ids, active_units
from app.queries.visits import log_of
from app.receipt_facts import document_receipt_of
from app.security import officer, open_to
from app.views.downloads import download, own_letterhead, printing
from app.views.forms import DocumentForm, first_errors, squeezed
from app.views.seeing import visible_visit
from app.views.stamps import is_nonce, new_nonce
from app.visit_receipt import render_receipt

blueprint = Blueprint("drop_offs", __name__, url_prefix="/titipan")
SHOWN = 100


@blueprint.get("")
@open_to(Permission.OVERSEE)
def page() -> ResponseReturnValue:
    """The newest ones, and the form for one more."""
    return _page(DocumentForm(), {}, 200)


@blueprint.post("")
@open_to(Permission.REGISTER)
def receive() -> ResponseReturnValue:
    """Write down what was dropped, by whom and for whom."""
    form, nonce = DocumentForm(request.form), request.form.get("nonce", "")
    if not form.validate():
        return _page(form, first_errors(form), 422)
    opened = open_visit(
        _entry(form),
        officer=officer(),
        sop_sha256=current_app.config["SOP_SHA256"],
        nonce=nonce if is_nonce(nonce) else None,
        arrived_at=now(),
        at=now(),
    )
    flash(f"Titipan {form.name.data} tercatat dengan nomor {opened.label}.", "ok")
    return see_other(url("drop_offs.page"))


@blueprint.post("/<int:year>/<int:number>/tanda-terima.pdf")
@open_to(Permission.OVERSEE)
def receipt(year: int, number: int) -> ResponseReturnValue:
    """The receipt for whoever brought it, once it is recorded who takes it."""
    view = visible_visit(year, number)
    if view.visit.kind != DROP_OFF:
        abort(404)
    log = log_of(db.session(), view.visit.id)
    body = render_receipt(document_receipt_of(view, log, printing(now())), own_letterhead())
    record_export(
        "document_receipt",
        "pdf",
        filters=Filters(),
        row_count=1,
        officer=officer(),
        sop=current_app.config["SOP_IN_FORCE"],
        at=now(),
        visit_id=view.visit.id,
    )
    return download(body, f"tanda-terima-{number}-{year}", "pdf")


def _entry(form: DocumentForm) -> GuestEntry:
    phone, ids = form.phone.data, active_unit_ids(db.session())
    unit = squeezed(form.destination.data)
    return GuestEntry(
        name=form.name.data or "",
        origin=form.origin.data or "",
        position=None,
        phone=normalise_phone(phone) if phone else None,
        guest_kind="umum",
        purpose=form.purpose.data,
        destination_id=int(unit) if unit.isdecimal() and int(unit[:9]) in ids else None,
        party_size=1,
        identity_kind=None,
        identity_shown=False,
        kind=DROP_OFF,
    )


def _page(form: DocumentForm, errors: dict[str, str], status: int) -> ResponseReturnValue:
    session = db.session()
    shown = render_template(
        "drop_offs/page.html",
        form=form,
        errors=errors,
        views=latest_drop_offs(session, SHOWN),
        unit_options=[(unit.id, unit.name) for unit in active_units(session)],
        nonce=request.form.get("nonce") or new_nonce(),
        at=now(),
    )
    return make_response(shown, status)
