"""The day itself: thirty devices, a server that is killed again and again, and its memory."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import psutil

from tools.driving.browsers import Browser, Session
from tools.driving.guests import DESKS
from tools.driving.servers import LanServer
from tools.soak.books import differences, newest_scan
from tools.soak.lane import Lane
from tools.soak.phone import Phone, Screen

LANES = 6
SCREENS = 6
DRAIN_S = 60
MINUTE_S = 60


@dataclass(frozen=True)
class Plan:
    """How long, and how often the server's process group is killed."""

    seconds: float
    kill_every_s: float


@dataclass
class Report:
    """What the day came to."""

    devices: int
    guests: int = 0
    scans: int = 0
    late: int = 0
    cuts: int = 0
    kills: int = 0
    polls: int = 0
    memory: list[tuple[float, int]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def megabytes(self, first_s: float, last_s: float) -> float:
        """The server's memory (RSS of all its processes), on average between two moments."""
        samples = [size for at, size in self.memory if first_s <= at < last_s]
        return mean(samples) / 2**20 if samples else 0.0


def live_through(folder: Path, password: str, plan: Plan) -> Report:
    """Drive the office in `folder` (its instance folder is `folder/instance`)."""
    server = LanServer(folder)
    server.start()
    try:
        with _devices(server, password) as (lanes, phones, screens):
            report = Report(devices=len(phones) + len(screens))
            before = newest_scan(folder / "instance")
            for thread in (*phones, *screens, *lanes):
                thread.start()
            _kill_again_and_again(server, plan, report)
            _close(lanes, phones, screens, report)
        server.kill()
    finally:
        server.close()
    scans = [scan for phone in phones for scan in phone.scans]
    report.guests = sum(lane.guests for lane in lanes)
    report.scans, report.late = len(scans), sum("queued" in scan.fields for scan in scans)
    report.cuts = sum(phone.cuts for phone in phones)
    report.polls = sum(screen.polls for screen in screens)
    report.wrong += [lane.wrong for lane in lanes if lane.wrong]
    report.wrong += differences(folder / "instance", before, scans, report.guests)
    return report


@contextmanager
def _devices(
    server: LanServer, password: str
) -> Iterator[tuple[list[Lane], list[Phone], list[Screen]]]:
    trusting = server.trusting()
    sessions = {}
    for username in DESKS:
        browser = Browser(server.port, Session(username), trusting)
        browser.sign_in(password)
        browser.close()
        sessions[username] = browser.session
    lanes = []
    for number in range(LANES):
        phones = {
            username: Phone(Browser(server.port, session, trusting), seed=number * 10 + place)
            for place, (username, session) in enumerate(sessions.items())
        }
        lanes.append(Lane(str(number + 1), phones))
    screens = [Screen(Browser(server.port, sessions["fitri"], trusting)) for _ in range(SCREENS)]
    yield lanes, [phone for lane in lanes for phone in lane.phones.values()], screens


def _kill_again_and_again(server: LanServer, plan: Plan, report: Report) -> None:
    began = time.monotonic()

    def passed() -> float:
        return time.monotonic() - began

    while passed() < plan.seconds:
        until = min(plan.seconds, (report.kills + 1) * plan.kill_every_s)
        _watch(server, report, passed, until)
        if until < plan.seconds:
            server.kill()
            report.kills += 1
            server.start()


def _watch(server: LanServer, report: Report, passed: Callable[[], float], until: float) -> None:
    """Note the memory once a second."""
    while passed() < until:
        report.memory.append((passed(), _memory_of(server)))
        threading.Event().wait(min(1.0, max(0.0, until - passed())))


def _memory_of(server: LanServer) -> int:
    main = psutil.Process(server.process.pid)
    return sum(process.memory_info().rss for process in (main, *main.children(recursive=True)))


def _close(lanes: list[Lane], phones: list[Phone], screens: list[Screen], report: Report) -> None:
    """Let every guest go home and every device send what it still has."""
    for group in (lanes, phones, screens):
        for thread in group:
            thread.is_closing.set()
        for thread in group:
            thread.join(DRAIN_S)
            if thread.is_alive():
                report.wrong.append(f"{thread.name} did not come to an end")
