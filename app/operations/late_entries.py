"""Entri susulan: write a visit into the book that was kept on paper while the power was off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.events import EventKind, Outcome
from app.domain.late_entry import ARRIVAL, Dated, late_log
from app.domain.permissions import registrar_role
from app.domain.progress import Progress
from app.domain.sop import Field, Sop, Step
from app.operations.appointments import keep_appointment, make_appointment
from app.operations.guest_entries import GuestEntry, OpenedVisit, entries_of_form, new_visit
from app.operations.log import Authorship, add_text, append, drafted
from app.operations.officer import Officer
from app.operations.transaction import write
from app.operations.visits import VOUCHED
from app.queries.slips import visit_of_slip
from app.queries.sops import sop_of_version, version_id_of


@dataclass(frozen=True)
class LateEntry:
    """A slip as it was typed in: the guest, the times by the slot's name, already checked.

    `due_at` is the new time of a guest who was asked to come again.
    """

    guest: GuestEntry
    noted: Mapping[str, datetime]
    outcome: Outcome
    reason: str
    slip: str | None
    is_other_slip: bool = False
    due_at: datetime | None = None


class SlipTyped(Exception):
    """A slip of that number and day is in the book already, as the visit `label`."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


def enter_late_visit(
    entry: LateEntry, *, officer: Officer, sop_sha256: str, nonce: str | None, at: datetime
) -> OpenedVisit:
    """Write the whole visit at once: each event with its time on paper, and `at` as recorded.

    It moves no badge. A form sent twice (same nonce, same guest) makes one visit. Raises SlipTyped
    for a number that was typed in for the same day, unless the entry says that it is another slip.
    """
    with write() as session:
        form = entries_of_form(session, nonce)
        if (known := form.visit_of(entry.guest)) is not None:
            return known
        version_id = version_id_of(session, sop_sha256)
        sop = sop_of_version(session, version_id)
        visit = new_visit(
            session,
            entry.guest,
            version_id,
            entry.noted[ARRIVAL.name],
            form.unused_nonce,
            late_entry=True,
        )
        if entry.slip and not entry.is_other_slip:
            typed = visit_of_slip(session, entry.slip, visit.arrived_on)
            if typed is not None:
                raise SlipTyped(typed)
        _write_texts(session, visit.id, entry, _author(officer, sop, None, at))
        _write_log(session, visit.id, sop, entry, officer, at)
        if entry.guest.appointment_id is not None:
            keep_appointment(session, entry.guest.appointment_id, visit.id)
        if entry.due_at is not None:
            destination_id = entry.guest.destination_id
            make_appointment(
                session, visit.id, entry.due_at, destination_id, officer=officer, at=at
            )
        return OpenedVisit(visit.label, is_repeat=False)


def _write_texts(session: Session, visit_id: int, entry: LateEntry, by: Authorship) -> None:
    texts = {
        Field.PURPOSE: entry.guest.purpose,
        "late_reason": entry.reason,
        "slip": entry.slip,
        "vouched": VOUCHED if entry.guest.vouched else None,
    }
    for field, value in texts.items():
        if value:
            add_text(session, visit_id, field, value, by)


def _write_log(
    session: Session, visit_id: int, sop: Sop, entry: LateEntry, officer: Officer, at: datetime
) -> None:
    progress = Progress()
    for dated in late_log(sop, entry.noted, outcome=entry.outcome, recorded=_recorded(entry.guest)):
        by = _author(officer, sop, dated.step, at)
        events = drafted(
            progress,
            [dated.draft],
            by,
            occurred_at=dated.at,
            destination_id=_destination(entry, dated),
        )
        progress = append(session, visit_id, sop, progress, events, by)


def _destination(entry: LateEntry, dated: Dated) -> int | None:
    return entry.guest.destination_id if dated.draft.kind is EventKind.OPENED else None


def _recorded(guest: GuestEntry) -> set[Field]:
    said = {Field.PURPOSE: guest.purpose, Field.DESTINATION: guest.destination_id}
    return {field for field, value in said.items() if value}


def _author(officer: Officer, sop: Sop, step: Step | None, at: datetime) -> Authorship:
    """Who keeps the guest book types it in, for whoever did the step."""
    role = registrar_role(sop)
    performed_by = step.role if step is not None and step.role != role else None
    post = officer.post_as(sop, role)
    return Authorship(officer, role, post, at, recorded_at=at, on_behalf_of=performed_by)
