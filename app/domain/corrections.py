"""Who may put the purpose or the destination right as a slip of the pen, and how long."""

from app.domain.decision import Actor
from app.domain.progress import Progress
from app.domain.sop import Effect, Field, Sop


def destination_is_settled(sop: Sop, progress: Progress) -> bool:
    """Whether the guest has been sent on: from then on another destination is a redirect."""
    directing = next((step for step in sop.steps if Field.DESTINATION in step.requires), None)
    directing = directing or sop.step_with(Effect.BY_HOST)
    if directing is None:
        return False
    is_done = len(progress.settled) >= directing.number
    is_running = progress.running_since is not None
    return is_done or (is_running and len(progress.settled) >= directing.number - 1)


def works_on(sop: Sop, progress: Progress, actor: Actor, receivers: frozenset[int]) -> bool:
    """Whether this person has had, or has, a step of this visit; anybody else gives a reason."""
    so_far = sop.steps[: len(progress.settled) + 1]
    if any(Effect.BY_HOST in step.effects for step in so_far) and actor.person_id in receivers:
        return True
    roles = {step.role for step in so_far if Effect.BY_HOST not in step.effects}
    return bool(roles & actor.roles)
