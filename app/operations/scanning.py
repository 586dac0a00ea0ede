"""Record a scan, a tap or a typed number: once for each nonce, and on disk when it returns."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.codes import BadgeCode, read_content
from app.domain.decision import Act, Reason
from app.domain.queued import ClockAhead, happened_at
from app.domain.sop import Sop
from app.models.base import table_of
from app.models.dialect import insert_unless_known
from app.models.scan import Scan, ScanDecision
from app.operations.officer import Officer
from app.operations.scan_plans import plan_of
from app.operations.scan_scene import Answers, IncomingScan, Plan, Scene
from app.operations.transaction import retrying, write
from app.queries.late_scans import is_undecided
from app.queries.visits import VisitView, view_by_id, view_by_label

MOVED = frozenset({"issued", "advanced", "started", "ended", "returned", "closed", "recovered"})
_BY_NONCE = select(Scan).where(Scan.nonce == bindparam("nonce"))
_SCANS = insert_unless_known(table_of(Scan), "nonce", returning="id")

__all__ = ["Answers", "IncomingScan", "Recorded", "record_scan"]


@dataclass(frozen=True)
class Recorded:
    """What came of a scan, as it is stored and as it is told to the person.

    `view` is the visit as this scan left it, `badge_number` that of the badge; None when the
    answer to an earlier scan is given again, which is the same answer.
    """

    scan_id: int
    outcome: str
    reason: Reason | None
    act: Act | None
    acted_step_key: str | None
    step_key: str | None
    expected_role: str | None
    visit_id: int | None
    badge_id: int | None
    fields: tuple[str, ...] = ()
    is_replay: bool = False
    view: VisitView | None = field(default=None, compare=False)
    badge_number: int | None = field(default=None, compare=False)


def record_scan(
    incoming: IncomingScan, *, officer: Officer, sop: Sop, at: datetime, key: bytes
) -> Recorded:
    """Store the scan and carry out what it means; the same nonce again gives the same answer.

    `sop` is the one in force (for badges in nobody's hands), `at` when the scan was received, `key`
    keys the digests. When this returns, the scan is on disk.
    """

    def attempt() -> Recorded:
        with write() as session:
            scene = _scene(session, incoming, officer, sop, at)
            plan = _plan(scene)
            columns = _columns(incoming, officer, at, key, plan)
            happened_at = scene.at if scene.keeps_order else None
            scan_id = _store(session, columns | {"happened_at": happened_at})
            if scan_id is None:
                earlier = session.scalars(_BY_NONCE, {"nonce": incoming.nonce}).one()
                return _answer_again(session, earlier, incoming, officer, at, key)
            if incoming.decides is not None and plan.outcome in MOVED:
                _note_decision(session, incoming.decides, scan_id, officer, at)
            view = plan.carry_out(scan_id) if plan.carry_out else plan.view
            return _recorded(scan_id, plan, view)

    return retrying(attempt)


def _scene(
    session: Session, incoming: IncomingScan, officer: Officer, sop: Sop, at: datetime
) -> Scene:
    """The scan with the moment that counts for it."""
    online = Scene(session, incoming, officer, sop, at, at)
    if incoming.decides is not None:
        return _scene_of_decision(online, incoming.decides)
    if incoming.offset is None or incoming.client_at is None:
        return online
    try:
        happened = happened_at(incoming.client_at, incoming.offset, at)
    except ClockAhead:
        return replace(online, refusal=Reason.CLOCK_AHEAD)
    return replace(online, at=happened, keeps_order=True)


def _scene_of_decision(online: Scene, scan_id: int) -> Scene:
    """The moment of the earlier scan that is recorded now, or why it cannot be."""
    earlier = online.session.get(Scan, scan_id)
    if earlier is None or earlier.actor_id != online.officer.person_id or not earlier.queued:
        return replace(online, refusal=Reason.NOT_WAITING)
    if not is_undecided(online.session, online.officer.person_id, scan_id):
        return replace(online, refusal=Reason.ALREADY_DONE)
    if not _is_of_its_visit(online, earlier):
        return replace(online, refusal=Reason.NOT_WAITING)
    if earlier.happened_at is None:
        return replace(online, is_known=False)
    return replace(online, at=earlier.happened_at, keeps_order=True)


def _is_of_its_visit(online: Scene, earlier: Scan) -> bool:
    """Whether the decision names the visit that the scan was of.

    One whose moment and visit are both unknown might meet the next guest with that badge.
    """
    if earlier.visit_id is None:
        return earlier.happened_at is not None
    view = view_by_label(online.session, online.scan.visit_label or "")
    return view is not None and view.visit.id == earlier.visit_id


def _plan(scene: Scene) -> Plan:
    """What the scan comes to; one that is decided upon too late happens now, unmeasured.

    It has to name its visit: by now the badge may be with another guest.
    """
    plan = plan_of(scene)
    is_decided_too_late = scene.scan.decides is not None and plan.reason is Reason.OUT_OF_ORDER
    if not is_decided_too_late or scene.scan.visit_label is None:
        return plan
    return plan_of(replace(scene, at=scene.received_at, keeps_order=False, is_known=False))


def _note_decision(
    session: Session, decided: int, by_scan_id: int, officer: Officer, at: datetime
) -> None:
    """Remember which earlier scan this one has recorded, now that it moves the visit."""
    session.add(
        ScanDecision(
            scan_id=decided,
            decided_at=at,
            actor_id=officer.person_id,
            verdict="recorded",
            by_scan_id=by_scan_id,
        )
    )


def _answer_again(
    session: Session,
    earlier: Scan,
    incoming: IncomingScan,
    officer: Officer,
    at: datetime,
    key: bytes,
) -> Recorded:
    """The stored answer for the same scan sent twice; a nonce used for another is a conflict."""
    is_same = earlier.content_digest == incoming.digest(key)
    if is_same and earlier.actor_id == officer.person_id:
        return _recorded_then(earlier, _fields_again(session, earlier))
    plan = Plan("refused", Reason.NONCE_CONFLICT)
    columns = _columns(incoming, officer, at, key, plan)
    scan_id = _store(session, columns | {"nonce": None, "conflicts_with": earlier.id})
    assert scan_id is not None, "a scan without a nonce is never known"
    return _recorded(scan_id, plan, None)


def _fields_again(session: Session, earlier: Scan) -> tuple[str, ...]:
    match earlier.act if earlier.reason == Reason.FORM else None:
        case None:
            return ()
        case Act.ISSUE:
            return ("visit",)
        case Act.RETURN_EARLY:
            return ("outcome_choice", "reason_text")
        case _:
            assert earlier.visit_id is not None, "a step belongs to a visit"
            step = view_by_id(session, earlier.visit_id).sop.step(earlier.acted_step_key or "")
            return tuple(step.requires)


def _store(session: Session, columns: dict[str, object]) -> int | None:
    """Write the scan; its id, or None when its nonce is known."""
    scan_id: int | None = session.execute(_SCANS, columns).scalar_one_or_none()
    return scan_id


def _columns(
    incoming: IncomingScan, officer: Officer, at: datetime, key: bytes, plan: Plan
) -> dict[str, object]:
    content = read_content(incoming.content) if incoming.content is not None else None
    is_known = plan.badge_id is not None
    text = incoming.content or ""
    foreign = None
    if content is not None and not is_known:
        foreign = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return {
        "nonce": incoming.nonce,
        "content_digest": incoming.digest(key),
        "actor_id": officer.person_id,
        "device_label": incoming.device_label,
        "received_at": at,
        "client_at": incoming.client_at,
        "queued": incoming.offset is not None and incoming.decides is None,
        "method": incoming.method,
        "badge_code": content.value if is_known and isinstance(content, BadgeCode) else None,
        "foreign_length": len(text) if foreign else None,
        "foreign_hmac": foreign,
        "badge_id": plan.badge_id,
        "visit_id": plan.visit_id,
        "outcome": plan.outcome,
        "reason": plan.reason,
        "act": plan.act,
        "acted_step_key": plan.acted.key if plan.acted else None,
        "step_key": plan.step.key if plan.step else None,
        "expected_role": plan.expected_role,
    }


def _recorded(scan_id: int, plan: Plan, view: VisitView | None) -> Recorded:
    return Recorded(
        scan_id=scan_id,
        outcome=plan.outcome,
        reason=plan.reason,
        act=plan.act,
        acted_step_key=plan.acted.key if plan.acted else None,
        step_key=plan.step.key if plan.step else None,
        expected_role=plan.expected_role,
        visit_id=plan.visit_id,
        badge_id=plan.badge_id,
        fields=plan.fields,
        view=view,
        badge_number=plan.badge.number if plan.badge else None,
    )


def _recorded_then(row: Scan, fields: tuple[str, ...]) -> Recorded:
    """What an earlier scan had come to, as it is stored."""
    return Recorded(
        scan_id=row.id,
        outcome=row.outcome,
        reason=Reason(row.reason) if row.reason else None,
        act=Act(row.act) if row.act else None,
        acted_step_key=row.acted_step_key,
        step_key=row.step_key,
        expected_role=row.expected_role,
        visit_id=row.visit_id,
        badge_id=row.badge_id,
        fields=fields,
        is_replay=True,
    )
