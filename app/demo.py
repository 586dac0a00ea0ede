"""A throw-away office with made-up people and visits, to try everything out (`tamu demo`)."""

import os
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType

from flask import Flask

from app import create_app, serving
from app.clock import now
from app.config import DEMO_MARKER
from app.extensions import db
from app.queries.badges import PrintedBadge, printed_badges
from app.sample.acting import act_out
from app.sample.office import Account, make_office
from app.sample.store import read_setting, store_past_visits
from app.sample.today import visits_of_today
from app.startup import prepare_database

HOST = "127.0.0.1"  # everybody who reaches a demo could sign in to it
BADGES = 20
VISITS_A_DAY = 25
ANSWER_S = 30
PASSWORD_WORDS = (
    "bakau", "batik", "bukit", "cermin", "delima", "durian", "enggang", "gambir", "hujan", "intan",
    "jambu", "kapuas", "kelapa", "kopi", "lada", "langsat", "madu", "manggis", "melati", "muara",
    "nanas", "ombak", "padi", "pandan", "payung", "perahu", "pinang", "rotan", "sagu", "sampan",
    "sungai", "talas", "tenun", "teratai", "ubi", "ulin",
)  # fmt: skip


@dataclass(frozen=True)
class DemoOffice:
    """The office that was made: who can sign in, and what the badges' codes are."""

    app: Flask
    folder: Path
    accounts: tuple[Account, ...]
    badges: tuple[PrintedBadge, ...]


def serve_demo(
    wanted: int | None, *, days: int, announce: Callable[[DemoOffice, str], None]
) -> None:
    """Make the office, serve it to this machine alone, and leave nothing of it behind."""
    serving.choose_port(HOST, wanted)  # a port that is taken is said at once
    with throw_away_folder() as folder, serving.only_server(folder):
        demo = make_demo(folder, days=days)
        port = serving.choose_port(HOST, wanted)

        def tell() -> None:
            _wait_for_answer(port)
            announce(demo, serving.address(HOST, port))

        serving.serve(folder, HOST, port, tell)


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """An instance folder of its own, removed however the demo ends (but by SIGKILL).

    The machine's settings do not count: they may name the database of an office at work.
    """
    for name in [name for name in os.environ if name.startswith("TAMU_")]:
        del os.environ[name]
    ending = _end_orderly()
    with TemporaryDirectory(prefix="tamu-demo-", ignore_cleanup_errors=True) as name:
        ending.let_go()
        folder = serving.prepare_instance(Path(name))
        (folder / DEMO_MARKER).touch()
        yield folder


def make_demo(folder: Path, *, days: int) -> DemoOffice:
    """Fill an empty instance folder: people, badges, past visits, guests inside."""
    app = create_app({"INSTANCE": folder})
    serving.require_front_end(app)
    prepare_database(app)
    with app.app_context():
        at = now()
        long_ago = at - timedelta(days=2 * days + 7)
        accounts = make_office(new_password=readable_password, badges=BADGES, at=long_ago)
        _fill(app, days, at)
        badges = tuple(printed_badges(db.session(), 1, BADGES))
        db.session.remove()
        db.engine.dispose()  # the worker opens its own connections
    return DemoOffice(app, folder, accounts, badges)


def readable_password() -> str:
    """A password that can be read out and typed, fresh for each run."""
    words = [secrets.choice(PASSWORD_WORDS) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(90) + 10}"])


def _fill(app: Flask, days: int, at: datetime) -> None:
    sop, sop_sha256 = app.config["SOP_IN_FORCE"], app.config["SOP_SHA256"]
    setting = read_setting(sop_sha256)
    today = at.astimezone(setting.zone).date()
    seed = today.toordinal()
    store_past_visits(
        days * VISITS_A_DAY, days=days, before=today, sop_sha256=sop_sha256, seed=seed
    )
    rng = Random(f"{today} once more")  # noqa: S311  other numbers than those of the past visits
    scripts = visits_of_today(rng, setting, at)
    act_out(scripts, sop=sop, sop_sha256=sop_sha256, key=app.config["SECRET_KEY"].encode())


def _wait_for_answer(port: int) -> None:
    """Ask for a page: a port that is listened on may still have nobody to answer."""
    connection = HTTPConnection(HOST, port, timeout=ANSWER_S)
    connection.request("GET", "/masuk")
    connection.getresponse().read()
    connection.close()


class Ending:
    """What a signal does: it ends the demo as an exception does, so that the folder goes too.

    Until it is let go a signal waits: a folder that is just being made is in nobody's care yet.
    """

    def __init__(self) -> None:
        self._is_held = True
        self._came: int | None = None

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self._came = number
        if not self._is_held:
            sys.exit(128 + number)

    def let_go(self) -> None:
        """From now on a signal ends the demo, and so does one that has been waiting."""
        self._is_held = False
        if self._came is not None:
            sys.exit(128 + self._came)


def _end_orderly() -> Ending:
    ending = Ending()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        numbers.append(signal.SIGHUP)
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, ending)
    return ending
