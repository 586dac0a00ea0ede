"""The answer to a scan: the panel on the page and the message for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clock import now
from app.domain.sop import Effect, Field, Sop, Step
from app.extensions import Session
from app.models.badge import Badge
from app.models.person import Unit
from app.operations.scanning import Recorded
from app.queries.units import active_units, receiving_group
from app.queries.visits import VisitView, view_by_id, waiting_for_badge
from app.views.display import performer_name
from app.views.panel_words import Scene, words_for


@dataclass(frozen=True)
class Panel:
    """All that the result of one scan shows."""

    recorded: Recorded
    tone: str
    icon: str
    title: str
    subtitle: str
    next_title: str
    next_text: str
    view: VisitView | None
    badge_number: int | None
    acted: Step | None
    confirm_label: str
    waiting: Sequence[VisitView]
    unit_options: Sequence[tuple[int, str]]
    default_destination: int | None
    stand_ins: Mapping[int, str]
    next_performer: str

    @property
    def message(self) -> str:
        """The whole answer in plain sentences."""
        return " ".join(_sentence(part) for part in self._parts if part)

    @property
    def _parts(self) -> tuple[str, str, str]:
        return (self.title, self.subtitle, f"{self.next_title} {self.next_text}".strip())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def panel_of(
    session: Session, recorded: Recorded, *, sop: Sop, at: datetime, content: str = ""
) -> Panel:
    """Put a recorded scan into words, with what its form needs."""
    view = _view(session, recorded)
    number = _badge_number(session, recorded, view)
    scene = Scene(session, recorded, view, number, sop, at, content)
    text = words_for(scene)
    units = active_units(session) if Field.DESTINATION in recorded.fields else ()
    return Panel(
        recorded=recorded,
        tone=text.tone,
        icon=text.icon,
        title=text.title,
        subtitle=text.subtitle,
        next_title=text.next_title,
        next_text=text.next_text,
        view=view,
        badge_number=number,
        acted=scene.acted,
        confirm_label=text.confirm_label,
        waiting=waiting_for_badge(session) if "visit" in recorded.fields else (),
        unit_options=[(unit.id, unit.name) for unit in units],
        default_destination=next((unit.id for unit in units if unit.is_default), None),
        stand_ins=stand_ins(session, view.sop, units) if view and units else {},
        next_performer=_next_performer(view),
    )


def stand_ins(session: Session, sop: Sop, units: Sequence[Unit]) -> dict[int, str]:
    """For each destination without an active host, the sentence that names who will act."""
    if sop.step_with(Effect.BY_HOST) is None:
        return {}
    groups = [(unit, receiving_group(session, sop, unit.id, now())) for unit in units]
    return {
        unit.id: f"{unit.name} belum punya penerima yang aktif. Yang akan menerima: "
        f"{', '.join(group.names) or 'petugas front desk'}."
        for unit, group in groups
        if group.is_stand_in
    }


def _next_performer(view: VisitView | None) -> str:
    """Who comes after the present step."""
    if view is None or view.step is None or view.step.number >= len(view.sop.steps):
        return ""
    return performer_name(view, view.sop.steps[view.step.number])


def _view(session: Session, recorded: Recorded) -> VisitView | None:
    if recorded.view is not None or recorded.visit_id is None:
        return recorded.view
    return view_by_id(session, recorded.visit_id)


def _badge_number(session: Session, recorded: Recorded, view: VisitView | None) -> int | None:
    if recorded.badge_number is not None:
        return recorded.badge_number
    if recorded.badge_id is not None:
        return session.get_one(Badge, recorded.badge_id).number
    return view.badge_number if view else None
