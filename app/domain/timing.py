"""Each step's time against its standard, derived from the log alone (domain: lateness)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.events import Manner
from app.domain.progress import Progress, Settled
from app.domain.sop import Effect, Sop, Step


class Standing(StrEnum):
    """How a step stands against its standard."""

    ON_TIME = "on_time"
    LATE = "late"
    NOT_MEASURABLE = "not_measurable"
    OPEN_ENDED = "open_ended"
    SKIPPED = "skipped"
    RUNNING = "running"
    PENDING = "pending"


@dataclass(frozen=True)
class StepTime:
    """The time of one step; `elapsed` is None where nothing was measured."""

    step: Step
    standing: Standing
    started_at: datetime | None
    finished_at: datetime | None
    elapsed: timedelta | None
    settled: Settled | None

    @property
    def round(self) -> int:
        """In which round of the visit the step was settled."""
        return self.settled.round if self.settled else 1


@dataclass(frozen=True)
class Clock:
    """The clock that runs for an open visit now: since when, and against which limit."""

    since: datetime
    limit: timedelta | None


def whole_seconds(duration: timedelta) -> timedelta:
    """The duration cut to seconds: 5:00 is on time, 5:01 is late."""
    return timedelta(seconds=int(duration.total_seconds()))


def measure(sop: Sop, progress: Progress) -> tuple[StepTime, ...]:
    """The times of every step of the SOP, in its order."""
    done = {settled.key: settled for settled in progress.settled}
    return tuple(_measure_step(sop, step, done.get(step.key), progress) for step in sop.steps)


def measure_settled(sop: Sop, settled: Settled) -> StepTime:
    """The time of a step that was settled, in whichever round of the visit."""
    step = sop.step(settled.key)
    elapsed = None
    if settled.measurable and settled.started_at is not None:
        elapsed = whole_seconds(settled.finished_at - settled.started_at)
    standing = _standing(step, settled, elapsed)
    return StepTime(step, standing, settled.started_at, settled.finished_at, elapsed, settled)


def running_clock(sop: Sop, progress: Progress) -> Clock | None:
    """The clock of the present step; None when the visit is closed or has no start."""
    index = len(progress.settled)
    since = progress.running_since or progress.clock_from
    if progress.is_closed or index >= len(sop.steps) or since is None:
        return None
    return Clock(since, sop.steps[index].limit)


def _measure_step(sop: Sop, step: Step, settled: Settled | None, progress: Progress) -> StepTime:
    if settled is None:
        is_present = not progress.is_closed and step.number == len(progress.settled) + 1
        started_at = (progress.running_since or progress.clock_from) if is_present else None
        standing = Standing.RUNNING if is_present else Standing.PENDING
        return StepTime(step, standing, started_at, None, None, None)
    return measure_settled(sop, settled)


def _standing(step: Step, settled: Settled, elapsed: timedelta | None) -> Standing:
    if settled.manner is Manner.SKIPPED:
        return Standing.SKIPPED
    if elapsed is None:
        return Standing.NOT_MEASURABLE
    if step.limit is None or Effect.OPEN_ENDED in step.effects:
        return Standing.OPEN_ENDED
    return Standing.ON_TIME if elapsed <= step.limit else Standing.LATE
