"""Visits, their guests, what was said, and the append-only log of steps."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.dialect import partial_index


class Visit(Base):
    """A visit; step_key, step_state, destination, outcome, closed_at, late_steps: fold(step_event).

    `arrived_on` and `arrived_hour` are by the office's clock of that day; an hour of -1 marks a row
    whose derived columns an upgrade has yet to fill (see `operations/projecting.py`).
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_has_outcome"),
        CheckConstraint("party_size BETWEEN 1 AND 999", name="party_size"),
        partial_index("ix_visit_open", "step_key", where="closed_at IS NULL"),
        Index("ix_visit_arrived", "arrived_at", "id"),
        Index("ix_visit_arrived_on", "arrived_on"),
        partial_index("ix_visit_late", "arrived_at", "id", where="late_steps > 0"),
        partial_index("ix_visit_unprojected", "id", where="arrived_hour < 0"),
        partial_index("ix_visit_drop_off", "arrived_at", "id", where="kind = 'drop_off'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(default="visit")
    guest_kind: Mapped[str]
    sop_version_id: Mapped[int] = mapped_column(ForeignKey("sop_version.id"))
    arrived_on: Mapped[date]
    arrived_at: Mapped[datetime]
    party_size: Mapped[int]
    entry_nonce: Mapped[str | None] = mapped_column(unique=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    step_key: Mapped[str | None]
    step_state: Mapped[str] = mapped_column(default="waiting")
    round: Mapped[int] = mapped_column(default=1)
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    late_entry: Mapped[bool] = mapped_column(default=False)
    arrived_hour: Mapped[int] = mapped_column(server_default="-1")
    late_steps: Mapped[int] = mapped_column(default=0, server_default="0")
    corrections: Mapped[int] = mapped_column(default=0, server_default="0")
    priority: Mapped[str] = mapped_column(default="", server_default="")


class StepTime(Base):
    """How a settled step stood against its standard: fold(step_event), kept for the reports."""

    __tablename__ = "step_time"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    standing: Mapped[str]
    elapsed_s: Mapped[int | None]


class Visitor(Base):
    """A guest of a visit in the guest's own words (erase-only)."""

    __tablename__ = "visitor"
    __table_args__ = (UniqueConstraint("visit_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    ordinal: Mapped[int]
    is_leader: Mapped[bool]
    name: Mapped[str | None]
    origin: Mapped[str | None]
    position: Mapped[str | None]
    phone: Mapped[str | None]
    identity_kind: Mapped[str | None]
    identity_shown: Mapped[bool]
    erased_at: Mapped[datetime | None]


class VisitText(Base):
    """Words about a visit: its purpose, the direction, a reason; the newest stands, all show."""

    __tablename__ = "visit_text"
    __table_args__ = (
        UniqueConstraint("visit_id", "seq"),
        Index("ix_visit_text_field", "field", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    seq: Mapped[int]
    field: Mapped[str]
    value: Mapped[str | None]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str]
    actor_post: Mapped[str]
    at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Appointment(Base):
    """A guest who was asked to come again, and the visit they came back with (Janji temu)."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    due_at: Mapped[datetime]
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    arrived_visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    dropped_at: Mapped[datetime | None]


class StepEvent(Base):
    """An entry of a visit's log (append-only): the office's evidence that the SOP was kept."""

    __tablename__ = "step_event"
    __table_args__ = (
        UniqueConstraint("visit_id", "seq"),
        partial_index(
            "ix_step_event_undoes", "visit_id", "undoes", where="undoes IS NOT NULL", unique=True
        ),
        Index("ix_step_event_actor", "actor_id", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    step_key: Mapped[str | None]
    round: Mapped[int] = mapped_column(default=1)
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reason_code: Mapped[str | None]
    undoes: Mapped[int | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str]
    actor_post: Mapped[str]
    acting_role: Mapped[str]
    on_behalf_of: Mapped[str | None]
    method: Mapped[str | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    corrects: Mapped[int | None]
    corrected_to: Mapped[datetime | None]
