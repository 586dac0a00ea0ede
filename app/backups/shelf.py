"""A folder of backups: each file with the manifest beside it, and the last good one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.backups.files import is_there

MANIFEST = ".json"
PLAIN, SEALED = ".db", ".db.tamu"
NAME = re.compile(r"tamu-(\d{8}-\d{6})Z(?:-(\d+))?\.db(?:\.tamu)?")
STAMP = "%Y%m%d-%H%M%SZ"


class Why(StrEnum):
    """What a backup was made for."""

    DAILY = "daily"
    BY_HAND = "by_hand"
    BEFORE_MIGRATION = "before_migration"


@dataclass(frozen=True)
class Manifest:
    """What is written beside a backup, to know it without opening it."""

    made_at: datetime
    why: Why
    sealed: bool
    size: int
    sha256: str
    schema: str
    rows: dict[str, int]
    origin: str


@dataclass(frozen=True)
class Backup:
    """A backup in its folder."""

    file: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        """Which it is of those made in the same second."""
        return _order(self.file.name)[1]


def backups_in(folder: Path, origin: str | None = None) -> list[Backup]:
    """The good backups in a folder, newest first; with an origin only those of that office."""
    return list(_newest_first(folder, origin))


def last_good(folder: Path, at: datetime, origin: str | None = None) -> Backup | None:
    """The newest good backup made up to an instant: a clock that once ran ahead made none of them.

    What a power cut left half is not good: its size is not what its manifest says.
    """
    for backup in _newest_first(folder, origin):
        if backup.manifest.made_at <= at:
            return backup
    return None


def free_name(folder: Path, at: datetime, *, is_sealed: bool) -> Path:
    """A path for the backup of an instant that no other has."""
    stem, number = f"tamu-{at.astimezone(UTC):{STAMP}}", 1
    name = stem
    while any((folder / (name + end)).exists() for end in (PLAIN, SEALED)):
        number += 1
        name = f"{stem}-{number}"
    return folder / (name + (SEALED if is_sealed else PLAIN))


def manifest_path(file: Path) -> Path:
    """Where the manifest of a backup is."""
    return file.with_name(file.name + MANIFEST)


def manifest_text(manifest: Manifest) -> str:
    """A manifest as it is written."""
    facts = vars(manifest) | {"made_at": manifest.made_at.astimezone(UTC).isoformat()}
    return json.dumps(facts, indent=1) + "\n"


def read_manifest(path: Path) -> Manifest | None:
    """The manifest in a file; None when it cannot be read or understood."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            made_at=datetime.fromisoformat(facts["made_at"]).astimezone(UTC),
            why=Why(facts["why"]),
            sealed=bool(facts["sealed"]),
            size=int(facts["size"]),
            sha256=str(facts["sha256"]),
            schema=str(facts["schema"]),
            rows={str(table): int(number) for table, number in facts["rows"].items()},
            origin=str(facts["origin"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _newest_first(folder: Path, origin: str | None) -> Iterator[Backup]:
    if not is_there(folder):
        return
    names = [path.name.removesuffix(MANIFEST) for path in folder.glob(f"tamu-*{MANIFEST}")]
    for name in sorted(filter(NAME.fullmatch, names), key=_order, reverse=True):
        file = folder / name
        manifest = read_manifest(manifest_path(file))
        if manifest is None or origin not in {None, manifest.origin}:
            continue
        if _size_of(file) == manifest.size:
            yield Backup(file, manifest)


def _order(name: str) -> tuple[str, int]:
    match = NAME.fullmatch(name)
    return (match[1], int(match[2] or 1)) if match else ("", 0)


def _size_of(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None
