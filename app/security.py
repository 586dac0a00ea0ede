"""Who may come in: sessions, permissions of routes, CSRF, and the headers of every answer."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

from flask import Flask, Request, Response, abort, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException

from app.clock import now
from app.domain.permissions import DEPUTY_TITLES, Permission, host_roles, may
from app.extensions import csrf, db, login_manager
from app.models.person import Person
from app.operations import sessions
from app.operations.officer import Officer
from app.own_office import known_office, let_be_read
from app.queries.people import Identity, has_accounts, identity_of

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_ID = "session_id"
HSTS_S = 30 * 24 * 3600  # long enough to hold, short enough to leave HTTPS after a month
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Unauthenticated(Exception):
    """The request needs a session and has none, or one that has run out."""


class SetupNeeded(Exception):
    """There is no account yet: the set-up comes first."""


@dataclass
class SignedInUser(UserMixin):
    """The person of this session as flask-login keeps them."""

    person_id: int
    username: str
    name: str
    roles: frozenset[str]
    epoch: int
    acting_as: Mapping[str, str] = field(default_factory=dict)

    def get_id(self) -> str:
        """Person and session epoch: a new epoch ends every session."""
        return f"{self.person_id}:{self.epoch}"


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie; an answer for everybody has none, or caches would keep many."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """The session of a cookie; when it is over is ours to say (`_session_is_over`).

        The library would end every session at once when the computer's clock is set back.
        """
        serializer = self.get_signing_serializer(app)
        assert serializer is not None, "there is always a secret key"
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        try:
            return SecureCookieSession(serializer.loads(cookie))
        except BadSignature:
            return SecureCookieSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  Flask's own signature
        """Once over HTTPS, never over plain HTTP again."""
        return request.is_secure


def init_app(app: Flask) -> None:
    """Check every request before its view, and every answer before it leaves."""
    app.session_interface = Sessions()
    login_manager.session_protection = None
    login_manager.user_loader(_load_user)
    app.before_request(_guard)
    app.after_request(_set_headers)


def open_to(permission: Permission) -> Callable[[View], View]:
    """Mark a view as open to people who hold the permission."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view as open to everybody, signed in or not."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def open_to_strangers(view: View) -> View:
    """Mark a view as open to everybody, and answered without the database unless signed in."""
    view.needs_no_office = True  # type: ignore[attr-defined]
    return open_to_all(view)


def open_to_monitors(view: View) -> View:
    """Mark a view as open to whoever asks, answered in whatever state the office is."""
    view.asks_nobody = True  # type: ignore[attr-defined]
    return open_to_all(view)


def check_every_route_is_marked(app: Flask) -> None:
    """Stop the start when a route says nothing of who may open it."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not hasattr(view, "permission"):
            message = f"the route {endpoint} has no permission"
            raise AssertionError(message)


def begin_session(person: Person) -> None:
    """Sign a person in for the day (absolute end, see SESSION_HOURS), under a new number.

    Whoever was signed in here before is signed out.
    """
    end_session()
    session.permanent = True
    session[SESSION_ID] = secrets.token_urlsafe(16)
    session["signed_in_at"] = int(now().timestamp())
    roles = frozenset(row.role for row in person.roles)
    login_user(SignedInUser(person.id, person.username, person.name, roles, person.session_epoch))


def end_session() -> None:
    """Sign out: this browser forgets the session first, then every copy of its cookie is void."""
    was_signed_in, session_id, until = signed_in(), session.get(SESSION_ID), _runs_out_at()
    logout_user()
    session.clear()
    if was_signed_in and until is not None:
        sessions.end_session(str(session_id), until=until, at=now())


def officer() -> Officer:
    """The signed-in person as operations need them."""
    return Officer(
        current_user.person_id, current_user.name, current_user.roles, current_user.acting_as
    )


def signed_in() -> bool:
    """Whether this request has a session that still counts."""
    return bool(current_user.is_authenticated)


def known_person_id() -> int | None:
    """Who is signed in as far as this request has looked: it asks the database for nothing."""
    user = g.get("_login_user")
    return user.person_id if isinstance(user, SignedInUser) else None


def holds(permission: Permission) -> bool:
    """Whether the signed-in person holds the permission under the SOP in force."""
    return signed_in() and may(permission, current_user.roles, current_app.config["SOP_IN_FORCE"])


def may_post(path: str) -> bool:
    """Whether the signed-in person may send a form to that address of ours."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except HTTPException:
        return False
    view = current_app.view_functions[endpoint]
    permission: Permission | None = getattr(view, "permission", None)
    return permission is None or getattr(view, "any_person", False) or holds(permission)


def _guard() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "static" or getattr(view, "asks_nobody", False):
        return
    if getattr(view, "needs_no_office", False) and not signed_in():
        return
    let_be_read()
    if view is None:
        return
    if request.endpoint != "setup.setup" and not is_set_up():
        raise SetupNeeded
    permission: Permission | None = getattr(view, "permission", None)
    if permission is not None:
        if not signed_in():
            raise Unauthenticated
        if not holds(permission) and not getattr(view, "any_person", False):
            abort(403)
        _check_page_person()
    if request.method not in SAFE_METHODS:
        csrf.protect()


def _check_page_person() -> None:
    """A page that somebody else opened on this device changes nothing in this session."""
    opened_by = request.headers.get("X-Page-Person", "")
    if request.method not in SAFE_METHODS and opened_by not in {"", str(current_user.person_id)}:
        raise Unauthenticated


def any_person(view: View) -> View:
    """Mark a view as open to whoever is signed in, roles or none."""
    view.permission = Permission.WORK  # type: ignore[attr-defined]
    view.any_person = True  # type: ignore[attr-defined]
    return view


def is_set_up() -> bool:
    """Whether somebody can sign in: nobody else has a session, an office or an account."""
    return signed_in() or known_office() is not None or has_accounts(db.session())


def _load_user(user_id: str) -> SignedInUser | None:
    person_id, _, epoch = user_id.partition(":")
    session_id = session.get(SESSION_ID)
    if not (person_id.isdigit() and epoch.isdigit() and isinstance(session_id, str)):
        return None
    if _session_is_over():
        return None
    host_role = next(iter(host_roles(current_app.config["SOP_IN_FORCE"])), None)
    found = identity_of(db.session(), int(person_id), session_id, now(), host_role=host_role)
    return _user(found) if found is not None and found.session_epoch == int(epoch) else None


def _session_is_over() -> bool:
    ends_at, lifetime = _runs_out_at(), current_app.config["PERMANENT_SESSION_LIFETIME"]
    if ends_at is None:
        return True
    # Both ways: a clock that ran years ahead at the sign-in would give a session for years.
    return bool(abs(now() - (ends_at - lifetime)) >= lifetime)


def _runs_out_at() -> datetime | None:
    """When the session ends by itself; None when it is none."""
    started = session.get("signed_in_at")
    if not isinstance(started, int):
        return None
    lifetime: timedelta = current_app.config["PERMANENT_SESSION_LIFETIME"]
    return datetime.fromtimestamp(started, UTC) + lifetime


def _user(found: Identity) -> SignedInUser:
    return SignedInUser(
        found.person_id,
        found.username,
        found.name,
        found.roles,
        found.session_epoch,
        {role: DEPUTY_TITLES[kind] for role, kind in found.acting_as.items()},
    )


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
    if request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST:
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Server-Now"] = f"{now().timestamp():.3f}"
    return response
