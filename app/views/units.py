"""Tujuan: the units guests can be sent to, with their hosts and assistants."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.sop import Effect
from app.extensions import db
from app.htmx import see_other
from app.models.person import Unit
from app.operations.units import DefaultUnitNeeded, UnitData, UnitNameTaken, save_unit
from app.queries.people import all_people
from app.queries.units import all_units, unit_by_id
from app.security import open_to
from app.views.forms import UnitForm, first_errors, submitted
from app.views.panels import stand_ins

blueprint = Blueprint("units", __name__, url_prefix="/tujuan")


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def units() -> ResponseReturnValue:
    """Every destination and who receives there."""
    return render_template("units/page.html", units=all_units(db.session()))


@blueprint.route("/baru", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    """Add a destination."""
    return _edit(None)


@blueprint.route("/<int(max=999999999):unit_id>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def edit(unit_id: int) -> ResponseReturnValue:
    """Change a destination, its hosts and assistants."""
    unit = unit_by_id(db.session(), unit_id)
    if unit is None:
        abort(404)
    return _edit(unit)


def _edit(unit: Unit | None) -> ResponseReturnValue:
    form = _form(unit)
    if request.method == "GET":
        return _form_page(form, unit, {}, 200)
    if not form.validate():
        return _form_page(form, unit, first_errors(form), 422)
    try:
        saved = save_unit(unit.id if unit else None, _data(form))
    except UnitNameTaken:
        return _form_page(form, unit, {"name": "Sudah ada tujuan dengan nama itu."}, 422)
    except DefaultUnitNeeded:
        sentence = "Harus ada satu tujuan utama yang aktif. Jadikan tujuan lain utama lebih dulu."
        return _form_page(form, unit, {"is_default": sentence}, 422)
    flash(f"{saved.name} disimpan.", "ok")
    sentences = stand_ins(db.session(), current_app.config["SOP_IN_FORCE"], [saved])
    for sentence in sentences.values():
        flash(sentence, "warn")
    return see_other(url_for(".units"))


def _form(unit: Unit | None) -> UnitForm:
    ids = [person_id for person_id, _ in _active_people()]
    data = None
    if request.method == "GET" and unit is not None:
        members = [(member.kind, str(member.person_id)) for member in unit.members]
        data = {
            "hosts": [person_id for kind, person_id in members if kind == "host"],
            "assistants": [person_id for kind, person_id in members if kind == "assistant"],
        }
    form = UnitForm(submitted(), obj=unit if request.method == "GET" else None, data=data)
    if request.method == "GET" and unit is None:
        form.active.data = True
    form.hosts.known = ids
    form.assistants.known = ids
    return form


def _active_people() -> list[tuple[str, str]]:
    return [(str(person.id), person.name) for person in all_people(db.session()) if person.active]


def _data(form: UnitForm) -> UnitData:
    host_step = current_app.config["SOP_IN_FORCE"].step_with(Effect.BY_HOST)
    name = form.name.data or ""
    return UnitData(
        name=name,
        post=form.post.data or name,
        active=bool(form.active.data),
        is_default=bool(form.is_default.data),
        host_ids=frozenset(int(person_id) for person_id in form.hosts.data or ()),
        assistant_ids=frozenset(int(person_id) for person_id in form.assistants.data or ()),
        host_role=host_step.role if host_step else "",
    )


def _form_page(
    form: UnitForm, unit: Unit | None, errors: dict[str, str], status: int
) -> ResponseReturnValue:
    page = render_template(
        "units/form.html", form=form, unit=unit, people=_active_people(), errors=errors
    )
    return make_response(page, status)
