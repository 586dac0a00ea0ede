"""Penyiapan awal: the office, its first admin and its desks, once, before anybody can sign in."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

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
from wtforms import ValidationError

from app.clock import now
from app.domain.permissions import ADMIN
from app.domain.sop import Effect, Sop
from app.formatting import ZONE_NAMES
from app.htmx import see_other
from app.operations.people import NewPerson, OfficeSetup, SetupDone, set_up_office
from app.security import begin_session, is_set_up, open_to_all
from app.views.forms import check_password, check_username, squeezed

blueprint = Blueprint("setup", __name__)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
OFFICE_FIELDS = {
    "office_name": "Tulis nama kantor, seperti pada kop surat.",
    "unit": "",
    "address": "",
    "destination": "Tulis tujuan utama tamu, misalnya Kepala Dinas.",
}


@blueprint.route("/penyiapan", methods=["GET", "POST"])
@open_to_all
def setup() -> ResponseReturnValue:
    """Set the office up; only from this machine or with the token printed at start."""
    if is_set_up():
        return _done()
    if not _may_set_up():
        abort(403)
    if request.method == "GET":
        return _page({}, 200)
    sop: Sop = current_app.config["SOP_IN_FORCE"]
    errors = _errors(sop)
    if errors:
        return _page(errors, 422)
    try:
        admin = set_up_office(_read(sop), at=now())
    except SetupDone:
        return _done()
    begin_session(admin)
    flash("Kantor sudah siap. Berikutnya: buat dan cetak tanda pengenal tamu.", "ok")
    return see_other(url_for("badges.stock"))


def _done() -> ResponseReturnValue:
    flash("Penyiapan sudah dilakukan. Silakan masuk.", "ok")
    return see_other(url_for("auth.sign_in_page"))


def _may_set_up() -> bool:
    return _is_from_here() or _has_token()


def _is_from_here() -> bool:
    """Whether the browser runs on this machine, at an address that only this machine has.

    A proxy on it answers for others; so does a page of another site whose name was made to lead
    here once the browser had opened it.
    """
    if any(header in request.headers for header in FORWARDED):
        return False
    return _is_loopback(request.remote_addr) and _is_loopback(urlsplit(request.host_url).hostname)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    path = current_app.config["INSTANCE"] / "setup-token"
    given = request.values.get("token", "")
    try:
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return False
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    sop: Sop = current_app.config["SOP_IN_FORCE"]
    page = render_template(
        "setup/page.html",
        sop=sop,
        zones=[(name, f"{name} ({short})") for name, short in ZONE_NAMES.items()],
        typed=request.form,
        errors=errors,
        token=request.values.get("token", ""),
    )
    return make_response(page, status)


def _errors(sop: Sop) -> dict[str, str]:
    errors = {
        name: sentence
        for name, sentence in OFFICE_FIELDS.items()
        if sentence and not squeezed(request.form.get(name))
    }
    if request.form.get("timezone", "Asia/Pontianak") not in ZONE_NAMES:
        errors["timezone"] = "Pilih zona waktu kantor."
    for code in _accounts(sop):
        errors |= _account_errors(code)
    names = [_username(code) for code in _accounts(sop)]
    for code in _accounts(sop):
        if names.count(_username(code)) > 1:
            errors[f"{code}_username"] = "Nama pengguna ini dipakai dua kali. Pilih nama lain."
    return errors


def _account_errors(code: str) -> dict[str, str]:
    errors = {}
    if not squeezed(request.form.get(f"{code}_name")):
        errors[f"{code}_name"] = "Tulis nama lengkapnya."
    checks = {"username": check_username, "password": check_password}
    for part, check in checks.items():
        text = _username(code) if part == "username" else request.form.get(f"{code}_{part}", "")
        try:
            check(text)
        except ValidationError as error:
            errors[f"{code}_{part}"] = str(error)
    return errors


def _accounts(sop: Sop) -> list[str]:
    """The admin, then each desk whose row is filled in at all."""
    desks = list(sop.roles)
    parts = ("name", "username", "password")
    filled = [code for code in desks if any(request.form.get(f"{code}_{part}") for part in parts)]
    return [ADMIN, *filled]


def _username(code: str) -> str:
    return squeezed(request.form.get(f"{code}_username")).lower()


def _read(sop: Sop) -> OfficeSetup:
    host_step = sop.step_with(Effect.BY_HOST)
    zone = ZoneInfo(request.form.get("timezone", "Asia/Pontianak"))
    return OfficeSetup(
        office_name=squeezed(request.form.get("office_name")),
        unit=squeezed(request.form.get("unit")),
        address=squeezed(request.form.get("address")),
        timezone=zone.key,
        destination=squeezed(request.form.get("destination")),
        people=[_person(code) for code in _accounts(sop)],
        host_role=host_step.role if host_step else "",
    )


def _person(code: str) -> NewPerson:
    return NewPerson(
        name=squeezed(request.form.get(f"{code}_name")),
        username=_username(code),
        password=request.form.get(f"{code}_password", ""),
        roles=frozenset({code}),
    )
