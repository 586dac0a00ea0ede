"""One request to a running server, as a browser sends it; proxies of this shell are passed by."""

import ssl
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

PATIENCE_S = 5


class NoAnswer(Exception):
    """Nobody answered; the text says why."""


@dataclass(frozen=True)
class Answer:
    """The status and the headers of an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """Every value of a header, as one."""
        return ", ".join(text for key, text in self.headers if key.lower() == name.lower())


def ask(address: str, path: str) -> Answer:
    """Fetch a path; raises NoAnswer.

    Who answers is not verified here (`trusts` does that): nothing secret is sent or believed.
    """
    try:
        with closing(_connect(address, _trusting_anybody())) as connection:
            connection.request("GET", path, headers={"User-Agent": "tamu doctor"})
            answer = connection.getresponse()
            answer.read()
            return Answer(answer.status, tuple(answer.getheaders()))
    except (OSError, HTTPException) as error:
        raise NoAnswer(why(error)) from error


def trusts(address: str, context: ssl.SSLContext) -> str:
    """What a client finds wrong with the server's certificate; nothing when it trusts it."""
    try:
        with closing(_connect(address, context)) as connection:
            connection.connect()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (OSError, HTTPException) as error:
        raise NoAnswer(why(error)) from error
    return ""


def why(error: Exception) -> str:
    """What went wrong, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, TimeoutError):
        return f"tidak ada jawaban dalam {PATIENCE_S} detik"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _connect(address: str, context: ssl.SSLContext) -> HTTPConnection:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port or 443, timeout=PATIENCE_S, context=context)
    return HTTPConnection(host, parts.port or 80, timeout=PATIENCE_S)


def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
