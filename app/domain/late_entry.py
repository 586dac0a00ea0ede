"""A paper slip that is typed in afterwards: its times, their order, the log they make."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from app.domain.decision import Draft
from app.domain.events import VERDICT_KINDS, EventKind, Note, Outcome
from app.domain.sop import Effect, Field, Sop, Step, Verdict

OUTCOMES = (
    Outcome.COMPLETED,
    Outcome.CANCELLED,
    Outcome.DECLINED,
    Outcome.RESCHEDULED,
    Outcome.LEFT_UNREPORTED,
)
LONGEST_AGO = timedelta(days=366)


class Fault(StrEnum):
    """What is wrong with a time on a slip; the words for each are in `phrases.py`."""

    MISSING = "missing"
    NO_END = "no_end"
    AHEAD = "ahead"
    BEFORE = "before"
    TOO_LONG_AGO = "too_long_ago"


@dataclass(frozen=True)
class Slot:
    """A time that a slip has a blank for: the arrival (without a step), a step's begin or end."""

    name: str
    step: Step | None = None
    is_begin: bool = False
    is_needed: bool = False


ARRIVAL = Slot("arrival", is_needed=True)


@dataclass(frozen=True)
class Wrong:
    """A fault, and the earlier time that it offends against."""

    fault: Fault
    other: Slot | None = None


@dataclass(frozen=True)
class Dated:
    """A draft with the time on paper, and the step it belongs to."""

    draft: Draft
    at: datetime
    step: Step | None = None


def begin_of(step: Step) -> Slot:
    """When a step without a standard began."""
    return Slot(f"begin-{step.key}", step, is_begin=True)


def end_of(sop: Sop, step: Step) -> Slot:
    """When a step was over; the last one's end is when the guest left."""
    return Slot(f"end-{step.key}", step, is_needed=step is sop.steps[-1])


def slots_of(sop: Sop) -> tuple[Slot, ...]:
    """Every time of a slip in the order in which they happen."""
    return (ARRIVAL, *(slot for step in sop.steps for slot in _slots_of_step(sop, step)))


def wrongs_of(
    sop: Sop,
    noted: Mapping[str, datetime],
    *,
    at: datetime,
    outcome: Outcome = Outcome.COMPLETED,
) -> dict[str, Wrong]:
    """What is wrong with the times on a slip, by the slot's name; nothing when they are in order.

    Two may be the same: paper knows minutes alone. Nobody saw a guest leave who did not report.
    """
    unseen = end_of(sop, sop.steps[-1]) if outcome is Outcome.LEFT_UNREPORTED else None
    wrongs: dict[str, Wrong] = {}
    latest: tuple[Slot, datetime] | None = None
    for slot in slots_of(sop):
        when = noted.get(slot.name)
        if when is None and slot == unseen:
            continue
        wrong = _wrong(slot, when, noted, latest, at)
        if wrong is not None:
            wrongs[slot.name] = wrong
        elif when is not None:
            latest = (slot, when)
    return wrongs


def late_log(
    sop: Sop, noted: Mapping[str, datetime], *, outcome: Outcome, recorded: AbstractSet[Field]
) -> tuple[Dated, ...]:
    """The whole log of a visit that paper has kept; the times must be in order.

    A step whose end was not noted is skipped, and nobody knows when it was over. What was decided
    at a step is what the rest of the slip tells. When a guest left who did not report is a guess,
    whatever paper says.
    """
    latest = noted[ARRIVAL.name]
    log = [Dated(Draft(EventKind.OPENED), latest)]
    *steps, last = sop.steps
    done = [step for step in steps if end_of(sop, step).name in noted]
    has_reported = outcome is not Outcome.LEFT_UNREPORTED
    deciding = _deciding(done, outcome)
    if outcome in VERDICT_KINDS and deciding is None:
        log.append(Dated(Draft(VERDICT_KINDS[outcome]), latest))
    for step in steps:
        log += _of_step(sop, step, noted, latest, recorded)
        latest = log[-1].at
        if step is deciding:
            log.append(Dated(Draft(VERDICT_KINDS[outcome]), latest, step))
        elif step in done and sop.must_choose(step):
            way = _way_from(step, [*done, last] if has_reported else done)
            log += [Dated(draft, latest, step) for draft in way]
    if has_reported:
        log += _of_step(sop, last, noted, latest, recorded)
        latest = log[-1].at
    else:
        latest = noted.get(end_of(sop, last).name, latest)
        log.append(Dated(Draft(EventKind.SKIPPED, last.key, Note.NOT_NOTED), latest, last))
        log.append(Dated(Draft(EventKind.LEFT_UNREPORTED, reason_code=Note.ESTIMATED), latest))
    return (*log, Dated(Draft(EventKind.CLOSED, reason_code=outcome), latest))


def _deciding(done: Sequence[Step], outcome: Outcome) -> Step | None:
    """At which of the noted steps the verdict fell: the last one that may decide so.

    Paper may tell otherwise than the SOP: then the last one. None where there is no verdict.
    """
    if outcome not in VERDICT_KINDS:
        return None
    verdict = Verdict(outcome)
    may = [step for step in done if any(one.outcome is verdict for one in step.choices)]
    return next(reversed(may or done), None)


def _way_from(step: Step, done: Sequence[Step]) -> tuple[Draft, ...]:
    """The choice that led from a step to the one that was noted after it."""
    following = [one.key for one in done if one.number > step.number][:1]
    ways = (choice for choice in step.choices if choice.goto in following)
    return tuple(Draft(EventKind.DECIDED, reason_code=way.key) for way in islice(ways, 1))


def _slots_of_step(sop: Sop, step: Step) -> Iterator[Slot]:
    if Effect.OPEN_ENDED in step.effects:
        yield begin_of(step)
    yield end_of(sop, step)


def _wrong(
    slot: Slot,
    when: datetime | None,
    noted: Mapping[str, datetime],
    latest: tuple[Slot, datetime] | None,
    at: datetime,
) -> Wrong | None:
    if when is None:
        return _absent(slot, noted)
    if when > at:
        return Wrong(Fault.AHEAD)
    if slot == ARRIVAL and at - when > LONGEST_AGO:
        return Wrong(Fault.TOO_LONG_AGO)
    if latest is not None and when < latest[1]:
        return Wrong(Fault.BEFORE, latest[0])
    return None


def _absent(slot: Slot, noted: Mapping[str, datetime]) -> Wrong | None:
    if slot.is_needed:
        return Wrong(Fault.MISSING)
    if slot.step is not None and not slot.is_begin:
        begin = begin_of(slot.step)
        return Wrong(Fault.NO_END, begin) if begin.name in noted else None
    return None


def _of_step(
    sop: Sop,
    step: Step,
    noted: Mapping[str, datetime],
    latest: datetime,
    recorded: AbstractSet[Field],
) -> list[Dated]:
    begin, end = noted.get(begin_of(step).name), noted.get(end_of(sop, step).name)
    if end is None:
        return [Dated(Draft(EventKind.SKIPPED, step.key, Note.NOT_NOTED), latest, step)]
    if begin is not None:
        return [
            Dated(Draft(EventKind.STARTED, step.key), begin, step),
            Dated(Draft(EventKind.ENDED, step.key), end, step),
        ]
    return [Dated(Draft(EventKind.COMPLETED, step.key, _note(step, recorded)), end, step)]


def _note(step: Step, recorded: AbstractSet[Field]) -> Note | None:
    if Effect.OPEN_ENDED in step.effects:
        return Note.NOT_NOTED  # its begin
    return None if set(step.requires) <= recorded else Note.NO_REQUIREMENT
