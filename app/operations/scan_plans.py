"""What a scan comes to, decided by the rules, and the writes that go with it."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.codes import BadgeCode, BadgeNumber, Foreign, read_content
from app.domain.decisions import (
    CONFIRM_WINDOW,
    REPEAT_WINDOW,
    Act,
    Advanced,
    Closed,
    Decision,
    Draft,
    Ended,
    Given,
    Needs,
    Reason,
    Refused,
    Repeated,
    Started,
    advance,
    current_step,
)
from app.domain.events import EventKind, Note, Outcome, extend
from app.domain.permissions import registrar_role
from app.domain.sop import Effect, Field, Sop, Step
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.person import Unit
from app.models.visit import VisitText
from app.operations import badges
from app.operations.log import Authorship, add_text, append, drafted, visit_for_update
from app.operations.officer import Officer
from app.queries.badges import (
    badge_by_number,
    code_row,
    latest_move,
    loan_at,
    open_loan,
    open_loans_of_visit,
)
from app.queries.units import ReceivingGroup, receiving_group
from app.queries.visits import VisitView, view_of, visit_by_label, waiting_for_badge

Moved = Advanced | Started | Ended | Closed
DEAD_STATES = frozenset({"lost", "damaged", "retired"})


@dataclass(frozen=True)
class Answers:
    """What the person filled in, empty texts as None; `destination_id` is an active unit's."""

    purpose: str | None = None
    direction: str | None = None
    destination_id: int | None = None
    outcome: Outcome | None = None
    reason_text: str | None = None
    stage: str | None = None
    confirmed: bool = False
    wants_return: bool = False
    not_received: bool = False


@dataclass(frozen=True)
class IncomingScan:
    """A scan as it came in. `content` is None for a tap; `visit_label` says for whom.

    `offset` is set for a scan that is sent later: the server's clock less the device's, measured at
    their last contact. `decides` names an earlier scan of that kind which is to be recorded now.
    """

    nonce: str
    method: str
    content: str | None
    visit_label: str | None
    answers: Answers
    client_at: datetime | None = None
    device_label: str | None = None
    offset: timedelta | None = None
    decides: int | None = None

    def digest(self, key: bytes) -> str:
        """A keyed digest of all that the scan says, to tell a repeat from another use."""
        return hmac.new(key, repr((self.content, self.visit_label, self.answers)).encode(),
                        hashlib.sha256).hexdigest()  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a scan comes to: what is stored of it, and the writes that go with it.

    `view` is the visit before them, and `carry_out` tells how it stands afterwards.
    """

    outcome: str
    reason: Reason | None = None
    act: Act | None = None
    acted: Step | None = None
    step: Step | None = None
    expected_role: str | None = None
    visit_id: int | None = None
    badge: Badge | None = None
    fields: tuple[str, ...] = ()
    view: VisitView | None = None
    carry_out: Callable[[int], VisitView] | None = None

    @property
    def badge_id(self) -> int | None:
        return self.badge.id if self.badge else None


@dataclass(frozen=True)
class Scene:
    """The circumstances of one scan, inside its transaction.

    `at` is when it happened, as far as that `is_known`, `received_at` when the server heard of it.
    One that is sent later `keeps_order`: it moves nothing that has moved since. `refusal` is set
    where only the badge and the visit are still to be found out.
    """

    session: Session
    scan: IncomingScan
    officer: Officer
    sop: Sop
    at: datetime
    received_at: datetime
    keeps_order: bool = False
    is_known: bool = True
    refusal: Reason | None = None


def plan_of(scene: Scene) -> Plan:
    if scene.scan.content is None:
        return _plan_tap(scene)
    content = read_content(scene.scan.content)
    if isinstance(content, Foreign):
        return Plan("refused", Reason.UNKNOWN_CODE)
    badge, is_dead = _resolve(scene.session, content)
    if badge is None:
        return Plan("refused", Reason.UNKNOWN_CODE)
    if scene.keeps_order and _has_moved(scene, badge):
        return _out_of_order(scene, badge)
    if is_dead or badge.state in DEAD_STATES:
        return Plan("refused", Reason.BADGE_RETIRED, badge=badge)
    loan = open_loan(scene.session, badge.id)
    if loan is None:
        if scene.refusal is not None:
            return Plan("refused", scene.refusal, badge=badge)
        return _plan_handing_out(scene, badge)
    view = view_of(scene.session, visit_for_update(scene.session, loan.visit_id))
    if scene.scan.visit_label not in {None, view.label}:
        return _standing(view, "refused", Reason.BADGE_IN_USE, badge=badge)
    return _plan_visit(scene, view, badge)


def _resolve(session: Session, content: BadgeCode | BadgeNumber) -> tuple[Badge | None, bool]:
    if isinstance(content, BadgeNumber):
        return badge_by_number(session, content.value), False
    code = code_row(session, content.value)
    if code is None:
        return None, False
    return session.get_one(Badge, code.badge_id), code.revoked_at is not None


def _has_moved(scene: Scene, badge: Badge) -> bool:
    """Whether the badge has changed hands since the scan was made."""
    latest = latest_move(scene.session, badge.id)
    return latest is not None and latest.at > scene.at


def _out_of_order(scene: Scene, badge: Badge) -> Plan:
    """The scan belongs to the guest who held the badge then, if anybody did."""
    loan = loan_at(scene.session, badge.id, scene.at)
    visit_id = loan.visit_id if loan else None
    return Plan("refused", Reason.OUT_OF_ORDER, visit_id=visit_id, badge=badge)


def _plan_tap(scene: Scene) -> Plan:
    visit = visit_by_label(scene.session, scene.scan.visit_label or "")
    if visit is None:
        return Plan("refused", Reason.NOT_WAITING)
    loans = open_loans_of_visit(scene.session, visit.id)
    badge = scene.session.get_one(Badge, loans[0].badge_id) if loans else None
    return _plan_visit(scene, view_of(scene.session, visit), badge)


def _plan_handing_out(scene: Scene, badge: Badge) -> Plan:
    """A badge in nobody's hands: the guest-book keeper hands it to a waiting guest (step 1).

    A guest who came under an earlier SOP is waiting for the keeper whom that one names.
    """
    role, roles = registrar_role(scene.sop), scene.officer.roles
    waiting = [
        view for view in waiting_for_badge(scene.session) if registrar_role(view.sop) in roles
    ]
    if role not in roles and not waiting:
        return Plan("refused", Reason.BADGE_NOT_IN_USE, expected_role=role, badge=badge)
    is_chosen = scene.scan.visit_label is not None or scene.scan.answers.confirmed
    latest = latest_move(scene.session, badge.id)
    if latest is not None and not is_chosen and _was_as_fast(scene, latest):
        return _taken_back_already(scene, badge, latest)
    since = _since_own_move(scene, latest)
    if since is not None and since <= REPEAT_WINDOW and not is_chosen:
        return Plan("repeated", badge=badge)
    if scene.scan.answers.wants_return:
        return Plan("refused", Reason.BADGE_NOT_IN_USE, badge=badge)
    is_deliberate = is_chosen or since is None or since >= CONFIRM_WINDOW
    return _plan_issue(scene, badge, waiting, is_deliberate=is_deliberate)


def _plan_issue(
    scene: Scene, badge: Badge, waiting: list[VisitView], *, is_deliberate: bool
) -> Plan:
    """To whom of those who wait: whoever is named, else the only one who was there already."""
    label = scene.scan.visit_label
    if label is not None:
        waiting = [view for view in waiting if view.label == label]
        if not waiting:
            return Plan("refused", Reason.NOT_WAITING, badge=badge)
        if scene.keeps_order and not _was_there(scene, waiting[0]):
            return _standing(waiting[0], "refused", Reason.OUT_OF_ORDER, badge=badge)
    elif scene.keeps_order:
        waiting = [view for view in waiting if _was_there(scene, view)]
    if not waiting:
        return Plan("refused", Reason.NO_WAITING_GUEST, badge=badge)
    if len(waiting) > 1:
        return Plan("needs", Reason.FORM, Act.ISSUE, badge=badge, fields=("visit",))
    if not is_deliberate:
        return _standing(waiting[0], "needs", Reason.CONFIRM, Act.ISSUE, badge=badge)
    return _issue(scene, badge, waiting[0])


def _was_there(scene: Scene, view: VisitView) -> bool:
    """Whether nothing of the visit is younger than the scan."""
    return view.progress.last_at is None or view.progress.last_at <= scene.at


def _since_own_move(scene: Scene, latest: BadgeEvent | None) -> timedelta | None:
    """How long ago this officer moved this badge, by a scan; None when they did not."""
    if latest is None or latest.actor_id != scene.officer.person_id or latest.loan_id is None:
        return None
    return abs(scene.at - latest.at)


def _was_as_fast(scene: Scene, latest: BadgeEvent) -> bool:
    """Whether a colleague took this badge back a moment ago: both meant the same return."""
    is_colleague = latest.actor_id != scene.officer.person_id
    is_fresh = abs(scene.at - latest.at) <= REPEAT_WINDOW
    return is_colleague and latest.loan_id is not None and is_fresh


def _taken_back_already(scene: Scene, badge: Badge, latest: BadgeEvent) -> Plan:
    loan = scene.session.get_one(Loan, latest.loan_id)
    return Plan("refused", Reason.ALREADY_DONE, visit_id=loan.visit_id, badge=badge)


def _issue(scene: Scene, badge: Badge, view: VisitView) -> Plan:
    step = view.sop.step_with(Effect.ISSUES_BADGE)
    assert step is not None, "a checked SOP has a step that issues the badge"
    drafts = _as_known(scene, issue_drafts(step))
    post = view.sop.performer(step.performer).name

    def carry_out(scan_id: int) -> VisitView:
        by = _authorship(scene, step.performer, post, scan_id)
        badges.issue(scene.session, badge, view.visit.id, scene.officer, scene.at)
        events = drafted(view.progress, drafts, by)
        progress = append(scene.session, view.visit, view.sop, view.progress, events, by)
        numbers = (badge.number, *view.badge_numbers)
        return replace(view, progress=progress, badge_numbers=numbers)

    plan = _after(scene, view, step, drafts, "issued", badge=badge)
    return replace(plan, act=Act.ISSUE, carry_out=carry_out)


def _as_known(scene: Scene, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The drafts, marked where nobody knows when it happened: no time is judged by them."""
    if scene.is_known:
        return drafts
    return tuple(
        replace(draft, reason_code=draft.reason_code or Note.CLOCK_UNKNOWN)
        if draft.kind in {EventKind.COMPLETED, EventKind.ENDED}
        else draft
        for draft in drafts
    )


def issue_drafts(step: Step) -> tuple[Draft, ...]:
    """The events of a badge that is handed over: it completes its step."""
    return (Draft(EventKind.ISSUED), Draft(EventKind.COMPLETED, step.key))


def _plan_visit(scene: Scene, view: VisitView, badge: Badge | None) -> Plan:
    if scene.refusal is not None:
        return _standing(view, "refused", scene.refusal, badge=badge)
    if scene.keeps_order and not _was_there(scene, view):
        return _standing(view, "refused", Reason.OUT_OF_ORDER, badge=badge)
    group = _group(scene.session, view)
    given = _given(scene.scan, view, group)
    decision = advance(view.sop, view.progress, actor=scene.officer.actor, at=scene.at, given=given)
    return _carry(scene, view, group, decision, badge)


def _group(session: Session, view: VisitView) -> ReceivingGroup | None:
    if view.step is None or Effect.BY_HOST not in view.step.effects:
        return None
    return receiving_group(session, view.sop, view.progress.destination_id)


def _given(scan: IncomingScan, view: VisitView, group: ReceivingGroup | None) -> Given:
    recorded = {
        Field.PURPOSE: view.text(Field.PURPOSE),
        Field.DIRECTION: view.text(Field.DIRECTION),
        Field.DESTINATION: view.progress.destination_id,
    }
    return given_of(scan.answers, recorded, group, by_tap=scan.content is None)


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
    badge: Badge | None,
) -> Plan:
    match decision:
        case Refused(reason, expected):
            plan = _standing(view, "refused", reason, badge=badge)
            return plan if expected else replace(plan, step=None, expected_role=None)
        case Repeated():
            return _standing(view, "repeated", None, badge=badge)
        case Needs(reason, act, step, fields):
            plan = _standing(view, "needs", reason, act, badge=badge)
            return replace(plan, acted=step, fields=tuple(fields))
        case Advanced() | Started() | Ended() | Closed():
            return _move(scene, view, group, decision, badge)


def _move(
    scene: Scene,
    view: VisitView,
    group: ReceivingGroup | None,
    decision: Moved,
    badge: Badge | None,
) -> Plan:
    decision = replace(decision, drafts=_as_known(scene, decision.drafts))
    post = view.sop.performer(decision.role).name
    if group is not None and not isinstance(decision, Closed):
        post = group.posts[scene.officer.person_id]

    def carry_out(scan_id: int) -> VisitView:
        by = _authorship(scene, decision.role, post, scan_id)
        texts = _write_texts(scene, view, decision, by)
        destination_id = _answered_destination(scene, decision)
        events = drafted(view.progress, decision.drafts, by, destination_id=destination_id)
        progress = append(scene.session, view.visit, view.sop, view.progress, events, by)
        if isinstance(decision, Closed):
            badges.take_in(scene.session, view.visit.id, scene.officer, scene.at)
        destination = view.destination
        if destination_id is not None:
            destination = scene.session.get_one(Unit, destination_id)
        texts = view.texts | texts
        return replace(view, progress=progress, texts=texts, destination=destination)

    outcome = type(decision).__name__.lower()
    plan = _after(scene, view, decision.step, decision.drafts, outcome, badge=badge)
    return replace(plan, carry_out=carry_out)


def _write_texts(
    scene: Scene, view: VisitView, decision: Moved, by: Authorship
) -> dict[str, VisitText]:
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
        field: add_text(scene.session, view.visit, field, value, by)
        for field, value in words.items()
        if value
    }


def _answered_destination(scene: Scene, decision: Moved) -> int | None:
    """The destination that this step sets, if any."""
    if isinstance(decision, Closed) or Field.DESTINATION not in decision.step.requires:
        return None
    return scene.scan.answers.destination_id


def _authorship(scene: Scene, role: str, post: str, scan_id: int) -> Authorship:
    officer, received_at = scene.officer, scene.received_at
    return Authorship(officer, role, post, scene.at, scene.scan.method, scan_id, received_at)


def _standing(
    view: VisitView,
    outcome: str,
    reason: Reason | None,
    act: Act | None = None,
    *,
    badge: Badge | None,
) -> Plan:
    """A plan that leaves the visit where it stands."""
    return Plan(
        outcome,
        reason,
        act,
        acted=view.step,
        step=view.step,
        expected_role=view.step.performer if view.step else None,
        visit_id=view.visit.id,
        badge=badge,
        view=view,
    )


def _after(
    scene: Scene,
    view: VisitView,
    acted: Step,
    drafts: tuple[Draft, ...],
    outcome: str,
    *,
    badge: Badge | None,
) -> Plan:
    """A plan that moves the visit: it tells where the visit stands afterwards."""
    by = _authorship(scene, acted.performer, "", 0)
    step = current_step(view.sop, extend(view.progress, drafted(view.progress, drafts, by)))
    return Plan(
        outcome,
        acted=acted,
        step=step,
        expected_role=step.performer if step else None,
        visit_id=view.visit.id,
        badge=badge,
        view=view,
    )
