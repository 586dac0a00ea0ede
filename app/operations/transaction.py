"""The one door to a write: a short transaction that begins at once, one at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.base import table_of
from app.models.office import ScreenVersion
from app.operations.storing import noting_faults, noting_what_is_stored

Result = TypeVar("Result")
_one_writer = threading.Lock()
ATTEMPTS = 3
AT_ONCE = {"write": True}  # see `models.dialect.configure_engine`
_SCREENS = table_of(ScreenVersion)
_REFRESH = update(_SCREENS).values(n=_SCREENS.c.n + 1)


class ConcurrentChange(Exception):
    """Somebody else changed the row between reading and writing it; the caller tries again."""


@contextmanager
def write() -> Iterator[Session]:
    """A session of its own inside BEGIN IMMEDIATE; commits at the end, rolls back on an error.

    The request's read snapshot ends first, so that what is read afterwards includes the write.
    """
    db.session.rollback()
    engine = db.engine
    with (
        _one_writer,
        noting_faults(engine),
        Session(engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        session.connection(execution_options=AT_ONCE)
        with noting_what_is_stored(engine, session):
            yield session


def retrying(attempt: Callable[[], Result]) -> Result:
    """Run an operation again when somebody else was faster; gives up after three attempts."""
    for left in reversed(range(ATTEMPTS)):
        try:
            return attempt()
        except ConcurrentChange:
            if not left:
                raise
    raise AssertionError("unreachable")


def refresh_screens(session: Session) -> None:
    """Tell live pages that visits, badges or people have changed."""
    session.execute(_REFRESH)
