"""The door for plain HTTP: it leads to HTTPS, and lets a device fetch the office's certificate."""

import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import quote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SERVED_PLAIN = ("/percaya", "/static/")  # what a device needs before it trusts the office
PATIENCE_S = 10  # with a slow client
AT_ONCE = 32
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def leading_to_https(app: WSGIApplication, lead: Callable[[str], str]) -> WSGIApplication:
    """An app that serves the trust pages and sends everything else to the same path by HTTPS.

    `lead` gives the address by HTTPS for the host that was asked for.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(SERVED_PLAIN):
            return app(environ, start_response)
        where = lead(_host(environ)) + quote(path or "/")
        if environ.get("QUERY_STRING"):
            where += f"?{environ['QUERY_STRING']}"
        status = HTTPStatus.PERMANENT_REDIRECT
        headers = [("Location", where), ("Content-Length", "0"), ("Cache-Control", "no-store")]
        start_response(f"{status.value} {status.phrase}", headers)
        return []

    return answer


def secure_address(host: str, port: int) -> str:
    """The address of a host by HTTPS, as it is typed."""
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}" if port == 443 else f"https://{shown}:{port}"  # noqa: PLR2004  HTTPS's own


def open_door(app: WSGIApplication, host: str, port: int) -> "Door":
    """Listen and answer in threads of this process until it ends."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    Door.address_family = family
    door: Door = make_server(host, port, app, Door, _PatientHandler)
    threading.Thread(target=door.serve_forever, name="plain-http", daemon=True).start()
    return door


class Door(ThreadingMixIn, WSGIServer):
    """A small server with a bound on how many it serves at once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(*args, **kwargs)

    def server_bind(self) -> None:
        """Bind without asking a name server who this is (there may be none)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve it in a thread, or say at once that there is no place."""
        if not self._places.acquire(blocking=False):
            request.sendall(REFUSED)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve it, and free its place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _PatientHandler(WSGIRequestHandler):
    timeout = PATIENCE_S

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Requests are logged by the app."""


def _host(environ: WSGIEnvironment) -> str:
    """The host that was asked for, without its port."""
    asked = str(environ.get("HTTP_HOST", "")).strip().lower()
    if asked.startswith("["):
        return asked[1:].partition("]")[0]
    return asked.partition(":")[0]
