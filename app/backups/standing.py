"""How the office stands with its backups: how old the last good one is, and where its copy is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from app.backups.files import is_there
from app.backups.places import NoFile, Places, places_of
from app.backups.shelf import Backup, last_good

TOO_OLD = timedelta(days=1)


@dataclass(frozen=True)
class SecondPlace:
    """How the second place stands; on the disk of the first it does not outlive that disk."""

    folder: Path
    is_there: bool = False
    last: Backup | None = None
    is_late: bool = True
    is_on_same_disk: bool = False

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.is_there and not self.is_late and not self.is_on_same_disk


@dataclass(frozen=True)
class Standing:
    """How the office stands at an instant."""

    last: Backup | None
    is_late: bool
    second: SecondPlace | None


def standing_of(places: Places, at: datetime) -> Standing:
    """The last good backup, whether it is too old, and the second place if one is set."""
    last = last_good(places.own, at)
    return Standing(last, is_late(last, at), _second_place(places, at) if places.second else None)


def is_office_late(app: Flask, at: datetime) -> bool:
    """Whether an admin should be told on every page; never for a database backed up elsewhere."""
    try:
        return is_late(last_good(places_of(app).own, at), at)
    except NoFile:
        return False


def is_late(last: Backup | None, at: datetime, after: timedelta = TOO_OLD) -> bool:
    """Whether there is no good backup, or none that is young enough."""
    return last is None or at - last.manifest.made_at > after


def _second_place(places: Places, at: datetime) -> SecondPlace | None:
    assert places.second is not None, "asked only where there is one"
    if not is_there(places.second):
        return SecondPlace(places.second)
    last = last_good(places.second, at, places.origin)
    return SecondPlace(
        places.second,
        is_there=True,
        last=last,
        is_late=is_late(last, at),
        is_on_same_disk=are_on_one_disk(places.second, places.instance),
    )


def are_on_one_disk(one: Path, other: Path) -> bool:
    """Whether two folders share a file system, as an empty mount point does with its parent."""
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False
