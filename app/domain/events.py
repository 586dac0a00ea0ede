"""The log of a visit: its events, and the progress they fold to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """Every kind a log may hold; fixed, so that the fold is total."""

    OPENED = "opened"
    ISSUED = "issued"
    COMPLETED = "completed"
    STARTED = "started"
    ENDED = "ended"
    SKIPPED = "skipped"
    REDIRECTED = "redirected"
    DECIDED = "decided"
    DECLINED = "declined"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    LEFT_UNREPORTED = "left_unreported"
    RETURNED = "returned"
    CLOSED = "closed"
    REOPENED = "reopened"
    CORRECTED = "corrected"
    UNDONE = "undone"
    BADGE_REPLACED = "badge_replaced"
    BADGE_SWAPPED = "badge_swapped"
    BADGE_GONE = "badge_gone"


class Note(StrEnum):
    """Why an event stands as it does (`reason_code`), where its kind alone does not tell."""

    ARRIVAL_UNKNOWN = "arrival_unknown"
    NOT_SCANNED = "not_scanned"
    ENDED_BY_RETURN = "ended_by_return"
    CLOCK_UNKNOWN = "clock_unknown"
    NO_REQUIREMENT = "no_requirement"
    ESTIMATED = "estimated"


GUESSED = frozenset({Note.CLOCK_UNKNOWN, Note.ESTIMATED})  # nobody knows when it was


class Outcome(StrEnum):
    """How a visit ended (`reason_code` of its closed event)."""

    COMPLETED = "completed"
    COMPLETED_SHORT = "completed_short"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    LEFT_UNREPORTED = "left_unreported"


class Manner(StrEnum):
    """How a step came to be settled."""

    DONE = "done"
    NOT_SCANNED = "not_scanned"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Event:
    """One entry of a visit's log; `seq` runs from 1 without gaps, `undoes` names a seq."""

    seq: int
    kind: EventKind
    occurred_at: datetime
    actor_id: int | None
    by_scan: bool = False
    step_key: str | None = None
    destination_id: int | None = None
    reason_code: str | None = None
    undoes: int | None = None


@dataclass(frozen=True)
class Settled:
    """A step that is behind the visit; `measurable` tells whether its time may be judged.

    `is_guessed` says that nobody knows when it was over, so neither may the time after it.
    """

    key: str
    manner: Manner
    started_at: datetime | None
    finished_at: datetime
    actor_id: int | None
    seq: int
    measurable: bool
    is_guessed: bool = False


@dataclass(frozen=True)
class Progress:
    """Where a visit stands: the SOP's steps settled so far, in order, and what is under way."""

    last_seq: int = 0
    last_at: datetime | None = None
    arrived_at: datetime | None = None
    arrival_known: bool = True
    settled: tuple[Settled, ...] = ()
    running_since: datetime | None = None
    running_seq: int | None = None
    destination_id: int | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    last_scan_by: Mapping[int, datetime] = field(default_factory=dict)
    last_scanner: int | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the visit has an outcome."""
        return self.outcome is not None

    @property
    def clock_from(self) -> datetime | None:
        """The instant at which the present step's clock started: the end of the step before it."""
        return self.settled[-1].finished_at if self.settled else self.arrived_at


def fold(events: Iterable[Event]) -> Progress:
    """The progress that a whole log amounts to; an undone event counts as never written."""
    log = tuple(events)
    undone = _undone(log)
    progress = Progress()
    for event in log:
        changes = {} if event.seq in undone else _changes(progress, event)
        progress = _changed(progress, changes, event)
    return progress


def _undone(log: Sequence[Event]) -> set[int | None]:
    """The seqs that do not count; an undoing that is itself undone lets its event stand."""
    undone: set[int | None] = set()
    for event in reversed(log):
        if event.kind is EventKind.UNDONE and event.seq not in undone:
            undone.add(event.undoes)
    return undone


def extend(progress: Progress, events: Iterable[Event]) -> Progress:
    """The progress after further events; an undoing one needs the whole log, so use `fold`."""
    for event in events:
        assert event.kind is not EventKind.UNDONE, "an undone event changes the past"
        progress = _changed(progress, _changes(progress, event), event)
    return progress


def _changed(progress: Progress, changes: dict[str, Any], event: Event) -> Progress:
    """What `dataclasses.replace` does, in half the time: every page folds whole logs."""
    latest = {"last_seq": event.seq, "last_at": event.occurred_at}
    return Progress(**vars(progress) | changes | latest)


def _changes(progress: Progress, event: Event) -> dict[str, Any]:
    """The fields that an event changes, so that each event copies the progress only once."""
    changes = _changes_by_kind(progress, event)
    if event.destination_id is not None:
        changes["destination_id"] = event.destination_id
    if event.by_scan and event.actor_id is not None:
        changes["last_scan_by"] = {**progress.last_scan_by, event.actor_id: event.occurred_at}
        changes["last_scanner"] = event.actor_id
    return changes


def _changes_by_kind(progress: Progress, event: Event) -> dict[str, Any]:
    match event.kind:
        case EventKind.OPENED:
            known = event.reason_code != Note.ARRIVAL_UNKNOWN
            return {"arrived_at": event.occurred_at, "arrival_known": known}
        case EventKind.STARTED:
            return {"running_since": event.occurred_at, "running_seq": event.seq}
        case EventKind.COMPLETED | EventKind.ENDED | EventKind.SKIPPED:
            settled = (*progress.settled, _settle(progress, event))
            return {"settled": settled, "running_since": None, "running_seq": None}
        case EventKind.CLOSED:
            return {"outcome": event.reason_code, "closed_at": event.occurred_at}
        case EventKind.REOPENED:
            return {"outcome": None, "closed_at": None}
        case (
            EventKind.ISSUED
            | EventKind.REDIRECTED
            | EventKind.DECIDED
            | EventKind.DECLINED
            | EventKind.RESCHEDULED
            | EventKind.CANCELLED
            | EventKind.LEFT_UNREPORTED
            | EventKind.RETURNED
            | EventKind.CORRECTED
            | EventKind.UNDONE
            | EventKind.BADGE_REPLACED
            | EventKind.BADGE_SWAPPED
            | EventKind.BADGE_GONE
        ):
            return {}


def _settle(progress: Progress, event: Event) -> Settled:
    assert event.step_key is not None, "a settling event names its step"
    started_at = progress.running_since or progress.clock_from
    was_set_back = started_at is not None and event.occurred_at < started_at  # the clock
    return Settled(
        key=event.step_key,
        manner=_manner(event),
        started_at=started_at,
        finished_at=event.occurred_at,
        actor_id=event.actor_id,
        seq=event.seq,
        measurable=_is_measurable(progress, event) and not was_set_back,
        is_guessed=event.reason_code in GUESSED,
    )


def _manner(event: Event) -> Manner:
    if event.kind is EventKind.SKIPPED:
        return Manner.SKIPPED
    if event.reason_code == Note.NOT_SCANNED:
        return Manner.NOT_SCANNED
    return Manner.DONE


def _is_measurable(progress: Progress, event: Event) -> bool:
    if event.kind is EventKind.SKIPPED:
        return False
    if event.reason_code in {Note.NOT_SCANNED, Note.ENDED_BY_RETURN, *GUESSED}:
        return False
    if progress.settled:
        return progress.running_since is not None or not progress.settled[-1].is_guessed
    return progress.arrival_known
