"""The full log of a visit in words, newest first: events, texts and scans that moved nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from app import phrases
from app.domain.events import EventKind, Outcome
from app.domain.phone import mask_phone
from app.domain.sop import Effect
from app.extensions import Session
from app.formatting import badge, clock_zone, day, local
from app.models.person import Unit
from app.models.visit import StepEvent, VisitText
from app.phrases import BADGE_STATES
from app.queries.loans import LoanRow, loans_of_visit
from app.queries.scans import scans_of_visit
from app.queries.units import all_units
from app.queries.visits import VisitView
from app.views.corrected_words import Corrections, destination_words

ENDS_BY_KIND = {  # how the loans ended that an event of this kind is about
    EventKind.RETURNED: frozenset({"returned"}),
    EventKind.LEFT_UNREPORTED: frozenset({"outstanding"}),
    EventKind.BADGE_GONE: frozenset({"lost", "damaged", "outstanding"}),
    EventKind.BADGE_REPLACED: frozenset({"lost", "damaged"}),
    EventKind.BADGE_SWAPPED: frozenset({"swapped"}),
}
STARTS_LOANS = frozenset({EventKind.ISSUED, EventKind.BADGE_REPLACED, EventKind.BADGE_SWAPPED})
LATER = timedelta(minutes=1)  # from then on it is said when it was recorded


@dataclass(frozen=True)
class Entry:
    """One line of the activity log."""

    at: datetime
    title: str
    detail: str
    by: str


@dataclass(frozen=True)
class Said:
    """What is told of an event beside its kind; empty where there is nothing to tell."""

    cards: str
    correction: str
    destination: str
    acted_for: str


def activity(
    session: Session,
    view: VisitView,
    log: Sequence[StepEvent],
    texts: Sequence[VisitText],
    corrections: Corrections,
) -> list[Entry]:
    """Everything that happened to a visit, newest first."""
    loans = loans_of_visit(session, view.visit.id)
    before = {event.seq: event for event in log}
    units = {unit.id: unit for unit in all_units(session)}
    going, acting = _destinations(units, log), _posts_acted_for(view, units, log)
    entries = [
        _event(view, stroke, _said(stroke[0], loans, corrections, going, acting), before)
        for stroke in _in_strokes(log)
    ]
    entries += [_text(text) for text in texts if text.id not in corrections.told]
    entries += [
        Entry(
            scan.received_at,
            _scan_title(scan.outcome, scan.reason),
            "",
            f"{name}, {_means(scan.method)}",
        )
        for scan, name in scans_of_visit(session, view.visit.id)
    ]
    entries.sort(key=lambda entry: entry.at)
    return entries[::-1]


def _destinations(units: Mapping[int, Unit], log: Sequence[StepEvent]) -> dict[int, str]:
    """Where the guest goes after each event that says so, by its seq."""
    names = {unit_id: unit.name for unit_id, unit in units.items()}
    words, was = {}, None
    for event in log:
        if event.destination_id is not None:
            words[event.seq] = destination_words(names, was, event)
            was = event.destination_id
    return words


def _posts_acted_for(
    view: VisitView, units: Mapping[int, Unit], log: Sequence[StepEvent]
) -> dict[int, str]:
    """The post that was away at each event on behalf, by its seq: a host's is the destination's."""
    host_step = view.sop.step_with(Effect.BY_HOST)
    posts, unit = {}, None
    for event in log:
        unit = units.get(event.destination_id or 0, unit)
        if event.on_behalf_of is None:
            continue
        posts[event.seq] = phrases.post_name(view.sop, event.on_behalf_of)
        if host_step is None or unit is None or event.on_behalf_of != host_step.role:
            continue
        if event.step_key in {None, host_step.key}:
            posts[event.seq] = unit.post
    return posts


def _said(
    event: StepEvent,
    loans: Sequence[LoanRow],
    corrections: Corrections,
    going: Mapping[int, str],
    acting: Mapping[int, str],
) -> Said:
    return Said(
        _cards(event, loans),
        corrections.of(event),
        going.get(event.seq, ""),
        acting.get(event.seq, ""),
    )


def _cards(event: StepEvent, loans: Sequence[LoanRow]) -> str:
    """Which badges changed hands with an event: their loans carry its time."""
    moments = {event.occurred_at, event.recorded_at}
    ends = ENDS_BY_KIND.get(EventKind(event.kind), frozenset())
    gone = [
        badge(loan.badge.number)
        for loan in loans
        if (loan.ended_as in ends and loan.ended_at in moments)
        or (event.kind == EventKind.RETURNED and loan.recovered_at in moments)
    ]
    come = [
        badge(loan.badge.number)
        for loan in loans
        if event.kind in STARTS_LOANS and loan.issued_at in moments
    ]
    if gone and come:
        return f"kartu {', '.join(gone)} menjadi {', '.join(come)}"
    return f"kartu {', '.join(gone or come)}" if gone or come else ""


def _name_of(view: VisitView, event: StepEvent) -> str:
    """What an event was, as the log calls it."""
    kind = EventKind(event.kind)
    if event.step_key is not None and kind in _DONE:
        return f"langkah {view.sop.step(event.step_key).number} {_DONE[kind]}"
    return phrases.EVENTS[kind].lower()


def _undone(view: VisitView, batch: Sequence[StepEvent], before: Mapping[int, StepEvent]) -> str:
    """What was undone in one stroke, in the order in which it had happened."""
    events = sorted((before[one.undoes or 0] for one in batch), key=lambda event: event.seq)
    names = ", ".join(_name_of(view, event) for event in events)
    return f"{names} pukul {clock_zone(events[-1].occurred_at)}"


def _in_strokes(log: Sequence[StepEvent]) -> list[Sequence[StepEvent]]:
    """The events one by one, but what was undone at once together."""
    strokes = groupby(log, lambda one: (one.recorded_at, one.actor_id) if one.undoes else one.seq)
    return [tuple(stroke) for _, stroke in strokes]


def _corrected(view: VisitView, event: StepEvent, right: datetime) -> str:
    was, should = clock_zone(event.occurred_at), clock_zone(right)
    return f"{_name_of(view, event)}: semula {was}, seharusnya {should}"


def _event(
    view: VisitView,
    stroke: Sequence[StepEvent],
    said: Said,
    before: Mapping[int, StepEvent],
) -> Entry:
    event = stroke[0]
    kind = EventKind(event.kind)
    parts = [said.cards] if said.cards else []
    title = phrases.EVENTS[kind]
    if event.step_key is not None:
        step = view.sop.step(event.step_key)
        title = f"Langkah {step.number} {_DONE[kind]}" if kind in _DONE else title
        parts.append(step.title if kind in _DONE else f"kembali ke langkah {step.number}")
    if event.on_behalf_of is not None:
        parts.append(f"atas nama {said.acted_for}")
    if event.undoes is not None:
        parts.append(_undone(view, stroke, before))
    if event.corrects is not None and event.corrected_to is not None:
        parts.append(_corrected(view, before[event.corrects], event.corrected_to))
    if kind is EventKind.CLOSED and event.reason_code:
        parts.append(phrases.OUTCOMES[Outcome(event.reason_code)])
    elif kind is EventKind.DECIDED:
        parts.append(phrases.choice_label(view.sop, event.reason_code))
    elif said.correction:
        parts.append(said.correction)
    elif event.reason_code and not (kind is EventKind.CORRECTED and event.destination_id):
        parts.append(BADGE_STATES.get(event.reason_code) or phrases.note(event.reason_code))
    if said.destination:
        parts.append(said.destination)
    means = f", {_means(event.method)}" if event.method else ""
    means += _recorded(view, event)
    return Entry(
        event.occurred_at, title, ", ".join(parts), f"{event.actor_name}, {event.actor_post}{means}"
    )


def _recorded(view: VisitView, event: StepEvent) -> str:
    """When a scan was sent, or a slip typed in; with the day, if that was another one."""
    at = event.recorded_at
    if at - event.occurred_at < LATER or not (event.method or view.visit.late_entry):
        return ""
    if event.method:
        return f", terkirim {clock_zone(at)}"
    is_same_day = local(at).date() == local(event.occurred_at).date()
    return f", dicatat {'' if is_same_day else f'{day(at)} '}{clock_zone(at)}"


_DONE = {
    EventKind.COMPLETED: "selesai",
    EventKind.STARTED: "dimulai",
    EventKind.ENDED: "selesai",
    EventKind.SKIPPED: "dilewati",
}


def _text(text: VisitText) -> Entry:
    field = phrases.note(text.field) if text.field != "reason" else "Alasan"
    written = mask_phone(text.value) if text.field == "phone" and text.value else text.value
    value = f"“{written}”" if written is not None else "sudah dihapus"
    return Entry(text.at, f"{field} ditulis", value, f"{text.actor_name}, {text.actor_post}")


def _scan_title(outcome: str, reason: str | None) -> str:
    if outcome == "needs":
        return "Pindaian menunggu jawaban"
    if outcome == "repeated":
        return "Pindaian berulang, tidak mengubah apa pun"
    words = {"wrong_role": "bukan gilirannya", "wrong_host": "bukan penerimanya",
             "already_done": "sudah tercatat", "out_of_order": "terlambat terkirim",
             "clock_ahead": "jam perangkat tidak cocok"}  # fmt: skip
    return f"Pindaian ditolak: {words.get(reason or '', 'tidak mengubah apa pun')}"


def _means(method: str) -> str:
    return f"lewat {phrases.METHODS.get(method, method)}"
