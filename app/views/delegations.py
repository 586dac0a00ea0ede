"""Pengganti: who holds a post for its holder, set by the admin or by the person who goes away."""

from datetime import UTC, date, datetime, time, timedelta

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
from flask_login import current_user

from app import phrases
from app.clock import now
from app.domain.period import DayError, read_day
from app.domain.permissions import Permission, host_roles
from app.extensions import db
from app.formatting import local, zone
from app.htmx import see_other
from app.models.person import Delegation
from app.operations.delegations import (
    DelegationRefused,
    Post,
    Unset,
    end_delegation,
    set_delegation,
)
from app.queries.delegations import current_delegations, delegation_by_id, hosted_units
from app.queries.people import all_people
from app.queries.units import active_units
from app.security import holds, officer, open_to
from app.views.forms import squeezed

blueprint = Blueprint("delegations", __name__, url_prefix="/pengganti")
A_DAY = timedelta(days=1)
DAY = "Tulis tanggal seperti 24/11/2026."
FIELDS: dict[Unset, str] = {
    Unset.NOT_YOURS: "post",
    Unset.NO_SUCH_DEPUTY: "deputy",
    Unset.HOLDS_IT: "deputy",
    Unset.OVERLAPS: "deputy",
    Unset.BACKWARDS: "last_day",
    Unset.OVER: "last_day",
}


@blueprint.get("")
@open_to(Permission.WORK)
def delegations() -> ResponseReturnValue:
    """Who stands in for whom, and the form to set it."""
    return _page({}, 200)


@blueprint.post("")
@open_to(Permission.WORK)
def add() -> ResponseReturnValue:
    """Let somebody hold a post from one day to another."""
    first, last, errors = _days()
    post, deputy_id = _post(), squeezed(request.form.get("deputy"))
    kind = request.form.get("kind", "")
    if post is None:
        errors["post"] = "Pilih jabatannya."
    if not deputy_id.isdecimal():
        errors["deputy"] = "Pilih penggantinya."
    if kind not in phrases.DEPUTY_KINDS:
        errors["kind"] = "Pilih Plh. atau Plt."
    if errors or post is None or first is None:
        return _page(errors, 422)
    try:
        set_delegation(
            post,
            int(deputy_id[:9]),
            kind,
            starts_at=max(_midnight(first), now()) if first <= _today() else _midnight(first),
            ends_at=_midnight(last + A_DAY) if last else None,
            may_set=_may_set(post),
            officer=officer(),
            at=now(),
        )
    except DelegationRefused as error:
        return _page({FIELDS[error.why]: phrases.UNSET[error.why]}, 422)
    flash("Pengganti dicatat. Mejanya terbuka untuk pengganti pada tanggal itu.", "ok")
    return see_other(url_for(".delegations"))


@blueprint.post("/<int(max=999999999):delegation_id>/akhiri")
@open_to(Permission.WORK)
def end(delegation_id: int) -> ResponseReturnValue:
    """End it now."""
    found = delegation_by_id(db.session(), delegation_id)
    may_end = found is not None and _may_end(found)
    if end_delegation(delegation_id, may_end=may_end, at=now()):
        flash("Penggantian diakhiri.", "ok")
    else:
        flash("Penggantian itu sudah berakhir, atau bukan milik Anda.", "warn")
    return see_other(url_for(".delegations"))


def _today() -> date:
    return local(now()).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def _days() -> tuple[date | None, date | None, dict[str, str]]:
    errors, days = {}, []
    for field in ("first_day", "last_day"):
        text = squeezed(request.form.get(field))
        try:
            days.append(read_day(text) if text else None)
        except DayError:
            days.append(None)
            errors[field] = DAY
    if days[0] is None and "first_day" not in errors:
        errors["first_day"] = DAY
    return days[0], days[1], errors


def _post() -> Post | None:
    what, _, which = request.form.get("post", "").partition(":")
    if what == "unit" and which.isdecimal():
        return Post(unit_id=int(which[:9]))
    return Post(role=which) if what == "role" and which in _roles() else None


def _roles() -> list[str]:
    """The roles that are a post: who receives guests does it for a unit, which is delegated."""
    sop = current_app.config["SOP_IN_FORCE"]
    return [role for role in sop.roles if role not in host_roles(sop)]


def _may_set(post: Post) -> bool:
    """An admin, or whoever holds the post themselves: a deputy does not pass it on."""
    if holds(Permission.ADMINISTER):
        return True
    if post.role is not None:
        return post.role in officer().roles - set(officer().acting_as)
    return post.unit_id in hosted_units(db.session(), officer().person_id)


def _may_end(found: Delegation) -> bool:
    is_setter = found.set_by_id == current_user.person_id
    return is_setter or _may_set(Post(found.role, found.unit_id))


def _posts() -> list[tuple[str, str]]:
    """The posts that this person may let somebody hold."""
    sop = current_app.config["SOP_IN_FORCE"]
    roles = [(f"role:{role}", phrases.role_name(sop, role)) for role in _roles()]
    units = [
        (f"unit:{unit.id}", f"Penerima tamu: {unit.post}") for unit in active_units(db.session())
    ]
    return [
        (code, words)
        for code, words in (*roles, *units)
        if _may_set(
            Post(role=code[5:]) if code.startswith("role:") else Post(unit_id=int(code[5:]))
        )
    ]


def _page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    session, at = db.session(), now()
    rows = [(one, _may_end(one)) for one in current_delegations(session, at)]
    page = render_template(
        "delegations/page.html",
        rows=rows,
        posts=_posts(),
        people=[(person.id, person.name) for person in all_people(session) if person.active],
        today_iso=_today().isoformat(),
        sop=current_app.config["SOP_IN_FORCE"],
        a_day=A_DAY,
        errors=errors,
        at=at,
    )
    return make_response(page, status)
