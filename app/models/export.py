"""Who took personal data out of the app on paper or as a file (append-only, UU 27/2022)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Export(Base):
    """One file handed out: what it was, which visits it held, who took it.

    `filters` holds codes and dates as JSON, never a guest's words; a receipt names its visit.
    """

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str]
    actor_post: Mapped[str]
    document: Mapped[str]
    format: Mapped[str]
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    filters: Mapped[str]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    row_count: Mapped[int]
