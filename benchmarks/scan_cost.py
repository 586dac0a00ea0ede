"""What a complete scan costs the server's CPU, beside a bare Flask route on the same server."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bare import BareServer
from benchmarks.clients import enter, lead
from benchmarks.desks import running, sign_in
from benchmarks.figures import Effort, Figure, milliseconds, ratio_in_turn
from tools.driving.browsers import Browser, Session
from tools.driving.guests import WAY
from tools.driving.servers import Server


def measure(office: Path, *, effort: Effort) -> Iterator[Figure]:
    """Signed in, CSRF token checked, stored on disk, panel rendered."""
    guests = effort.guests
    with running(office) as server, TemporaryDirectory(prefix="tamu-bench-") as name:
        browsers, plain = sign_in(server), BareServer(Path(name))
        plain.start()
        try:
            visitor = Browser(plain.port, Session(""))

            def scan_cpu() -> float:
                return _scans_cpu(server, browsers, guests)

            def bare_cpu() -> float:
                return _bare_cpu(plain, visitor, effort.bare_requests)

            scan_cpu()  # the first requests also load and compile
            bare_cpu()
            ratio, one, other = ratio_in_turn(scan_cpu, bare_cpu, effort.pairs)
        finally:
            plain.close()
    detail = f"{milliseconds(one)} ÷ {milliseconds(other)} of CPU, {guests * len(WAY)} scans a pair"
    yield Figure("CPU of a complete scan ÷ of a bare Flask route", ratio, 5, detail=detail)


def _scans_cpu(server: Server, browsers: dict[str, Browser], guests: int) -> float:
    """Seconds of CPU a scan; the entries in the guest book do not count."""
    entered = [enter(browsers, number, f"Tamu {number}") for number in range(1, guests + 1)]
    before = server.cpu_s()
    scans = sum(len(lead(browsers, forms)) for forms in entered)
    return (server.cpu_s() - before) / scans


def _bare_cpu(server: Server, visitor: Browser, requests: int) -> float:
    before = server.cpu_s()
    for _ in range(requests):
        assert visitor.get("/").body == b"ok"
    return (server.cpu_s() - before) / requests
