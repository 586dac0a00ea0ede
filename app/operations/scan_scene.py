"""The circumstances of one scan, what it comes to, and the parts from which plans are made."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.decision import Act, Draft, Reason
from app.domain.decisions import current_step
from app.domain.events import EventKind, Note, Outcome
from app.domain.progress import extend
from app.domain.sop import Sop, Step
from app.operations.log import Authorship, drafted
from app.operations.officer import Officer
from app.queries.loans import BadgeRow
from app.queries.visits import VisitView


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
    adds_badge: bool = field(default=False, repr=False)  # digests stay those of earlier versions


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
    badge: BadgeRow | None = None
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


def was_there(scene: Scene, view: VisitView) -> bool:
    """Whether nothing of the visit is younger than the scan."""
    return view.progress.last_at is None or view.progress.last_at <= scene.at


def as_known(scene: Scene, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The drafts, marked where nobody knows when it happened: no time is judged by them."""
    if scene.is_known:
        return drafts
    return tuple(
        replace(draft, reason_code=draft.reason_code or Note.CLOCK_UNKNOWN)
        if draft.kind in {EventKind.COMPLETED, EventKind.ENDED}
        else draft
        for draft in drafts
    )


def authorship(scene: Scene, role: str, post: str, scan_id: int) -> Authorship:
    officer, received_at = scene.officer, scene.received_at
    return Authorship(officer, role, post, scene.at, scene.scan.method, scan_id, received_at)


def standing(
    view: VisitView,
    outcome: str,
    reason: Reason | None,
    act: Act | None = None,
    *,
    badge: BadgeRow | None,
) -> Plan:
    """A plan that leaves the visit where it stands."""
    return Plan(
        outcome,
        reason,
        act,
        acted=view.step,
        step=view.step,
        expected_role=view.step.role if view.step else None,
        visit_id=view.visit.id,
        badge=badge,
        view=view,
    )


def after(
    scene: Scene,
    view: VisitView,
    acted: Step,
    drafts: tuple[Draft, ...],
    outcome: str,
    *,
    badge: BadgeRow | None,
) -> Plan:
    """A plan that moves the visit: it tells where the visit stands afterwards."""
    by = authorship(scene, acted.role, "", 0)
    step = current_step(view.sop, extend(view.progress, drafted(view.progress, drafts, by)))
    return Plan(
        outcome,
        acted=acted,
        step=step,
        expected_role=step.role if step else None,
        visit_id=view.visit.id,
        badge=badge,
        view=view,
    )
