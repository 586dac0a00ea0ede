"""All SQL that only SQLite understands: pragmas, write transactions, triggers, full-text search."""

import sqlite3
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Index,
    Select,
    Table,
    TextClause,
    event,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.sql import column, table
from sqlalchemy.sql.dml import ReturningInsert

DatabaseRefused = OperationalError  # disk full, read-only, locked for too long
DatabaseFailed = DBAPIError  # whatever the database answers instead of rows, a broken file included
APPEND_ONLY_TABLES = ("badge_event", "export", "scan", "scan_decision", "step_event")
ERASE_ONLY_TABLES = {
    "visitor": ("name", "origin", "position", "phone", "identity_kind"),
    "visit_text": ("value",),
}
PRIMARY_CODE = 0xFF  # the rest of an error's code says more of it


class Fault(StrEnum):
    """What is wrong when the database refuses; the words for each are in `fault_words.py`."""

    FULL = "full"
    READ_ONLY = "read_only"
    BUSY = "busy"
    DAMAGED = "damaged"
    STORAGE = "storage"


FAULTS = {
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_BUSY: Fault.BUSY,
    sqlite3.SQLITE_LOCKED: Fault.BUSY,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
}


def fault_of(error: DBAPIError) -> Fault | None:
    """What keeps the database from its work; None when the statement itself was wrong."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE
    return FAULTS.get(code, Fault.STORAGE if isinstance(error, DatabaseRefused) else None)


def rows_changed(connection: Connection) -> int:
    """How many rows have been changed through a connection since it was opened."""
    return int(getattr(connection.connection.driver_connection, "total_changes", 0))


def code_of(error: DBAPIError) -> str:
    """The name that SQLite gives to what went wrong."""
    return str(getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__)


def said_by_database(error: BaseException) -> str | None:
    """What SQLite says of an error, if that quotes nothing of what it was asked."""
    name = getattr(error, "sqlite_errorname", None)
    if not isinstance(error, sqlite3.Error) or name is None:
        return None
    return name if name == "SQLITE_ERROR" else f"{name}, {error}"


def first_damage(connection: Connection) -> str | None:
    """The first thing that SQLite finds wrong in the database file; None for a sound one.

    It reads every page, but compares no index with its table: that would take several times as
    long. A file that is broken so far that it cannot be read raises DatabaseFailed.
    """
    if connection.dialect.name != "sqlite":
        return None
    said: str = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    return None if said == "ok" else said


def first_orphan(connection: Connection) -> str | None:
    """The first row that refers to one which is not there; None when there is none."""
    row = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return None if row is None else f"{row[0]} {row[1]}: {row[2]}"


def configure_engine(engine: Engine, busy_ms: int) -> None:
    """Make each connection durable and strict, and let it begin writes at once.

    A transaction that reads before it writes fails under load (SQLITE_BUSY_SNAPSHOT), so a
    connection with the execution option `write` begins with BEGIN IMMEDIATE.
    """
    event.listen(engine, "connect", partial(_set_pragmas, busy_ms))
    event.listen(engine, "begin", _begin)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that fulfil a condition."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def as_indexed(condition: str) -> ColumnElement[bool]:
    """A condition in the very words of a partial index: SQLite finds the index by no others."""
    return literal_column(condition)


def _set_pragmas(busy_ms: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={busy_ms}",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def insert_unless_known(table: Table, unique: str, returning: str) -> ReturningInsert[tuple[Any]]:
    """A statement that writes a row; it returns nothing when that unique value is there already."""
    return (
        sqlite_insert(table)
        .on_conflict_do_nothing(index_elements=[unique])
        .returning(table.c[returning])
    )


def append_only_triggers(table: str) -> Iterator[str]:
    """Statements that make a table refuse every UPDATE and DELETE, REPLACE included."""
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def erase_only_triggers(table: str, erasable: Iterable[str], kept: Iterable[str]) -> Iterator[str]:
    """Statements that let a table's words be erased (set to NULL with `erased_at`), no more.

    One word may be erased before another; `erased_at` never changes without a word.
    """
    words = tuple(erasable)
    unchanged = [f"NEW.{column} IS OLD.{column}" for column in kept]
    erased = [f"(NEW.{word} IS NULL OR NEW.{word} IS OLD.{word})" for word in words]
    something = " OR ".join(f"NEW.{word} IS NOT OLD.{word}" for word in words)
    allowed = " AND ".join([*unchanged, *erased, f"({something})", "NEW.erased_at IS NOT NULL"])
    yield (
        f"CREATE TRIGGER {table}_erase_only BEFORE UPDATE ON {table} WHEN NOT ({allowed}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} may only be erased'); END"
    )
    yield (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} may only be erased'); END"
    )


VISITOR_SEARCH = "visitor_search"
SHORTEST_SEARCHED = 3  # letters: the index holds every run of three


def visitor_search_statements() -> Iterator[str]:
    """Statements that make the full-text index over guests' names and origins, and fill it.

    Triggers keep it, since an erased name must vanish from it too.
    """
    yield (
        f"CREATE VIRTUAL TABLE {VISITOR_SEARCH} USING fts5(name, origin, content='visitor', "
        "content_rowid='id', tokenize='trigram')"
    )
    added = f"INSERT INTO {VISITOR_SEARCH}(rowid, name, origin)"
    gone = f"INSERT INTO {VISITOR_SEARCH}({VISITOR_SEARCH}, rowid, name, origin)"
    new = "VALUES (NEW.id, NEW.name, NEW.origin)"
    old = "VALUES ('delete', OLD.id, OLD.name, OLD.origin)"
    yield f"CREATE TRIGGER visitor_searched AFTER INSERT ON visitor BEGIN {added} {new}; END"
    yield (
        f"CREATE TRIGGER visitor_search_erased AFTER UPDATE OF name, origin ON visitor "
        f"BEGIN {gone} {old}; {added} {new}; END"
    )
    yield f"INSERT INTO {VISITOR_SEARCH}({VISITOR_SEARCH}) VALUES ('rebuild')"  # noqa: S608  all ours


def is_modelled(table_name: str | None) -> bool:
    """Whether a table is one of the models', and not a part of the full-text index."""
    return not (table_name or "").startswith(VISITOR_SEARCH)


def visitors_found(words: Iterable[str]) -> Select[int]:
    """The ids of guests whose name or origin holds every word (each of three letters or more)."""
    phrases = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    index = table(VISITOR_SEARCH, column("rowid"))
    return select(index.c.rowid).where(_match(phrases))


def _match(phrases: str) -> TextClause:
    return text(f"{VISITOR_SEARCH} MATCH :phrases").bindparams(phrases=phrases)
