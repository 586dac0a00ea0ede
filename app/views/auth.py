"""Sign in, sign out, change persons at a shared computer, change one's own password."""

import re
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clock import now
from app.extensions import htmx
from app.formatting import words
from app.htmx import see_other, wants_fragment
from app.operations.people import (
    SignedIn,
    SignInMustWait,
    SignInRefused,
    change_own_password,
)
from app.operations.people import (
    sign_in as try_sign_in,
)
from app.security import (
    any_person,
    begin_session,
    end_session,
    may_post,
    open_to_all,
    signed_in,
)
from app.views.forms import PasswordForm, first_errors, submitted

blueprint = Blueprint("auth", __name__)
KEPT = "kept."
# A path of ours: browsers take \ for /, and read over control characters.
OURS = re.compile(r"/(?!/)[^\\\x00-\x1f\x7f]*")
NOT_KEPT = frozenset({"csrf_token", "password", "again", "current"})


@blueprint.get("/")
@open_to_all
def home() -> ResponseReturnValue:
    """Everybody's day begins at their desk."""
    return see_other(url_for("desk.desk"))


@blueprint.get("/masuk")
@open_to_all
def sign_in_page() -> ResponseReturnValue:
    """The sign-in page."""
    if signed_in():
        return see_other(url_for("desk.desk"))
    return render_template("auth/sign_in.html", next=_local(request.args.get("next")))


@blueprint.post("/masuk")
@open_to_all
def sign_in() -> ResponseReturnValue:
    """Sign a person in, or say what to do next."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    result = try_sign_in(username, password, address=request.remote_addr or "", at=now())
    match result:
        case SignedIn(person):
            begin_session(person)
            return _welcome(person.id)
        case SignInMustWait(wait):
            return _must_wait(_sign_in_again(_too_often(wait)), wait)
        case _:
            message = (
                "Nama pengguna atau kata sandi belum cocok. Periksa lagi, lalu coba sekali lagi."
            )
            return make_response(_sign_in_again(message), 401)


@blueprint.post("/keluar")
@any_person
def sign_out() -> ResponseReturnValue:
    """End this session."""
    end_session()
    flash("Anda sudah keluar.", "ok")
    return see_other(url_for("auth.sign_in_page"))


@blueprint.post("/ganti-petugas")
@any_person
def switch_person() -> ResponseReturnValue:
    """Hand a shared computer to the next person."""
    end_session()
    flash("Silakan petugas berikutnya masuk.", "ok")
    return see_other(url_for("auth.sign_in_page"))


@blueprint.route("/akun/kata-sandi", methods=["GET", "POST"])
@any_person
def change_password() -> ResponseReturnValue:
    """Change one's own password; other sessions of the same person end."""
    form = PasswordForm(submitted())
    if request.method == "GET" or not form.validate():
        return _password_page(first_errors(form))
    match _changed(form):
        case SignedIn(person):
            begin_session(person)
            flash("Kata sandi sudah diganti.", "ok")
            return see_other(url_for("desk.desk"))
        case SignInMustWait(wait):
            return _must_wait(_password_page({"current": _too_often(wait)}), wait)
        case _:
            return _password_page({"current": "Kata sandi sekarang belum cocok."})


def kept_fields() -> list[tuple[str, str]]:
    """What was typed into a form whose session ran out, to be carried through the sign-in."""
    typed = request.form.items(multi=True)
    if request.endpoint == "auth.sign_in":
        return [(name.removeprefix(KEPT), text) for name, text in typed if name.startswith(KEPT)]
    return [(name, text) for name, text in typed if name not in NOT_KEPT]


def _changed(form: PasswordForm) -> SignedIn | SignInRefused | SignInMustWait:
    return change_own_password(
        current_user.username,
        current=form.current.data or "",
        new=form.password.data or "",
        address=request.remote_addr or "",
        at=now(),
    )


def _password_page(errors: dict[str, str]) -> Response:
    page = render_template("auth/password.html", errors=errors)
    return make_response(page, 422 if errors else 200)


def _too_often(wait: timedelta) -> str:
    return f"Terlalu banyak percobaan. Tunggu {words(wait)}, lalu coba lagi."


def _must_wait(answer: ResponseReturnValue, wait: timedelta) -> Response:
    response = make_response(answer)
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def _welcome(person_id: int) -> ResponseReturnValue:
    """On to the page that was asked for; over a page, close the dialog and leave it as it was."""
    if wants_fragment():
        if request.headers.get("X-Page-Person") == str(person_id):
            return render_template("auth/_signed_in_again.html")
        return see_other(url_for("desk.desk"))
    kept, action = kept_fields(), _local(request.form.get("kept_action"))
    if kept and action:
        is_allowed = may_post(action)
        return render_template("auth/resume.html", kept=kept, action=action, is_allowed=is_allowed)
    return see_other(_local(request.form.get("next")) or url_for("desk.desk"))


def _sign_in_again(error: str) -> str:
    template = "auth/_over_page.html" if bool(htmx) else "auth/sign_in.html"
    return render_template(
        template,
        error=error,
        username=request.form.get("username", ""),
        next=_local(request.form.get("next")),
        kept=kept_fields(),
        kept_action=_local(request.form.get("kept_action")),
    )


def _local(url: str | None) -> str:
    """The address if it stays on this server, else nothing."""
    return url if url and OURS.fullmatch(url) else ""
