"""Files that are whole or not there: made aside, forced to the disk, put in place by one rename."""

import errno
import hashlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.models.database_file import COMPANIONS

PART = ".part"
NO_SYNC = {errno.EINVAL, errno.ENOTSUP}  # a file system that cannot force a folder to the disk
FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT} if sys.platform != "win32" else {errno.ENOSPC}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def part_in(folder: Path, owner: str) -> Iterator[Path]:
    """An empty file for its owner's eyes alone; gone afterwards unless it was put in place."""
    descriptor, name = tempfile.mkstemp(prefix=_prefix(owner), suffix=PART, dir=folder)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        _discard(Path(name))


def sweep(folder: Path, owner: str) -> None:
    """Throw away what an interrupted owner has left; nobody else of that name is at work."""
    for left in folder.glob(f"{_prefix(owner)}*{PART}"):
        _discard(left)


def put(part: Path, final: Path) -> None:
    """Give a finished file its name, for good."""
    sync(part)
    part.replace(final)
    sync_folder(final.parent)


def write_whole(path: Path, data: bytes, owner: str) -> None:
    """Write a small file, whole or not at all."""
    with part_in(path.parent, owner) as part:
        part.write_bytes(data)
        put(part, path)


def sync(path: Path) -> None:
    """Force a file to the disk, and forget it: who reads it next reads what the disk holds."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if sys.platform == "linux":
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can do that."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The digest of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_there(folder: Path) -> bool:
    """Whether a folder can be reached now; a drive that fails is not there."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two names are of one file that is there."""
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False


def what_happened(error: OSError | sqlite3.Error) -> str:
    """Why a file could not be written, and what to do about it."""
    number = error.errno if isinstance(error, OSError) else None
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_BUSY:
        return "basis data sedang dikunci program lain. Tutup program itu, lalu coba lagi"
    if number in FULL or code == sqlite3.SQLITE_FULL:
        return "penyimpanannya penuh. Kosongkan ruang di sana, lalu coba lagi"
    if number in FORBIDDEN:
        return "folder itu tidak boleh ditulisi. Periksa izinnya, lalu coba lagi"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{reason}. Pastikan penyimpanannya tidak penuh dan tidak rusak, lalu coba lagi"


def _prefix(owner: str) -> str:
    return f".tamu-{owner}-"


def _discard(part: Path) -> None:
    for companion in ("", *COMPANIONS):
        with suppress(OSError):
            part.with_name(part.name + companion).unlink(missing_ok=True)
