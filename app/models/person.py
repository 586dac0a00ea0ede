"""People, their roles, the units they receive guests for, their sessions and failed sign-ins."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base
from app.models.dialect import partial_index


class Person(Base):
    """Somebody who signs in; never deleted, since the record names them."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    nip: Mapped[str | None]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    roles: Mapped[list["PersonRole"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PersonRole.role"
    )


class PersonRole(Base):
    """A role somebody holds; codes come from the SOPs, plus `admin`."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class Unit(Base):
    """A destination of guests: a unit of the office and the post that receives for it."""

    __tablename__ = "unit"
    __table_args__ = (
        partial_index("ix_unit_default", "is_default", where="is_default", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    post: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    is_default: Mapped[bool] = mapped_column(default=False)

    members: Mapped[list["UnitMember"]] = relationship(
        cascade="all, delete-orphan", order_by="UnitMember.kind.desc(), UnitMember.person_id"
    )


class UnitMember(Base):
    """Who receives guests for a unit: its host, or an assistant (ajudan)."""

    __tablename__ = "unit_member"
    __table_args__ = (CheckConstraint("kind IN ('host', 'assistant')", name="kind"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)

    person: Mapped[Person] = relationship()


class Delegation(Base):
    """A post held for somebody else for a time: a role, or a unit that receives guests.

    `kind` is plh (its holder is away) or plt (it is vacant); `ends_at` may be open. It is never
    deleted: one that is ended early ends at that moment.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("kind IN ('plh', 'plt')", name="kind"),
        CheckConstraint("(role IS NULL) <> (unit_id IS NULL)", name="one_post"),
        CheckConstraint("ends_at IS NULL OR starts_at <= ends_at", name="in_order"),
        Index("ix_delegation_deputy", "deputy_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    role: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]

    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])
    set_by: Mapped[Person] = relationship(foreign_keys=[set_by_id])
    unit: Mapped[Unit | None] = relationship()


class SignInFailure(Base):
    """A failed sign-in; kept for a day at most, to slow down guessing."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_username_address_at", "username", "address", "at"),
        Index("ix_sign_in_failure_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class EndedSession(Base):
    """A session that was ended before its time: a copy of its cookie opens nothing any more."""

    __tablename__ = "ended_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]  # when it would have run out by itself
