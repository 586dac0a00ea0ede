"""Backups in the tests: made, taken out elsewhere, and all rows compared."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from flask import Flask

from app.backups.backing_up import back_up
from app.backups.restoring import Restored, restore
from app.backups.shelf import Backup, Why, manifest_path
from tests.cast import MORNING
from tests.support.rows import Rows, rows_of


def database_of(app: Flask) -> Path:
    return Path(app.config["INSTANCE"]) / "tamu.db"


def backed_up(app: Flask, *, why: Why = Why.BY_HAND, seals: bool | None = None) -> Backup:
    """A backup made now by the app's clock, which came to both places if there are two."""
    outcome = back_up(app, why=why, at=app.config["NOW"](), seals=seals)
    assert outcome.problem == ""
    return outcome.backup


def put_back(file: Path, folder: Path, key: bytes | None = None) -> tuple[Restored, Path]:
    """The backup restored where there was nothing, and the database that came of it."""
    folder.mkdir(parents=True)
    database = folder / "tamu.db"
    return restore(file, database, key=key, overwrite=False, at=MORNING), database


def rows_in(file: Path, folder: Path, key: bytes | None = None) -> Rows:
    """Every row of the database that a backup gives back."""
    _, database = put_back(file, folder, key)
    return rows_of(database)


def carried(file: Path, folder: Path) -> Path:
    """A copy of a backup with its manifest, to be spoiled."""
    folder.mkdir()
    shutil.copy(manifest_path(file), folder)
    return Path(shutil.copy(file, folder))


def change_byte(file: Path, at: int) -> None:
    with file.open("rb+") as opened:
        opened.seek(at)
        (byte,) = opened.read(1)
        opened.seek(at)
        opened.write(bytes([byte ^ 0x40]))


def cut(file: Path, by: int) -> None:
    with file.open("rb+") as opened:
        opened.truncate(file.stat().st_size - by)


def with_sql(*statements: str) -> Callable[[Path], None]:
    """Change a database by hand."""

    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as database, database:
            for statement in statements:
                database.execute(statement)

    return change
