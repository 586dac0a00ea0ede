"""People: who signs in, with which roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.domain.permissions import ADMIN
from app.models.person import EndedSession, Person, PersonRole, SignInFailure


def has_accounts(session: Session) -> bool:
    """Whether the set-up has been done."""
    return bool(session.scalar(select(exists().where(Person.id.is_not(None)))))


@dataclass(frozen=True)
class Identity:
    """Somebody who may work: what a session needs to know of them."""

    person_id: int
    username: str
    name: str
    session_epoch: int
    roles: frozenset[str]


def identity_of(session: Session, person_id: int, session_id: str) -> Identity | None:
    """An active person with their roles, unless that session of theirs has been ended.

    One statement: each request asks for it.
    """
    is_ended = exists().where(EndedSession.id == session_id)
    rows = session.execute(
        select(Person.username, Person.name, Person.session_epoch, PersonRole.role)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.id == person_id, Person.active, ~is_ended)
    ).all()
    if not rows:
        return None
    username, name, epoch, _ = rows[0]
    roles = frozenset(row.role for row in rows if row.role is not None)
    return Identity(person_id, username, name, epoch, roles)


def person_by_id(session: Session, person_id: int) -> Person | None:
    """A person, active or not."""
    return session.get(Person, person_id)


def person_by_username(session: Session, username: str) -> Person | None:
    """A person by the name they sign in with, in any case."""
    return session.scalars(
        select(Person).where(Person.username == username.strip().lower())
    ).one_or_none()


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against."""

    person_id: int
    password_hash: str


def credentials_of(session: Session, username: str) -> Credentials | None:
    """An active account, by one statement whether there is such a name or not."""
    row = session.execute(
        select(Person.id, Person.password_hash).where(Person.username == username, Person.active)
    ).one_or_none()
    return Credentials(row.id, row.password_hash) if row else None


def all_people(session: Session) -> Sequence[Person]:
    """Everybody, deactivated people last."""
    return session.scalars(select(Person).order_by(Person.active.desc(), Person.name)).all()


def active_admin_count(session: Session) -> int:
    """How many active people hold the admin role."""
    count = session.scalar(
        select(func.count())
        .select_from(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == ADMIN)
    )
    return count or 0


def active_with_role(session: Session, role: str) -> Sequence[Person]:
    """Active people who hold a role, by name."""
    return session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == role)
        .order_by(Person.name)
    ).all()


def failures_since(
    session: Session, since: datetime, *, address: str, username: str | None = None
) -> list[datetime]:
    """When sign-ins failed from an address, for one account or for all."""
    query = select(SignInFailure.at).where(
        SignInFailure.address == address, SignInFailure.at > since
    )
    if username is not None:
        query = query.where(SignInFailure.username == username)
    return list(session.scalars(query))
