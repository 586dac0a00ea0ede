"""`tamu run --lan` beside clients that are silent or drip: they go, and nobody else notices."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.cast import PASSWORD, copy_instance
from tools.driving.browsers import JSON, Browser, Session
from tools.driving.guests import with_nonce
from tools.driving.servers import LanServer

# The browser of the desk begins anew after three seconds: on a busy machine it may be that slow.
QUICK = {"TAMU_SILENT_S": "4", "TAMU_STALLED_S": "2"}
HEAD = (
    b"POST /masuk HTTP/1.1\r\nHost: tamu\r\nContent-Length: %d\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
)
H2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
DRIPPING = "127.0.0.9"


@pytest.fixture(scope="module")
def server(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanServer]:
    folder = tmp_path_factory.mktemp("slow")
    copy_instance(template, folder / "instance")
    server = LanServer(folder, settings=QUICK)
    server.start()
    yield server
    server.close()


@pytest.fixture
def connect(server: LanServer) -> Iterator:
    """A TLS connection that has shaken hands, from an address."""
    with ExitStack() as stack:

        def connect(address: str, *protocols: str) -> ssl.SSLSocket:
            trusting = server.trusting()
            trusting.set_alpn_protocols(protocols or ["http/1.1"])
            raw = socket.create_connection(
                ("127.0.0.1", server.port), timeout=20, source_address=(address, 0)
            )
            return stack.enter_context(trusting.wrap_socket(raw, server_hostname="localhost"))

        yield connect


@pytest.fixture
def desk(server: LanServer) -> Iterator["Desk"]:
    """A browser at a desk that asks again and again; a connection cut meanwhile fails the test."""
    browser = Browser(server.port, Session("kasim"), server.trusting())
    browser.sign_in(PASSWORD)
    desk = Desk(browser)
    desk.start()
    yield desk
    desk.is_over.set()
    desk.join(20)
    browser.close()


class Desk(threading.Thread):
    """What it is answered."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(daemon=True)
        self.browser, self.is_over = browser, threading.Event()
        self.statuses: set[int] = set()

    def run(self) -> None:
        while not self.is_over.wait(0.3):
            self.statuses.add(self.browser.get("/pindai").status)

    def scan(self) -> int:
        """Stop asking, and scan."""
        self.is_over.set()
        self.join(20)
        answer = self.browser.post("/pindai", with_nonce(code="12", method="typed"), JSON)
        return answer.status


def until_closed(connection: ssl.SSLSocket) -> None:
    """Read what it is told until the server hangs up; a timeout is an error of its own."""
    with suppress(ssl.SSLError, ConnectionError):
        while connection.recv(65536):
            pass


def test_who_shook_hands_and_says_nothing_goes_and_a_desk_that_asks_stays(connect, desk):
    silent = [connect("127.0.0.1") for _ in range(10)]
    silent += [connect("127.0.0.1", "h2") for _ in range(10)]
    for connection in silent[10:]:
        connection.sendall(H2_PREFACE)
    for connection in silent:
        until_closed(connection)
    assert desk.scan() == 200
    assert desk.statuses == {200}


def test_bodies_that_drip_are_dropped_and_a_slow_one_that_comes_on_arrives(connect, desk):
    body = b"username=" + b"a" * 120_000
    honest = connect("127.0.0.1")
    honest.sendall(HEAD % len(body))
    dripping = [connect(DRIPPING) for _ in range(8)]
    for connection in dripping:
        connection.sendall(HEAD % 1000)
    pause = threading.Event()
    for start in range(0, len(body), 20_000):
        honest.sendall(body[start : start + 20_000])
        dripping = [connection for connection in dripping if drip(connection)]
        pause.wait(0.4)
    assert honest.recv(65536).startswith(b"HTTP/1.1 400"), "a form without its token"
    for _ in range(50):
        dripping = [connection for connection in dripping if drip(connection)]
        pause.wait(0.2 if dripping else 0)
    assert dripping == []
    assert desk.scan() == 200
    assert desk.statuses == {200}


def drip(connection: ssl.SSLSocket) -> bool:
    """Send a byte; whether it could be sent."""
    try:
        connection.sendall(b"a")
    except OSError:
        return False
    return True
