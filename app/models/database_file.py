"""A SQLite database as a file: copied while in use, checked, counted, gathered into one piece."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, NullPool, create_engine

from app.models.dialect import is_modelled

COMPANIONS = ("-wal", "-shm", "-journal")  # what SQLite may keep beside a database
BUSY_S = 10
GATHER_S = 2
FAULTS_SHOWN = 5
PRIMARY_CODE = 0xFF  # the rest of a code says more of it


class DatabaseInUse(Exception):
    """Another program has the database open."""


def copy_database(source: Path, target: Path) -> None:
    """Copy the database as it stands at one instant, while others write to it.

    Only SQLite itself may open a live database: a process that closes its file by other means
    drops the locks that SQLite holds on it.
    """
    with (
        closing(_connect(source, mode="rw")) as live,
        closing(_connect(target, mode="rw")) as copy,
    ):
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()  # its state from here on
        copy.execute("PRAGMA journal_mode=OFF")
        copy.execute("PRAGMA synchronous=OFF")  # the caller syncs the finished file
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # whole in one file, on any medium


def faults_of(path: Path) -> list[str]:
    """What SQLite finds wrong in a database that nobody uses; nothing for a sound one."""
    try:
        with closing(_connect_at_rest(path)) as database:
            rows = database.execute(f"PRAGMA integrity_check({FAULTS_SHOWN})").fetchall()
            orphans = database.execute("PRAGMA foreign_key_check").fetchmany(FAULTS_SHOWN)
    except sqlite3.DatabaseError as error:
        return [str(error)]
    lines = [line for (text,) in rows for line in str(text).splitlines()]
    faults = [line for line in lines if line != "ok" and not line.startswith("***")]
    return faults + [f"{table} {row}: {parent}" for table, row, parent, _ in orphans]


def rows_by_table(path: Path) -> dict[str, int]:
    """How many rows each table of a database that nobody uses holds."""
    with closing(_connect_at_rest(path)) as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  a name of the schema's own
            for (name,) in names
            if is_modelled(name)
        }


def revision_of(path: Path) -> str | None:
    """The migration that a database which nobody uses stands at; None when it has none."""
    with closing(_connect_at_rest(path)) as database:
        try:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None
    return str(row[0]) if row else None


def gather(path: Path) -> bool:
    """Bring all of a database into its one file; whether that could be done, or it is broken.

    Leaving the write-ahead log needs the database for oneself, so it also proves that nobody else
    is at it. Raises DatabaseInUse. What is plainly no database is not opened: SQLite would throw
    away the log beside it, which may be all that is left.
    """
    if not _is_a_database(path):
        return False
    try:
        with closing(_connect(path, timeout=GATHER_S, mode="rw")) as database:
            database.execute("PRAGMA journal_mode=DELETE").fetchone()
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & PRIMARY_CODE == sqlite3.SQLITE_BUSY:
            raise DatabaseInUse from error
        return False
    return True


def read_only_engine(path: Path, *, is_in_use: bool) -> Engine:
    """An engine that only reads, and leaves a database that nobody uses without companions.

    A log beside it is read too, in use or left by a crash; beside an empty file SQLite would throw
    it away even so.
    """
    has_log = is_in_use or path.with_name(path.name + COMPANIONS[0]).exists()
    is_live = has_log and path.stat().st_size > 0
    live = partial(_connect, path, timeout=GATHER_S, mode="ro")
    connect = live if is_live else partial(_connect_at_rest, path)
    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def writes_ahead(path: Path) -> bool:
    """Whether the file says of itself that it is written through a log beside it (WAL)."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x02\x02"


def _is_a_database(path: Path) -> bool:
    try:
        with closing(_connect_at_rest(path)) as database:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    return path.stat().st_size > 0


def _connect(path: Path, *, timeout: float | None = None, **options: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{urlencode(options)}"
    wait_s = BUSY_S if timeout is None else timeout
    return sqlite3.connect(address, uri=True, timeout=wait_s, isolation_level=None)


def _connect_at_rest(path: Path) -> sqlite3.Connection:
    """Read a file that nobody changes, without leaving anything beside it."""
    return _connect(path, mode="ro", immutable="1")
