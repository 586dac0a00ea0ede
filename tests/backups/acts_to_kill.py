"""The acts of test_sigkill.py, for a process of their own: `acts_to_kill.py act template to`."""

import sys
from pathlib import Path

from app.backups.making import make_backup
from app.backups.places import Places
from app.backups.restoring import restore
from app.backups.shelf import Why
from tests.cast import MORNING
from tests.support.killing import kill_at_each_step


def places_in(folder: Path) -> Places:
    """An office and its drive."""
    instance = folder / "instance"
    return Places(
        instance=instance,
        database=instance / "tamu.db",
        own=instance / "backups",
        second=folder / "usb",
        is_sealed=False,
        origin="0123456789abcdef",
    )


def make_plain(folder: Path) -> None:
    make_backup(places_in(folder), why=Why.DAILY, at=MORNING, seals=False)


def make_sealed(folder: Path) -> None:
    make_backup(places_in(folder), why=Why.DAILY, at=MORNING, seals=True)


def put_back(folder: Path) -> None:
    """Restore over the database that is there."""
    (backup,) = folder.glob("*.db")
    database = folder / "instance" / "tamu.db"
    restore(backup, database, key=None, overwrite=True, at=MORNING)


if __name__ == "__main__":
    acts = {"plain": make_plain, "sealed": make_sealed, "restore": put_back}
    name, template, to = sys.argv[1:]
    kill_at_each_step(acts[name], Path(template), Path(to))
