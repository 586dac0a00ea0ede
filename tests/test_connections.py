"""Which connections are closed: over real sockets of this process, moments after they were made."""

import os
import socket
import threading
from contextlib import ExitStack

import pytest

from app.connections import (
    FEWEST_CONNECTIONS,
    MOST_CONNECTIONS,
    Limits,
    close_what_is_bad,
    room_for_connections,
)
from app.slow_clients import Body

PATIENT = 60.0
PAST = 0.2  # seconds that the tests let go by


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def connect(listener):
    """Connect from an address; both ends."""
    with ExitStack() as stack:

        def connect(address="127.0.0.1"):
            client = socket.create_connection(
                listener.getsockname(), timeout=10, source_address=(address, 0)
            )
            accepted, _ = listener.accept()
            return stack.enter_context(client), stack.enter_context(accepted)

        yield connect


@pytest.fixture
def limits(listener):
    def limits(silent_s=PATIENT, stalled_s=PATIENT, **more):
        return Limits(listener.getsockname()[1], silent_s, stalled_s, **more)

    return limits


def is_open(client):
    client.settimeout(0)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


def waited_for(address, seconds):
    body = Body(address)
    body._since -= seconds
    return body


def let_time_pass():
    """The kernel tells how long ago something happened; it cannot be told otherwise."""
    threading.Event().wait(PAST)


def test_who_says_nothing_is_closed_and_who_speaks_or_is_spoken_to_is_not(connect, limits):
    silent, speaking, listening = connect(), connect(), connect()
    let_time_pass()
    speaking[0].sendall(b"a")
    listening[1].sendall(b"a")
    assert listening[0].recv(1) == b"a"
    close_what_is_bad(limits(silent_s=PAST / 2), [])
    assert [is_open(client) for client, _ in (silent, speaking, listening)] == [False, True, True]


def test_of_a_crowd_the_most_silent_go(connect, limits, caplog):
    older = [connect("127.0.0.2")[0] for _ in range(2)]
    others = [connect("127.0.0.3")[0] for _ in range(3)]
    let_time_pass()
    newer = [connect("127.0.0.2")[0] for _ in range(3)]
    close_what_is_bad(limits(most_of_one_address=3), [])
    assert [is_open(client) for client in (*older, *newer)] == [False, False, True, True, True]
    assert all(is_open(client) for client in others)
    assert [record.args for record in caplog.records] == [(2, 0)]


def test_a_body_that_does_not_come_on_takes_its_connection_with_it(connect, limits, caplog):
    dripping, answered, elsewhere = connect("127.0.0.2"), connect("127.0.0.2"), connect()
    answered[0].sendall(b"a question")
    let_time_pass()
    for client, _ in (dripping, elsewhere):
        client.sendall(b"a")
    answered[1].sendall(b"an answer")
    assert answered[0].recv(9) == b"an answer"
    body = waited_for("127.0.0.2", 1.5 * PAST)
    close_what_is_bad(limits(stalled_s=2 * PAST), [body])
    assert is_open(dripping[0])
    close_what_is_bad(limits(stalled_s=PAST), [body])
    ends = (dripping, answered, elsewhere)
    assert [is_open(client) for client, _ in ends] == [False, True, True]
    assert [record.args for record in caplog.records] == [(0, 1)]


def test_one_behind_other_answers_takes_all_of_its_address_in_the_end(connect, limits):
    mixed, elsewhere = connect("127.0.0.2"), connect()
    mixed[1].sendall(b"an answer")
    assert mixed[0].recv(9) == b"an answer"
    close_what_is_bad(limits(stalled_s=10), [waited_for("127.0.0.2", 19)])
    assert is_open(mixed[0])
    close_what_is_bad(limits(stalled_s=10), [waited_for("127.0.0.2", 21)])
    assert [is_open(mixed[0]), is_open(elsewhere[0])] == [False, True]


def test_a_proxy_is_left_alone(connect, limits):
    client, _ = connect("127.0.0.2")
    let_time_pass()
    strict = limits(silent_s=0.01, stalled_s=0.01, most_of_one_address=0, proxies={"127.0.0.2"})
    close_what_is_bad(strict, [waited_for("127.0.0.2", 9)])
    assert is_open(client)


def test_no_file_is_touched_that_is_no_socket(connect, limits, tmp_path, monkeypatch):
    """To close a copy of a database's file would drop the locks on it."""
    connect()
    copied, dup = [], os.dup
    monkeypatch.setattr("os.dup", lambda number: copied.append(number) or dup(number))
    with (tmp_path / "tamu.db").open("w") as database:
        close_what_is_bad(limits(), [])
        assert database.fileno() not in copied
    assert copied


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "room"),
    [
        (1024, 20_000, 20_000, MOST_CONNECTIONS),
        (1024, 1024, None, 512),
        (256, 256, None, FEWEST_CONNECTIONS),
        (1024, -1, 65_536, MOST_CONNECTIONS),
        (-1, -1, None, MOST_CONNECTIONS),
        (1024, 1_000_000, 65_536, MOST_CONNECTIONS),
    ],
)
def test_as_many_connections_fit_as_the_system_allows(monkeypatch, soft, hard, raised, room):
    told = []
    monkeypatch.setattr("resource.getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr("resource.setrlimit", lambda _, limits: told.append(limits))
    assert room_for_connections() == room
    assert told == ([(raised, hard)] if raised else [])
