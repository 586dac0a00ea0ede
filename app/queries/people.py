"""People: who signs in, with which roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.domain.permissions import ADMIN
from app.models.person import Delegation, EndedSession, Person, PersonRole, SignInFailure


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
    acting_as: Mapping[str, str]


def in_force(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition of a delegation that counts at that moment."""
    return and_(
        Delegation.starts_at <= at, or_(Delegation.ends_at.is_(None), Delegation.ends_at > at)
    )


def _identity() -> CompoundSelect[Any]:
    """What a session needs to know of a person, in one statement: each request asks for it."""
    is_ended = exists().where(EndedSession.id == bindparam("session_id"))
    at: BindParameter[datetime] = bindparam("at")
    own = (
        select(Person.username, Person.name, Person.session_epoch, PersonRole.role, null())
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.id == bindparam("person_id"), Person.active, ~is_ended)
    )
    for_others = (
        select(Person.username, Person.name, Person.session_epoch, Delegation.role, Delegation.kind)
        .join(Delegation, Delegation.deputy_id == Person.id)
        .where(Person.id == bindparam("person_id"), Person.active, ~is_ended)
        .where(Delegation.role.is_not(None), in_force(at))
    )
    host_role: BindParameter[str | None] = bindparam("host_role", type_=String)
    for_hosts = (
        select(Person.username, Person.name, Person.session_epoch, host_role, Delegation.kind)
        .join(Delegation, Delegation.deputy_id == Person.id)
        .where(Person.id == bindparam("person_id"), Person.active, ~is_ended)
        .where(Delegation.unit_id.is_not(None), in_force(at))
    )
    return union_all(own, for_others, for_hosts)


_IDENTITY = _identity()


def identity_of(
    session: Session,
    person_id: int,
    session_id: str,
    at: datetime,
    *,
    host_role: str | None = None,
) -> Identity | None:
    """An active person with the roles they hold now, unless that session has been ended.

    Roles of their own and those they hold for somebody else; `acting_as` has the kind of the latter
    alone. Whoever receives for a host is one of them, in the `host_role`, if that role does nothing
    else.
    """
    asked = {"person_id": person_id, "session_id": session_id, "at": at, "host_role": host_role}
    rows: Sequence[Any] = session.execute(_IDENTITY, asked).all()
    if not rows:
        return None
    username, name, epoch, *_ = rows[0]
    held = {role for *_, role, kind in rows if role is not None and kind is None}
    lent = {role: kind for *_, role, kind in rows if kind and role and role not in held}
    return Identity(person_id, username, name, epoch, frozenset(held | set(lent)), lent)


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


class Holder(NamedTuple):
    """Somebody who holds a role."""

    id: int
    name: str


def _holders(*, with_deputies: bool) -> Select[int, str]:
    role: BindParameter[str] = bindparam("role")
    at: BindParameter[datetime] = bindparam("at")
    ways = [exists().where(PersonRole.person_id == Person.id, PersonRole.role == role)]
    if with_deputies:
        is_deputy = (Delegation.deputy_id == Person.id, Delegation.role == role)
        ways.append(exists().where(*is_deputy, in_force(at)))
    return select(Person.id, Person.name).where(Person.active, or_(*ways)).order_by(Person.name)


_HOLDERS = {with_deputies: _holders(with_deputies=with_deputies) for with_deputies in (False, True)}


def active_with_role(session: Session, role: str, at: datetime | None) -> list[Holder]:
    """Active people who hold a role, of their own or, at that moment, for somebody else."""
    rows = session.execute(_HOLDERS[at is not None], {"role": role, "at": at})
    return [Holder(*row) for row in rows]


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
