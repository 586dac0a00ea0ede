"""Note that a guest is still received after closing time: nothing closes by itself."""

from datetime import datetime

from app.domain.permissions import registrar_role
from app.operations.log import Authorship, add_text, visit_for_update
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.operations.visits import NotPossible
from app.queries.after_hours import STAYS, stays
from app.queries.visits import view_of, visit_by_label

WORDS = "Masih diterima"


def note_stay(label: str, *, officer: Officer, at: datetime) -> bool:
    """Write that the guest of a visit stays; False when that was noted today already.

    Raises NotPossible when the visit does not exist, is closed or without a badge yet, or when it
    is not after closing time.
    """
    with write() as session:
        found = visit_by_label(session, label)
        if found is None or found.closed_at is not None:
            raise NotPossible(label)
        visit = visit_for_update(session, found.id)
        view = view_of(session, visit)
        stay = next(iter(stays(session, [view], at)), None)
        if stay is None or view.waits_for_badge:
            raise NotPossible(label)
        if stay.noted is not None:
            return False
        role = registrar_role(view.sop)
        by = Authorship(officer, role, officer.post_as(view.sop, role), at)
        add_text(session, visit, STAYS, WORDS, by)
        refresh_screens(session)
        return True
