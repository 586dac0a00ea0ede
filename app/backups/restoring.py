"""Puts the database of a backup in the office's place; at every moment one of the two is there."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.backups.files import is_same_file, part_in, put, sweep, sync, sync_folder, what_happened
from app.backups.places import CannotRestore
from app.backups.shelf import STAMP, Manifest
from app.backups.unpacking import as_it_was_made, unpack
from app.models.database_file import (
    COMPANIONS,
    DatabaseInUse,
    faults_of,
    gather,
    revision_of,
    rows_by_table,
)
from app.models.migrate import known_revisions

OWNER = "restore"
OURS = {"office", "person", "visit", "step_event"}
SET_ASIDE = "tamu-lama-"


@dataclass(frozen=True)
class Restored:
    """What is in place now, and where the database before it is kept."""

    manifest: Manifest | None
    rows: dict[str, int]
    is_outdated: bool
    set_aside: Path | None


def restore(
    file: Path, database: Path, *, key: bytes | None, overwrite: bool, at: datetime
) -> Restored:
    """Restore a backup, sealed or not; raises CannotRestore, and then nothing has changed.

    The caller holds the instance folder, so that no server writes meanwhile.
    """
    with _explained(database.parent):
        _refuse_to_overwrite(file, database, overwrite=overwrite)
        manifest = as_it_was_made(file)
        sweep(database.parent, OWNER)
        with part_in(database.parent, OWNER) as part:
            unpack(file, part, key)
            sync(part)
            is_outdated = _check(part)
            rows = rows_by_table(part)
            set_aside = _set_aside(database, at)
            put(part, database)
    return Restored(manifest, rows, is_outdated, set_aside)


def is_database_there(database: Path) -> bool:
    """Whether there is a database, or anything of one."""
    return any(path.exists() for path in _pieces(database))


def _refuse_to_overwrite(file: Path, database: Path, *, overwrite: bool) -> None:
    if is_same_file(file, database):
        raise CannotRestore(f"{file} adalah basis data yang sedang dipakai, bukan cadangan.")
    if is_database_there(database) and not overwrite:
        raise CannotRestore(
            f"Sudah ada basis data di {database}. Untuk menggantinya, ulangi dengan --overwrite; "
            "yang sekarang tetap disimpan di sampingnya."
        )


def _check(part: Path) -> bool:
    """Refuse what is not sound or not ours; whether it is of an earlier schema."""
    faults = faults_of(part)
    if faults:
        raise CannotRestore(f"Isi cadangan rusak ({faults[0]}). Pakai cadangan lain.")
    revision = revision_of(part)
    if revision is None or not rows_by_table(part).keys() >= OURS:
        raise CannotRestore("Berkas itu bukan basis data Pelayanan Tamu. Pilih berkas lain.")
    known = known_revisions()
    if revision not in known:
        raise CannotRestore(
            f"Cadangan ini dibuat oleh versi yang lebih baru (skema {revision}). Perbarui "
            "Pelayanan Tamu di komputer ini, lalu ulangi."
        )
    return revision != known[-1]


def _set_aside(database: Path, at: datetime) -> Path | None:
    """Give the present database another name too, with all that its write-ahead log holds.

    A log that stayed would be taken for one of the new database. One that cannot be gathered
    belongs to a broken database, and is kept as it is, beside it.
    """
    if not is_database_there(database):
        return None
    _drop_names_of(database)
    try:
        gather(database)
    except DatabaseInUse:
        raise CannotRestore(
            f"{database} sedang dipakai program lain. Hentikan program itu, lalu ulangi."
        ) from None
    aside = _free_aside(database, at)
    for piece in _pieces(database):
        if piece.exists():
            _name_also(piece, aside.with_name(aside.name + piece.name.removeprefix(database.name)))
    sync_folder(database.parent)
    for companion in _pieces(database)[1:]:
        companion.unlink(missing_ok=True)
    return aside


def _pieces(database: Path) -> list[Path]:
    return [database.with_name(database.name + suffix) for suffix in ("", *COMPANIONS)]


def _drop_names_of(database: Path) -> None:
    """Take back the second name that an interrupted restoration gave the present database."""
    for aside in database.parent.glob(f"{SET_ASIDE}*{database.suffix}"):
        if is_same_file(aside, database):
            aside.unlink()


def _free_aside(database: Path, at: datetime) -> Path:
    stem, number = f"{SET_ASIDE}{at.astimezone(UTC):{STAMP}}", 1
    path = database.with_name(stem + database.suffix)
    while is_database_there(path):
        number += 1
        path = database.with_name(f"{stem}-{number}{database.suffix}")
    return path


def _name_also(piece: Path, name: Path) -> None:
    """Give a file a second name, or a copy where the disk knows only one name a file."""
    try:
        os.link(piece, name)
    except OSError:
        with part_in(name.parent, OWNER) as part:
            shutil.copyfile(piece, part)
            put(part, name)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the disk or SQLite says into a sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise CannotRestore(
            f"Cadangan tidak dapat dipulihkan ke {folder}: {what_happened(error)}."
        ) from error
