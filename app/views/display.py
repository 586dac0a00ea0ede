"""Domain values in the shapes that the UI kit's macros take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.events import EventKind, Manner, Note
from app.domain.sop import Effect, Step
from app.domain.timing import Clock, Standing, StepTime, whole_seconds
from app.models.visit import StepEvent
from app.queries.units import ReceivingGroup
from app.queries.visits import VisitView

LAST_SECONDS = 60
UNSEEN: dict[str, str] = {
    Note.NOT_SCANNED: "tidak dipindai",
    Note.ENDED_BY_RETURN: "ditutup saat kartu kembali",
    EventKind.SKIPPED: "dilewati",
}


@dataclass(frozen=True)
class ClockDisplay:
    """A running clock: `state` is ok, warn (last minute), late, or open without a standard."""

    kind: str
    since: datetime
    limit_s: int | None
    state: str
    elapsed_s: int


@dataclass(frozen=True)
class TimeDisplay:
    """How long a step took against its standard, in seconds."""

    standing: str
    elapsed_s: int | None
    limit_s: int | None


@dataclass(frozen=True)
class StepDisplay:
    """One diamond of the step line."""

    number: int
    title: str
    state: str
    actor_name: str
    actor_post: str
    started_at: datetime | None
    finished_at: datetime | None
    time: TimeDisplay | None


@dataclass(frozen=True)
class NavItem:
    """A link of the bar."""

    label: str
    url: str
    icon: str
    active: bool
    in_tabs: bool
    key: str = ""


def clock_display(clock: Clock | None, at: datetime) -> ClockDisplay | None:
    """The clock as it stands at an instant."""
    if clock is None:
        return None
    elapsed = max(whole_seconds(at - clock.since), timedelta())
    elapsed_s = int(elapsed.total_seconds())
    if clock.limit is None:
        return ClockDisplay("open", clock.since, None, "open", elapsed_s)
    limit_s = int(clock.limit.total_seconds())
    state = (
        "late" if elapsed_s > limit_s else "warn" if limit_s - elapsed_s <= LAST_SECONDS else "ok"
    )
    return ClockDisplay("limited", clock.since, limit_s, state, elapsed_s)


def clock_label(view: VisitView) -> str | None:
    """The word for a clock without a standard."""
    if view.step is None or Effect.OPEN_ENDED not in view.step.effects:
        return None
    return "Sedang diterima" if view.is_running else "Menunggu penerima"


def step_displays(
    view: VisitView, at: datetime, log: Sequence[StepEvent] = (), *, short: bool = False
) -> list[StepDisplay]:
    """The step line of a visit, with who performed what when the log is given."""
    authors = {event.seq: event for event in log}
    return [_step_display(view, time, at, authors, short=short) for time in view.times]


def time_display(time: StepTime, at: datetime) -> TimeDisplay:
    """A step's time for its chip; what runs is measured up to `at`."""
    elapsed = time.elapsed
    if time.standing is Standing.RUNNING and time.started_at is not None:
        elapsed = max(whole_seconds(at - time.started_at), timedelta())
    return TimeDisplay(
        standing=time.standing,
        elapsed_s=int(elapsed.total_seconds()) if elapsed is not None else None,
        limit_s=int(time.step.limit.total_seconds()) if time.step.limit else None,
    )


def place(view: VisitView, group: ReceivingGroup | None = None) -> str:
    """Where the visit stands in words, e.g. "Langkah 3, Sekretaris"."""
    if view.step is None:
        return "Selesai"
    who = performer_name(view, view.step, group)
    if Effect.OPEN_ENDED in view.step.effects:
        state = "sedang diterima" if view.is_running else "menunggu penerima"
        return f"Langkah {view.step.number}, {state}, {who}"
    return f"Langkah {view.step.number}, {who}"


def performer_name(view: VisitView, step: Step, group: ReceivingGroup | None = None) -> str:
    """Whose turn a step is: the destination's post at a step "by host", else the SOP's column."""
    if Effect.BY_HOST in step.effects:
        if group is not None and group.is_stand_in:
            return " atau ".join(group.names)
        if view.destination is not None:
            return view.destination.post
    return view.sop.performer(step.performer).name


def _step_display(
    view: VisitView,
    time: StepTime,
    at: datetime,
    authors: Mapping[int, StepEvent],
    *,
    short: bool,
) -> StepDisplay:
    settled = time.settled
    name, post = _performed_by(view, time, authors.get(settled.seq) if settled else None)
    was_seen = settled is None or settled.manner is Manner.DONE
    is_void = view.progress.is_closed and settled is None
    return StepDisplay(
        number=time.step.number,
        title=time.step.short_title if short else time.step.title,
        state=_state(time),
        actor_name=name,
        actor_post=post,
        started_at=time.started_at if was_seen else None,
        finished_at=time.finished_at if was_seen else None,
        time=None if is_void else time_display(time, at),
    )


def _performed_by(view: VisitView, time: StepTime, author: StepEvent | None) -> tuple[str, str]:
    """Name and post at a step; who only noted it down is not shown as who performed it."""
    performer = performer_name(view, time.step)
    if author is None:
        return "", performer
    how = UNSEEN.get(author.reason_code or author.kind)
    if how is not None:
        return "", f"{performer}, {how}, dicatat {author.actor_name}"
    if author.on_behalf_of is not None:
        return "", f"{performer}, dicatat {author.actor_name}"
    return author.actor_name, author.actor_post


def _state(time: StepTime) -> str:
    if time.settled is not None:
        return "skipped" if time.settled.manner is Manner.SKIPPED else "done"
    return "now" if time.standing is Standing.RUNNING else "next"
