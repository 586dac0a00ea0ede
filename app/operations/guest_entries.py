"""A line of the guest book: what is written, the visit that it becomes, a form that comes twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.visit import Visit, Visitor
from app.queries.office import timezone_of
from app.queries.visit_rows import AnyRow

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
