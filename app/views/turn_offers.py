"""What a person may do with a visit beside scanning it, and who could do it today."""

from datetime import datetime

from app import phrases
from app.domain.decisions import acting_role
from app.domain.permissions import DEPUTY_TITLES
from app.domain.sop import Choice, Effect, Step
from app.domain.turns import BADGE_EFFECTS, may_redirect, may_stand_in, offered_choices
from app.extensions import db
from app.operations.scan_visits import group_of
from app.queries.delegations import deputy_kinds
from app.queries.hosting import receiver_ids
from app.queries.people import active_with_role
from app.queries.visits import VisitView
from app.security import officer


def offered(view: VisitView, at: datetime) -> tuple[Choice, ...]:
    """The choices that this person may take at the visit's present step."""
    if view.step is None or not view.step.choices:
        return ()
    group = group_of(db.session(), view, at)
    receivers = group.receivers if group else None
    return offered_choices(view.sop, view.step, officer().actor, receivers)


def may_record_for_others(view: VisitView, step: Step | None, at: datetime) -> bool:
    """Whether the present step is somebody else's and this person may record it for them."""
    if step is None or step.effects & BADGE_EFFECTS:
        return False
    group = group_of(db.session(), view, at)
    role = acting_role(step, officer().actor, group.receivers if group else None)
    return role is None and may_stand_in(view.sop, officer().actor)


def holders_of(view: VisitView, step: Step | None, at: datetime) -> list[str]:
    """Who could do the present step today, a deputy with the title."""
    if step is None:
        return []
    group = group_of(db.session(), view, at)
    if group is not None:
        pairs = zip(group.names, group.posts.values(), strict=True)
        return [f"{name} ({post})" for name, post in pairs]
    titles = deputy_kinds(db.session(), step.role, at)
    post = phrases.post_name(view.sop, step.role)
    return [
        f"{one.name} ({DEPUTY_TITLES[titles[one.id]]} {post})" if one.id in titles else one.name
        for one in active_with_role(db.session(), step.role, at)
    ]


def may_send_on(view: VisitView, at: datetime) -> bool:
    """Whether there is a host to be sent to, and this person may send the guest there."""
    if view.sop.step_with(Effect.BY_HOST) is None or view.progress.verdict or not view.step:
        return False
    return may_redirect(view.sop, officer().actor, receiver_ids(db.session(), view, at))
