"""What waits at a person's desk, what is on its way there, and what they did today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.decision import Actor
from app.domain.decisions import acting_role
from app.domain.events import EventKind
from app.domain.sop import Effect, Step
from app.domain.timing import StepTime
from app.models.visit import StepEvent
from app.queries.units import ReceivingGroup, receiving_group
from app.queries.visits import VisitView, open_visits, views_by_id

STEP_KINDS = (EventKind.COMPLETED, EventKind.STARTED, EventKind.ENDED)


@dataclass(frozen=True)
class DeskRow:
    """A guest who waits for this person, and the group that receives, if it is their step."""

    view: VisitView
    group: ReceivingGroup | None
    role: str | None


@dataclass(frozen=True)
class Desk:
    """One person's desk at an instant."""

    waiting: tuple[DeskRow, ...]
    coming: tuple[VisitView, ...]
    without_badge: tuple[VisitView, ...]
    inside: tuple[VisitView, ...]

    @property
    def people_inside(self) -> int:
        """How many people are inside, parties counted in full."""
        return sum(view.visit.party_size for view in self.inside)


@dataclass(frozen=True)
class OwnStep:
    """A step this person did today, with its time once it is over."""

    event: StepEvent
    view: VisitView
    time: StepTime | None


def desk_of(session: Session, actor: Actor, at: datetime) -> Desk:
    """The guests who wait for a person, most urgent first, and who else is inside."""
    views = open_visits(session)
    groups = _GroupFinder(session, at)
    waiting, coming = [], []
    for view in views:
        group = groups.of(view, view.step)
        role = _acting_role(view, actor, group)
        if role is not None:
            waiting.append(DeskRow(view, group, role))
        elif _comes_next(groups, view, actor):
            coming.append(view)
    with_badge = tuple(view for view in views if not view.waits_for_badge)
    at_the_door = (view for view in views if view.waits_for_badge)
    without_badge = tuple(sorted(at_the_door, key=lambda view: not view.visit.priority))
    rows = sorted(
        (row for row in waiting if not row.view.waits_for_badge), key=lambda row: urgency(row.view)
    )
    return Desk(tuple(rows), tuple(coming), without_badge, with_badge)


def urgency(view: VisitView) -> tuple[bool, bool, datetime]:
    """Order of rows: who goes first, then by when the standard runs out, open-ended steps last."""
    clock, waits_behind = view.clock, not view.visit.priority
    if clock is None:
        return (waits_behind, True, datetime.max.replace(tzinfo=view.visit.arrived_at.tzinfo))
    return (waits_behind, clock.limit is None, clock.since + (clock.limit or timedelta()))


def done_today(session: Session, person_id: int, since: datetime, limit: int) -> list[OwnStep]:
    """The latest steps a person moved since an instant and did not undo, newest first."""
    undoing = aliased(StepEvent)
    was_undone = (
        select(undoing.id)
        .where(undoing.visit_id == StepEvent.visit_id, undoing.undoes == StepEvent.seq)
        .exists()
    )
    events = session.scalars(
        select(StepEvent)
        .where(
            StepEvent.actor_id == person_id,
            StepEvent.recorded_at >= since,
            StepEvent.kind.in_(STEP_KINDS),
            ~was_undone,
        )
        .order_by(StepEvent.recorded_at.desc(), StepEvent.id.desc())
        .limit(limit)
    ).all()
    visits = views_by_id(session, list({event.visit_id for event in events}))
    return [OwnStep(event, visits[event.visit_id], _time(visits, event)) for event in events]


def _time(visits: dict[int, VisitView], event: StepEvent) -> StepTime | None:
    if event.kind == EventKind.STARTED:
        return None
    times = visits[event.visit_id].times
    return next((time for time in times if time.step.key == event.step_key), None)


def _acting_role(view: VisitView, actor: Actor, group: ReceivingGroup | None) -> str | None:
    if view.step is None:
        return None
    return acting_role(view.step, actor, group.receivers if group else None)


def _comes_next(groups: "_GroupFinder", view: VisitView, actor: Actor) -> bool:
    """Whether the step after the present one is this person's (a host sees only own guests)."""
    step = view.step
    if step is None or step.number >= len(view.sop.steps):
        return False
    following = view.sop.steps[step.number]
    if Effect.BY_HOST in following.effects and view.progress.destination_id is None:
        return False
    group = groups.of(view, following)
    return acting_role(following, actor, group.receivers if group else None) is not None


class _GroupFinder:
    """Looks each destination's group up once, however many guests come to it."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session, self._at = session, at
        self._groups: dict[tuple[int, int | None], ReceivingGroup] = {}

    def of(self, view: VisitView, step: Step | None) -> ReceivingGroup | None:
        """Who receives the visit at that step; None when the step is not a host's."""
        if step is None or Effect.BY_HOST not in step.effects:
            return None
        destination_id = view.progress.destination_id
        key = (view.visit.sop_version_id, destination_id)
        if key not in self._groups:
            self._groups[key] = receiving_group(self._session, view.sop, destination_id, self._at)
        return self._groups[key]
