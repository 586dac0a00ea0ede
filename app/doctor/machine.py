"""The machine: Python, the disks, the clock and its time zones."""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.backups.files import is_there
from app.disk_room import least_room, size_of
from app.doctor.asking import NoAnswer, ask
from app.doctor.case import Case, reading
from app.doctor.finding import Finding, State, Subject, fault, ok, warn
from app.formatting import DEFAULT_ZONE, file_size
from app.models.office import Office
from app.models.scan import Scan
from app.models.visit import StepEvent

OLDEST_PYTHON = (3, 11)
NEARLY_FULL = 1_000_000_000
FIRST_YEAR = 2025  # no clock that is right shows an earlier one
MAY_DIFFER = timedelta(seconds=60)
SET_CLOCK = "Setel jam komputer ini dan nyalakan penyetelan otomatis (NTP), lalu ulangi."


def python(case: Case) -> Finding:  # noqa: ARG001  every check is given the case
    """Whether this Python is new enough."""
    said = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return fault(Subject.PYTHON, said, "Pasang Python 3.11 atau lebih baru.")
    return ok(Subject.PYTHON, said)


def disk(case: Case) -> Finding | None:
    """Room for the office's data."""
    if not case.folder.is_dir():
        return None
    return _room(Subject.DISK, case.folder, _size(case))


def backup_disk(case: Case) -> Finding | None:
    """Room for the second copy of each backup."""
    second = case.second_folder
    if second is None or not is_there(second):
        return None
    return _room(Subject.BACKUP_DISK, second, _size(case))


def room_state(free: int, database: int) -> State:
    """How free room stands to a database of a size."""
    if free < least_room(database):
        return State.FAULT
    return State.WARN if free < NEARLY_FULL else State.OK


def clock(case: Case) -> Finding:
    """Whether the time is one that can be: after what was recorded, as the server's is."""
    shown = f"{case.at.astimezone(UTC):%Y-%m-%d %H.%M} UTC"
    newest = _newest(case)
    if case.at.year < FIRST_YEAR:
        return fault(Subject.CLOCK, f"{shown}: tahunnya keliru", SET_CLOCK)
    if newest is not None and newest > case.at + MAY_DIFFER:
        said = f"{shown}: ada catatan dari {newest:%Y-%m-%d %H.%M} UTC, yang belum tiba"
        return fault(Subject.CLOCK, said, SET_CLOCK)
    theirs = _clock_of_server(case)
    if theirs is not None and abs(theirs - case.at) > MAY_DIFFER:
        said = f"{shown}, sedangkan jam server {theirs:%Y-%m-%d %H.%M} UTC"
        return fault(Subject.CLOCK, said, f"Salah satu jam keliru. {SET_CLOCK}")
    return ok(Subject.CLOCK, shown)


def time_zone(case: Case) -> Finding:
    """Whether this Python knows the office's time zone."""
    name = _office_zone(case) or DEFAULT_ZONE
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        said = f"zona waktu {name} tidak dikenal Python ini"
        return fault(Subject.TIME_ZONE, said, "Jalankan: pip install --upgrade tzdata")
    return ok(Subject.TIME_ZONE, name)


def _room(subject: Subject, folder: Path, database: int) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"sisa {file_size(free)} di {folder}"
    match room_state(free, database):
        case State.OK:
            return ok(subject, said)
        case State.WARN:
            return warn(subject, said, "Kosongkan ruang di disk itu sebelum penuh.")
        case State.FAULT:
            least = file_size(least_room(database))
            return fault(
                subject, said, f"Kosongkan ruang di disk itu: perlu paling sedikit {least}."
            )


def _size(case: Case) -> int:
    return size_of(case.readable_database) if case.readable_database else 0


def _newest(case: Case) -> datetime | None:
    """When the newest entry was recorded; a database that cannot be read is told elsewhere."""
    if case.readable_database is None:
        return None
    newest_first = (
        select(StepEvent.recorded_at).order_by(StepEvent.id.desc()).limit(1),
        select(Scan.received_at).order_by(Scan.id.desc()).limit(1),
    )
    try:
        with reading(case, case.readable_database) as engine, Session(engine) as session:
            found = [session.scalar(statement) for statement in newest_first]
    except DBAPIError:
        return None
    return max((at for at in found if at is not None), default=None)


def _office_zone(case: Case) -> str | None:
    if case.readable_database is None:
        return None
    try:
        with reading(case, case.readable_database) as engine, Session(engine) as session:
            return session.scalar(select(Office.timezone))
    except DBAPIError:
        return None


def _clock_of_server(case: Case) -> datetime | None:
    if case.address is None:
        return None
    try:
        told = ask(case.address, "/sehat").header("Date")
        return parsedate_to_datetime(told) if told else None
    except (NoAnswer, ValueError):
        return None
