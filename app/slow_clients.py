"""Slow clients wait outside: a request is worked on once its body is here, and its answer is whole.

Granian reads a body in the thread that works on the request, for as long as the client likes, and
keeps that thread until the client has taken the answer.
"""

import io
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from app.logs.requests import HEADER, log_outside

MOST_WAITING = 480  # threads that do nothing but wait for a body
MOST_OF_ONE_ADDRESS = 64  # of these; a browser sends far fewer at once
IN_MEMORY = 256 * 1024  # of a body; a photo waits on the disk
PIECE = 16 * 1024  # Granian keeps back what it has until the piece is whole
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
NO_PLACE = (
    "Server masih menunggu kiriman lain yang belum selesai dari alamat ini. "
    "Tunggu sebentar, lalu kirim lagi."
)
NO_ROOM = "Disk server penuh, jadi kiriman sebesar ini tidak tertampung. Hubungi Admin."
NO_LENGTH = "Kiriman tanpa ukuran (Content-Length) tidak diterima. Kirim lagi dari halamannya."
WHY = {  # in the log
    NO_PLACE: "no place to wait for its body",
    NO_ROOM: "no room for its body",
    NO_LENGTH: "a body without a length",
}

Refusal = tuple[HTTPStatus, str]


class Body:
    """A body that is waited for; how it comes on is looked at from another thread."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.come_on()

    def come_on(self) -> None:
        """Begin to wait for its next piece."""
        self._since = time.monotonic()

    @property
    def waited_s(self) -> float:
        """For how long its next piece has been waited for."""
        return time.monotonic() - self._since


class BodiesFirst:
    """A WSGI app of which only so many requests are worked on at once, none with a body to come.

    A body larger than `largest` is left to the app to refuse, unread. `proxies` are addresses that
    stand for many clients.
    """

    def __init__(
        self, app: WSGIApplication, *, at_once: int, largest: int, proxies: Collection[str] = ()
    ) -> None:
        self._app, self._largest, self._proxies = app, largest, proxies
        self._places = threading.BoundedSemaphore(at_once)
        self._counting = threading.Lock()
        self._waiting: Counter[str] = Counter()
        self._bodies: set[Body] = set()

    def waited_for(self) -> list[Body]:
        """The bodies that have not come yet."""
        with self._counting:
            return list(self._bodies)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = self._fetch_body(environ)
        with environ["wsgi.input"]:
            if refusal is not None:
                return _said(*refusal, environ["REQUEST_METHOD"], start_response)
            with self._places:
                return _whole(self._app(environ, start_response))

    def _fetch_body(self, environ: WSGIEnvironment) -> Refusal | None:
        """Put the body in the place of the client; what to answer instead if it does not come."""
        declared = environ.get("CONTENT_LENGTH") or ""
        stream: InputStream = environ["wsgi.input"]
        environ["wsgi.input"] = io.BytesIO()
        if not declared and environ["REQUEST_METHOD"] in BODILESS:
            return None
        length = int(declared) if declared.isascii() and declared.isdigit() else None
        if length is not None and not 0 < length <= self._largest:
            return None
        with self._place_to_wait(environ.get("REMOTE_ADDR", "")) as body:
            if body is None:
                return HTTPStatus.SERVICE_UNAVAILABLE, NO_PLACE
            if length is None:  # nobody could tell whether it has come to an end
                return (HTTPStatus.LENGTH_REQUIRED, NO_LENGTH) if stream.read(1) else None
            return _fetch(environ, stream, length, body)

    @contextmanager
    def _place_to_wait(self, address: str) -> Iterator[Body | None]:
        body = self._take_place(address)
        try:
            yield body
        finally:
            if body is not None:
                with self._counting:
                    self._bodies.discard(body)
                    self._waiting[address] -= 1
                    self._waiting += Counter()  # forgets who waits no more

    def _take_place(self, address: str) -> Body | None:
        with self._counting:
            is_crowd = self._waiting[address] >= MOST_OF_ONE_ADDRESS
            if self._waiting.total() >= MOST_WAITING or (is_crowd and address not in self._proxies):
                return None
            self._waiting[address] += 1
            body = Body(address)
            self._bodies.add(body)
            return body


def _fetch(
    environ: WSGIEnvironment, stream: InputStream, length: int, body: Body
) -> Refusal | None:
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the answer
    environ["wsgi.input"] = kept
    try:
        while length > 0 and (piece := stream.read(min(PIECE, length))):
            kept.write(piece)
            length -= len(piece)
            body.come_on()
        kept.seek(0)
    except OSError:
        return HTTPStatus.SERVICE_UNAVAILABLE, NO_ROOM
    return None


def _whole(parts: Iterable[bytes]) -> list[bytes]:
    try:
        return list(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()


def _said(
    status: HTTPStatus, sentence: str, method: str, start_response: StartResponse
) -> list[bytes]:
    known = log_outside(method, status, WHY[sentence])
    headers = [
        (HEADER, known),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Retry-After", "5"),
    ]
    start_response(f"{status.value} {status.phrase}", headers)
    return [f"{sentence} Kode kejadian: {known}".encode()]
