"""Figures over many steps: shares, medians and percentiles, as the reports print them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from app.domain.events import Outcome
from app.domain.timing import Standing

# Counted, but left out of time rates, as late entries are (domain: reports, compliance).
UNTIMED_OUTCOMES = (Outcome.CANCELLED, Outcome.DECLINED, Outcome.RESCHEDULED)
MEASURED = (Standing.ON_TIME, Standing.LATE, Standing.OPEN_ENDED)


@dataclass(frozen=True)
class StepFigures:
    """How one step went over a period; times are None where nothing was measured.

    `measured` counts the steps with a time, on time or late where the step has a standard;
    `not_measured` those done without one (not scanned, unknown clock), `skipped` those left out.
    """

    step_key: str
    measured: int = 0
    on_time: int = 0
    late: int = 0
    not_measured: int = 0
    skipped: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    longest: timedelta | None = None

    @property
    def share_on_time(self) -> float | None:
        """On time ÷ measured against a standard; None without one or with nothing measured."""
        judged = self.on_time + self.late
        return self.on_time / judged if judged else None


def step_figures_of(step_key: str, rows: Sequence[tuple[str, int | None]]) -> StepFigures:
    """The figures of one step from its (standing, elapsed seconds) pairs."""
    standings = [standing for standing, _ in rows]
    seconds = sorted(
        elapsed for standing, elapsed in rows if elapsed is not None and standing in MEASURED
    )
    return StepFigures(
        step_key=step_key,
        measured=len(seconds),
        on_time=standings.count(Standing.ON_TIME),
        late=standings.count(Standing.LATE),
        not_measured=standings.count(Standing.NOT_MEASURABLE),
        skipped=standings.count(Standing.SKIPPED),
        median=percentile(seconds, 50),
        p90=percentile(seconds, 90),
        longest=timedelta(seconds=seconds[-1]) if seconds else None,
    )


def percentile(ordered: Sequence[int], percent: int) -> timedelta | None:
    """The nearest-rank percentile of seconds in order: a time that did occur, never a mean."""
    if not ordered:
        return None
    rank = max(ceil(len(ordered) * percent / 100), 1)
    return timedelta(seconds=ordered[rank - 1])
