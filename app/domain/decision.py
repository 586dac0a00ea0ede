"""What a scan or a tap comes to, as a value; what is known when it is decided; why not."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.events import EventKind, Outcome
from app.domain.sop import Field, Step


class Reason(StrEnum):
    """Why a scan did not move a visit; the words for each are in `phrases.py`."""

    UNKNOWN_CODE = "unknown_code"
    BADGE_NOT_IN_USE = "badge_not_in_use"
    BADGE_IS_FREE = "badge_is_free"
    BADGE_IN_USE = "badge_in_use"
    BADGE_RETIRED = "badge_retired"
    NOT_PRINTED = "not_printed"
    WRONG_ROLE = "wrong_role"
    WRONG_HOST = "wrong_host"
    NO_WAITING_GUEST = "no_waiting_guest"
    NOT_WAITING = "not_waiting"
    NEEDS_SCAN = "needs_scan"
    NEEDS_CHOICE = "needs_choice"
    NONCE_CONFLICT = "nonce_conflict"
    ALREADY_DONE = "already_done"
    VISIT_CLOSED = "visit_closed"
    OUT_OF_ORDER = "out_of_order"
    CLOCK_AHEAD = "clock_ahead"
    CONFIRM = "confirm"
    FORM = "form"


class Act(StrEnum):
    """What will happen when the person answers a `Needs`."""

    COMPLETE = "complete"
    START = "start"
    END = "end"
    ISSUE = "issue"
    RETURN = "return"
    RETURN_UNSCANNED = "return_unscanned"
    RETURN_EARLY = "return_early"


@dataclass(frozen=True)
class Actor:
    """Who scans: the person and the roles held at that moment."""

    person_id: int
    roles: frozenset[str]


@dataclass(frozen=True)
class Receivers:
    """Who may act at a step "by host" of this visit, and in which role that is recorded."""

    person_ids: frozenset[int]
    role: str


@dataclass(frozen=True)
class Given:
    """What is on record for the visit, and what the person answers with this scan.

    `stage` names the step that a form or a tap was made for (see `stage_of`), so that it never
    does the next one. `wants_return` says that the badge is to be taken back whatever the step,
    `not_received` that the guest leaves without having been received. `badges_out` counts the
    badges that the visit holds; `follows_return` says that the same person has just taken another
    one of them back.
    """

    recorded: frozenset[Field] = frozenset()
    answered: frozenset[Field] = frozenset()
    receivers: Receivers | None = None
    stage: str | None = None
    confirmed: bool = False
    wants_return: bool = False
    not_received: bool = False
    outcome: Outcome | None = None
    has_reason: bool = False
    by_tap: bool = False
    badges_out: int = 1
    follows_return: bool = False

    @property
    def needs_badge(self) -> bool:
        """Whether what takes a badge back has to be a scan of that badge."""
        return self.by_tap and self.badges_out > 0


@dataclass(frozen=True)
class Draft:
    """An event to be written, before it has a number, a time and an author."""

    kind: EventKind
    step_key: str | None = None
    reason_code: str | None = None
    destination_id: int | None = None
    undoes: int | None = None
    corrects: int | None = None
    corrected_to: datetime | None = None


@dataclass(frozen=True)
class Moved:
    """The visit moves on: by which step, in which role that is recorded, and what is written."""

    step: Step
    role: str
    drafts: tuple[Draft, ...]


class Advanced(Moved):
    """The step is completed."""


class Started(Moved):
    """The open-ended step is under way."""


class Ended(Moved):
    """The open-ended step is over."""


class Returned(Moved):
    """One badge of several is back; the visit goes on with the others."""


@dataclass(frozen=True)
class Closed(Moved):
    """The badge is back and the visit has its outcome."""

    outcome: Outcome


@dataclass(frozen=True)
class Needs:
    """The scan would do `act`, once the person has confirmed it or filled in the fields."""

    reason: Reason
    act: Act
    step: Step
    fields: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Repeated:
    """The person's own scan of a moment ago, seen again: nothing happens."""


@dataclass(frozen=True)
class Refused:
    """The scan cannot do anything here; `expected` is the step whose turn it is."""

    reason: Reason
    expected: Step | None


Decision = Advanced | Started | Ended | Closed | Returned | Needs | Repeated | Refused
