"""Offices with many past visits: made once, kept in a git-ignored folder, copied for each run."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app import create_app
from app.domain.hours import DayHours
from app.extensions import db
from app.sample.history import working_days
from app.sample.office import make_office
from app.sample.store import read_setting, store_past_visits
from app.startup import prepare_database

PASSWORD = "kopi pagi di tepi kapuas"
RECENT = 1_000  # visits of last month: the same in each office
A_DAY = 100  # visits on each day before
BADGES = 500
MADE = "made.txt"  # written last
ZONE = ZoneInfo("Asia/Pontianak")


def office_with(visits: int, kept_in: Path, tell: Callable[[str], None]) -> Path:
    """The instance folder of an office with so many past visits, all of them before this month.

    The last thousand are those of last month. It is made again in another month, and brought up
    to the schema of today.
    """
    month = first_of_month()
    folder = kept_in.resolve() / f"{visits}-{month:%Y-%m}"
    if (folder / MADE).is_file():
        prepare_database(create_app({"INSTANCE": folder}))
        _settle(folder)
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _make(folder, visits, month, tell)
    (folder / MADE).touch()
    return folder


def copy_of(office: Path, to: Path) -> Path:
    """An instance folder of one's own in `to`."""
    return shutil.copytree(office, to / "instance", ignore=shutil.ignore_patterns(MADE))


def first_of_month() -> date:
    return datetime.now(UTC).astimezone(ZONE).date().replace(day=1)


def last_month() -> date:
    """Its first day."""
    return (first_of_month() - timedelta(days=1)).replace(day=1)


def _make(folder: Path, visits: int, month: date, tell: Callable[[str], None]) -> None:
    app = create_app({"INSTANCE": folder})
    prepare_database(app)
    sha256 = app.config["SOP_SHA256"]
    with app.app_context():
        older = visits - RECENT
        years = older / A_DAY / 240 + 2  # working days of a year, and room for weekends
        long_ago = datetime(month.year, month.month, 1, tzinfo=UTC) - timedelta(days=365 * years)
        make_office(new_password=lambda: PASSWORD, badges=BADGES, at=long_ago)
        days = _days_of_last_month(read_setting(sha256).hours, month)
        if older:
            store_past_visits(
                older,
                days=-(-older // A_DAY),
                before=days[0],
                sop_sha256=sha256,
                seed=2,
                progress=lambda stored: tell(f"{stored} of {older} past visits"),
            )
        store_past_visits(RECENT, days=len(days), before=month, sop_sha256=sha256, seed=1)
        db.session.remove()
        db.engine.dispose()
    _settle(folder)


def _days_of_last_month(hours: Mapping[int, DayHours], month: date) -> list[date]:
    first = (month - timedelta(days=1)).replace(day=1)
    return [day for day in working_days(hours, month, 31) if day >= first]


def _settle(folder: Path) -> None:
    """One file, and statistics as after a while of use."""
    for path in folder.glob("*.db"):
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
