"""What a scan comes to: whose badge it is, and which rules apply to it."""

from sqlalchemy.orm import Session

from app.domain.badge_life import DEAD_STATES, BadgeState
from app.domain.codes import BadgeCode, BadgeNumber, Foreign, read_content
from app.domain.decision import Reason
from app.operations.scan_badges import plan_handing_out, plan_recovery
from app.operations.scan_scene import Plan, Scene, standing
from app.operations.scan_visits import plan_visit
from app.queries.loans import (
    BadgeRow,
    FoundBadge,
    badge_by_number,
    find_by_code,
    find_by_number,
    latest_move,
    loan_at,
)
from app.queries.visits import view_by_id, view_by_label


def plan_of(scene: Scene) -> Plan:
    if scene.scan.content is None:
        return _plan_tap(scene)
    content = read_content(scene.scan.content)
    if isinstance(content, Foreign):
        return Plan("refused", Reason.UNKNOWN_CODE)
    found = _find(scene.session, content)
    if found is None:
        return Plan("refused", Reason.UNKNOWN_CODE)
    badge = found.badge
    if scene.keeps_order and _has_moved(scene, badge):
        return out_of_order(scene, badge)
    if found.is_dead or badge.state in DEAD_STATES:
        return Plan("refused", Reason.BADGE_RETIRED, badge=badge)
    if found.visit_id is None:
        if scene.refusal is not None:
            return Plan("refused", scene.refusal, badge=badge)
        if badge.state == BadgeState.OUTSTANDING:
            return plan_recovery(scene, badge)
        return plan_handing_out(scene, badge)
    view = view_by_id(scene.session, found.visit_id)
    if scene.scan.visit_label not in {None, view.label}:
        return standing(view, "refused", Reason.BADGE_IN_USE, badge=badge)
    return plan_visit(scene, view, badge)


def _find(session: Session, content: BadgeCode | BadgeNumber) -> FoundBadge | None:
    if isinstance(content, BadgeNumber):
        return find_by_number(session, content.value)
    return find_by_code(session, content.value)


def _has_moved(scene: Scene, badge: BadgeRow) -> bool:
    """Whether the badge has changed hands since the scan was made."""
    return latest_move(scene.session, badge.id).at > scene.at


def out_of_order(scene: Scene, badge: BadgeRow) -> Plan:
    """The scan belongs to the guest who held the badge then, if anybody did."""
    loan = loan_at(scene.session, badge.id, scene.at)
    visit_id = loan.visit_id if loan else None
    return Plan("refused", Reason.OUT_OF_ORDER, visit_id=visit_id, badge=badge)


def _plan_tap(scene: Scene) -> Plan:
    view = view_by_label(scene.session, scene.scan.visit_label or "")
    if view is None:
        return Plan("refused", Reason.NOT_WAITING)
    badge = None
    if view.held_numbers:
        badge = badge_by_number(scene.session, view.held_numbers[0])
    return plan_visit(scene, view, badge)
