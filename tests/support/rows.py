"""All rows of all tables of a database file, to compare two of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

Rows = dict[str, list[tuple[object, ...]]]


def rows_of(path: Path) -> Rows:
    """Every table with its rows in order, the tables of the full-text index too."""
    with closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        names = [
            name.decode()
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: sorted(database.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in sorted(names)
        }


def schema_of(path: Path) -> set[tuple[str, str, str]]:
    """Every table, index and trigger with its text: what keeps the rows as they are."""
    with closing(sqlite3.connect(path)) as database:
        return set(database.execute("SELECT type, name, sql FROM sqlite_master"))
