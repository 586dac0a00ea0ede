"""Destinations and the people who receive there."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.person import Person, PersonRole, Unit, UnitMember
from app.operations.transaction import refresh_screens, write


@dataclass(frozen=True)
class UnitData:
    """A destination as the admin describes it; `host_role` is given to whoever receives."""

    name: str
    post: str
    active: bool
    is_default: bool
    host_ids: frozenset[int]
    assistant_ids: frozenset[int]
    host_role: str


class UnitNameTaken(Exception):
    """Another unit has that name."""


class DefaultUnitNeeded(Exception):
    """The default destination cannot be given up; another one has to become it."""


def save_unit(unit_id: int | None, data: UnitData) -> Unit:
    """Make or change a destination; raises UnitNameTaken or DefaultUnitNeeded."""
    with write() as session:
        _check_name(session, unit_id, data.name)
        unit = Unit() if unit_id is None else session.get_one(Unit, unit_id)
        if unit.is_default and not (data.is_default and data.active):
            raise DefaultUnitNeeded(unit.name)
        unit.name, unit.post = data.name, data.post
        if data.is_default and not unit.is_default:
            session.execute(update(Unit).values(is_default=False))
        unit.active, unit.is_default = data.active or data.is_default, data.is_default
        session.add(unit)
        session.flush()
        _set_members(session, unit, data)
        refresh_screens(session)
        return unit


def _check_name(session: Session, unit_id: int | None, name: str) -> None:
    other = session.scalars(select(Unit.id).where(Unit.name == name)).one_or_none()
    if other is not None and other != unit_id:
        raise UnitNameTaken(name)


def _set_members(session: Session, unit: Unit, data: UnitData) -> None:
    """Set the active members; people who are deactivated keep their place for their return."""
    wanted = {(person_id, "host") for person_id in data.host_ids}
    wanted |= {(person_id, "assistant") for person_id in data.assistant_ids - data.host_ids}
    for member in [member for member in unit.members if member.person.active]:
        if (member.person_id, member.kind) in wanted:
            wanted.discard((member.person_id, member.kind))
        else:
            unit.members.remove(member)
    session.flush()
    for person_id, kind in sorted(wanted):
        unit.members.append(UnitMember(unit_id=unit.id, person_id=person_id, kind=kind))
    session.flush()
    for person_id in data.host_ids | data.assistant_ids:
        _give_role(session, person_id, data.host_role)


def _give_role(session: Session, person_id: int, role: str) -> None:
    person = session.get_one(Person, person_id)
    if role not in {row.role for row in person.roles}:
        person.roles.append(PersonRole(person_id=person_id, role=role))
