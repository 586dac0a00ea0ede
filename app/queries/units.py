"""Destinations, and who receives a guest there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, select, union
from sqlalchemy.orm import Session, selectinload

from app.domain.decision import Receivers
from app.domain.permissions import DEPUTY_TITLES
from app.domain.sop import Effect, Sop
from app.models.base import table_of
from app.models.person import Delegation, Person, Unit, UnitMember
from app.queries.people import active_with_role, in_force
from app.queries.visit_rows import Destination


@dataclass(frozen=True)
class ReceivingGroup:
    """The people who may act at the step "by host" of a visit, each with the post to record."""

    posts: dict[int, str]
    names: tuple[str, ...]
    role: str
    is_stand_in: bool

    @property
    def receivers(self) -> Receivers:
        """The group as the rules need it."""
        return Receivers(frozenset(self.posts), self.role)


class Receiver(NamedTuple):
    """One of them, under the post that is recorded."""

    person_id: int
    post: str
    name: str


_UNIT = table_of(Unit).c
_DESTINATION = select(*(_UNIT[name] for name in Destination._fields)).where(
    _UNIT.id == bindparam("unit_id")
)


def active_units(session: Session) -> Sequence[Unit]:
    """Destinations a guest can be sent to, the default one first."""
    return session.scalars(
        select(Unit)
        .where(Unit.active)
        .options(selectinload(Unit.members).selectinload(UnitMember.person))
        .order_by(Unit.is_default.desc(), Unit.name)
    ).all()


def all_units(session: Session) -> Sequence[Unit]:
    """Every unit, inactive ones last."""
    return session.scalars(
        select(Unit)
        .options(selectinload(Unit.members).selectinload(UnitMember.person))
        .order_by(Unit.active.desc(), Unit.is_default.desc(), Unit.name)
    ).all()


def destination_by_id(session: Session, unit_id: int) -> Destination:
    """The unit of that id as a visit's destination."""
    return Destination._make(session.execute(_DESTINATION, {"unit_id": unit_id}).one())


def unit_by_id(session: Session, unit_id: int) -> Unit | None:
    """A unit with its members."""
    return session.get(
        Unit, unit_id, options=[selectinload(Unit.members).selectinload(UnitMember.person)]
    )


def receiving_group(
    session: Session, sop: Sop, destination_id: int | None, at: datetime | None
) -> ReceivingGroup:
    """Who receives guests for a destination, with who stands in for them at that moment.

    The unit's active hosts, their deputies and assistants; when it has none, those of the default
    destination; when there is none either, whoever performs the step before (who leads the guest
    there).
    """
    host_step = sop.step_with(Effect.BY_HOST)
    assert host_step is not None, "asked only for an SOP with a host"
    own = _members(session, _OWN, destination_id, at)
    if own:
        return _group(own, host_step.role, is_stand_in=False)
    default = _members(session, _DEFAULT, None, at)
    if default:
        return _group(default, host_step.role, is_stand_in=True)
    escort = sop.performer(sop.steps[max(host_step.number - 2, 0)].role)
    holders = [
        Receiver(person.id, escort.name, person.name)
        for person in active_with_role(session, escort.code, at)
    ]
    return _group(holders, escort.code, is_stand_in=True)


def receives_for(session: Session, person_id: int, at: datetime) -> frozenset[int]:
    """The units for which a person receives guests, as a deputy too."""
    lent = select(Delegation.unit_id).where(
        Delegation.deputy_id == person_id, Delegation.unit_id.is_not(None), in_force(at)
    )
    own = select(UnitMember.unit_id).where(UnitMember.person_id == person_id)
    return frozenset(session.scalars(union(own, lent)))


def active_unit_ids(session: Session) -> frozenset[int]:
    """Where a guest can be sent to."""
    return frozenset(session.scalars(select(Unit.id).where(Unit.active)))


def _group(receivers: Sequence[Receiver], role: str, *, is_stand_in: bool) -> ReceivingGroup:
    posts: dict[int, str] = {}
    names: dict[int, str] = {}
    for person_id, post, name in receivers:
        posts.setdefault(person_id, post)
        names.setdefault(person_id, name)
    return ReceivingGroup(posts, tuple(names.values()), role, is_stand_in)


class _Wanted:
    """Who receives for one unit: statements that are made once, since every scan asks them."""

    def __init__(self, is_wanted: ColumnElement[bool]) -> None:
        at: BindParameter[datetime] = bindparam("at")
        self.members = (
            select(UnitMember.person_id, UnitMember.kind, Unit.post, Person.name)
            .join(Unit, Unit.id == UnitMember.unit_id)
            .join(Person, Person.id == UnitMember.person_id)
            .where(is_wanted, Unit.active, Person.active)
            .order_by(UnitMember.kind.desc(), Person.name)
        )
        self.deputies = (
            select(Delegation.deputy_id, Delegation.kind, Unit.post, Person.name)
            .join(Unit, Unit.id == Delegation.unit_id)
            .join(Person, Person.id == Delegation.deputy_id)
            .where(is_wanted, Unit.active, Person.active, in_force(at))
            .order_by(Person.name)
        )


_OWN = _Wanted(Unit.id == bindparam("unit_id"))
_DEFAULT = _Wanted(Unit.is_default.is_(True))


def _members(
    session: Session, of: _Wanted, unit_id: int | None, at: datetime | None
) -> list[Receiver]:
    """The active hosts of a unit that is in use, then their deputies, then its assistants."""
    hosts, assistants = [], []
    for person_id, kind, post, name in session.execute(of.members, {"unit_id": unit_id}):
        if kind == "host":
            hosts.append(Receiver(person_id, post, name))
        else:
            assistants.append(Receiver(person_id, f"Ajudan {post}", name))
    deputies = _deputies(session, of, unit_id, at) if at is not None else []
    return [*hosts, *deputies, *assistants]


def _deputies(session: Session, of: _Wanted, unit_id: int | None, at: datetime) -> list[Receiver]:
    rows = session.execute(of.deputies, {"unit_id": unit_id, "at": at})
    return [
        Receiver(person_id, f"{DEPUTY_TITLES[kind]} {post}", name)
        for person_id, kind, post, name in rows
    ]
