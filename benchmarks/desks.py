"""A running office and its four desks, each signed in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.offices import PASSWORD, copy_of
from tools.driving.browsers import Browser, Session
from tools.driving.guests import DESKS
from tools.driving.servers import Server

NO_LIMIT = {"TAMU_SCANS_PER_MINUTE": "1000000"}  # one person scans as fast as twenty


_shared: dict[Path, Server] = {}


@contextmanager
def shared(office: Path) -> Iterator[None]:
    """One server for all that is measured meanwhile: quicker, and for a quick look alone."""
    with running(office) as server:
        _shared[office] = server
        try:
            yield
        finally:
            del _shared[office]


@contextmanager
def running(office: Path) -> Iterator[Server]:
    """`tamu run` on a copy of this office."""
    if office in _shared:
        yield _shared[office]
        return
    with TemporaryDirectory(prefix="tamu-bench-") as name:
        folder = Path(name)
        copy_of(office, folder)
        server = Server(folder, settings=NO_LIMIT)
        server.start()
        try:
            yield server
        finally:
            server.close()


def sign_in(server: Server, usernames: Iterable[str] = DESKS) -> dict[str, Browser]:
    """A browser for each person."""
    browsers = {username: Browser(server.port, Session(username)) for username in usernames}
    for browser in browsers.values():
        browser.sign_in(PASSWORD)
    return browsers
