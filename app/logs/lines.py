"""How a line of the log reads: when, how grave, which request, what; without anybody's words.

What an error says may quote what was typed, so of an error only its kind and its place are written,
and of a library's record only where it comes from. Our own records are written whole: they are
made of our own words, numbers and codes.
"""

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.logs.requests import id_of_record
from app.models.dialect import said_by_database

OURS = "app."  # Flask's own logger is "app": it quotes addresses
FRAMES = 30  # of each error, the innermost


class CleanFormatter(logging.Formatter):
    """A line a record; below an error's, indented, the places it passed through."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the places of an error."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        when = at.replace("+00:00", "Z")
        line = f"{when} {record.levelname} {id_of_record(record)} {_told(record)}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n  ".join([line, *_trace(error)])


def _told(record: logging.LogRecord) -> str:
    if record.name.startswith(OURS):
        return " ".join(record.getMessage().split())
    return f"{record.name} ({Path(record.pathname).name}:{record.lineno})"


def _trace(error: BaseException | None) -> Iterator[str]:
    for each in reversed(_chain(error)):
        for frame in traceback.extract_tb(each.__traceback__)[-FRAMES:]:
            yield f"{frame.filename}:{frame.lineno} {frame.name}"
        yield _kind(each)


def _chain(error: BaseException | None) -> list[BaseException]:
    """An error and those behind it, the outermost first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    said = said_by_database(error)
    return f"{name}: {said}" if said else name
