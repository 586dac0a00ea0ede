"""A person's browser without a screen: one connection, the session's cookie, its token."""

import re
import ssl
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
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
    trusting: ssl.SSLContext | None = field(default=None, repr=False)  # for HTTPS
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
        return self._send("POST", path, body, self._of_a_form | (headers or {}))

    def say(self, path: str, part: str, *, length: int) -> None:
        """Post a body of that length, of which only a part goes out; nothing is heard."""
        self.close()
        self._connection = self._connect()
        self._connection.putrequest("POST", path)
        more = {"Content-Length": str(length), "Cookie": self.session.cookie}
        for name, value in (self._of_a_form | JSON | more).items():
            self._connection.putheader(name, value)
        self._connection.endheaders(part.encode())

    @property
    def _of_a_form(self) -> dict[str, str]:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.trusting is None:
            return kind
        return kind | {"Referer": f"https://127.0.0.1:{self.port}/"}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        if time.monotonic() - self._used_at > IDLE_S:
            self.close()  # the server may be about to
        if self._connection is None:
            self._connection = self._connect()
        self._used_at = time.monotonic()
        cookie = {"Cookie": self.session.cookie} if self.session.cookie else {}
        self._connection.request(method, path, body, headers | cookie)
        answer = self._connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def _connect(self) -> HTTPConnection:
        if self.trusting is None:
            return HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        return HTTPSConnection("127.0.0.1", self.port, timeout=WAIT_S, context=self.trusting)

    def _look(self, path: str) -> None:
        answer = self.get(path)
        self._keep(answer.headers)
        found = TOKEN.search(answer.text)
        assert found is not None, "the page has no CSRF token"
        self.session.token = found[1]

    def _keep(self, headers: HTTPMessage) -> None:
        if found := re.match(r"tamu_session=[^;]+", headers.get("Set-Cookie", "")):
            self.session.cookie = found[0]
