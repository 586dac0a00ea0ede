"""What keeps writes from being stored: told by one that failed, until another is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.dialect import DatabaseFailed, Fault, fault_of, rows_changed

LASTING = frozenset(Fault) - {Fault.BUSY}  # a lock passes by itself
_faults: "WeakKeyDictionary[Engine, Fault]" = WeakKeyDictionary()


def lasting_fault() -> Fault | None:
    """What kept the last write from being stored; None when writes are stored."""
    return _faults.get(db.engine)


@contextmanager
def noting_faults(engine: Engine) -> Iterator[None]:
    """Note what keeps a write from being stored."""
    try:
        yield
    except DatabaseFailed as error:
        fault = fault_of(error)
        if fault in LASTING:
            _faults[engine] = fault
        raise


@contextmanager
def noting_what_is_stored(engine: Engine, session: Session) -> Iterator[None]:
    """Forget the fault once a transaction has changed a row; one that changed none proves nothing.

    It stands inside the transaction: a commit that fails is noted again.
    """
    if engine not in _faults:
        yield
        return
    before = rows_changed(session.connection())
    yield
    session.flush()
    if rows_changed(session.connection()) > before:
        del _faults[engine]
