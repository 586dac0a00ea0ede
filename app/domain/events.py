"""The log of a visit: the kinds of its events, and what they say beside their kind."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


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
    NOT_NOTED = "not_noted"
    TIME = "time"
    GUEST = "guest"


# Nobody knows when it was.
GUESSED = frozenset({Note.CLOCK_UNKNOWN, Note.ESTIMATED, Note.NOT_NOTED})


class Outcome(StrEnum):
    """How a visit ended (`reason_code` of its closed event)."""

    COMPLETED = "completed"
    COMPLETED_SHORT = "completed_short"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    RESCHEDULED = "rescheduled"
    LEFT_UNREPORTED = "left_unreported"


VERDICT_KINDS = {
    Outcome.DECLINED: EventKind.DECLINED,
    Outcome.RESCHEDULED: EventKind.RESCHEDULED,
}


class Manner(StrEnum):
    """How a step came to be settled."""

    DONE = "done"
    NOT_SCANNED = "not_scanned"
    SKIPPED = "skipped"


class Event(NamedTuple):
    """One entry of a visit's log; `seq` runs from 1 without gaps, `undoes` names a seq.

    An event of kind `corrected` that `corrects` a seq says that this one was at `corrected_to`.
    """

    seq: int
    kind: EventKind
    occurred_at: datetime
    actor_id: int | None
    by_scan: bool = False
    step_key: str | None = None
    destination_id: int | None = None
    reason_code: str | None = None
    undoes: int | None = None
    corrects: int | None = None
    corrected_to: datetime | None = None
    recorded_at: datetime | None = None

    @property
    def changes_the_past(self) -> bool:
        """Whether what was folded before it has to be folded anew."""
        return self.undoes is not None or self.corrects is not None
