"""Turn a visit off the straight line: a choice, another destination, a stand-in's act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.decision import Given
from app.domain.events import EventKind
from app.domain.sop import Effect, Field
from app.domain.turns import StandIn, Turn, Wrong, decide, may_redirect, redirect, stand_in
from app.operations.appointments import make_appointment
from app.operations.log import Authorship, add_text, append, drafted
from app.operations.officer import Officer
from app.operations.scan_scene import Answers
from app.operations.scan_visits import given_of, group_of
from app.operations.transaction import refresh_screens, retrying, write
from app.queries.hosting import receiver_ids
from app.queries.units import ReceivingGroup
from app.queries.visits import VisitView, view_by_label

TAP = "tap"  # a turn is taken by a button, and may be undone as a scan may


class TurnRefused(Exception):
    """The visit does not take this turn; `why` says what stands against it."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Seen:
    """Where a visit stood on the page on which something was decided."""

    stage: str | None
    destination_id: int | None


@dataclass(frozen=True)
class Scene:
    """A visit inside the transaction in which its turn is taken."""

    session: Session
    view: VisitView
    group: ReceivingGroup | None
    officer: Officer
    at: datetime

    def given(self, answers: Answers) -> Given:
        """What is on record and what the person answers."""
        recorded = {
            Field.PURPOSE: self.view.text(Field.PURPOSE),
            Field.DIRECTION: self.view.text(Field.DIRECTION),
            Field.DESTINATION: self.view.progress.destination_id,
        }
        return given_of(answers, recorded, self.group, by_tap=True)

    def by(self, role: str, *, on_behalf_of: str | None = None) -> Authorship:
        """The person as the author of what is written."""
        post = self.officer.post_as(self.view.sop, role)
        if self.group is not None and on_behalf_of is None:
            post = self.group.posts.get(self.officer.person_id, post)
        return Authorship(self.officer, role, post, self.at, TAP, on_behalf_of=on_behalf_of)

    def carry_out(
        self, turn: Turn, words: Mapping[str, str | None], destination_id: int | None
    ) -> None:
        """Write the words, then the events and what follows from them."""
        by = self.by(turn.role, on_behalf_of=turn.on_behalf_of)
        for field, value in words.items():
            if value and value != self.view.text(field):
                add_text(self.session, self.view.visit.id, field, value, by)
        progress = self.view.progress
        events = drafted(progress, turn.drafts, by, destination_id=destination_id)
        append(self.session, self.view.visit.id, self.view.sop, progress, events, by)

    def make_appointment(self, due_at: datetime) -> None:
        """Ask the guest to come again, to the same destination."""
        make_appointment(
            self.session,
            self.view.visit.id,
            due_at,
            self.view.progress.destination_id,
            officer=self.officer,
            at=self.at,
        )


def decide_visit(
    label: str,
    choice_key: str,
    *,
    answers: Answers,
    public_reason: str | None,
    private_note: str | None,
    due_at: datetime | None,
    officer: Officer,
    at: datetime,
) -> None:
    """Take a choice that the SOP offers at the present step (`[[steps.choices]]`).

    `public_reason` is the sentence for the guest, `private_note` for the staff alone, `due_at` the
    new time of a guest who is asked to come again. Raises TurnRefused.
    """

    def attempt() -> None:
        with write() as session:
            scene = _scene(session, label, officer, at)
            given = scene.given(answers)
            turn = decide(
                scene.view.sop, scene.view.progress, choice_key, actor=officer.actor, given=given
            )
            if isinstance(turn, Wrong):
                raise TurnRefused(turn)
            words = {
                "purpose": answers.purpose,
                "direction": answers.direction,
                "public_reason": public_reason,
                "private_note": private_note,
            }
            is_verdict = _has(turn, EventKind.DECLINED) or _has(turn, EventKind.RESCHEDULED)
            scene.carry_out(turn, words, None if is_verdict else answers.destination_id)
            if due_at is not None and _has(turn, EventKind.RESCHEDULED):
                scene.make_appointment(due_at)

    retrying(attempt)


def redirect_visit(
    label: str,
    destination_id: int | None,
    *,
    reason: str,
    officer: Officer,
    at: datetime,
    seen: Seen | None = None,
) -> None:
    """Send a guest to another destination in mid-visit, or on to a further one.

    The earlier one stays in the record; the new host sees the guest at once. `seen` is where the
    visit stood when the person decided it. Raises TurnRefused.
    """

    def attempt() -> None:
        with write() as session:
            scene = _scene(session, label, officer, at)
            view = scene.view
            if not may_redirect(view.sop, officer.actor, receiver_ids(session, view, at)):
                raise TurnRefused(Wrong.NOT_YOURS)
            if seen is not None and seen != Seen(view.stage, view.progress.destination_id):
                raise TurnRefused(Wrong.OVERTAKEN)
            drafts = redirect(view.sop, view.progress, destination_id)
            if isinstance(drafts, Wrong):
                raise TurnRefused(drafts)
            assert view.step is not None, "an open visit stands at a step"
            turn = Turn(view.step, _own_role(scene), drafts)
            scene.carry_out(turn, {"redirect_reason": reason}, None)

    retrying(attempt)


def stand_in_for(
    label: str,
    how: StandIn,
    *,
    answers: Answers,
    reason: str,
    officer: Officer,
    at: datetime,
) -> None:
    """Move a visit on for a post that nobody holds today, with the reason. Raises TurnRefused."""

    def attempt() -> None:
        with write() as session:
            scene = _scene(session, label, officer, at)
            turn = stand_in(
                scene.view.sop,
                scene.view.progress,
                how,
                actor=officer.actor,
                given=scene.given(answers),
            )
            if isinstance(turn, Wrong):
                raise TurnRefused(turn)
            words: dict[str, str | None] = {"stand_in_reason": reason}
            if how is StandIn.ON_BEHALF:
                words |= {"purpose": answers.purpose, "direction": answers.direction}
            destination_id = answers.destination_id if how is StandIn.ON_BEHALF else None
            scene.carry_out(turn, words, destination_id)

    retrying(attempt)


def leave_message(label: str, message: str, *, officer: Officer, at: datetime) -> None:
    """Keep a guest's message for a host who is away; of a closed visit too. Raises TurnRefused."""

    def attempt() -> None:
        with write() as session:
            scene = _scene(session, label, officer, at)
            add_text(session, scene.view.visit.id, "message", message, scene.by(_own_role(scene)))
            refresh_screens(session)

    retrying(attempt)


def _scene(session: Session, label: str, officer: Officer, at: datetime) -> Scene:
    view = view_by_label(session, label)
    if view is None:
        raise TurnRefused(Wrong.NO_SUCH_VISIT)
    return Scene(session, view, group_of(session, view, at), officer, at)


def _own_role(scene: Scene) -> str:
    """The role to record where no step names one: the first of the SOP's that is held."""
    roles = (role for role in scene.view.sop.roles if role in scene.officer.roles)
    host_step = scene.view.sop.step_with(Effect.BY_HOST)
    return next(roles, host_step.role if host_step else scene.view.sop.roles[0])


def _has(turn: Turn, kind: EventKind) -> bool:
    return any(draft.kind is kind for draft in turn.drafts)
