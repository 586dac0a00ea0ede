"""The guest book as a document: its rows in the words of print, and what the sheet is of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from app import phrases
from app.domain.events import Outcome
from app.domain.period import Period
from app.domain.phone import show_phone
from app.domain.sop import Field
from app.formatting import badge, clock, local, period_words, thousands, weekday
from app.official_paper import ERASED, Printing
from app.queries.visits import VisitView

TITLE = "BUKU TAMU"


@dataclass(frozen=True)
class BookRow:
    """One visit as the guest book has it; `left` is empty while the guest is inside."""

    label: str
    weekday: str
    arrived_on: date
    arrived: time
    name: str
    position: str
    origin: str
    phone: str
    host: str
    purpose: str
    badge: str
    left: str
    guest_kind: str
    party_size: int
    outcome: str
    is_drop_off: bool
    is_late_entry: bool
    is_corrected: bool
    is_completed: bool

    @property
    def remark(self) -> str:
        """The column Keterangan: what the other columns do not say."""
        parts = (
            f"{self.party_size} orang" if self.party_size > 1 else "",
            "" if self.is_completed else self.outcome,
            "Titipan dokumen" if self.is_drop_off else "",
            "Entri susulan" if self.is_late_entry else "",
            "Diperbaiki" if self.is_corrected else "",
        )
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Book:
    """The rows of a period, which of its visits they are, and who printed them."""

    period: Period
    rows: Sequence[BookRow]
    meanings: tuple[str, ...]
    printing: Printing

    @property
    def covers(self) -> str:
        """As below the title: Bulan November 2026."""
        if self.period.is_month:
            return f"Bulan {period_words(self.period)}"
        return f"Tanggal {period_words(self.period)}"

    @property
    def people(self) -> int:
        """How many people came."""
        return sum(row.party_size for row in self.rows)

    @property
    def corrections(self) -> str:
        """How many of the visits have a record that was put right; nothing when none has."""
        corrected = sum(row.is_corrected for row in self.rows)
        if not corrected:
            return ""
        visits = thousands(len(self.rows))
        return f"{thousands(corrected)} dari {visits} kunjungan memuat catatan yang diperbaiki"


def book_rows(views: Iterable[VisitView]) -> Iterator[BookRow]:
    """Each visit as a row, times by the office's clock."""
    for view in views:
        yield _row(view)


def _row(view: VisitView) -> BookRow:
    visit, arrived = view.visit, local(view.visit.arrived_at)
    phone = view.said("phone")
    outcome = view.progress.outcome
    return BookRow(
        label=view.label,
        weekday=weekday(visit.arrived_on),
        arrived_on=visit.arrived_on,
        arrived=arrived.time().replace(second=0, microsecond=0),
        name=view.said("name") or ERASED,
        origin=view.said("origin") or ERASED,
        position=view.said("position") or _nothing(view),
        phone=show_phone(phone) if phone else _nothing(view),
        host=(view.destination.post or view.destination.name) if view.destination else "",
        purpose=_purpose(view),
        badge=badge(view.badge_number),
        left=_left(view, arrived),
        guest_kind=phrases.GUEST_KINDS.get(visit.guest_kind, visit.guest_kind),
        party_size=visit.party_size,
        outcome=phrases.OUTCOMES[Outcome(outcome)] if outcome else "Belum selesai",
        is_drop_off=visit.kind == "drop_off",
        is_late_entry=visit.late_entry,
        is_corrected=view.progress.corrections > 0,
        is_completed=outcome == Outcome.COMPLETED,
    )


def _nothing(view: VisitView) -> str:
    """For an empty field: a dash once the guest's words were erased, else nothing."""
    return ERASED if view.leader.erased_at else ""


def _purpose(view: VisitView) -> str:
    text = view.texts.get(Field.PURPOSE)
    if text is None:
        return ""
    return text.value or ERASED


def _left(view: VisitView, arrived: datetime) -> str:
    """When the guest left, with the day if that was another one."""
    closed_at = view.progress.closed_at
    if closed_at is None:
        return ""
    closed = local(closed_at)
    other_day = f"{closed:%d/%m} " if closed.date() != arrived.date() else ""
    about = "± " if view.left_at_a_guess else ""
    return f"{about}{other_day}{clock(closed_at)}"
