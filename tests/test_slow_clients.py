"""The door before the app: bodies come in first, few requests are at work, answers leave whole."""

import io
import logging
import tempfile
import threading

import pytest

from app import slow_clients
from app.logs.lines import CleanFormatter
from app.slow_clients import (
    IN_MEMORY,
    MOST_OF_ONE_ADDRESS,
    MOST_WAITING,
    NO_LENGTH,
    NO_PLACE,
    NO_ROOM,
    BodiesFirst,
)

LARGEST = 1_000_000


class Held:
    """A body that comes when it is let go."""

    def __init__(self, let_go=None):
        self.body = io.BytesIO(b"a" * 10)
        self.let_go, self.is_asked = let_go or threading.Event(), threading.Event()

    def read(self, size):
        self.is_asked.set()
        assert self.let_go.wait(10)
        return self.body.read(size)


class App:
    """Echoes what it reads, and keeps what it was asked."""

    def __init__(self):
        self.asked, self.closed, self.now, self.most = [], 0, 0, 0
        self.is_held, self._lock = threading.Event(), threading.Lock()
        self.is_held.set()

    def __call__(self, environ, start_response):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.is_held.wait(10)
        body = environ["wsgi.input"].read()
        self.asked.append((environ["REQUEST_METHOD"], len(body)))
        start_response("200 OK", [("X-Read", str(len(body)))])
        return Answer(self, [b"read ", str(len(body)).encode()])


class Answer:
    def __init__(self, app, parts):
        self.app, self.parts = app, parts

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        self.app.closed += 1
        with self.app._lock:
            self.app.now -= 1


@pytest.fixture
def app():
    return App()


@pytest.fixture
def door(app):
    return BodiesFirst(app, at_once=3, largest=LARGEST, proxies={"10.0.0.1"})


def ask(door, stream=None, *, method="POST", length="10", address="10.0.0.9"):
    """The status and the body of an answer."""
    told = []
    stream = stream or io.BytesIO()
    environ = {"REQUEST_METHOD": method, "REMOTE_ADDR": address, "wsgi.input": stream}
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    body = door(environ, lambda status, headers, exc_info=None: told.append((status, headers)))
    assert isinstance(body, list), "a list is handed over as it is, without a thread that waits"
    sentence, _, known = b"".join(body).decode().partition(" Kode kejadian: ")
    assert known == headers_of(told).get("X-Request-ID", "")
    return int(told[0][0][:3]), sentence


def headers_of(told):
    return dict(told[0][1])


def threads(count, act):
    started = [threading.Thread(target=act, args=(number,), daemon=True) for number in range(count)]
    for thread in started:
        thread.start()
    return started


def waiting(door, held, count, address="10.0.0.9"):
    """Requests whose bodies are to come, all of them with that one."""
    addresses = [address] * count if isinstance(address, str) else address
    started = threads(count, lambda number: ask(door, Held(held.let_go), address=addresses[number]))
    until_waiting(door, count)
    return started


def until_waiting(door, count):
    for _ in range(2000):
        if door._waiting.total() == count:
            return
        threading.Event().wait(0.005)
    raise AssertionError(door._waiting)


def let_go(held, started):
    held.let_go.set()
    for thread in started:
        thread.join(10)


@pytest.mark.parametrize("size", [1, 10, IN_MEMORY, IN_MEMORY + 1, LARGEST])
def test_a_body_arrives_as_it_was_sent_and_is_closed(door, app, size):
    assert ask(door, io.BytesIO(b"a" * size), length=str(size)) == (200, f"read {size}")
    assert (app.asked, app.closed) == ([("POST", size)], 1)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_request_without_a_body_waits_for_none(door, app, method):
    held = Held()
    assert ask(door, held, method=method, length=None) == (200, "read 0")
    assert ask(door, held, method=method, length="0") == (200, "read 0")
    assert not held.is_asked.is_set()


def test_a_body_beyond_the_limit_is_left_to_the_app_unread(door, app):
    held = Held()
    assert ask(door, held, length=str(LARGEST + 1)) == (200, "read 0")
    assert not held.is_asked.is_set()


def test_a_body_cut_short_stays_short(door, app):
    """The app is told the length that was declared, and sees that less has come."""
    assert ask(door, io.BytesIO(b"abc"), length="10") == (200, "read 3")


@pytest.mark.parametrize("length", [None, "", "viel", "-1", "+5", "\xb2", "1.0", " "])
def test_a_body_without_a_length_is_refused_since_nobody_sees_its_end(door, app, length):
    assert ask(door, io.BytesIO(b"abc"), length=length) == (411, NO_LENGTH)
    assert ask(door, io.BytesIO(b""), length=length) == (200, "read 0")
    assert app.asked == [("POST", 0)]


def test_what_is_refused_here_can_be_found_in_the_log(door, caplog):
    caplog.set_level(logging.INFO, "app")
    told = []
    environ = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(b"a"), "REMOTE_ADDR": "10.0.0.9"}
    (said,) = door(environ, lambda status, headers: told.append((status, headers)))
    known = headers_of(told)["X-Request-ID"]
    assert said.decode() == f"{NO_LENGTH} Kode kejadian: {known}"
    (line,) = (CleanFormatter().format(record) for record in caplog.records)
    assert line.endswith(f" INFO {known} POST - 411 before the app: a body without a length")


def test_who_waits_for_a_body_takes_no_place_at_work(door, app):
    held = Held()
    started = waiting(door, held, 20)
    assert app.asked == []
    assert ask(door, io.BytesIO(b"ab"), length="2", address="10.0.0.8") == (200, "read 2")
    assert ask(door, method="GET", length=None) == (200, "read 0")
    let_go(held, started)
    assert len(app.asked) == 22


def test_no_more_are_at_work_than_there_are_places(door, app):
    app.is_held.clear()
    started = threads(12, lambda _number: ask(door, method="GET", length=None))
    while app.now < 3:
        threading.Event().wait(0.005)
    app.is_held.set()
    for thread in started:
        thread.join(10)
    assert (app.most, len(app.asked), app.now) == (3, 12, 0)


def test_one_address_waits_in_so_many_places_and_another_still_finds_one(door, app):
    held = Held()
    started = waiting(door, held, MOST_OF_ONE_ADDRESS)
    assert ask(door, Held()) == (503, NO_PLACE)
    assert ask(door, method="GET", length=None) == (200, "read 0")
    assert ask(door, io.BytesIO(b"a"), length="1", address="10.0.0.8") == (200, "read 1")
    let_go(held, started)
    until_waiting(door, 0)
    assert ask(door, io.BytesIO(b"a"), length="1") == (200, "read 1")
    assert dict(door._waiting) == {}


def test_a_proxy_stands_for_many_and_waits_for_all_of_them(door, app):
    held = Held()
    started = waiting(door, held, MOST_OF_ONE_ADDRESS + 5, "10.0.0.1")
    let_go(held, started)
    assert len(app.asked) == MOST_OF_ONE_ADDRESS + 5


def test_all_together_wait_in_fewer_places_than_there_are_threads(app, monkeypatch):
    monkeypatch.setattr(slow_clients, "MOST_WAITING", 10)
    door, held = BodiesFirst(app, at_once=3, largest=LARGEST), Held()
    started = waiting(door, held, 10, [f"10.0.1.{number}" for number in range(10)])
    assert ask(door, Held(), address="10.0.2.1") == (503, NO_PLACE)
    let_go(held, started)
    assert MOST_WAITING >= 4 * MOST_OF_ONE_ADDRESS


def test_an_app_that_fails_frees_its_place(app):
    def failing(environ, start_response):
        raise ZeroDivisionError

    door = BodiesFirst(failing, at_once=1, largest=LARGEST)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            ask(door, io.BytesIO(b"a"), length="1")
    assert dict(door._waiting) == {}


def test_a_disk_without_room_for_a_photo_says_so(door, app, monkeypatch):
    files = []

    class Full(io.BytesIO):
        def __init__(self, _size):
            files.append(self)

        def write(self, _piece):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    assert ask(door, io.BytesIO(b"abc"), length="3") == (503, NO_ROOM)
    assert (app.asked, dict(door._waiting)) == ([], {})
    assert [file.closed for file in files] == [True]
