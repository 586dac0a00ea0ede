"""The progress that the log of a visit folds to: which steps are settled, and what is under way."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.events import GUESSED, VERDICT_KINDS, Event, EventKind, Manner, Note


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
    round: int = 1


@dataclass(frozen=True)
class Progress:
    """Where a visit stands: the SOP's steps settled so far, in order, and what is under way.

    A visit that goes back to a step begins a new round there: what had been settled from that step
    on is kept as `earlier`. `verdict` is the outcome that was decided while the badge is still out,
    at `verdict_at`; `corrections` counts the times that were put right.
    """

    last_seq: int = 0
    last_at: datetime | None = None
    arrived_at: datetime | None = None
    arrival_known: bool = True
    settled: tuple[Settled, ...] = ()
    earlier: tuple[Settled, ...] = ()
    round: int = 1
    resumed_at: datetime | None = None
    verdict: str | None = None
    verdict_at: datetime | None = None
    corrections: int = 0
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
        if self.resumed_at is not None:
            return self.resumed_at
        return self.settled[-1].finished_at if self.settled else self.arrived_at

    @property
    def every_settled(self) -> tuple[Settled, ...]:
        """What was settled in all rounds, in order of rounds."""
        return (*self.earlier, *self.settled)


def fold(events: Iterable[Event]) -> Progress:
    """The progress that a whole log amounts to.

    An undone event counts as never written, one whose time was put right as if it had been then.
    """
    log = tuple(events)
    undone = undone_seqs(log)
    right_times = corrected_times(log, undone)
    progress = Progress(corrections=len(right_times))
    for event in log:
        right = event
        if event.seq in right_times:
            right = event._replace(occurred_at=right_times[event.seq])
        changes = {} if event.seq in undone else _changes(progress, right)
        _note(progress, changes, right)
    return progress


def corrected_times(log: Iterable[Event], undone: Collection[int | None]) -> dict[int, datetime]:
    """When the events happened whose times were put right; the latest correction stands."""
    return {
        event.corrects: event.corrected_to
        for event in log
        if event.corrects is not None and event.corrected_to is not None and event.seq not in undone
    }


def undone_seqs(log: Sequence[Event]) -> set[int | None]:
    """The seqs that do not count; an undoing that is itself undone lets its event stand."""
    undone: set[int | None] = set()
    for event in reversed(log):
        if event.kind is EventKind.UNDONE and event.seq not in undone:
            undone.add(event.undoes)
    return undone


def extend(progress: Progress, events: Iterable[Event]) -> Progress:
    """The progress after further events; one that changes the past needs `fold`."""
    further = Progress(**vars(progress))
    for event in events:
        assert not event.changes_the_past, "the whole log has to be folded anew"
        _note(further, _changes(further, event), event)
    return further


def _note(progress: Progress, changes: Mapping[str, Any], event: Event) -> None:
    """Change a progress that nobody has seen yet: copies would take as long as all the rest."""
    vars(progress).update(changes, last_seq=event.seq, last_at=event.occurred_at)


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
            return {"settled": settled, "resumed_at": None, **_NOTHING_RUNS}
        case EventKind.DECLINED | EventKind.RESCHEDULED:
            return {"verdict": _VERDICTS[event.kind], "verdict_at": event.occurred_at}
        case EventKind.CLOSED:
            return {"outcome": event.reason_code, "closed_at": event.occurred_at}
        case EventKind.REOPENED:
            return {"outcome": None, "closed_at": None}
        case EventKind.DECIDED | EventKind.REDIRECTED:
            return _go_back(progress, event)
        case EventKind.CORRECTED:
            is_of_guest = event.reason_code == Note.GUEST
            return {"corrections": progress.corrections + is_of_guest}
        case (
            EventKind.ISSUED
            | EventKind.CANCELLED
            | EventKind.LEFT_UNREPORTED
            | EventKind.RETURNED
            | EventKind.UNDONE
            | EventKind.BADGE_REPLACED
            | EventKind.BADGE_SWAPPED
            | EventKind.BADGE_GONE
        ):
            return {}


_VERDICTS = {kind: outcome for outcome, kind in VERDICT_KINDS.items()}
_NOTHING_RUNS: Mapping[str, None] = {"running_since": None, "running_seq": None}


def _go_back(progress: Progress, event: Event) -> dict[str, Any]:
    """A new round from a settled step, if the event names one; else nothing changes."""
    keys = [settled.key for settled in progress.settled]
    if event.step_key not in keys:
        return {}
    place = keys.index(event.step_key)
    return {
        "settled": progress.settled[:place],
        "earlier": (*progress.earlier, *progress.settled[place:]),
        "round": progress.round + 1,
        "resumed_at": event.occurred_at,
        **_NOTHING_RUNS,
    }


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
        round=progress.round,
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
    if progress.running_since is not None or progress.resumed_at is not None:
        return True
    if progress.settled:
        return not progress.settled[-1].is_guessed
    return progress.arrival_known
