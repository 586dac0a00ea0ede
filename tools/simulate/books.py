"""The simulation's own books: what happened to each guest, judged by a hand of their own."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

STEPS = ("registration", "purpose", "direction", "escort", "reception", "return")
OPEN_ENDED = "reception"
LIMIT_S = 300
UNJUDGED = {"cancelled", "declined", "rescheduled"}


class How(StrEnum):
    """How a step came to its end: by the clock, without one, or not at all."""

    TIMED = "timed"
    UNTIMED = "untimed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Leg:
    """One step that a guest has behind them; `seconds` is None where nobody could tell."""

    step: str
    round: int
    how: How
    began: datetime | None
    ended: datetime

    @property
    def seconds(self) -> int | None:
        if self.how is not How.TIMED or self.began is None:
            return None
        return int((self.ended - self.began).total_seconds())

    @property
    def standing(self) -> str:
        if self.how is How.SKIPPED:
            return "skipped"
        if self.seconds is None:
            return "not_measurable"
        if self.step == OPEN_ENDED:
            return "open_ended"
        return "on_time" if self.seconds <= LIMIT_S else "late"


@dataclass
class Account:
    """What the books say of one guest; `since` is when the present step's clock began."""

    guest_kind: str
    party: int
    destination: int | None
    label: str = ""
    kind: str = "visit"
    late_entry: bool = False
    arrived_at: datetime | None = None
    since: datetime | None = None
    begun: datetime | None = None
    legs: list[Leg] = field(default_factory=list)
    done: int = 0
    round: int = 1
    corrections: int = 0
    outcome: str | None = None
    verdict: str | None = None
    badges: list[int] = field(default_factory=list)

    def arrive(self, label: str, at: datetime, *, is_known: bool = True) -> None:
        self.label, self.arrived_at = label, at
        self.since = at if is_known else None

    def begin(self, at: datetime) -> None:
        """The host receives the guest."""
        self.begun = at

    def settle(
        self, step: str, at: datetime, how: How = How.TIMED, *, is_guess: bool = False
    ) -> None:
        """A step is behind the guest; after a guess nobody knows when the next one began."""
        self.legs.append(Leg(step, self.round, how, self.begun or self.since, at))
        self.since = None if is_guess else at
        self.begun = None
        self.done = STEPS.index(step) + 1

    def skip(self, steps: tuple[str, ...], at: datetime) -> None:
        for step in steps:
            self.settle(step, at, How.SKIPPED)

    def go_back(self, at: datetime) -> None:
        """On to a further host: the reception begins anew."""
        self.round += 1
        self.done = STEPS.index(OPEN_ENDED)
        self.since, self.begun = at, None

    def put_right(self, place: int, ended: datetime) -> None:
        """A step was over at another time: it and the one after it change."""
        leg = self.legs[place]
        self.legs[place] = Leg(leg.step, leg.round, leg.how, leg.began, ended)
        if place + 1 < len(self.legs):
            after = self.legs[place + 1]
            self.legs[place + 1] = Leg(after.step, after.round, after.how, ended, after.ended)
        else:
            self.since = ended
        self.corrections += 1

    def snapshot(self) -> "Account":
        return deepcopy(self)

    def restore(self, earlier: "Account") -> None:
        """As if what came after had not happened; the badges are told of elsewhere."""
        badges = self.badges
        vars(self).update(vars(deepcopy(earlier)))
        self.badges = badges

    @property
    def missing(self) -> tuple[str, ...]:
        """The steps that are still to come, the present one first."""
        return STEPS[self.done :]

    @property
    def is_judged(self) -> bool:
        """Whether its times count in the rates."""
        return not self.late_entry and self.outcome not in UNJUDGED

    @property
    def late_steps(self) -> int:
        return sum(leg.standing == "late" for leg in self.legs)


@dataclass
class Books:
    """Every account of the year, in the office's own time."""

    zone: ZoneInfo
    accounts: list[Account] = field(default_factory=list)
    appointments_made: int = 0
    appointments_kept: int = 0
    messages: int = 0
    scans: int = 0

    def written(self) -> Iterator[Account]:
        """The accounts of those who stand in the guest book."""
        return (account for account in self.accounts if account.label)

    def day_of(self, account: Account) -> date:
        return self._local(account).date()

    def hour_of(self, account: Account) -> int:
        return self._local(account).hour

    def _local(self, account: Account) -> datetime:
        assert account.arrived_at is not None, "a written account has its arrival"
        return account.arrived_at.astimezone(self.zone)
