"""What the scan of a badge that no visit holds comes to: it is handed out, or it has turned up."""

from dataclasses import replace
from datetime import timedelta

from app.domain.decision import Act, Draft, Reason
from app.domain.decisions import CONFIRM_WINDOW, REPEAT_WINDOW
from app.domain.events import EventKind
from app.domain.permissions import registrar_role
from app.domain.sop import Effect, Step
from app.operations import badges
from app.operations.log import append, drafted
from app.operations.scan_scene import (
    Plan,
    Scene,
    after,
    as_known,
    authorship,
    standing,
    was_there,
)
from app.queries.badges import needs_print
from app.queries.loans import BadgeRow, LatestMove, latest_loan, latest_move
from app.queries.visits import VisitView, view_by_id, view_by_label, waiting_for_badge


def plan_handing_out(scene: Scene, badge: BadgeRow) -> Plan:
    """A badge in nobody's hands: the guest-book keeper hands it to a waiting guest (step 1).

    A guest who came under an earlier SOP is waiting for the keeper whom that one names.
    """
    role, roles = registrar_role(scene.sop), scene.officer.roles
    waiting = [view for view in _waiting(scene) if registrar_role(view.sop) in roles]
    if role not in roles and not waiting:
        return Plan("refused", Reason.BADGE_NOT_IN_USE, expected_role=role, badge=badge)
    is_chosen = scene.scan.visit_label is not None or scene.scan.answers.confirmed
    latest = latest_move(scene.session, badge.id)
    if not is_chosen and _was_as_fast(scene, latest):
        return Plan("refused", Reason.ALREADY_DONE, visit_id=latest.visit_id, badge=badge)
    since = _since_own_move(scene, latest)
    if since is not None and since <= REPEAT_WINDOW and not is_chosen:
        return Plan("repeated", badge=badge)
    if needs_print(scene.session, badge.id):
        return Plan("refused", Reason.NOT_PRINTED, badge=badge)
    if scene.scan.answers.wants_return:
        return Plan("refused", Reason.BADGE_IS_FREE, badge=badge)
    is_deliberate = is_chosen or since is None or since >= CONFIRM_WINDOW
    return _plan_issue(scene, badge, waiting, is_deliberate=is_deliberate)


def _waiting(scene: Scene) -> list[VisitView]:
    """Who waits for a badge; of a scan for one guest, that guest alone."""
    label = scene.scan.visit_label
    if label is None or scene.scan.answers.adds_badge:
        return waiting_for_badge(scene.session)
    view = view_by_label(scene.session, label)
    if view is None or not view.waits_for_badge or view.badges_out:
        return []
    return [view]


def _plan_issue(
    scene: Scene, badge: BadgeRow, waiting: list[VisitView], *, is_deliberate: bool
) -> Plan:
    """To whom of those who wait: whoever is named, else the only one who was there already."""
    label = scene.scan.visit_label
    if label is not None:
        if scene.scan.answers.adds_badge:
            waiting = _holders(scene, label)
        waiting = [view for view in waiting if view.label == label]
        if not waiting:
            return Plan("refused", Reason.NOT_WAITING, badge=badge)
        if scene.keeps_order and not was_there(scene, waiting[0]):
            return standing(waiting[0], "refused", Reason.OUT_OF_ORDER, badge=badge)
    elif scene.keeps_order:
        waiting = [view for view in waiting if was_there(scene, view)]
    if not waiting:
        return Plan("refused", Reason.NO_WAITING_GUEST, badge=badge)
    if len(waiting) > 1:
        return Plan("needs", Reason.FORM, Act.ISSUE, badge=badge, fields=("visit",))
    if not is_deliberate:
        return standing(waiting[0], "needs", Reason.CONFIRM, Act.ISSUE, badge=badge)
    return _issue(scene, badge, waiting[0])


def _holders(scene: Scene, label: str) -> list[VisitView]:
    """The open visit that gets one more badge, if this officer keeps its badges."""
    view = view_by_label(scene.session, label)
    if view is None:
        return []
    is_theirs = registrar_role(view.sop) in scene.officer.roles
    return [view] if is_theirs and not view.progress.is_closed else []


def _since_own_move(scene: Scene, latest: LatestMove) -> timedelta | None:
    """How long ago this officer moved this badge, by a scan; None when they did not."""
    if latest.actor_id != scene.officer.person_id or latest.loan_id is None:
        return None
    return abs(scene.at - latest.at)


def _was_as_fast(scene: Scene, latest: LatestMove) -> bool:
    """Whether a colleague took this badge back a moment ago: both meant the same return."""
    is_colleague = latest.actor_id != scene.officer.person_id
    is_fresh = abs(scene.at - latest.at) <= REPEAT_WINDOW
    return is_colleague and latest.loan_id is not None and is_fresh


def _issue(scene: Scene, badge: BadgeRow, view: VisitView) -> Plan:
    step = view.sop.step_with(Effect.ISSUES_BADGE)
    assert step is not None, "a checked SOP has a step that issues the badge"
    first = issue_drafts(step) if view.waits_for_badge else (Draft(EventKind.ISSUED),)
    drafts = as_known(scene, first)
    post = scene.officer.post_as(view.sop, step.role)

    def carry_out(scan_id: int) -> VisitView:
        by = authorship(scene, step.role, post, scan_id)
        badges.issue(scene.session, badge, view.visit.id, scene.officer, scene.at)
        events = drafted(view.progress, drafts, by)
        progress = append(scene.session, view.visit.id, view.sop, view.progress, events, by)
        numbers = (badge.number, *view.badge_numbers)
        out = view.badges_out + 1
        return replace(view, progress=progress, badge_numbers=numbers, badges_out=out)

    plan = after(scene, view, step, drafts, "issued", badge=badge)
    return replace(plan, act=Act.ISSUE, carry_out=carry_out)


def issue_drafts(step: Step) -> tuple[Draft, ...]:
    """The events of a badge that is handed over: it completes its step."""
    return (Draft(EventKind.ISSUED), Draft(EventKind.COMPLETED, step.key))


def plan_recovery(scene: Scene, badge: BadgeRow) -> Plan:
    """A badge that was not back turns up: it is free again, and its visit keeps its times."""
    loan = latest_loan(scene.session, badge.id)
    assert loan is not None, "a badge that is not back was out"
    view = view_by_id(scene.session, loan.visit_id)
    keeper = view.sop.steps[-1]
    roles = {keeper.role, registrar_role(scene.sop)} & scene.officer.roles
    if not roles:
        plan = Plan("refused", Reason.BADGE_NOT_IN_USE, badge=badge)
        return replace(plan, expected_role=keeper.role)
    if scene.keeps_order and not was_there(scene, view):
        return standing(view, "refused", Reason.OUT_OF_ORDER, badge=badge)
    role = keeper.role if keeper.role in roles else min(roles)

    def carry_out(scan_id: int) -> VisitView:
        by = authorship(scene, role, scene.officer.post_in(view.sop), scan_id)
        badges.recover(scene.session, loan, scene.officer, scene.at)
        at = max(scene.at, view.progress.last_at or scene.at)
        events = drafted(view.progress, [Draft(EventKind.RETURNED)], by, occurred_at=at)
        progress = append(scene.session, view.visit.id, view.sop, view.progress, events, by)
        return replace(view, progress=progress)

    plan = standing(view, "recovered", None, badge=badge)
    return replace(plan, carry_out=carry_out)
