"""Everyone in the building, as it is called out in an evacuation."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.sop import Effect
from app.models.visit import Visitor
from app.queries.units import receiving_group
from app.queries.visits import VisitView, open_visits


@dataclass(frozen=True)
class Present:
    """A visit that is inside: its guest, who came along, and who may know where they are."""

    view: VisitView
    members: tuple[str, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class RollCall:
    """Who is inside, by badge; those who have none yet stand last."""

    inside: tuple[Present, ...]

    @property
    def people(self) -> int:
        """How many people are inside, parties counted in full."""
        return sum(one.view.visit.party_size for one in self.inside)

    @property
    def without_badge(self) -> int:
        """How many visits are in the book and have no badge yet."""
        return sum(one.view.waits_for_badge for one in self.inside)


def roll_call(session: Session, at: datetime) -> RollCall:
    """The building as it is now, in a number of queries that grows with the destinations alone."""
    views = sorted(open_visits(session), key=_by_badge)
    members = _members(session, [view.visit.id for view in views])
    hosts = _Hosts(session, at)
    return RollCall(tuple(Present(view, members[view.visit.id], hosts.of(view)) for view in views))


def _by_badge(view: VisitView) -> tuple[bool, int]:
    number = view.badge_number
    return (number is None, number or 0)


def _members(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The names of those who came with the leaders, as far as they were asked."""
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    rows = session.execute(
        select(Visitor.visit_id, Visitor.name)
        .where(Visitor.visit_id.in_(ids), Visitor.is_leader.is_(False))
        .order_by(Visitor.visit_id, Visitor.ordinal)
    )
    for visit_id, name in rows:
        found[visit_id] += (name,) if name is not None else ()
    return found


class _Hosts:
    """Who receives at each destination, looked up once however many guests go there."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session, self._at = session, at
        self._names: dict[tuple[int, int], tuple[str, ...]] = {}

    def of(self, view: VisitView) -> tuple[str, ...]:
        """The people who receive a visit; nobody before it has a destination."""
        destination_id = view.progress.destination_id
        if destination_id is None or view.sop.step_with(Effect.BY_HOST) is None:
            return ()
        key = (view.visit.sop_version_id, destination_id)
        if key not in self._names:
            group = receiving_group(self._session, view.sop, destination_id, self._at)
            self._names[key] = group.names
        return self._names[key]
