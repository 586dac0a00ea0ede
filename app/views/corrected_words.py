"""What a correction changed, in words: as it was written first, and as it should have been."""

from collections.abc import Mapping, Sequence

from app import phrases
from app.domain.events import EventKind, Note
from app.domain.phone import mask_phone
from app.models.visit import StepEvent, VisitText
from app.operations.rectify import BECAME, OF_GUEST, OF_VISIT, SHOWN
from app.queries.visits import VisitView

CODES: Mapping[str, Mapping[str, str]] = {
    "guest_kind": phrases.GUEST_KINDS,
    "priority": phrases.PRIORITIES,
    "identity_kind": phrases.IDENTITY_KINDS,
    "identity_shown": {SHOWN: "sudah", "": "belum"},
}
ERASED = "sudah dihapus"


class Corrections:
    """The changes of one visit, by the seq of the event that records them."""

    def __init__(
        self, view: VisitView, log: Sequence[StepEvent], texts: Sequence[VisitText]
    ) -> None:
        self._view = view
        self._left = list(texts)
        self._said: dict[int, str] = {}
        self.of_guest: list[str] = []
        self.told: set[int] = set()  # the texts that stand in a correction's own line
        for event in log:
            if event.kind == EventKind.CORRECTED and event.corrects is None:
                changes = self._changes(event, texts)
                self._said[event.seq] = "; ".join(changes)
                self.of_guest += changes if event.reason_code == Note.GUEST else []

    def of(self, event: StepEvent) -> str:
        """What this event changed; empty for what no text tells."""
        return self._said.get(event.seq, "")

    def _changes(self, event: StepEvent, texts: Sequence[VisitText]) -> list[str]:
        fields: Sequence[str] = (event.reason_code or "",)
        if event.reason_code == Note.GUEST:
            fields = (*OF_GUEST, *OF_VISIT)
        return [said for field in fields if (said := self._change(event, field, texts))]

    def _change(self, event: StepEvent, field: str, texts: Sequence[VisitText]) -> str:
        new = next((text for text in self._left if _is_of(text, event, field)), None)
        if new is None:
            return ""
        self._left.remove(new)
        self.told.add(new.id)
        if field in OF_VISIT:
            return f"{phrases.FIELDS[field]}: {_both(field, new.value)}"
        before = [text for text in texts if text.field == field and text.seq < new.seq]
        old = before[-1].value if before else getattr(self._view.leader, field, None)
        was = _shown(field, old, is_erased=old is None and self._view.leader.erased_at is not None)
        return f"{phrases.FIELDS[field]}: semula {was}, seharusnya {_shown(field, new.value)}"


def destination_words(names: Mapping[int, str], was: int | None, event: StepEvent) -> str:
    """Where the guest goes after an event; of a change also where they went before."""
    assert event.destination_id is not None, "asked of events with a destination"
    now = names[event.destination_id]
    changes = {EventKind.CORRECTED, EventKind.REDIRECTED}
    if was in {None, event.destination_id} or EventKind(event.kind) not in changes:
        return f"tujuan {now}"
    return f"tujuan: semula {names[was or 0]}, menjadi {now}"


def _is_of(text: VisitText, event: StepEvent, field: str) -> bool:
    return (text.field, text.at, text.actor_id) == (field, event.recorded_at, event.actor_id)


def _both(field: str, value: str | None) -> str:
    """Before and after of what one text tells: "4 orang menjadi 5 orang", or two codes."""
    if value is None or BECAME not in value:
        return value or ERASED
    old, _, new = value.partition(BECAME)
    return f"semula {_shown(field, old)}, seharusnya {_shown(field, new)}"


def _shown(field: str, value: str | bool | None, *, is_erased: bool = True) -> str:
    if value is None and is_erased:
        return ERASED
    if isinstance(value, bool):
        value = SHOWN if value else ""
    if field in CODES and (value or field == "identity_shown"):
        return CODES[field].get(value or "", value or "")
    if not value:
        return "kosong"
    return mask_phone(value) if field == "phone" else value
