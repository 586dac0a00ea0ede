"""The office itself, its letterhead and hours, its SOPs, and the counter for live screens."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

PAPERS = ("A4", "F4")
CAPACITIES = ("", "an", "plt", "plh")


class Office(Base):
    """The one office this database belongs to, and what its printed forms say of it.

    `signer_capacity` is how the signer signs: as holder of the post (empty), atas nama
    `signer_for`, pelaksana tugas or pelaksana harian.
    """

    __tablename__ = "office"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint(f"paper IN {PAPERS}", name="paper"),
        CheckConstraint(f"signer_capacity IN {CAPACITIES}", name="signer_capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str]
    address: Mapped[str]
    timezone: Mapped[str]
    government: Mapped[str] = mapped_column(default="", server_default="")
    city: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str] = mapped_column(default="", server_default="")
    signer_name: Mapped[str] = mapped_column(default="", server_default="")
    signer_nip: Mapped[str] = mapped_column(default="", server_default="")
    signer_rank: Mapped[str] = mapped_column(default="", server_default="")
    signer_post: Mapped[str] = mapped_column(default="", server_default="")
    signer_capacity: Mapped[str] = mapped_column(default="", server_default="")
    signer_for: Mapped[str] = mapped_column(default="", server_default="")
    paper: Mapped[str] = mapped_column(default="A4", server_default="A4")


class Emblem(Base):
    """The office's emblem as a PNG of our own; apart from `office`, which every page reads."""

    __tablename__ = "emblem"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    png: Mapped[bytes]
    width: Mapped[int]
    height: Mapped[int]
    changed_at: Mapped[datetime]


class OfficeHours(Base):
    """When the office is open on a weekday (Monday is 0), by its own clock; no row: closed."""

    __tablename__ = "office_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens_at < closes_at", name="order"),
        CheckConstraint("(break_from IS NULL) = (break_until IS NULL)", name="break"),
    )

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    break_from: Mapped[time | None]
    break_until: Mapped[time | None]


class SopVersion(Base):
    """A whole SOP text as it was once loaded; visits keep the version they began under."""

    __tablename__ = "sop_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    sop_code: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str]
    loaded_at: Mapped[datetime]


class ScreenVersion(Base):
    """Counts the changes that a live page may have to show."""

    __tablename__ = "screen_version"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
