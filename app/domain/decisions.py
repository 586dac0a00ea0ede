"""What a scan or a tap does to a visit: advance it, take the badge back, or say why not."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.decision import (
    Act,
    Actor,
    Advanced,
    Closed,
    Decision,
    Draft,
    Ended,
    Given,
    Needs,
    Reason,
    Receivers,
    Refused,
    Repeated,
    Returned,
    Started,
)
from app.domain.events import EventKind, Manner, Note, Outcome
from app.domain.progress import Progress
from app.domain.sop import Effect, Sop, Step

REPEAT_WINDOW = timedelta(seconds=5)
CONFIRM_WINDOW = timedelta(seconds=60)
RUNNING_SUFFIX = ":running"
EARLY_OUTCOMES = (Outcome.COMPLETED_SHORT, Outcome.CANCELLED, Outcome.DECLINED)


def current_step(sop: Sop, progress: Progress) -> Step | None:
    """The step at which the visit stands; None once every step is settled or it is closed."""
    if progress.is_closed or len(progress.settled) >= len(sop.steps):
        return None
    return sop.steps[len(progress.settled)]


def stage_of(sop: Sop, progress: Progress) -> str | None:
    """The name of what comes next: a step's key, with a suffix while that step is under way."""
    step = current_step(sop, progress)
    if step is None:
        return None
    return step.key + (RUNNING_SUFFIX if progress.running_since else "")


def advance(sop: Sop, progress: Progress, *, actor: Actor, at: datetime, given: Given) -> Decision:
    """Decide what a scan of a badge in use does, in a fixed order of checks (SOP steps 2-6).

    The person who is expected moves the visit on; the one who keeps the badges may take the badge
    back at any step; everybody else is told whose turn it is.
    """
    step = current_step(sop, progress)
    if step is None:
        return Refused(Reason.VISIT_CLOSED, None)
    if _goes_on_returning(sop, step, actor, given):
        return take_back(sop, progress, actor=actor, at=at, given=given)
    if _is_repeat(sop, progress, actor, at, given, step):
        return Repeated()
    if _is_overtaken(sop, progress, actor, at, given, step):
        return Refused(Reason.ALREADY_DONE, step)
    role = acting_role(step, actor, given.receivers)
    if _takes_back(sop, progress, actor, at, given, role):
        return take_back(sop, progress, actor=actor, at=at, given=given)
    if role is None:
        return _refuse_role(sop, progress, step, actor, at)
    if (needs := _what_it_needs(sop, progress, step)) is not None:
        return Refused(needs, step)
    if Effect.RETURNS_BADGE not in step.effects:
        done = _perform(progress, step, role, actor, at, given)
        return _finished(done) if step is sop.steps[-1] else done
    if given.needs_badge:
        return Refused(Reason.NEEDS_SCAN, step)
    return take_back(sop, progress, actor=actor, at=at, given=given)


def take_back(
    sop: Sop, progress: Progress, *, actor: Actor, at: datetime, given: Given
) -> Closed | Returned | Needs:
    """Decide what the return of the badge closes, at any position of an open visit (SOP step 6).

    Of several badges each comes back by itself, and the last one closes the visit.
    """
    last = sop.steps[-1]
    if given.badges_out > 1:
        return _take_one_back(last, progress, actor, at, given)
    missed = sop.steps[len(progress.settled) : -1]
    if given.outcome is not None or given.not_received or not _is_received(missed):
        if given.outcome is None or not given.has_reason:
            return Needs(Reason.FORM, Act.RETURN_EARLY, last, ("outcome_choice", "reason_text"))
        return _closed(last, given, given.outcome, _early_drafts(progress, missed))
    is_unscanned = bool(missed) and progress.running_since is None
    if not given.confirmed:
        if is_unscanned:
            return Needs(Reason.CONFIRM, Act.RETURN_UNSCANNED, last)
        if _is_hasty(progress, actor, at, given):
            return Needs(Reason.CONFIRM, Act.RETURN, last)
    received = tuple(_reception_draft(progress, step) for step in missed)
    return _closed(last, given, Outcome(progress.verdict or Outcome.COMPLETED), received)


def leave_unreported(sop: Sop, progress: Progress) -> tuple[Draft, ...]:
    """The events of a guest who was found to have gone with the badge, at a time that is guessed.

    What had not been done is recorded as skipped (domain: leaves with the badge).
    """
    missed = [Draft(EventKind.SKIPPED, step.key) for step in sop.steps[len(progress.settled) :]]
    if progress.running_since is not None:
        missed[0] = Draft(EventKind.ENDED, missed[0].step_key, Note.ESTIMATED)
    return (
        *missed,
        Draft(EventKind.LEFT_UNREPORTED, reason_code=Note.ESTIMATED),
        Draft(EventKind.CLOSED, reason_code=Outcome.LEFT_UNREPORTED),
    )


def acting_role(step: Step, actor: Actor, receivers: Receivers | None) -> str | None:
    """The role in which the actor may perform the step, or None."""
    if Effect.BY_HOST in step.effects and receivers is not None:
        return receivers.role if actor.person_id in receivers.person_ids else None
    return step.role if step.role in actor.roles else None


def _what_it_needs(sop: Sop, progress: Progress, step: Step) -> Reason | None:
    """What no scan of a badge in use does: hand one out, or choose for the person."""
    if Effect.ISSUES_BADGE in step.effects:
        return Reason.NEEDS_SCAN
    if sop.must_choose(step) and _act(step, progress) is not Act.START:
        return Reason.NEEDS_CHOICE
    return None


def _perform(
    progress: Progress, step: Step, role: str, actor: Actor, at: datetime, given: Given
) -> Advanced | Started | Ended | Needs:
    act = _act(step, progress)
    missing = tuple(f for f in step.requires if f not in given.recorded | given.answered)
    after_skip = any(settled.manner is Manner.SKIPPED for settled in progress.settled)
    if missing and not after_skip:
        return Needs(Reason.FORM, act, step, tuple(step.requires))
    deliberate = given.confirmed or bool(given.answered & set(step.requires))
    if not deliberate and _acted_within(progress, actor, at, CONFIRM_WINDOW):
        return Needs(Reason.CONFIRM, act, step)
    match act:
        case Act.START:
            return Started(step, role, (Draft(EventKind.STARTED, step.key),))
        case Act.END:
            return Ended(step, role, (Draft(EventKind.ENDED, step.key),))
        case _:
            note = Note.NO_REQUIREMENT if missing else None
            return Advanced(step, role, (Draft(EventKind.COMPLETED, step.key, note),))


def _take_one_back(
    last: Step, progress: Progress, actor: Actor, at: datetime, given: Given
) -> Returned | Needs:
    if not given.confirmed and _is_hasty(progress, actor, at, given):
        return Needs(Reason.CONFIRM, Act.RETURN, last)
    return Returned(last, last.role, (Draft(EventKind.RETURNED),))


def _is_hasty(progress: Progress, actor: Actor, at: datetime, given: Given) -> bool:
    """Whether this person has just moved the visit, other than by taking its badges back."""
    return not given.follows_return and _acted_within(progress, actor, at, CONFIRM_WINDOW)


def _goes_on_returning(sop: Sop, step: Step, actor: Actor, given: Given) -> bool:
    """Whether this is the next one of a group's badges, laid on the desk one after the other."""
    if not given.follows_return or given.by_tap or sop.steps[-1].role not in actor.roles:
        return False
    return step is sop.steps[-1] or acting_role(step, actor, given.receivers) is None


def _takes_back(
    sop: Sop, progress: Progress, actor: Actor, at: datetime, given: Given, role: str | None
) -> bool:
    if given.needs_badge or sop.steps[-1].role not in actor.roles:
        return False
    if given.wants_return or given.outcome is not None:
        return True
    is_deliberate = given.confirmed or not _colleague_was_first(sop, progress, actor, at)
    return role is None and is_deliberate


def _finished(done: Advanced | Started | Ended | Needs) -> Closed | Started | Needs:
    """The last step of an SOP in which no badge comes back: once it is done, so is the visit."""
    if isinstance(done, Started | Needs):
        return done
    closing = Draft(EventKind.CLOSED, reason_code=Outcome.COMPLETED)
    return Closed(done.step, done.role, (*done.drafts, closing), Outcome.COMPLETED)


def _act(step: Step, progress: Progress) -> Act:
    if Effect.OPEN_ENDED not in step.effects:
        return Act.COMPLETE
    return Act.END if progress.running_since else Act.START


def _is_repeat(
    sop: Sop, progress: Progress, actor: Actor, at: datetime, given: Given, step: Step
) -> bool:
    was_last = progress.last_scanner == actor.person_id
    if not was_last or not _acted_within(progress, actor, at, REPEAT_WINDOW, inclusive=True):
        return False
    answers_this_step = bool(given.answered & set(step.requires)) or given.outcome is not None
    answers_this_stage = given.stage is not None and given.stage == stage_of(sop, progress)
    return not (given.confirmed or answers_this_step or answers_this_stage)


def _is_overtaken(
    sop: Sop, progress: Progress, actor: Actor, at: datetime, given: Given, step: Step
) -> bool:
    """Whether somebody else has just done what this scan was made for."""
    if given.stage is not None:
        return given.stage != stage_of(sop, progress)
    answers_this_step = bool(given.answered & set(step.requires)) or given.outcome is not None
    is_deliberate = given.confirmed or given.wants_return or answers_this_step
    return not is_deliberate and _colleague_was_as_fast(sop, progress, actor, at, given, step)


def _refuse_role(sop: Sop, progress: Progress, step: Step, actor: Actor, at: datetime) -> Refused:
    if _colleague_was_first(sop, progress, actor, at):
        return Refused(Reason.ALREADY_DONE, step)
    if Effect.BY_HOST in step.effects and step.role in actor.roles:
        return Refused(Reason.WRONG_HOST, step)
    return Refused(Reason.WRONG_ROLE, step)


def _colleague_was_first(sop: Sop, progress: Progress, actor: Actor, at: datetime) -> bool:
    """Whether the step this person came for was settled a moment ago."""
    if not progress.settled:
        return False
    latest = progress.settled[-1]
    is_fresh = abs(at - latest.finished_at) <= CONFIRM_WINDOW
    return is_fresh and sop.step(latest.key).role in actor.roles


def _colleague_was_as_fast(
    sop: Sop, progress: Progress, actor: Actor, at: datetime, given: Given, step: Step
) -> bool:
    """Whether two scanned at the same moment, each for the move that only the first could make."""
    if progress.last_scanner == actor.person_id:
        return False
    if progress.running_since is not None:
        moved_at, role = progress.running_since, acting_role(step, actor, given.receivers)
    elif progress.settled:
        latest = progress.settled[-1]
        moved_at, role = latest.finished_at, acting_role(sop.step(latest.key), actor, None)
    else:
        return False
    return role is not None and abs(at - moved_at) <= REPEAT_WINDOW


def _acted_within(
    progress: Progress, actor: Actor, at: datetime, window: timedelta, *, inclusive: bool = False
) -> bool:
    latest = progress.last_scan_by.get(actor.person_id)
    if latest is None:
        return False
    passed = abs(at - latest)  # a clock that was set back must not stop a person for an hour
    return passed <= window if inclusive else passed < window


def _is_received(missed: Iterable[Step]) -> bool:
    """Whether no more than the reception itself stands between the visit and its end."""
    steps = tuple(missed)
    return not steps or (len(steps) == 1 and Effect.OPEN_ENDED in steps[0].effects)


def _reception_draft(progress: Progress, step: Step) -> Draft:
    if progress.running_since is None:
        return Draft(EventKind.COMPLETED, step.key, Note.NOT_SCANNED)
    return Draft(EventKind.ENDED, step.key, Note.ENDED_BY_RETURN)


def _early_drafts(progress: Progress, missed: tuple[Step, ...]) -> tuple[Draft, ...]:
    drafts = [Draft(EventKind.SKIPPED, step.key) for step in missed]
    if progress.running_since is not None:
        drafts[0] = Draft(EventKind.ENDED, missed[0].key, Note.ENDED_BY_RETURN)
    return tuple(drafts)


def _left_out(step: Step) -> Draft:
    return Draft(EventKind.SKIPPED, step.key)


def _closed(last: Step, given: Given, outcome: Outcome, before: tuple[Draft, ...]) -> Closed:
    note = Note.CLOCK_UNKNOWN if before else None
    back = (Draft(EventKind.RETURNED),) if given.badges_out else ()
    is_return = Effect.RETURNS_BADGE in last.effects
    drafts = (
        *before,
        *back,
        Draft(EventKind.COMPLETED, last.key, note) if is_return else _left_out(last),
        Draft(EventKind.CLOSED, reason_code=outcome),
    )
    return Closed(last, last.role, drafts, outcome)
