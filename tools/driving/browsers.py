"""A person's browser without a screen: one connection, the session's cookie, its token."""

import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlencode

WAIT_S = 20
IDLE_S = 3
TOKEN = re.compile(r'name="csrf-token"[^>]*content="([^"]+)"')
JSON = {"Accept": "application/json"}
FRAGMENT = {"HX-Request": "true"}


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Session:
    """A person who has signed in; it outlives a restart of the server."""

    username: str
    cookie: str = ""
    token: str = ""


@dataclass
class Browser:
    """Sends requests to a port of this machine, as the person of the session."""

    port: int
    session: Session
    _connection: HTTPConnection | None = field(default=None, repr=False)
    _used_at: float = 0.0

    def sign_in(self, password: str) -> None:
        """Sign in and keep the cookie and the token."""
        self._look("/masuk")
        answer = self.post("/masuk", {"username": self.session.username, "password": password})
        assert answer.status == HTTPStatus.SEE_OTHER, answer.text
        self._keep(answer.headers)
        self._look("/akun/kata-sandi")

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self._send("GET", path, None, headers or {})

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> Answer:
        body = urlencode({**fields, "csrf_token": self.session.token})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, body, form | (headers or {}))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        if time.monotonic() - self._used_at > IDLE_S:
            self.close()  # the server may be about to
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        self._used_at = time.monotonic()
        cookie = {"Cookie": self.session.cookie} if self.session.cookie else {}
        self._connection.request(method, path, body, headers | cookie)
        answer = self._connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def _look(self, path: str) -> None:
        answer = self.get(path)
        self._keep(answer.headers)
        found = TOKEN.search(answer.text)
        assert found is not None, "the page has no CSRF token"
        self.session.token = found[1]

    def _keep(self, headers: HTTPMessage) -> None:
        if found := re.match(r"tamu_session=[^;]+", headers.get("Set-Cookie", "")):
            self.session.cookie = found[0]
