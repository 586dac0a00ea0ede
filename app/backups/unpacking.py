"""Takes the database out of a backup, if the backup is still what it was when it was made."""

import shutil
from pathlib import Path

from app.backups.files import sha256_of
from app.backups.places import CannotRestore
from app.backups.sealing import BrokenSeal, OtherKey, is_sealed, is_sealed_with, unseal
from app.backups.shelf import Manifest, manifest_path, read_manifest
from app.models.database_file import copy_database

SQLITE = b"SQLite format 3\0"
OTHER_KEY = (
    "Kunci itu bukan kunci cadangan ini. Pakai kunci dari `tamu key export` yang disimpan ketika "
    "cadangan ini dibuat."
)

BROKEN_SEAL = "{} rusak, terpotong atau diubah. Pakai cadangan lain."


def as_it_was_made(file: Path) -> Manifest | None:
    """The manifest of a backup that is still what it says; None when none lies beside it."""
    if not file.is_file():
        raise CannotRestore(f"Tidak ada berkas {file}.")
    beside = manifest_path(file)
    if not beside.exists():
        return None
    manifest = read_manifest(beside)
    if manifest is None:
        raise CannotRestore(
            f"Keterangan {beside} rusak. Pakai cadangan lain; bila tidak ada, pindahkan keterangan "
            "itu ke folder lain, lalu ulangi."
        )
    if sha256_of(file) != manifest.sha256:
        raise CannotRestore(
            f"{file} sudah bukan berkas yang dibuat dulu (sha256 berbeda): rusak, terpotong atau "
            "tertukar. Pakai cadangan lain."
        )
    return manifest


def needs_a_key(file: Path) -> bool:
    """Whether a backup is sealed; raises CannotRestore when there is no such file."""
    if not file.is_file():
        raise CannotRestore(f"Tidak ada berkas {file}.")
    return is_sealed(file)


def is_opened_by(file: Path, key: bytes) -> bool:
    """Whether a sealed backup says of itself that this key opens it."""
    try:
        return is_sealed_with(file, key)
    except BrokenSeal:
        raise CannotRestore(BROKEN_SEAL.format(file)) from None


def unpack(file: Path, part: Path, key: bytes | None) -> None:
    """Write the database of a backup to a file; raises CannotRestore."""
    if is_sealed(file):
        _unseal(file, part, key)
        return
    with file.open("rb") as source:
        if source.read(len(SQLITE)) != SQLITE:
            raise CannotRestore(f"{file} bukan cadangan Pelayanan Tamu. Pilih berkas lain.")
    if file.with_name(file.name + "-wal").exists():
        copy_database(file, part)  # copied by hand from a server: what is newest is in its log
    else:
        shutil.copyfile(file, part)


def _unseal(file: Path, part: Path, key: bytes | None) -> None:
    if key is None:
        raise CannotRestore(f"{file} terenkripsi. Berikan kuncinya dengan --key-file.")
    try:
        with file.open("rb") as source, part.open("wb") as target:
            unseal(source, target.write, key)
    except OtherKey:
        raise CannotRestore(OTHER_KEY) from None
    except BrokenSeal:
        raise CannotRestore(BROKEN_SEAL.format(file)) from None
