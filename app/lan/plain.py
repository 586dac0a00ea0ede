"""The door for plain HTTP: it leads to HTTPS, and lets a device fetch the office's certificate."""

import math
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import IO, Any, cast
from urllib.parse import quote
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.logs.requests import HEADER, log_outside, new_id

SERVED_PLAIN = ("/percaya", "/static/")  # what a device needs before it trusts the office
PATIENCE_S = 10  # with a slow client, for the whole of its request and its answer
LOOK_EVERY_S = 0.5  # whether one has come to an end
AT_ONCE = 64
AT_ONCE_OF_ONE_ADDRESS = 8  # a browser opens six
LONGEST_LINE = 65_536  # of a request
SAY_AGAIN_S = 10  # that there was no place: refusals come in floods
REFUSED = (
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n"
    "Retry-After: 5\r\nX-Request-ID: {known}\r\n\r\n"
)


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
        known = log_outside(environ.get("REQUEST_METHOD", ""), status, "led to HTTPS")
        headers = [("Location", where), ("Content-Length", "0"), ("Cache-Control", "no-store")]
        headers.append((HEADER, known))
        start_response(f"{status.value} {status.phrase}", headers)
        return []

    return answer


def secure_address(host: str, port: int) -> str:
    """The address of a host by HTTPS, as it is typed."""
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}" if port == 443 else f"https://{shown}:{port}"  # noqa: PLR2004  HTTPS's own


def plain_address(host: str, port: int) -> str:
    """The address of a host by plain HTTP, as it is typed."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}" if port == 80 else f"http://{shown}:{port}"  # noqa: PLR2004  HTTP's own


def open_door(app: WSGIApplication, host: str, port: int) -> "Door":
    """Listen and answer in threads of this process until it ends."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    Door.address_family = family
    door: Door = make_server(host, port, app, Door, _PatientHandler)
    serve = partial(door.serve_forever, LOOK_EVERY_S)
    threading.Thread(target=serve, name="plain-http", daemon=True).start()
    return door


class Door(ThreadingMixIn, WSGIServer):
    """A small server with a bound on how many it serves at once, and for how long each."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._guests = Guests()
        self._refused, self._said_at = 0, -math.inf
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
        if not self._guests.welcome(request, client_address[0]):
            self._refuse(request)
            return
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        """Free its place, however it came to its end."""
        self._guests.forget(request)
        super().close_request(request)

    def service_actions(self) -> None:
        """Hang up on those who have taken too long."""
        self._guests.send_off(PATIENCE_S)

    def _refuse(self, request: socket.socket) -> None:
        known = self._log_refusal()
        with suppress(OSError):  # it has gone
            request.sendall(REFUSED.format(known=known).encode())
        self.shutdown_request(request)

    def _log_refusal(self) -> str:
        """Log those refused since the last line; the id of it, or a new one that is in no line."""
        self._refused += 1
        if time.monotonic() - self._said_at < SAY_AGAIN_S:
            return new_id()
        told = f"no place at plain HTTP, {self._refused} refused since the last such line"
        self._refused, self._said_at = 0, time.monotonic()
        return log_outside("-", HTTPStatus.SERVICE_UNAVAILABLE, told)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Guests:
    """Who is being served: from where, and since when."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._here: dict[socket.socket, tuple[str, float]] = {}

    def welcome(self, connection: socket.socket, address: str) -> bool:
        """Take it in, if there is a place for one more and for one more of its address."""
        with self._changing:
            of_address = sum(each == address for each, _ in self._here.values())
            if len(self._here) >= AT_ONCE or of_address >= AT_ONCE_OF_ONE_ADDRESS:
                return False
            self._here[connection] = (address, time.monotonic())
            return True

    def forget(self, connection: socket.socket) -> None:
        """Free its place, if it had one."""
        with self._changing:
            self._here.pop(connection, None)

    def send_off(self, patience_s: float) -> None:
        """Hang up on those who have been here for longer."""
        late = time.monotonic() - patience_s
        with self._changing:
            for connection, (_, since) in self._here.items():
                if since < late:
                    with suppress(OSError):  # it has gone by itself
                        connection.shutdown(socket.SHUT_RDWR)


class _Silent(ServerHandler):
    server_software = ""  # strangers need not know what answers


class _PatientHandler(WSGIRequestHandler):
    timeout = PATIENCE_S

    def handle(self) -> None:
        """Answer one request, as the library does, without saying which versions answer."""
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            self.requestline = self.request_version = self.command = ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif self.parse_request():
            asked, told = cast("IO[bytes]", self.rfile), cast("IO[bytes]", self.wfile)
            answer = _Silent(asked, told, self.get_stderr(), self.get_environ(), multithread=True)
            answer.request_handler = self  # type: ignore[attr-defined]  # it writes the log
            answer.run(self.server.get_app())  # type: ignore[attr-defined]

    def send_response(self, code: int, message: str | None = None) -> None:
        """The first line of a refusal, without the line about the server."""
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Requests are logged by the app."""


def _host(environ: WSGIEnvironment) -> str:
    """The host that was asked for, without its port."""
    asked = str(environ.get("HTTP_HOST", "")).strip().lower()
    if asked.startswith("["):
        return asked[1:].partition("]")[0]
    return asked.partition(":")[0]
