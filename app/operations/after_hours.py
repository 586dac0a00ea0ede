"""Note that a guest is still received after closing time: nothing closes by itself."""

from datetime import datetime

from app.operations.log import add_text, as_registrar
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.operations.visits import NotPossible
from app.queries.after_hours import STAYS, stays
from app.queries.visits import view_by_label

WORDS = "Masih diterima"


def note_stay(label: str, *, officer: Officer, at: datetime) -> bool:
    """Write that the guest of a visit stays; False when that was noted today already.

    Raises NotPossible when the visit does not exist, is closed or without a badge yet, or when it
    is not after closing time.
    """
    with write() as session:
        view = view_by_label(session, label)
        if view is None or view.progress.is_closed:
            raise NotPossible(label)
        stay = next(iter(stays(session, [view], at)), None)
        if stay is None or view.waits_for_badge:
            raise NotPossible(label)
        if stay.noted is not None:
            return False
        add_text(session, view.visit.id, STAYS, WORDS, as_registrar(view.sop, officer, at))
        refresh_screens(session)
        return True
