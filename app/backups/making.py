"""Makes a backup: a copy of the live database, checked, sealed on wish, named once it is whole."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from app.backups.files import (
    is_there,
    part_in,
    put,
    sha256_of,
    sweep,
    sync,
    what_happened,
    write_whole,
)
from app.backups.keys import own_backup_key
from app.backups.places import CannotBackUp, Places, one_at_a_time
from app.backups.sealing import BrokenSeal, OtherKey, seal, unseal
from app.backups.shelf import Backup, Manifest, Why, free_name, manifest_path, manifest_text
from app.models.database_file import copy_database, faults_of, revision_of, rows_by_table

BROKEN = (
    "Basis data rusak ({}). Cadangan tidak dibuat; yang lama tetap ada. Hentikan server, lalu "
    "pulihkan cadangan terakhir dengan `tamu restore`."
)
BROKEN_DATABASE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
NOT_WHAT_WAS_WRITTEN = "Penyimpanan di {} menyimpan lain dari yang ditulis. Ganti drive itu."


@dataclass(frozen=True)
class Outcome:
    """The backup that was made, and what kept its copy from the second place, if anything did."""

    backup: Backup
    problem: str = ""


def make_backup(
    places: Places, *, why: Why, at: datetime, seals: bool, wait_s: float = 0
) -> Outcome:
    """Make a backup in the office's own folder, and a copy of it in the second place.

    Raises CannotBackUp when there is none; a second place that is missing is told, not raised.
    """
    with one_at_a_time(places.instance, wait_s), _explained(places.own):
        places.own.mkdir(mode=0o700, parents=True, exist_ok=True)
        backup = _make(places, places.own, why, at, seals=seals)
        try:
            _copy_to_second_place(places, backup)
        except CannotBackUp as error:
            return Outcome(backup, str(error))
        return Outcome(backup)


def make_backup_in(folder: Path, places: Places, *, at: datetime, seals: bool) -> Backup:
    """Make a backup by hand in another folder, which must be there; raises CannotBackUp."""
    if not is_there(folder):
        raise CannotBackUp(f"Folder {folder} tidak ada. Sambungkan drive-nya, lalu coba lagi.")
    with one_at_a_time(places.instance), _explained(folder):
        places.own.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _make(places, folder, Why.BY_HAND, at, seals=seals)


def _make(places: Places, folder: Path, why: Why, at: datetime, *, seals: bool) -> Backup:
    if not places.database.is_file():
        raise CannotBackUp(f"Belum ada basis data di {places.database}.")
    staging = places.own if seals else folder  # nothing readable of it ever touches another drive
    for place in {staging, folder}:
        sweep(place, places.origin)
    with part_in(staging, places.origin) as plain:
        copy_database(places.database, plain)
        sync(plain)
        manifest = _checked(plain, why, at, places.origin)
        if not seals:
            return _shelve(plain, folder, manifest)
        with part_in(folder, places.origin) as sealed:
            _seal(plain, sealed, own_backup_key(places.instance), manifest.sha256)
            facts = replace(
                manifest, sealed=True, size=sealed.stat().st_size, sha256=sha256_of(sealed)
            )
            return _shelve(sealed, folder, facts)


def _checked(copy: Path, why: Why, at: datetime, origin: str) -> Manifest:
    """What the copy holds, once it was opened and found sound."""
    faults = faults_of(copy)
    if faults:
        raise CannotBackUp(BROKEN.format(faults[0]))
    schema = revision_of(copy)
    if schema is None:
        raise CannotBackUp("Basis data masih kosong, belum ada yang dapat dicadangkan.")
    return Manifest(
        made_at=at,
        why=why,
        sealed=False,
        size=copy.stat().st_size,
        sha256=sha256_of(copy),
        schema=schema,
        rows=rows_by_table(copy),
        origin=origin,
    )


def _seal(plain: Path, sealed: Path, key: bytes, sha256: str) -> None:
    """Seal the copy, then read back what the disk holds of it and compare."""
    with plain.open("rb") as source, sealed.open("wb") as target:
        seal(source, target.write, key)
    sync(sealed)
    digest = hashlib.sha256()
    with sealed.open("rb") as source, suppress(BrokenSeal, OtherKey):
        unseal(source, digest.update, key)
    if digest.hexdigest() != sha256:
        raise CannotBackUp(NOT_WHAT_WAS_WRITTEN.format(sealed.parent))


def _copy_to_second_place(places: Places, backup: Backup) -> None:
    folder = places.second
    if folder is None:
        return
    if not is_there(folder):
        raise CannotBackUp(
            f"Tempat kedua {folder} tidak ada. Sambungkan drive-nya; cadangan pertama sudah dibuat."
        )
    with _explained(folder):
        sweep(folder, places.origin)
        with part_in(folder, places.origin) as part:
            shutil.copyfile(backup.file, part)
            sync(part)
            if sha256_of(part) != backup.manifest.sha256:
                raise CannotBackUp(NOT_WHAT_WAS_WRITTEN.format(folder))
            _shelve(part, folder, backup.manifest)


def _shelve(part: Path, folder: Path, manifest: Manifest) -> Backup:
    """Give a finished file its name; its manifest is there first, so that no file lacks one."""
    file = free_name(folder, manifest.made_at, is_sealed=manifest.sealed)
    write_whole(manifest_path(file), manifest_text(manifest).encode(), manifest.origin)
    put(part, file)
    return Backup(file, manifest)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the disk or SQLite says into a sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", None) in BROKEN_DATABASE:
            raise CannotBackUp(BROKEN.format(error)) from error
        raise CannotBackUp(
            f"Cadangan di {folder} tidak dapat dibuat: {what_happened(error)}."
        ) from error
