"""What a correction changed, in words: as it was written first, and as it should have been."""

from collections.abc import Mapping, Sequence

from app import phrases
from app.domain.events import EventKind, Note
from app.domain.phone import mask_phone
from app.domain.sop import Field
from app.models.visit import StepEvent, VisitText
from app.queries.visits import VisitView

OF_GUEST = ("name", "origin", "position", "phone")
ERASED = "sudah dihapus"


class Corrections:
    """The changes of one visit, by the seq of the event that records them."""

    def __init__(
        self, view: VisitView, log: Sequence[StepEvent], texts: Sequence[VisitText]
    ) -> None:
        self._view = view
        self._left = list(texts)
        self._said: dict[int, str] = {}
        self.told: set[int] = set()  # the texts that stand in a correction's own line
        for event in log:
            if event.kind == EventKind.CORRECTED and event.corrects is None:
                self._said[event.seq] = "; ".join(self._changes(event, texts))

    def of(self, event: StepEvent) -> str:
        """What this event changed; empty for what no text tells."""
        return self._said.get(event.seq, "")

    def _changes(self, event: StepEvent, texts: Sequence[VisitText]) -> list[str]:
        if event.reason_code == Note.GUEST:
            fields: Sequence[str] = OF_GUEST
        else:
            fields = (Field.PURPOSE,) if event.reason_code == Field.PURPOSE else ()
        return [said for field in fields if (said := self._change(event, field, texts))]

    def _change(self, event: StepEvent, field: str, texts: Sequence[VisitText]) -> str:
        new = next((text for text in self._left if _is_of(text, event, field)), None)
        if new is None:
            return ""
        self._left.remove(new)
        self.told.add(new.id)
        before = [text for text in texts if text.field == field and text.seq < new.seq]
        old = before[-1].value if before else getattr(self._view.leader, field, "")
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


def _shown(field: str, value: str | None, *, is_erased: bool = True) -> str:
    if value is None and is_erased:
        return ERASED
    if not value:
        return "kosong"
    return mask_phone(value) if field == "phone" else value
