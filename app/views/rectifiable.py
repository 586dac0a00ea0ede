"""The times of a visit that can be put right, each in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.events import Event, EventKind
from app.domain.progress import corrected_times, undone_seqs
from app.domain.rectify import TIMED
from app.formatting import clock, day
from app.queries.visits import VisitView

WORDS = {
    EventKind.OPENED: "Kedatangan",
    EventKind.STARTED: "Mulai langkah {number}",
    EventKind.ENDED: "Selesai langkah {number}",
    EventKind.COMPLETED: "Selesai langkah {number}",
    EventKind.LEFT_UNREPORTED: "Perkiraan pulang",
}


def rectifiable_times(view: VisitView, log: Sequence[Event]) -> list[tuple[int, str]]:
    """Each time with the number of its event: "Selesai langkah 2, 24 Nov 2026 09.12"."""
    undone = undone_seqs(log)
    right = corrected_times(log, undone)
    return [
        (event.seq, f"{_words(view, event)}, {_when(event, right)}")
        for event in log
        if event.kind in TIMED & set(WORDS) and event.seq not in undone
    ]


def _words(view: VisitView, event: Event) -> str:
    if event.step_key is None:
        return WORDS[event.kind]
    step = view.sop.step(event.step_key)
    return f"{WORDS[event.kind].format(number=step.number)}: {step.title}"


def _when(event: Event, right: Mapping[int, datetime]) -> str:
    at = right.get(event.seq, event.occurred_at)
    return f"{day(at)} {clock(at)}"
