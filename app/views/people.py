"""Petugas: add, edit and deactivate the people of the office."""

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

from app import phrases
from app.clock import now
from app.domain.permissions import Permission, all_roles
from app.extensions import db
from app.htmx import see_other
from app.models.person import Person
from app.operations.people import (
    LastAdmin,
    NewPerson,
    UsernameTaken,
    add_person,
    edit_person,
    set_password,
)
from app.queries.people import all_people, person_by_id
from app.security import open_to
from app.views.forms import NewPersonForm, PasswordForm, PersonForm, first_errors, submitted

blueprint = Blueprint("people", __name__, url_prefix="/petugas")


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def people() -> ResponseReturnValue:
    """Everybody who can or could sign in."""
    return render_template(
        "people/page.html", people=all_people(db.session()), role_words=dict(_role_choices())
    )


@blueprint.route("/baru", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    """Make an account."""
    form = NewPersonForm(submitted())
    form.roles.known = [role for role, _ in _role_choices()]
    if request.method == "GET":
        return _form_page(form, None, {}, 200)
    if not form.validate():
        return _form_page(form, None, first_errors(form), 422)
    try:
        person = add_person(
            NewPerson(
                name=form.name.data or "",
                username=form.username.data or "",
                password=form.password.data or "",
                roles=frozenset(form.roles.data or ()),
                nip=form.nip.data or None,
            ),
            at=now(),
        )
    except UsernameTaken:
        taken = {"username": "Nama pengguna ini sudah dipakai. Pilih nama lain."}
        return _form_page(form, None, taken, 422)
    flash(f"Akun {person.name} dibuat.", "ok")
    _warn_of_no_role(form)
    return see_other(url_for(".people"))


@blueprint.route("/<int(max=999999999):person_id>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def edit(person_id: int) -> ResponseReturnValue:
    """Change a person's name, roles, or whether they are active."""
    person = _person_or_404(person_id)
    form = _stored(person) if request.method == "GET" else PersonForm(submitted())
    form.roles.known = [role for role, _ in _role_choices()]
    if request.method == "GET":
        return _form_page(form, person, {}, 200)
    if not form.validate():
        return _form_page(form, person, first_errors(form), 422)
    try:
        edit_person(
            person_id,
            name=form.name.data or "",
            nip=form.nip.data or None,
            roles=frozenset(form.roles.data or ()),
            active=bool(form.active.data),
        )
    except LastAdmin:
        sentence = "Harus ada paling sedikit satu Admin aktif. Tunjuk Admin lain lebih dulu."
        return _form_page(form, person, {"roles": sentence}, 422)
    flash("Perubahan disimpan.", "ok")
    _warn_of_no_role(form)
    return see_other(url_for(".people"))


@blueprint.post("/<int(max=999999999):person_id>/kata-sandi")
@open_to(Permission.ADMINISTER)
def give_password(person_id: int) -> ResponseReturnValue:
    """Give a person a new password; their sessions end."""
    person = _person_or_404(person_id)
    form = PasswordForm(request.form)
    if not form.validate():
        return _form_page(_stored(person), person, first_errors(form), 422)
    set_password(person_id, form.password.data or "")
    flash(f"Kata sandi {person.name} diganti. Sampaikan langsung kepada yang bersangkutan.", "ok")
    return see_other(url_for(".people"))


def _warn_of_no_role(form: PersonForm) -> None:
    if not form.roles.data:
        flash(
            f"{form.name.data} belum diberi peran, jadi belum dapat membuka halaman apa pun.",
            "warn",
        )


def _stored(person: Person) -> PersonForm:
    """The form as the person is on record."""
    roles = [row.role for row in person.roles]
    form = PersonForm(name=person.name, nip=person.nip, active=person.active, roles=roles)
    form.roles.known = [role for role, _ in _role_choices()]
    return form


def _role_choices() -> list[tuple[str, str]]:
    sop = current_app.config["SOP_IN_FORCE"]
    return [(role, phrases.role_name(sop, role)) for role in all_roles(sop)]


def _person_or_404(person_id: int) -> Person:
    person = person_by_id(db.session(), person_id)
    if person is None:
        abort(404)
    return person


def _form_page(
    form: PersonForm, person: Person | None, errors: dict[str, str], status: int
) -> ResponseReturnValue:
    page = render_template(
        "people/form.html", form=form, roles=_role_choices(), member=person, errors=errors
    )
    return make_response(page, status)
