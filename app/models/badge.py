"""Badges, their kinds and codes, their loans to visits, and the log of their moves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.badge_life import BadgeState
from app.models.base import Base
from app.models.dialect import partial_index

BADGE_STATES = tuple(map(str, BadgeState))


class Badge(Base):
    """A numbered card; its state is the projection of its log."""

    __tablename__ = "badge"
    __table_args__ = (
        CheckConstraint(f"state IN {BADGE_STATES}", name="state"),
        CheckConstraint("number BETWEEN 1 AND 9999", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="general")
    state: Mapped[str] = mapped_column(default="available", index=True)


class BadgeKind(Base):
    """A kind of badge: `word` on a band of `colour` ("#rrggbb"), and a pattern told apart in grey.

    `badge.kind` is its code, which is why no kind is ever deleted.
    """

    __tablename__ = "badge_kind"
    __table_args__ = (CheckConstraint("colour LIKE '#______'", name="colour"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(unique=True)
    colour: Mapped[str]
    pattern: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(unique=True)


class BadgeCode(Base):
    """A code to print; dead ones are kept, since "no longer valid" is not "unknown".

    `printed_url` is the address it was last printed with, empty for a bare code.
    """

    __tablename__ = "badge_code"
    __table_args__ = (
        partial_index("ix_badge_code_live", "badge_id", where="revoked_at IS NULL", unique=True),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"), index=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    printed_url: Mapped[str | None]
    printed_at: Mapped[datetime | None]


class BadgeEvent(Base):
    """A move of a badge from one state to another (append-only)."""

    __tablename__ = "badge_event"
    __table_args__ = (UniqueConstraint("badge_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    seq: Mapped[int]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    reason: Mapped[str | None]


class Loan(Base):
    """A badge in the hands of a visit, from the issuing scan to its end.

    `replaces_id` names the loan of a badge that was lost or damaged in the same visit;
    `recovered_at` is when a badge that was not back (`outstanding`) turned up.
    """

    __tablename__ = "loan"
    __table_args__ = (
        partial_index("ix_loan_open", "badge_id", where="ended_at IS NULL", unique=True),
        CheckConstraint(
            "ended_as IN ('returned','outstanding','lost','damaged','replaced','swapped')",
            name="ended_as",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"), index=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    issued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"))
    recovered_at: Mapped[datetime | None]
