"""Percayai perangkat ini: the office's certificate, how a device comes to trust it, and a test."""

from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.lan.authority import CA_CERTIFICATE, FOLDER, fingerprint_of, read_certificate
from app.lan.profile import FILE, MIME, profile_of
from app.security import CONTENT_SECURITY_POLICY, open_to_strangers

blueprint = Blueprint("trust", __name__, url_prefix="/percaya")
DEVICES = (  # a part of what the browser says of itself, the most telling first
    ("android", ("Android",)),
    ("iphone", ("iPhone", "iPad")),
    ("firefox", ("Firefox/",)),
    ("windows", ("Windows",)),
    ("iphone", ("Macintosh",)),  # an iPad's Safari calls itself so; a Mac installs the same profile
)


@blueprint.get("")
@open_to_strangers
def page() -> ResponseReturnValue:
    """What to do on this device, without the database: it is reached over plain HTTP too."""
    certificate, secure = _certificate(), _secure_address()
    answer = make_response(
        render_template(
            "trust/page.html",
            fingerprint=fingerprint_of(certificate) if certificate else None,
            name=_common_name(certificate) if certificate else None,
            device=_device(request.user_agent.string),
            secure=secure,
        )
    )
    if secure:
        policy = f"{CONTENT_SECURITY_POLICY}; connect-src 'self' {secure}"
        answer.headers["Content-Security-Policy"] = policy
    return answer


@blueprint.get("/pelayanan-tamu.crt")
@open_to_strangers
def certificate() -> ResponseReturnValue:
    """The certificate of the office's authority, in the form that every device takes (DER)."""
    found = _certificate()
    if found is None:
        abort(404)
    answer = Response(found.public_bytes(Encoding.DER), mimetype="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = 'attachment; filename="pelayanan-tamu.crt"'
    return answer


@blueprint.get(f"/{FILE}")
@open_to_strangers
def profile() -> ResponseReturnValue:
    """The same certificate as iPhone and iPad install it."""
    found = _certificate()
    if found is None:
        abort(404)
    answer = Response(profile_of(found, _common_name(found)), mimetype=MIME)
    answer.headers["Content-Disposition"] = f'inline; filename="{FILE}"'
    return answer


@blueprint.get("/uji")
@open_to_strangers
def trial() -> ResponseReturnValue:
    """Whether this device came here by HTTPS, and whether its camera works."""
    return render_template("trust/trial.html", is_secure=request.is_secure)


@blueprint.get("/ping")
@open_to_strangers
def ping() -> ResponseReturnValue:
    """Nothing; a page that may fetch it trusts the certificate."""
    return "", 204


def _certificate() -> x509.Certificate | None:
    path = current_app.config["INSTANCE"] / FOLDER / CA_CERTIFICATE
    return read_certificate(path) if path.is_file() else None


def _common_name(certificate: x509.Certificate) -> str:
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(name.value)


def _secure_address() -> str:
    """Where this page leads by HTTPS; nothing when it has come by it already."""
    find: Callable[[str], str] | None = current_app.config.get("SECURE_ADDRESS")
    if find is None or request.is_secure:
        return ""
    return find(urlsplit(f"//{request.host}").hostname or "")


def _device(agent: str) -> str:
    """The kind of device, as far as the browser tells; Android when it does not."""
    kinds = (kind for kind, parts in DEVICES if any(part in agent for part in parts))
    return next(kinds, "android")
