"""Behind Caddy or nginx: who asks and how is what the proxy says, if it is one that we trust."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask) -> None:
    """Listen to the proxies of TAMU_TRUSTED_PROXY; what anybody else claims is not believed."""
    trusted: tuple[str, ...] = app.config["TRUSTED_PROXY"]
    if trusted:
        app.wsgi_app = _listening_to(app.wsgi_app, frozenset(trusted))  # type: ignore[assignment,method-assign]


def _listening_to(app: WSGIApplication, trusted: frozenset[str]) -> WSGIApplication:
    told = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_port=1)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_told = environ.get("REMOTE_ADDR") in trusted
        return (told if is_told else app)(environ, start_response)

    return answer
