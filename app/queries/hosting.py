"""Who receives one guest, asked at any step of the visit."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.events import Manner
from app.domain.sop import Effect
from app.queries.units import receiving_group
from app.queries.visits import VisitView


def receiver_ids(session: Session, view: VisitView, at: datetime) -> frozenset[int]:
    """Whose guest this is; nobody's while nobody has said where the guest goes.

    Without a destination the default one receives, but not before the visit has come to that step.
    """
    destination_id = view.progress.destination_id
    if view.sop.step_with(Effect.BY_HOST) is None:
        return frozenset()
    if destination_id is None and not _has_come_to_the_host(view):
        return frozenset()
    return receiving_group(session, view.sop, destination_id, at).receivers.person_ids


def _has_come_to_the_host(view: VisitView) -> bool:
    if view.step is not None and Effect.BY_HOST in view.step.effects:
        return True
    by_host = {step.key for step in view.sop.steps if Effect.BY_HOST in step.effects}
    return any(
        one.key in by_host and one.manner is not Manner.SKIPPED
        for one in view.progress.every_settled
    )
