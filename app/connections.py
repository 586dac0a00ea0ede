"""Connections that are silent, stalled or too many are closed: Granian itself bounds none of them.

It tells an app neither the socket nor the client's port, so a thread of the worker looks at the
process's own sockets. Linux only: no other system says when something was last received.
"""

import logging
import os
import socket
import stat
import struct
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from app.slow_clients import Body

MOST_CONNECTIONS = 2048
FEWEST_CONNECTIONS = 128
MOST_OF_ONE_ADDRESS = 256  # an office behind one router may share an address
MOST_OPEN_FILES = 65_536
RESERVED_FILES = 512  # for bodies on the disk, the database, the log
LOOKS = 4  # within the shortest of the limits
OWN_FILES = "/proc/self/fd"
LAST_SENT_AND_RECEIVED = struct.Struct("=44xI4xI")  # of Linux's tcp_info: milliseconds ago

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What is closed on a port; proxies stand for many clients, and look after them themselves."""

    port: int
    silent_s: float
    stalled_s: float  # for a piece of a body
    proxies: Collection[str] = ()
    most_of_one_address: int = MOST_OF_ONE_ADDRESS


@dataclass(frozen=True)
class Connection:
    """One that this process has accepted, as it stands now."""

    socket: socket.socket
    address: str
    sent_s: float  # how long ago we last sent something
    received_s: float

    @property
    def silent_s(self) -> float:
        """For how long neither side has said anything."""
        return min(self.sent_s, self.received_s)

    def is_silent(self, limits: Limits) -> bool:
        """Whether that has been too long."""
        return self.silent_s > limits.silent_s

    def waits_for_us(self, seconds: float) -> bool:
        """Whether the client spoke last, and has heard nothing for that long."""
        return self.received_s <= self.sent_s and self.sent_s >= seconds

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):  # it went by itself
            self.socket.shutdown(socket.SHUT_RDWR)


def room_for_connections() -> int:
    """How many connections fit, once this process may open as many files as the system allows."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource  # noqa: PLC0415  Windows has none

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        except (OSError, ValueError):  # macOS allows less than it says
            allowed = soft
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, allowed - RESERVED_FILES))


def look_after_connections(limits: Limits, bodies: Callable[[], Iterable[Body]]) -> None:
    """Look for as long as the process lives; it does not wait for the thread."""
    if sys.platform == "linux":
        target = _keep_looking
        threading.Thread(
            target=target, args=(limits, bodies), name="connections", daemon=True
        ).start()


def close_what_is_bad(limits: Limits, bodies: Iterable[Body]) -> None:
    """Look once: close what is silent, beyond an address's share, or keeps a body back."""
    with ExitStack() as looked_at:
        groups: dict[str, list[Connection]] = defaultdict(list)
        for connection in _own_connections(limits.port):
            looked_at.enter_context(connection.socket)
            if connection.address not in limits.proxies:
                groups[connection.address].append(connection)
        crowd = [one for group in groups.values() for one in _beyond_share(group, limits)]
        stalled = [one for body in bodies for one in _stalling(body, groups[body.address], limits)]
        silent = [one for group in groups.values() for one in group if one.is_silent(limits)]
        for connection in (*crowd, *stalled, *silent):
            connection.close()
    if crowd or stalled:
        told = "closed connections: %d too many of one address, %d of a body that did not come on"
        logger.warning(told, len(crowd), len(stalled))


def _keep_looking(limits: Limits, bodies: Callable[[], Iterable[Body]]) -> None:
    pause = threading.Event()
    while True:
        pause.wait(min(limits.silent_s, limits.stalled_s) / LOOKS)
        try:
            close_what_is_bad(limits, bodies())
        except Exception:
            logger.exception("connections were not looked after")


def _beyond_share(group: list[Connection], limits: Limits) -> list[Connection]:
    """The most silent ones of an address that has too many."""
    excess = max(0, len(group) - limits.most_of_one_address)
    return sorted(group, key=lambda it: it.silent_s, reverse=True)[:excess]


def _stalling(body: Body, group: list[Connection], limits: Limits) -> list[Connection]:
    """Those by which a body may come that does not come on.

    Who sends a body has heard nothing meanwhile. If HTTP/2 has brought other answers by the same
    connection, nobody can tell which it is, and all of the address go.
    """
    waited_s = body.waited_s
    if waited_s < limits.stalled_s:
        return []
    found = [one for one in group if one.waits_for_us(waited_s / 2)]
    return found if found or waited_s < 2 * limits.stalled_s else group


def _own_connections(port: int) -> Iterator[Connection]:
    seen = set()  # a number in the list may by now be that of a copy made here
    for name in os.listdir(OWN_FILES):  # noqa: PTH208  names, not paths
        with suppress(OSError):  # it has been closed since
            status = os.fstat(int(name))
            if stat.S_ISSOCK(status.st_mode) and status.st_ino not in seen:
                seen.add(status.st_ino)
                yield from _connection(int(name), port)


def _connection(descriptor: int, port: int) -> Iterator[Connection]:
    """What is known of a socket, if it is a connection to the port.

    Looked at is a copy, since the number may be given to another any moment. Should it be no socket
    by then, the copy stays open: to close one of a database's file would drop its locks.
    """
    own = socket.socket(fileno=os.dup(descriptor))
    try:
        if own.family in {socket.AF_INET, socket.AF_INET6} and own.getsockname()[1] == port:
            address = own.getpeername()[0].partition("%")[0]
            facts = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, LAST_SENT_AND_RECEIVED.size)
            sent_ms, received_ms = LAST_SENT_AND_RECEIVED.unpack(facts)
            yield Connection(own, address, sent_ms / 1000, received_ms / 1000)
            return
    except OSError:  # it listens, or has no other side any more
        pass
    own.close()
