"""Every scan as it came in, with what came of it, and what was decided later (append-only)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.dialect import partial_index


class Scan(Base):
    """One scan, tap or typed number.

    Of a foreign code only its length and an HMAC are kept: it may be anybody's data. A nonce that
    was used before with other content leaves `nonce` empty and names the first in `conflicts_with`.
    `happened_at` is set for scans that were sent later (`queued`): the device's time, put right;
    None when it cannot be believed.
    """

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_actor", "actor_id", "id"),
        Index("ix_scan_visit", "visit_id", "id"),
        partial_index("ix_scan_queued", "actor_id", "id", where="queued"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str | None] = mapped_column(unique=True)
    conflicts_with: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    content_digest: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device_label: Mapped[str | None]
    received_at: Mapped[datetime]
    client_at: Mapped[datetime | None]
    queued: Mapped[bool] = mapped_column(default=False)
    method: Mapped[str]
    badge_code: Mapped[str | None]
    foreign_length: Mapped[int | None]
    foreign_hmac: Mapped[str | None]
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    outcome: Mapped[str]
    reason: Mapped[str | None]
    act: Mapped[str | None]
    acted_step_key: Mapped[str | None]
    step_key: Mapped[str | None]
    expected_role: Mapped[str | None]
    happened_at: Mapped[datetime | None]


class ScanDecision(Base):
    """What its person decided about a queued scan that had moved nothing.

    `verdict` is "recorded" (by the scan `by_scan_id`), "elsewhere" (it was recorded in another way)
    or "mistaken".
    """

    __tablename__ = "scan_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), unique=True)
    decided_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str]
    by_scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
