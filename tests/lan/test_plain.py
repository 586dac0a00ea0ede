"""The door for plain HTTP: over real sockets, with slow clients and foreign hosts."""

import logging
import re
import socket
import threading
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection

import pytest

from app.lan import plain
from app.lan.plain import leading_to_https, open_door, secure_address
from app.logs.lines import CleanFormatter

KNOWN = {"192.168.1.5", "pc.local", "fd00::2"}


def lead(asked):
    return secure_address(asked if asked in KNOWN else "192.168.1.5", 8443)


def inner(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"served {environ['PATH_INFO']}".encode()]


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setattr(plain, "AT_ONCE", 3)
    door = open_door(leading_to_https(inner, lead), "127.0.0.1", 0)
    yield door.server_port
    door.shutdown()
    door.server_close()


def ask(port, path, host="192.168.1.5", method="GET"):
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.headers["Location"], answer.read()


@pytest.mark.parametrize(
    ("path", "host", "where"),
    [
        ("/", "192.168.1.5:8080", "https://192.168.1.5:8443/"),
        ("/meja?v=3", "pc.local", "https://pc.local:8443/meja?v=3"),
        ("/T/ABCDEFGHABCDEFGH", "PC.LOCAL:8080", "https://pc.local:8443/T/ABCDEFGHABCDEFGH"),
        ("/kunjungan/2026/1", "[fd00::2]:8080", "https://[fd00::2]:8443/kunjungan/2026/1"),
        ("/a%20b%0D%0AX:y", "pc.local", "https://pc.local:8443/a%20b%0D%0AX%3Ay"),
        ("/masuk", "evil.example", "https://192.168.1.5:8443/masuk"),
        ("//evil.example/x", "pc.local", "https://pc.local:8443/evil.example/x"),
        ("/masuk", "", "https://192.168.1.5:8443/masuk"),
    ],
)
def test_it_leads_to_the_same_path_of_a_host_of_ours(door, path, host, where):
    assert ask(door, path, host) == (308, where, b"")


def test_a_form_is_led_on_as_a_form(door):
    assert ask(door, "/pindai", method="POST")[0] == 308


@pytest.mark.parametrize("path", ["/percaya", "/percaya/ping", "/static/css/app.css"])
def test_what_a_device_needs_before_it_trusts_is_served(door, path):
    assert ask(door, path) == (200, None, f"served {path}".encode())


def answers(port):
    try:
        return ask(port, "/percaya")[0] == 200
    except OSError:
        return False


def test_slow_clients_have_their_places_and_no_more(door):
    slow = [socket.create_connection(("127.0.0.1", door)) for _ in range(3)]
    for connection in slow:
        connection.sendall(b"GET / HTTP/1.1\r\n")  # and never ends
    with closing(socket.create_connection(("127.0.0.1", door), timeout=10)) as late:
        assert late.recv(64).startswith(b"HTTP/1.1 503")
    slow.pop().close()
    assert any(answers(door) or threading.Event().wait(0.05) for _ in range(200))
    for connection in slow:
        connection.close()


def test_a_client_that_drips_is_given_up_however_often_it_sends(monkeypatch):
    monkeypatch.setattr(plain, "PATIENCE_S", 0.6)
    monkeypatch.setattr(plain, "LOOK_EVERY_S", 0.1)
    door = open_door(leading_to_https(inner, lead), "127.0.0.1", 0)
    with closing(socket.create_connection(("127.0.0.1", door.server_port), timeout=0.1)) as slow:
        for byte in b"GET /percaya HTTP/1.1\r\nHost: pc.local\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa":
            if not drip(slow, byte):
                break
        else:
            raise AssertionError("it is still listened to")
    assert answers(door.server_port)
    door.shutdown()
    door.server_close()


def drip(connection, byte):
    """Send a byte and wait a moment; whether the server still listens."""
    try:
        connection.sendall(bytes([byte]))
        return connection.recv(64) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_one_address_has_its_share_of_the_places(door, monkeypatch):
    monkeypatch.setattr(plain, "AT_ONCE", 64)
    with ExitStack() as stack:
        for _ in range(plain.AT_ONCE_OF_ONE_ADDRESS):
            slow = connect(door, "127.0.0.2")
            stack.enter_context(slow).sendall(b"GET / HTTP/1.1\r\n")  # and never ends
        with connect(door, "127.0.0.2") as late:
            assert late.recv(64).startswith(b"HTTP/1.1 503")
        assert answers(door)


def connect(port, address):
    return socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(address, 0))


def test_what_is_led_on_or_refused_can_be_found_in_the_log(door, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "app")
    with closing(HTTPConnection("127.0.0.1", door, timeout=10)) as connection:
        connection.request("GET", "/kunjungan/2026/1?cari=Wulan")
        led = connection.getresponse().headers["X-Request-ID"]
    monkeypatch.setattr(plain, "AT_ONCE", 0)
    refused = []
    for _ in range(3):
        with connect(door, "127.0.0.2") as late:
            refused.append(re.search(rb"X-Request-ID: (\S+)", late.recv(256))[1].decode())
    lines = [CleanFormatter().format(record).partition(" ")[2] for record in caplog.records]
    no_place = "no place at plain HTTP, 1 refused since the last such line"
    assert lines == [
        f"INFO {led} GET - 308 before the app: led to HTTPS",
        f"INFO {refused[0]} - - 503 before the app: {no_place}",
    ]
    assert len(set(refused)) == 3


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /percaya HTTP/1.1", b"200"),
        (b"GET /meja HTTP/1.1", b"308"),
        (b"GET / x HTTP/1.1", b"400"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1", b"414"),
    ],
)
def test_strangers_are_not_told_what_answers(door, request_line, status):
    with closing(socket.create_connection(("127.0.0.1", door), timeout=10)) as connection:
        connection.sendall(request_line + b"\r\nHost: pc.local\r\n\r\n")
        answer = read_head(connection)
    assert answer.split()[1] == status
    assert b"Date: " in answer
    assert not re.search(rb"server:|python|wsgi", answer, re.IGNORECASE)


def read_head(connection):
    """The first line and the headers of an answer, even when the client's rest is cut off."""
    received = b""
    with suppress(ConnectionResetError):
        while b"\r\n\r\n" not in received and (more := connection.recv(4096)):
            received += more
    return received.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("192.168.1.5", 443, "https://192.168.1.5"),
        ("192.168.1.5", 8443, "https://192.168.1.5:8443"),
        ("fd00::2", 443, "https://[fd00::2]"),
        ("pc.local", 8443, "https://pc.local:8443"),
    ],
)
def test_an_address_is_written_as_it_is_typed(host, port, address):
    assert secure_address(host, port) == address
