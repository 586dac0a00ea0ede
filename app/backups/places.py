"""Where the office's database is, where its backups go, and who may make one just now."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from flask import Flask

from app.extensions import db

OWN_FOLDER = "backups"
LOCK = "backup.lock"


class CannotBackUp(Exception):
    """A reason why there is no backup; its text is what a person reads."""


class Busy(CannotBackUp):
    """Another backup is being made."""


class NoFile(CannotBackUp):
    """The office's database is not a file of its own: another program backs it up."""


class CannotRestore(Exception):
    """A reason why nothing was restored; its text is what a person reads."""


@dataclass(frozen=True)
class Places:
    """The office's database and the folders of its backups.

    `origin` tells this office's backups from those of others that share the second place.
    """

    instance: Path
    database: Path
    own: Path
    second: Path | None
    is_sealed: bool
    origin: str


def places_of(app: Flask) -> Places:
    """The places by the app's settings; raises CannotBackUp for a database that is no file."""
    instance: Path = app.config["INSTANCE"]
    with app.app_context():
        url = db.engine.url
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        raise NoFile(
            "Basis data kantor ini (TAMU_DATABASE_URL) bukan berkas SQLite. Cadangkan dengan "
            "perangkat basis data itu sendiri."
        )
    secret = str(app.config["SECRET_KEY"]).encode()
    return Places(
        instance=instance,
        database=Path(str(url.database)),
        own=instance / OWN_FOLDER,
        second=app.config["BACKUP_FOLDER"],
        is_sealed=app.config["BACKUP_SEALED"],
        origin=hashlib.sha256(b"tamu backups of " + secret).hexdigest()[:16],
    )


@contextmanager
def one_at_a_time(instance: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold off every other backup and restoration of this office, in any process."""
    lock = FileLock(instance / LOCK)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise Busy("Cadangan lain sedang dibuat. Tunggu sampai selesai, lalu coba lagi.") from None
    try:
        yield
    finally:
        lock.release()
