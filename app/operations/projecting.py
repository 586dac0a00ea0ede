"""What is derived from a visit's log for the reports, and filling it in after an upgrade."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.progress import Progress
from app.domain.sop import Sop
from app.domain.timing import Standing, StepTime, measure_settled
from app.models.base import table_of
from app.models.visit import StepTime as StepTimeRow
from app.models.visit import Visit
from app.operations.transaction import write
from app.queries.office import office
from app.queries.visits import views_by_id

_STEP_TIMES = insert(table_of(StepTimeRow))
AT_ONCE = 200  # visits a transaction: other writers are not kept waiting


def project_step_times(
    session: Session, visit_id: int, sop: Sop, before: Progress, after: Progress
) -> int:
    """Bring the times of the settled steps from `before` up to date; how many steps were late."""
    known, settled = settled_times(sop, before), settled_times(sop, after)
    gone = [time for time in known if time not in settled]
    for time in gone:
        session.execute(
            delete(StepTimeRow).where(
                StepTimeRow.visit_id == visit_id,
                StepTimeRow.step_key == time.step.key,
                StepTimeRow.round == time.round,
            )
        )
    new = [step_time_columns(visit_id, time) for time in settled if time not in known]
    if new:
        session.execute(_STEP_TIMES, new)
    return late_among(settled)


def settled_times(sop: Sop, progress: Progress) -> list[StepTime]:
    """The times of the steps that are behind the visit, in every round of it."""
    return [measure_settled(sop, settled) for settled in progress.every_settled]


def late_among(times: Iterable[StepTime]) -> int:
    """How many of these steps were late."""
    return sum(time.standing is Standing.LATE for time in times)


def project_what_is_missing() -> int:
    """Fill the derived columns of visits from before they existed; how many there were."""
    filled = 0
    while batch := _project_some():
        filled += batch
    return filled


def _project_some() -> int:
    with write() as session:
        own_office = office(session)
        if own_office is None:
            return 0
        ids = session.scalars(
            select(Visit.id).where(Visit.arrived_hour < 0).order_by(Visit.id).limit(AT_ONCE)
        ).all()
        zone = ZoneInfo(own_office.timezone)
        for view in views_by_id(session, ids).values():
            late = project_step_times(session, view.visit.id, view.sop, Progress(), view.progress)
            hour = view.visit.arrived_at.astimezone(zone).hour
            session.execute(
                update(Visit)
                .where(Visit.id == view.visit.id)
                .values(late_steps=late, arrived_hour=hour)
            )
        return len(ids)


def step_time_columns(visit_id: int, time: StepTime) -> dict[str, object]:
    """What is stored of a settled step's time."""
    elapsed_s = None if time.elapsed is None else int(time.elapsed.total_seconds())
    return {
        "visit_id": visit_id,
        "step_key": time.step.key,
        "round": time.round,
        "standing": time.standing,
        "elapsed_s": elapsed_s,
    }
