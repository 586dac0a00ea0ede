"""Second thoughts: what may be undone, put right or reopened, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.events import Event, EventKind
from app.domain.progress import corrected_times, fold, undone_seqs

UNDO_WINDOW = timedelta(minutes=15)
PUT_ASIDE = frozenset({EventKind.UNDONE, EventKind.CORRECTED, EventKind.REOPENED})
BADGE_KINDS = frozenset({EventKind.ISSUED, EventKind.RETURNED})
MOVED_BY_FORM = frozenset({EventKind.BADGE_REPLACED, EventKind.BADGE_SWAPPED, EventKind.BADGE_GONE})
VERDICTS = frozenset({EventKind.DECLINED, EventKind.RESCHEDULED})
TIMED = frozenset(
    {
        EventKind.OPENED,
        EventKind.COMPLETED,
        EventKind.STARTED,
        EventKind.ENDED,
        EventKind.CLOSED,
        EventKind.LEFT_UNREPORTED,
    }
)


class Unfit(StrEnum):
    """Why something is not put right; the words for each are in `phrases.py`."""

    NO_SUCH_VISIT = "no_such_visit"
    NOTHING_OF_YOURS = "nothing_of_yours"
    MOVED_ON = "moved_on"
    BADGE_MOVED_ON = "badge_moved_on"
    TOO_LATE = "too_late"
    BY_FORM = "by_form"
    NOT_CLOSED = "not_closed"
    LATE_ENTRY = "late_entry"
    NO_SUCH_EVENT = "no_such_event"
    BEFORE_THE_ONE_BEFORE = "before_the_one_before"
    AFTER_THE_ONE_AFTER = "after_the_one_after"
    AHEAD = "ahead"
    SAME_TIME = "same_time"


@dataclass(frozen=True)
class Batch:
    """The events that one person wrote in one stroke."""

    events: tuple[Event, ...]

    @property
    def seqs(self) -> tuple[int, ...]:
        """Their numbers, the oldest first."""
        return tuple(event.seq for event in self.events)

    def holds(self, kind: EventKind) -> bool:
        """Whether one of them is of this kind."""
        return any(event.kind is kind for event in self.events)


def standing_events(log: Sequence[Event]) -> list[Event]:
    """The events that count: neither undone nor themselves a putting right."""
    undone = undone_seqs(log)
    return [event for event in log if event.seq not in undone and event.kind not in PUT_ASIDE]


def last_batch(log: Sequence[Event]) -> Batch | None:
    """What was written last, in one stroke; None for a visit that is only in the guest book."""
    standing = standing_events(log)
    if not standing:
        return None
    latest = standing[-1]
    batch: list[Event] = []
    for event in reversed(standing):
        if (event.recorded_at, event.actor_id) != (latest.recorded_at, latest.actor_id):
            break
        if event.kind is EventKind.OPENED:
            break
        batch.insert(0, event)
    return Batch(tuple(batch)) if batch else None


def undoable(log: Sequence[Event], *, actor_id: int, at: datetime) -> Batch | Unfit:
    """What this person may undo: their own last act on the visit, for 15 minutes.

    Refused once anything has come after it, a supervisor's reopening too; a badge that has moved
    on is the caller's to see.
    """
    standing = standing_events(log)
    mine = [event for event in standing if event.actor_id == actor_id and event.by_scan]
    if not mine:
        return Unfit.NOTHING_OF_YOURS
    batch = last_batch(log)
    if batch is None or batch.events[-1].actor_id != actor_id or _was_reopened_after(log, batch):
        return Unfit.MOVED_ON
    if any(event.kind in MOVED_BY_FORM for event in batch.events):
        return Unfit.BY_FORM
    recorded_at = batch.events[-1].recorded_at or batch.events[-1].occurred_at
    if abs(at - recorded_at) > UNDO_WINDOW:
        return Unfit.TOO_LATE
    return batch


def _was_reopened_after(log: Sequence[Event], batch: Batch) -> bool:
    return any(event.kind is EventKind.REOPENED and event.seq > batch.seqs[-1] for event in log)


def closing_batch(log: Sequence[Event]) -> Batch | Unfit:
    """The events with which the visit was closed; its badges stay where they are now."""
    standing = standing_events(log)
    closed = next((event for event in standing if event.kind is EventKind.CLOSED), None)
    if closed is None or not fold(log).is_closed:
        return Unfit.NOT_CLOSED
    together = tuple(
        event
        for event in standing
        if (event.recorded_at, event.actor_id) == (closed.recorded_at, closed.actor_id)
        and event.kind not in {EventKind.OPENED, *BADGE_KINDS}
        and event.seq <= closed.seq
    )
    return Batch(together)


def verdict_batch(log: Sequence[Event]) -> Batch | None:
    """The events with which the verdict that stands was written; None when there is none.

    It was written after what settled its step, and before what it leaves out.
    """
    standing = standing_events(log)
    verdict = next((event for event in reversed(standing) if event.kind in VERDICTS), None)
    if verdict is None:
        return None
    together = tuple(
        event
        for event in standing
        if (event.recorded_at, event.actor_id) == (verdict.recorded_at, verdict.actor_id)
        and event.kind not in BADGE_KINDS | MOVED_BY_FORM
        and event.seq >= verdict.seq - 1
    )
    return Batch(together)


def reopening(log: Sequence[Event], *, before_verdict: bool) -> Batch | Unfit:
    """The events that are undone when a visit is opened again.

    Those of its closing; with `before_verdict` those of the verdict too, of a visit that is still
    open as well: else nothing could be done with it but take the badge back.
    """
    closing, verdict = closing_batch(log), verdict_batch(log)
    if not before_verdict or verdict is None:
        return closing
    if isinstance(closing, Unfit):
        return verdict
    together = {event.seq: event for event in (*verdict.events, *closing.events)}
    return Batch(tuple(together[seq] for seq in sorted(together)))


def check_time(log: Sequence[Event], seq: int, right: datetime, *, at: datetime) -> Unfit | None:
    """Why an event cannot have been at that time; None when it can.

    The order of what happened stands: it may not pass what came before or after it.
    """
    undone = undone_seqs(log)
    times = corrected_times(log, undone)
    timed = [
        event for event in log if event.kind in TIMED | BADGE_KINDS and event.seq not in undone
    ]
    place = next((index for index, event in enumerate(timed) if event.seq == seq), None)
    if place is None or timed[place].kind not in TIMED:
        return Unfit.NO_SUCH_EVENT
    when = [times.get(event.seq, event.occurred_at) for event in timed]
    if right == when[place]:
        return Unfit.SAME_TIME
    if right > at:
        return Unfit.AHEAD
    together = {
        index
        for index, event in enumerate(timed)
        if event.recorded_at == timed[place].recorded_at and when[index] == when[place]
    }
    before = [when[index] for index in range(place) if index not in together]
    after = [when[index] for index in range(place + 1, len(timed)) if index not in together]
    if before and right < before[-1]:
        return Unfit.BEFORE_THE_ONE_BEFORE
    if after and right > after[0]:
        return Unfit.AFTER_THE_ONE_AFTER
    return None


def written_together(log: Sequence[Event], seq: int) -> tuple[int, ...]:
    """The timed events that share a stroke and a time with this one: they are put right together.

    A badge's hand-over completes a step, its return completes another and closes the visit.
    """
    undone = undone_seqs(log)
    one = next(event for event in log if event.seq == seq)
    return tuple(
        event.seq
        for event in log
        if event.seq not in undone
        and event.kind in TIMED
        and (event.recorded_at, event.occurred_at) == (one.recorded_at, one.occurred_at)
        and event.actor_id == one.actor_id
    )
