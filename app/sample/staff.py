"""Who acts in made-up visits: the office's own people, as the database knows them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.sop import Effect, Sop, Step
from app.models.person import Person
from app.operations.officer import Officer
from app.queries.units import ReceivingGroup, active_units, receiving_group

THE_FIRST = 0.85  # how often the usual person does it, where there are several


@dataclass(frozen=True)
class Staff:
    """The people by role and by destination; the default destination comes first."""

    officers: Mapping[int, Officer]
    by_role: Mapping[str, tuple[Officer, ...]]
    groups: Mapping[int, ReceivingGroup]

    @property
    def unit_ids(self) -> tuple[int, ...]:
        """Where guests can be sent."""
        return tuple(self.groups)

    def performer(self, rng: Random, step: Step, unit_id: int) -> Officer:
        """Somebody who may do the step for a guest of that destination."""
        if Effect.BY_HOST in step.effects:
            receivers = [self.officers[person_id] for person_id in self.groups[unit_id].posts]
            return _one_of(rng, receivers)
        return self.holder(rng, step.role)

    def holder(self, rng: Random, role: str) -> Officer:
        """Somebody who holds the role."""
        return _one_of(rng, self.by_role[role])


def read_staff(session: Session, sop: Sop) -> Staff:
    """The active people and destinations; raises LookupError when a step has nobody to do it."""
    people = session.scalars(select(Person).where(Person.active).order_by(Person.id))
    officers = {
        person.id: Officer(person.id, person.name, frozenset(row.role for row in person.roles))
        for person in people
    }
    by_role: dict[str, tuple[Officer, ...]] = defaultdict(tuple)
    for officer in officers.values():
        for role in officer.roles:
            by_role[role] = (*by_role[role], officer)
    has_host = sop.step_with(Effect.BY_HOST) is not None
    groups = {unit.id: _group(session, sop, unit.id, has_host) for unit in active_units(session)}
    staff = Staff(officers, dict(by_role), groups)
    _require_everybody(sop, staff)
    return staff


def _group(session: Session, sop: Sop, unit_id: int, has_host: bool) -> ReceivingGroup:
    if not has_host:
        return ReceivingGroup({}, (), "", is_stand_in=False)
    return receiving_group(session, sop, unit_id, None)


def _require_everybody(sop: Sop, staff: Staff) -> None:
    own = {step.role for step in sop.steps if Effect.BY_HOST not in step.effects}
    missing = own - set(staff.by_role)
    if missing or not staff.groups:
        raise LookupError(f"nobody for {sorted(missing) or 'any destination'}")
    if sop.step_with(Effect.BY_HOST) and not all(group.posts for group in staff.groups.values()):
        raise LookupError("a destination at which nobody receives")


def _one_of(rng: Random, people: "tuple[Officer, ...] | list[Officer]") -> Officer:
    if len(people) == 1 or rng.random() < THE_FIRST:
        return people[0]
    return rng.choice(people[1:])
