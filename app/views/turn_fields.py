"""What is typed into the forms of Tindakan lain, and a sentence for what is missing."""

from datetime import datetime

from flask import request

from app.clock import now
from app.domain.sop import Choice, Field, Verdict
from app.extensions import db
from app.operations.scan_scene import Answers
from app.operations.turns import Seen
from app.queries.units import active_unit_ids
from app.queries.visits import VisitView
from app.views.forms import trimmed
from app.views.moments import NO_DUE, read_due

LONGEST_TEXT = 500
WHERE = "Pilih tujuan tamu."
LACKING = {
    Field.PURPOSE: "Tulis keperluan tamu, singkat saja.",
    Field.DIRECTION: "Tulis arahannya, misalnya “Antar ke tujuan”.",
    Field.DESTINATION: WHERE,
}
FOR_GUEST = "Tulis kalimat untuk tamu, singkat dan santun."


def seen_stage() -> Seen | None:
    """Where the visit stood on the page from which this was sent."""
    stage, destination = typed("stage"), typed("destination_was")
    if not stage:
        return None
    return Seen(stage, int(destination[:9]) if destination.isdecimal() else None)


def typed(field: str) -> str:
    """What stands in a field; empty when it was not sent."""
    return trimmed(request.form.get(field))


def typed_destination() -> int | None:
    """The destination that was chosen, if guests can be sent there."""
    ids = {str(unit_id): unit_id for unit_id in active_unit_ids(db.session())}
    return ids.get(typed("destination"))


def typed_answers() -> Answers:
    """What a step asks for, as far as it was typed."""
    return Answers(
        purpose=typed("purpose")[:LONGEST_TEXT] or None,
        direction=typed("direction")[:LONGEST_TEXT] or None,
        destination_id=typed_destination(),
        stage=typed("stage") or None,
    )


def typed_choice(view: VisitView) -> Choice | None:
    """The choice that was taken, if the present step has it."""
    return view.step.choice(request.form.get("choice", "")) if view.step else None


def typed_due(choice: Choice | None) -> datetime | None:
    """The new time of a guest who is asked to come again."""
    if choice is None or choice.outcome is not Verdict.RESCHEDULED:
        return None
    return read_due(typed("due_at"), after=now())


def decision_errors(
    view: VisitView, choice: Choice | None, due_at: datetime | None
) -> dict[str, str]:
    """A sentence for each field that a decision lacks."""
    if choice is None:
        return {"decide.choice": "Pilih putusannya."}
    errors = _lacking(view, choice)
    is_verdict = choice.outcome is not None
    if is_verdict and not 0 < len(typed("public_reason")) <= LONGEST_TEXT:
        errors["decide.public_reason"] = FOR_GUEST
    if len(typed("private_note")) > LONGEST_TEXT:
        errors["decide.private_note"] = "Ringkas menjadi paling banyak 500 huruf."
    if choice.outcome is Verdict.RESCHEDULED and due_at is None:
        errors["decide.due_at"] = NO_DUE
    return errors


def _lacking(view: VisitView, choice: Choice) -> dict[str, str]:
    """What the step requires before the visit goes on from it, and is neither known nor given."""
    step, goto = view.step, choice.goto
    if step is None or goto is None or view.sop.step(goto).number < step.number:
        return {}
    known = {
        Field.PURPOSE: view.text(Field.PURPOSE) or typed("purpose"),
        Field.DIRECTION: view.text(Field.DIRECTION) or typed("direction"),
        Field.DESTINATION: view.progress.destination_id or typed_destination(),
    }
    return {f"decide.{field}": LACKING[field] for field in step.requires if not known[field]}
