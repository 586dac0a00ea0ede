"""The office itself, its versions of SOPs, and the counter that tells screens to refresh."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Office(Base):
    """The one office this database belongs to."""

    __tablename__ = "office"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str]
    address: Mapped[str]
    timezone: Mapped[str]


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
