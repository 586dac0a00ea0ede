"""A database file that has gone bad: its pages overwritten as a failing disk does."""

import sqlite3
from contextlib import closing
from pathlib import Path

GARBAGE = b"\xa5\x5a\x00\xff"


def gather(database: Path) -> None:
    """Bring everything into the one file; nobody else may have it open."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def spoil_page_of(database: Path, name: str) -> None:
    """Overwrite the first page of a table or an index."""
    gather(database)
    with closing(sqlite3.connect(database)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
    with database.open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(GARBAGE * (size // len(GARBAGE)))


def spoil_header(database: Path) -> None:
    """Overwrite how a database file begins."""
    gather(database)
    with database.open("rb+") as file:
        file.write(GARBAGE * 25)


def cut_in_half(database: Path) -> None:
    gather(database)
    with database.open("rb+") as file:
        file.truncate(database.stat().st_size // 2)
