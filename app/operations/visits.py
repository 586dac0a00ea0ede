"""Open a visit from the guest book, correct what was written, cancel an entry without a badge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from app.domain.corrections import destination_is_settled, works_on
from app.domain.decisions import Draft
from app.domain.events import EventKind, Note, Outcome, Progress
from app.domain.sop import Field
from app.models.visit import Appointment, Visit, Visitor
from app.operations.log import Authorship, add_text, append, as_registrar, drafted
from app.operations.officer import Officer
from app.operations.transaction import retrying, write
from app.queries.hosting import receiver_ids
from app.queries.office import office
from app.queries.sops import sop_of_version, version_id_of
from app.queries.visits import VisitView, view_by_label

DROP_OFF = "drop_off"
VOUCHED = "Petugas menjamin tamu ini"  # the author of the text is who does

# Made once: every guest asks these.
_HIGHEST = select(func.max(Visit.number)).where(Visit.year == bindparam("year"))
_OF_FORM = (
    select(Visit, Visitor)
    .join(Visitor, Visitor.visit_id == Visit.id)
    .where(Visit.entry_nonce >= bindparam("nonce"), Visit.entry_nonce < bindparam("beyond"))
    .where(Visitor.is_leader)
)


@dataclass(frozen=True)
class GuestEntry:
    """One line of the guest book as it was written, already checked."""

    name: str
    origin: str
    position: str | None
    phone: str | None
    guest_kind: str
    purpose: str | None
    destination_id: int | None
    party_size: int
    identity_kind: str | None
    identity_shown: bool
    appointment_id: int | None = None
    priority: str = ""
    kind: str = "visit"
    vouched: bool = False


@dataclass(frozen=True)
class OpenedVisit:
    """The visit that an entry became; `is_repeat` when the same form had been saved before."""

    label: str
    is_repeat: bool


@dataclass(frozen=True)
class EntriesOfForm:
    """What a form of this number has opened: one visit, and "<nonce>/2" for a second guest."""

    nonce: str | None
    opened: Sequence[tuple[Visit, Visitor]]

    def visit_of(self, entry: GuestEntry) -> OpenedVisit | None:
        """The visit of this very guest, when the form had been saved before."""
        for visit, guest in self.opened:
            if (guest.name, guest.origin) == (entry.name, entry.origin):
                return OpenedVisit(f"{visit.number}/{visit.year}", is_repeat=True)
        return None

    @property
    def unused_nonce(self) -> str | None:
        """What the next visit of this form is known by."""
        return f"{self.nonce}/{len(self.opened) + 1}" if self.opened else self.nonce


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
        session.add(leader(visit, entry))
        by = as_registrar(sop, officer, at)
        if entry.purpose:
            add_text(session, visit, Field.PURPOSE, entry.purpose, by)
        if entry.vouched:
            add_text(session, visit, "vouched", VOUCHED, by)
        note = None if arrived_at else Note.ARRIVAL_UNKNOWN
        events = drafted(
            Progress(),
            _opening(entry, note),
            by,
            occurred_at=visit.arrived_at,
            destination_id=entry.destination_id,
        )
        append(session, visit, sop, Progress(), events, by)
        _keep_appointment(session, entry, visit)
        return OpenedVisit(f"{visit.number}/{visit.year}", is_repeat=False)


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
                add_text(session, visit, Field.PURPOSE, new_purpose, by)
            if reason:
                add_text(session, visit, "correction_reason", reason, by)
            events = drafted(view.progress, drafts, by)
            append(session, visit, view.sop, view.progress, events, by)
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
            add_text(session, view.visit, "reason", reason, by)
            drafts = [
                Draft(EventKind.CANCELLED),
                Draft(EventKind.CLOSED, reason_code=Outcome.CANCELLED),
            ]
            events = drafted(view.progress, drafts, by)
            append(session, view.visit, view.sop, view.progress, events, by)

    retrying(attempt)


def _find(session: Session, label: str) -> VisitView:
    view = view_by_label(session, label)
    if view is None:
        raise NotPossible(label)
    return view


def _any_role(officer: Officer) -> str:
    return min(officer.roles, default="")


def new_visit(
    session: Session,
    entry: GuestEntry,
    version_id: int,
    arrived_at: datetime,
    nonce: str | None,
    *,
    late_entry: bool = False,
) -> Visit:
    """The next visit of the year of its arrival, still without a log."""
    own_office = office(session)
    assert own_office is not None, "the set-up comes before the first guest"
    local = arrived_at.astimezone(ZoneInfo(own_office.timezone))
    arrived_on = local.date()
    highest = session.scalar(_HIGHEST, {"year": arrived_on.year})
    visit = Visit(
        year=arrived_on.year,
        number=(highest or 0) + 1,
        kind=entry.kind,
        guest_kind=entry.guest_kind,
        sop_version_id=version_id,
        arrived_on=arrived_on,
        arrived_at=arrived_at,
        arrived_hour=local.hour,
        party_size=entry.party_size,
        priority=entry.priority,
        entry_nonce=nonce,
        late_entry=late_entry,
        last_seq=0,
    )
    session.add(visit)
    session.flush()
    return visit


def entries_of_form(session: Session, nonce: str | None) -> EntriesOfForm:
    """What has been saved with the form of this number."""
    if nonce is None:
        return EntriesOfForm(None, ())
    rows = session.execute(_OF_FORM, {"nonce": nonce, "beyond": f"{nonce}0"})
    return EntriesOfForm(nonce, [(visit, guest) for visit, guest in rows])


def _opening(entry: GuestEntry, note: Note | None) -> list[Draft]:
    """A guest is under way; documents go no further than the desk (domain: drop-off)."""
    opened = Draft(EventKind.OPENED, reason_code=note)
    if entry.kind != DROP_OFF:
        return [opened]
    return [opened, Draft(EventKind.CLOSED, reason_code=Outcome.COMPLETED)]


def _keep_appointment(session: Session, entry: GuestEntry, visit: Visit) -> None:
    """Note that the guest has come as agreed; whoever came first under it stands."""
    if entry.appointment_id is not None:
        session.execute(
            update(Appointment)
            .where(Appointment.id == entry.appointment_id, Appointment.arrived_visit_id.is_(None))
            .values(arrived_visit_id=visit.id)
        )


def leader(visit: Visit, entry: GuestEntry) -> Visitor:
    """The guest who is written down for the whole party."""
    return Visitor(
        visit_id=visit.id,
        ordinal=1,
        is_leader=True,
        name=entry.name,
        origin=entry.origin,
        position=entry.position,
        phone=entry.phone,
        identity_kind=entry.identity_kind,
        identity_shown=entry.identity_shown,
    )
