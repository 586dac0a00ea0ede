"""What a scan of a visit comes to by the rules, and the writes that go with it (steps 2 to 6)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.decision import (
    Closed,
    Decision,
    Given,
    Moved,
    Needs,
    Reason,
    Refused,
    Repeated,
    Returned,
)
from app.domain.decisions import advance
from app.domain.sop import Effect, Field
from app.operations import badges
from app.operations.log import Authorship, add_text, append, drafted
from app.operations.scan_scene import (
    Answers,
    Plan,
    Scene,
    after,
    as_known,
    authorship,
    standing,
    was_there,
)
from app.queries.loans import BadgeRow
from app.queries.scans import last_scan_of_visit
from app.queries.units import ReceivingGroup, destination_by_id, receiving_group
from app.queries.visit_rows import Words
from app.queries.visits import VisitView


def plan_visit(scene: Scene, view: VisitView, badge: BadgeRow | None) -> Plan:
    if scene.refusal is not None:
        return standing(view, "refused", scene.refusal, badge=badge)
    if scene.keeps_order and not was_there(scene, view):
        return standing(view, "refused", Reason.OUT_OF_ORDER, badge=badge)
    group = group_of(scene.session, view, scene.at)
    given = _given(scene, view, group, badge)
    decision = advance(view.sop, view.progress, actor=scene.officer.actor, at=scene.at, given=given)
    return _carry(scene, view, group, decision, badge)


def group_of(session: Session, view: VisitView, at: datetime) -> ReceivingGroup | None:
    """Who receives the guest, if the visit stands at the step of a host."""
    if view.step is None or Effect.BY_HOST not in view.step.effects:
        return None
    return receiving_group(session, view.sop, view.progress.destination_id, at)


def _given(
    scene: Scene, view: VisitView, group: ReceivingGroup | None, badge: BadgeRow | None
) -> Given:
    recorded = {
        Field.PURPOSE: view.text(Field.PURPOSE),
        Field.DIRECTION: view.text(Field.DIRECTION),
        Field.DESTINATION: view.progress.destination_id,
    }
    scan = scene.scan
    given = given_of(scan.answers, recorded, group, by_tap=scan.content is None)
    follows_return = _follows_return(scene, view, badge)
    return replace(given, badges_out=view.badges_out, follows_return=follows_return)


def _follows_return(scene: Scene, view: VisitView, badge: BadgeRow | None) -> bool:
    """Whether this person's last scan of the visit took another of its badges back."""
    if badge is None or view.badge_numbers == (badge.number,):
        return False
    last = last_scan_of_visit(scene.session, view.visit.id, scene.officer.person_id)
    return last is not None and last.outcome == "returned" and last.badge_id != badge.id


def given_of(
    answers: Answers,
    recorded: Mapping[Field, object],
    group: ReceivingGroup | None,
    *,
    by_tap: bool,
) -> Given:
    """What the rules need to know of a scan's answers and of what is on record."""
    answered = {
        Field.PURPOSE: answers.purpose,
        Field.DIRECTION: answers.direction,
        Field.DESTINATION: answers.destination_id,
    }
    return Given(
        recorded=frozenset(field for field, value in recorded.items() if value),
        answered=frozenset(field for field, value in answered.items() if value),
        receivers=group.receivers if group else None,
        stage=answers.stage,
        confirmed=answers.confirmed,
        wants_return=answers.wants_return,
        not_received=answers.not_received,
        outcome=answers.outcome,
        has_reason=bool(answers.reason_text),
        by_tap=by_tap,
    )


def _carry(
    scene: Scene,
    view: VisitView,
    group: ReceivingGroup | None,
    decision: Decision,
    badge: BadgeRow | None,
) -> Plan:
    match decision:
        case Refused(reason, expected):
            plan = standing(view, "refused", reason, badge=badge)
            return plan if expected else replace(plan, step=None, expected_role=None)
        case Repeated():
            return standing(view, "repeated", None, badge=badge)
        case Needs(reason, act, step, fields):
            plan = standing(view, "needs", reason, act, badge=badge)
            return replace(plan, acted=step, fields=tuple(fields))
        case Moved():
            return _move(scene, view, group, decision, badge)


def _move(
    scene: Scene,
    view: VisitView,
    group: ReceivingGroup | None,
    decision: Moved,
    badge: BadgeRow | None,
) -> Plan:
    decision = replace(decision, drafts=as_known(scene, decision.drafts))
    post = scene.officer.post_as(view.sop, decision.role)
    if group is not None and not isinstance(decision, Closed | Returned):
        post = group.posts[scene.officer.person_id]

    def carry_out(scan_id: int) -> VisitView:
        by = authorship(scene, decision.role, post, scan_id)
        texts = _write_texts(scene, view, decision, by)
        destination_id = _answered_destination(scene, decision)
        events = drafted(view.progress, decision.drafts, by, destination_id=destination_id)
        progress = append(scene.session, view.visit.id, view.sop, view.progress, events, by)
        held = _take_in(scene, view, decision, badge)
        destination = view.destination
        if destination_id is not None:
            destination = destination_by_id(scene.session, destination_id)
        texts = view.texts | texts
        numbers = (*held, *(number for number in view.badge_numbers if number not in held))
        return replace(
            view,
            progress=progress,
            texts=texts,
            destination=destination,
            badge_numbers=numbers,
            badges_out=len(held),
        )

    outcome = type(decision).__name__.lower()
    plan = after(scene, view, decision.step, decision.drafts, outcome, badge=badge)
    return replace(plan, carry_out=carry_out)


def _take_in(
    scene: Scene, view: VisitView, decision: Moved, badge: BadgeRow | None
) -> tuple[int, ...]:
    """Take in what comes back with this decision; the badges that the visit still holds."""
    match decision:
        case Closed():
            badges.take_in(scene.session, view.visit.id, scene.officer, scene.at)
            return ()
        case Returned():
            assert badge is not None, "what comes back is a badge"
            badges.take_in_one(scene.session, badge, scene.officer, scene.at)
            return tuple(number for number in view.held_numbers if number != badge.number)
        case _:
            return view.held_numbers


def _write_texts(
    scene: Scene, view: VisitView, decision: Moved, by: Authorship
) -> dict[str, Words]:
    """Write the words that this step asked for; what is new, by field."""
    answers = scene.scan.answers
    if isinstance(decision, Closed):
        words = {"reason": answers.reason_text if answers.outcome else None}
    else:
        given = {Field.PURPOSE: answers.purpose, Field.DIRECTION: answers.direction}
        words = {
            str(field): value
            for field, value in given.items()
            if field in decision.step.requires and value != view.text(field)
        }
    return {
        field: add_text(scene.session, view.visit.id, field, value, by)
        for field, value in words.items()
        if value
    }


def _answered_destination(scene: Scene, decision: Moved) -> int | None:
    """The destination that this step sets, if any."""
    if isinstance(decision, Closed) or Field.DESTINATION not in decision.step.requires:
        return None
    return scene.scan.answers.destination_id
