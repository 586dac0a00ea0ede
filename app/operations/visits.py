"""Open a visit from the guest book, correct what was written, cancel an entry without a badge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from app.domain.corrections import destination_is_settled, works_on
from app.domain.decision import Draft
from app.domain.events import EventKind, Note, Outcome
from app.domain.progress import Progress
from app.domain.sop import Field
from app.models.base import table_of
from app.models.visit import Visit, Visitor
from app.operations.appointments import keep_appointment
from app.operations.log import Authorship, add_text, append, as_registrar, drafted
from app.operations.officer import Officer
from app.operations.transaction import retrying, write
from app.queries.hosting import receiver_ids
from app.queries.office import timezone_of
from app.queries.sops import sop_of_version, version_id_of
from app.queries.visit_rows import AnyRow
from app.queries.visits import VisitView, view_by_label

DROP_OFF = "drop_off"
VOUCHED = "Petugas menjamin tamu ini"  # the author of the text is who does

# Made once: every guest asks these.
_VISIT, _GUEST = table_of(Visit), table_of(Visitor)
_NEXT_NUMBER = (
    select(func.coalesce(func.max(_VISIT.c.number), 0) + 1)
    .where(_VISIT.c.year == bindparam("of_year"))
    .scalar_subquery()
)
_VISITS = (
    insert(_VISIT)
    .values(number=_NEXT_NUMBER)
    .returning(
        _VISIT.c.id, _VISIT.c.year, _VISIT.c.number, _VISIT.c.arrived_on, _VISIT.c.arrived_at
    )
)
_GUESTS = insert(_GUEST)
_OF_FORM = (
    select(_VISIT.c.year, _VISIT.c.number, _GUEST.c.name, _GUEST.c.origin)
    .join(_GUEST, _GUEST.c.visit_id == _VISIT.c.id)
    .where(_VISIT.c.entry_nonce >= bindparam("nonce"), _VISIT.c.entry_nonce < bindparam("beyond"))
    .where(_GUEST.c.is_leader)
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

    @property
    def leader(self) -> dict[str, object]:
        """What is stored of the guest who is written down for the whole party."""
        return {
            "ordinal": 1,
            "is_leader": True,
            "name": self.name,
            "origin": self.origin,
            "position": self.position,
            "phone": self.phone,
            "identity_kind": self.identity_kind,
            "identity_shown": self.identity_shown,
        }


class NewVisit(NamedTuple):
    """A visit that has just been numbered."""

    id: int
    year: int
    number: int
    arrived_on: date
    arrived_at: datetime

    @property
    def label(self) -> str:
        """The visit's number as people say it."""
        return f"{self.number}/{self.year}"


@dataclass(frozen=True)
class OpenedVisit:
    """The visit that an entry became; `is_repeat` when the same form had been saved before."""

    label: str
    is_repeat: bool


@dataclass(frozen=True)
class EntriesOfForm:
    """What a form of this number has opened: one visit, and "<nonce>/2" for a second guest."""

    nonce: str | None
    opened: Sequence[AnyRow]

    def visit_of(self, entry: GuestEntry) -> OpenedVisit | None:
        """The visit of this very guest, when the form had been saved before."""
        for year, number, name, origin in self.opened:
            if (name, origin) == (entry.name, entry.origin):
                return OpenedVisit(f"{number}/{year}", is_repeat=True)
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


def new_visit(
    session: Session,
    entry: GuestEntry,
    version_id: int,
    arrived_at: datetime,
    nonce: str | None,
    *,
    late_entry: bool = False,
) -> NewVisit:
    """The next visit of the year of its arrival with who leads it, still without a log."""
    timezone = timezone_of(session)
    assert timezone is not None, "the set-up comes before the first guest"
    local = arrived_at.astimezone(ZoneInfo(timezone))
    columns = {
        "year": local.year,
        "kind": entry.kind,
        "guest_kind": entry.guest_kind,
        "sop_version_id": version_id,
        "arrived_on": local.date(),
        "arrived_at": arrived_at,
        "arrived_hour": local.hour,
        "party_size": entry.party_size,
        "priority": entry.priority,
        "entry_nonce": nonce,
        "late_entry": late_entry,
        "last_seq": 0,
    }
    row = session.execute(_VISITS, columns | {"of_year": local.year}).one()
    visit = NewVisit._make(row)
    session.execute(_GUESTS, entry.leader | {"visit_id": visit.id})
    return visit


def entries_of_form(session: Session, nonce: str | None) -> EntriesOfForm:
    """What has been saved with the form of this number."""
    if nonce is None:
        return EntriesOfForm(None, ())
    rows = session.execute(_OF_FORM, {"nonce": nonce, "beyond": f"{nonce}0"}).all()
    return EntriesOfForm(nonce, rows)


def _opening(entry: GuestEntry, note: Note | None) -> list[Draft]:
    """A guest is under way; documents go no further than the desk (domain: drop-off)."""
    opened = Draft(EventKind.OPENED, reason_code=note)
    if entry.kind != DROP_OFF:
        return [opened]
    return [opened, Draft(EventKind.CLOSED, reason_code=Outcome.COMPLETED)]
