"""Who came with the leader of a group: how many, and their names as far as they are asked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.decision import Draft
from app.domain.events import EventKind
from app.models.visit import Visitor
from app.operations.log import add_text, append, as_registrar, drafted, put_right
from app.operations.officer import Officer
from app.operations.transaction import retrying, write
from app.operations.visits import NotPossible
from app.queries.visits import members_of, view_by_label


def note_party(
    label: str, *, size: int, names: Sequence[str], officer: Officer, at: datetime
) -> bool:
    """Write how many people a visit counts and add the names that are not there yet.

    A count that was put right is an event with both counts in words; names stay as they were
    written. Returns whether anything differed. Raises NotPossible when there is no such open visit.
    """

    def attempt() -> bool:
        with write() as session:
            view = view_by_label(session, label)
            if view is None or view.progress.is_closed:
                raise NotPossible(label)
            visit = view.visit
            added = _add_members(session, visit.id, names)
            if visit.party_size == size:
                return added
            by = as_registrar(view.sop, officer, at)
            words = f"{visit.party_size} orang menjadi {size} orang"
            add_text(session, visit.id, "party_size", words, by)
            put_right(session, visit.id, party_size=size)
            draft = Draft(EventKind.CORRECTED, reason_code="party_size")
            events = drafted(view.progress, [draft], by)
            append(session, visit.id, view.sop, view.progress, events, by)
            return True

    return retrying(attempt)


def _add_members(session: Session, visit_id: int, names: Sequence[str]) -> bool:
    known = {name.casefold() for name in members_of(session, visit_id)}
    ordinals = select(Visitor.ordinal).where(Visitor.visit_id == visit_id)
    highest = max(session.scalars(ordinals))
    new = []
    for name in names:
        if name.casefold() not in known:
            known.add(name.casefold())
            new.append(name)
    session.add_all(
        Visitor(
            visit_id=visit_id, ordinal=ordinal, is_leader=False, name=name, identity_shown=False
        )
        for ordinal, name in enumerate(new, start=highest + 1)
    )
    return bool(new)
