"""Open a visit from the guest book, correct what was written, cancel an entry without a badge."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.corrections import destination_is_settled, works_on
from app.domain.decision import Draft
from app.domain.events import EventKind, Note, Outcome
from app.domain.progress import Progress
from app.domain.sop import Field
from app.operations.appointments import keep_appointment
from app.operations.guest_entries import GuestEntry, OpenedVisit, entries_of_form, new_visit
from app.operations.log import Authorship, add_text, append, as_registrar, drafted
from app.operations.officer import Officer
from app.operations.transaction import retrying, write
from app.queries.hosting import receiver_ids
from app.queries.sops import sop_of_version, version_id_of
from app.queries.visits import VisitView, view_by_label

DROP_OFF = "drop_off"
VOUCHED = "Petugas menjamin tamu ini"  # the author of the text is who does


class NotPossible(Exception):
    """The visit has moved on, so that what was asked no longer applies."""


class DestinationSettled(NotPossible):
    """The guest has been sent on; another destination is a redirect."""


class ReasonMissing(NotPossible):
    """Who has no step of the visit puts it right with a reason alone."""


def open_visit(
    entry: GuestEntry,
    *,
    officer: Officer,
    sop_sha256: str,
    nonce: str | None,
    arrived_at: datetime | None,
    at: datetime,
) -> OpenedVisit:
    """Write a guest into the guest book (SOP step 1); it then waits for a badge.

    `arrived_at` is when the form was opened; None when that is not known, which leaves step 1
    unmeasured. A form sent twice (same nonce, same guest) opens one visit; the form of a guest
    that comes back with another in it, say by the browser's Back, opens another.
    """
    with write() as session:
        form = entries_of_form(session, nonce)
        if (known := form.visit_of(entry)) is not None:
            return known
        version_id = version_id_of(session, sop_sha256)
        sop = sop_of_version(session, version_id)
        visit = new_visit(session, entry, version_id, arrived_at or at, form.unused_nonce)
        by = as_registrar(sop, officer, at)
        if entry.purpose:
            add_text(session, visit.id, Field.PURPOSE, entry.purpose, by)
        if entry.vouched:
            add_text(session, visit.id, "vouched", VOUCHED, by)
        note = None if arrived_at else Note.ARRIVAL_UNKNOWN
        events = drafted(
            Progress(),
            _opening(entry, note),
            by,
            occurred_at=visit.arrived_at,
            destination_id=entry.destination_id,
        )
        append(session, visit.id, sop, Progress(), events, by)
        if entry.appointment_id is not None:
            keep_appointment(session, entry.appointment_id, visit.id)
        return OpenedVisit(visit.label, is_repeat=False)


def correct_visit(
    label: str,
    *,
    purpose: str | None,
    destination_id: int | None,
    reason: str | None = None,
    officer: Officer,
    at: datetime,
) -> bool:
    """Write a new version of the purpose or the destination; the earlier ones stay in the record.

    Returns whether anything differed. Raises NotPossible when there is no such open visit,
    DestinationSettled once the guest has been sent on, ReasonMissing to who has no step of it.
    """

    def attempt() -> bool:
        with write() as session:
            view = _find(session, label)
            visit = view.visit
            if view.progress.is_closed:
                raise NotPossible(label)
            by = Authorship(officer, _any_role(officer), officer.post_in(view.sop), at)
            new_purpose = purpose if purpose != view.text(Field.PURPOSE) else None
            drafts = [Draft(EventKind.CORRECTED, reason_code=Field.PURPOSE)] if new_purpose else []
            if destination_id not in {None, view.progress.destination_id}:
                if destination_is_settled(view.sop, view.progress):
                    raise DestinationSettled(label)
                drafts.append(Draft(EventKind.CORRECTED, None, Field.DESTINATION, destination_id))
            if not drafts:
                return False
            receivers = receiver_ids(session, view, at)
            if not reason and not works_on(view.sop, view.progress, officer.actor, receivers):
                raise ReasonMissing(label)
            if new_purpose:
                add_text(session, visit.id, Field.PURPOSE, new_purpose, by)
            if reason:
                add_text(session, visit.id, "correction_reason", reason, by)
            events = drafted(view.progress, drafts, by)
            append(session, visit.id, view.sop, view.progress, events, by)
            return True

    return retrying(attempt)


def cancel_entry(label: str, *, reason: str, officer: Officer, at: datetime) -> None:
    """Cancel a guest-book entry that never got a badge, with the reason.

    Raises NotPossible when the visit has a badge, is closed, or does not exist.
    """

    def attempt() -> None:
        with write() as session:
            view = _find(session, label)
            if not view.waits_for_badge:
                raise NotPossible(label)
            by = as_registrar(view.sop, officer, at)
            add_text(session, view.visit.id, "reason", reason, by)
            drafts = [
                Draft(EventKind.CANCELLED),
                Draft(EventKind.CLOSED, reason_code=Outcome.CANCELLED),
            ]
            events = drafted(view.progress, drafts, by)
            append(session, view.visit.id, view.sop, view.progress, events, by)

    retrying(attempt)


def _find(session: Session, label: str) -> VisitView:
    view = view_by_label(session, label)
    if view is None:
        raise NotPossible(label)
    return view


def _any_role(officer: Officer) -> str:
    return min(officer.roles, default="")


def _opening(entry: GuestEntry, note: Note | None) -> list[Draft]:
    """A guest is under way; documents go no further than the desk (domain: drop-off)."""
    opened = Draft(EventKind.OPENED, reason_code=note)
    if entry.kind != DROP_OFF:
        return [opened]
    return [opened, Draft(EventKind.CLOSED, reason_code=Outcome.COMPLETED)]
