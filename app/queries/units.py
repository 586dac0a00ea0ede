"""Destinations, and who receives a guest there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.decisions import Receivers
from app.domain.sop import Effect, Sop
from app.models.person import Person, PersonRole, Unit, UnitMember


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


def unit_by_id(session: Session, unit_id: int) -> Unit | None:
    """A unit with its members."""
    return session.get(
        Unit, unit_id, options=[selectinload(Unit.members).selectinload(UnitMember.person)]
    )


def receiving_group(session: Session, sop: Sop, destination_id: int | None) -> ReceivingGroup:
    """Who receives guests for a destination.

    The unit's active hosts and assistants; when it has none, those of the default destination;
    when there is none either, whoever performs the step before (who leads the guest there).
    """
    host_step = sop.step_with(Effect.BY_HOST)
    assert host_step is not None, "asked only for an SOP with a host"
    own = _members(session, destination_id)
    if own:
        return ReceivingGroup(own, _names(session, own), host_step.performer, is_stand_in=False)
    default = _members(session, _default_id(session))
    if default:
        names = _names(session, default)
        return ReceivingGroup(default, names, host_step.performer, is_stand_in=True)
    escort = sop.performer(sop.steps[max(host_step.number - 2, 0)].performer)
    holders = _holders(session, escort.code)
    posts = dict.fromkeys(holders, escort.name)
    return ReceivingGroup(posts, _names(session, posts), escort.code, is_stand_in=True)


def receives_for(session: Session, person_id: int) -> frozenset[int]:
    """The units for which a person receives guests."""
    return frozenset(
        session.scalars(select(UnitMember.unit_id).where(UnitMember.person_id == person_id))
    )


def _default_id(session: Session) -> int | None:
    return session.scalars(select(Unit.id).where(Unit.is_default, Unit.active)).one_or_none()


def _members(session: Session, unit_id: int | None) -> dict[int, str]:
    rows = session.execute(
        select(UnitMember.person_id, UnitMember.kind, Unit.post)
        .join(Unit, Unit.id == UnitMember.unit_id)
        .join(Person, Person.id == UnitMember.person_id)
        .where(UnitMember.unit_id == unit_id, Unit.active, Person.active)
        .order_by(UnitMember.kind.desc(), Person.name)
    )
    posts: dict[int, str] = {}
    for person_id, kind, post in rows:
        posts.setdefault(person_id, post if kind == "host" else f"Ajudan {post}")
    return posts


def _holders(session: Session, role: str) -> list[int]:
    return list(
        session.scalars(
            select(Person.id)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == role, Person.active)
            .order_by(Person.name)
        )
    )


def _names(session: Session, posts: dict[int, str]) -> tuple[str, ...]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(posts)))
    names = {row.id: row.name for row in rows}
    return tuple(names[person_id] for person_id in posts)
