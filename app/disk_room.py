"""How much room a disk needs for an office's data."""

from pathlib import Path

from app.models.database_file import COMPANIONS

TOO_FULL = 200_000_000
ROOM_FOR = 3  # the database, its backup, and the part of one that is being made


def least_room(database: int) -> int:
    """The room without which nothing is sure to be stored, for a database of a size."""
    return max(TOO_FULL, ROOM_FOR * database)


def size_of(database: Path) -> int:
    """The size of a database with all that SQLite keeps beside it."""
    files = [database, *(database.with_name(database.name + end) for end in COMPANIONS)]
    return sum(file.stat().st_size for file in files if file.is_file())
