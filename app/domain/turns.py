"""Turns a visit takes beside the straight line: a choice, another destination, a stand-in's act."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.decision import Actor, Draft, Given, Receivers
from app.domain.decisions import acting_role, current_step, stage_of
from app.domain.events import VERDICT_KINDS, EventKind, Note, Outcome
from app.domain.permissions import stand_in_roles
from app.domain.progress import Progress
from app.domain.sop import Choice, Effect, Field, Sop, Step, Verdict

BADGE_EFFECTS = frozenset({Effect.ISSUES_BADGE, Effect.RETURNS_BADGE})


class Wrong(StrEnum):
    """Why a turn is not taken; the words for each are in `phrases.py`."""

    NO_SUCH_VISIT = "no_such_visit"
    VISIT_CLOSED = "visit_closed"
    OVERTAKEN = "overtaken"
    NOT_YOURS = "not_yours"
    NO_SUCH_CHOICE = "no_such_choice"
    NO_HOST_STEP = "no_host_step"
    SAME_DESTINATION = "same_destination"
    BADGE_STEP = "badge_step"
    NEEDS_DESTINATION = "needs_destination"
    NEEDS_CHOICE = "needs_choice"


class StandIn(StrEnum):
    """What happens to the step of a post that nobody holds today."""

    ON_BEHALF = "on_behalf"
    SKIP = "skip"


@dataclass(frozen=True)
class Turn:
    """What is written when the turn is taken: by which role, for whose, and which events."""

    step: Step
    role: str
    drafts: tuple[Draft, ...]
    on_behalf_of: str | None = None
    outcome: Outcome | None = None


def decide(
    sop: Sop, progress: Progress, choice_key: str, *, actor: Actor, given: Given
) -> Turn | Wrong:
    """Take a choice of the present step: go on to another step, or end with a verdict.

    The step itself is completed by deciding. A verdict leaves out what lies between, so that only
    the badge has to come back; where none does, it closes the visit at once. A verdict about a host
    who is away is also the front desk's or the Kasubbag's, on behalf.
    """
    step = current_step(sop, progress)
    if step is None:
        return Wrong.VISIT_CLOSED
    if given.stage is not None and given.stage != stage_of(sop, progress):
        return Wrong.OVERTAKEN
    own_role = acting_role(step, actor, given.receivers)
    open_choices = offered_choices(sop, step, actor, given.receivers)
    role = own_role or (_stand_in_role(sop, actor) if open_choices else None)
    if role is None:
        return Wrong.NOT_YOURS
    choice = next((one for one in open_choices if one.key == choice_key), None)
    if choice is None:
        return Wrong.NO_SUCH_CHOICE
    settling = _settling(step, progress, given, choice)
    if choice.outcome is not None:
        turn = _end_with(sop, step, role, settling, choice.outcome)
    else:
        assert choice.goto is not None, "a checked choice leads somewhere"
        if _lacks_destination(sop, step, choice.goto, given):
            return Wrong.NEEDS_DESTINATION
        turn = Turn(step, role, (settling, *_way_to(sop, step, choice, choice.goto)))
    return turn if own_role else replace(turn, on_behalf_of=step.role)


def offered_choices(
    sop: Sop, step: Step, actor: Actor, receivers: Receivers | None
) -> tuple[Choice, ...]:
    """The choices that this person may take at a step: all of one's own.

    For who is away, whoever may stand in takes the verdicts of a host, and those of a step that
    cannot go on without a choice.
    """
    if acting_role(step, actor, receivers) is not None:
        return step.choices
    if not may_stand_in(sop, actor):
        return ()
    if sop.must_choose(step):
        return step.choices
    if Effect.BY_HOST in step.effects:
        return tuple(choice for choice in step.choices if choice.outcome is not None)
    return ()


def redirect(sop: Sop, progress: Progress, destination_id: int | None) -> tuple[Draft, ...] | Wrong:
    """Send the guest to another destination; the earlier one stays in the record.

    Before the reception nothing else changes and no clock starts anew. A guest who has been
    received, or is being received, goes back to that step in a new round (domain: several
    destinations in one visit).
    """
    step, host_step = current_step(sop, progress), sop.step_with(Effect.BY_HOST)
    if step is None:
        return Wrong.VISIT_CLOSED
    if host_step is None or progress.verdict is not None:
        return Wrong.NO_HOST_STEP
    is_running = progress.running_since is not None
    has_been_received = step.number > host_step.number
    if destination_id is None:
        return Wrong.NEEDS_DESTINATION
    if destination_id == progress.destination_id and not has_been_received:
        return Wrong.SAME_DESTINATION
    goes_back = is_running or has_been_received
    back_to = host_step.key if goes_back else None
    redirected = Draft(EventKind.REDIRECTED, back_to, destination_id=destination_id)
    return (Draft(EventKind.ENDED, step.key), redirected) if is_running else (redirected,)


def stand_in(
    sop: Sop, progress: Progress, how: StandIn, *, actor: Actor, given: Given
) -> Turn | Wrong:
    """Move the visit on for a post that nobody holds today, as done on behalf or as skipped.

    The front desk or whoever leads the guests may (domain: no deputy); what hands a badge out or
    takes it back stays with who keeps the badges.
    """
    step = current_step(sop, progress)
    if step is None:
        return Wrong.VISIT_CLOSED
    if given.stage is not None and given.stage != stage_of(sop, progress):
        return Wrong.OVERTAKEN
    if step.effects & BADGE_EFFECTS:
        return Wrong.BADGE_STEP
    own_role = _stand_in_role(sop, actor)
    if own_role is None:
        return Wrong.NOT_YOURS
    if how is StandIn.SKIP:
        draft = Draft(EventKind.SKIPPED, step.key)
        if progress.running_since is not None:
            draft = Draft(EventKind.ENDED, step.key)
        return _closing_if_last(sop, Turn(step, own_role, (draft,), step.role))
    if sop.must_choose(step) and (Effect.OPEN_ENDED not in step.effects or progress.running_since):
        return Wrong.NEEDS_CHOICE
    missing = _missing(step, given)
    if Field.DESTINATION in missing and _host_follows(sop, step):
        return Wrong.NEEDS_DESTINATION
    note = Note.NO_REQUIREMENT if missing else None
    kind = EventKind.COMPLETED
    if Effect.OPEN_ENDED in step.effects:
        kind = EventKind.ENDED if progress.running_since else EventKind.STARTED
    return _closing_if_last(sop, Turn(step, own_role, (Draft(kind, step.key, note),), step.role))


def may_redirect(sop: Sop, actor: Actor, receivers: frozenset[int]) -> bool:
    """Whether this person may send the guest elsewhere: who directs, leads, registers, receives."""
    hosts = {step.role for step in sop.steps if Effect.BY_HOST in step.effects}
    return actor.person_id in receivers or bool(actor.roles & set(sop.roles) - hosts)


def may_stand_in(sop: Sop, actor: Actor) -> bool:
    """Whether this person may move a visit on for another post."""
    return _stand_in_role(sop, actor) is not None


def _stand_in_role(sop: Sop, actor: Actor) -> str | None:
    """The role in which this person acts for another post: the first of the SOP's that may."""
    may = stand_in_roles(sop) & actor.roles
    return next((role for role in sop.roles if role in may), None)


def _settling(step: Step, progress: Progress, given: Given, choice: Choice) -> Draft:
    """How the deciding step itself is settled: a guest who was not received was not received."""
    if Effect.OPEN_ENDED in step.effects:
        if progress.running_since is not None:
            return Draft(EventKind.ENDED, step.key)
        return Draft(EventKind.SKIPPED, step.key)
    is_verdict = choice.outcome is not None
    missing = _missing(step, given) - (
        {Field.DIRECTION, Field.DESTINATION} if is_verdict else set()
    )
    return Draft(EventKind.COMPLETED, step.key, Note.NO_REQUIREMENT if missing else None)


def _missing(step: Step, given: Given) -> set[Field]:
    return set(step.requires) - given.recorded - given.answered


def _lacks_destination(sop: Sop, step: Step, goto: str, given: Given) -> bool:
    """Whether the way forward leads to a host and nobody has said to which."""
    is_forward = sop.step(goto).number > step.number
    return is_forward and Field.DESTINATION in _missing(step, given) and _host_follows(sop, step)


def _host_follows(sop: Sop, step: Step) -> bool:
    return any(Effect.BY_HOST in later.effects for later in sop.steps[step.number :])


def _end_with(sop: Sop, step: Step, role: str, settling: Draft, verdict: Verdict) -> Turn:
    last = len(sop.steps) - 1 if sop.returns_badge else len(sop.steps)
    between = _skips(sop.steps[step.number : last])
    outcome = Outcome(verdict)
    drafts = (settling, Draft(VERDICT_KINDS[outcome]), *between)
    if sop.returns_badge:
        return Turn(step, role, drafts)
    closing = Draft(EventKind.CLOSED, reason_code=outcome)
    return Turn(step, role, (*drafts, closing), outcome=outcome)


def _way_to(sop: Sop, step: Step, choice: Choice, goto: str) -> tuple[Draft, ...]:
    """Forward what lies between is left out; backward a new round begins."""
    target = sop.step(goto)
    if target.number > step.number:
        decided = Draft(EventKind.DECIDED, reason_code=choice.key)
        return (decided, *_skips(sop.steps[step.number : target.number - 1]))
    return (Draft(EventKind.DECIDED, goto, choice.key),)


def _closing_if_last(sop: Sop, turn: Turn) -> Turn:
    """The last step of an SOP without a badge ends the visit, whoever records it."""
    is_settled = turn.drafts[-1].kind is not EventKind.STARTED
    if turn.step is not sop.steps[-1] or not is_settled:
        return turn
    closing = Draft(EventKind.CLOSED, reason_code=Outcome.COMPLETED)
    drafts = (*turn.drafts, closing)
    return Turn(turn.step, turn.role, drafts, turn.on_behalf_of, Outcome.COMPLETED)


def _skips(steps: Iterable[Step]) -> tuple[Draft, ...]:
    return tuple(Draft(EventKind.SKIPPED, step.key) for step in steps)
