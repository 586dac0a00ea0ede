"""The log's files in the instance folder: their owner's alone, rotated, never a reason to stop."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.logs.lines import CleanFormatter

FOLDER = "logs"
NAME = "tamu.log"
LARGEST = 10_000_000  # bytes of one file: a day's polls of ten desks
KEPT = 9  # older files
OURS = logging.getLogger("app")


class _LogFile(RotatingFileHandler):
    """Opens its file for each record.

    The server's processes share it, so any of them may have rotated it since; and a disk that was
    full takes the next line as soon as there is room.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
        self.setFormatter(CleanFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and let go of the file."""
        super().emit(record)
        with suppress(OSError):
            if self.stream is not None:
                self.stream.close()
        self.stream = None

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the library's name
        """Go on without the line: whoever waits for an answer comes first."""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return open(path, "a", encoding=self.encoding, opener=_for_the_owner)


def write_to_files(folder: Path) -> None:
    """Write the log of this process to the instance folder, and what is grave to the terminal."""
    _attach(_LogFile(folder / FOLDER / NAME))
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(CleanFormatter())
    _attach(terminal)


@contextmanager
def written_to_files(folder: Path) -> Iterator[None]:
    """The same for as long as a command runs, which tells the terminal in its own words."""
    handler, level = _LogFile(folder / FOLDER / NAME), OURS.level
    _attach(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        OURS.setLevel(level)


def _attach(handler: logging.Handler) -> None:
    logging.getLogger().addHandler(handler)
    OURS.setLevel(logging.INFO)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
