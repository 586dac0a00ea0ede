"""What entri susulan asks for beside the guest book, and which paper slips to print."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from wtforms import BooleanField, Form, StringField, ValidationError
from wtforms.validators import NumberRange

from app import phrases
from app.clock import now
from app.domain.events import Outcome
from app.domain.late_entry import OUTCOMES, Fault, Slot, Wrong, slots_of, wrongs_of
from app.domain.period import DayError, read_day
from app.domain.sop import Sop
from app.formatting import clock, local, zone
from app.views.forms import GuestBookForm, WholeNumberField, line, one_of, squeezed
from app.views.moments import read_due, read_moment

CLOCK = re.compile(r"([0-9]{1,2})[.:]?([0-9]{2})")
LAST_DIGITS = re.compile(r"[0-9]+$")
HIGHEST_SLIP, MOST_SHEETS = 9999, 50
WHY = "Tulis mengapa dicatat belakangan, misalnya Listrik padam."
USUAL_WHY = "Listrik padam"
TYPED_ALREADY = (
    "Slip {slip} tanggal ini sudah diketik sebagai kunjungan {label} ({name}). "
    "Bila ini slip lain dengan nomor yang sama, centang di bawah, lalu simpan lagi."
)
NO_DAY = "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026."
BEFORE_THE_PROMISE = (
    "Tanggal itu mendahului kunjungan {label}, tempat janji temu ini dibuat. "
    "Periksa tanggal di kertas."
)
NOT_YET = "Tanggal itu belum tiba. Periksa tanggal di kertas."
FIRST_SLIP = f"Tulis nomor slip pertama dengan angka, dari 1 sampai {HIGHEST_SLIP}."
NO_NEW_TIME = (
    "Isi tanggal dan jam baru yang tertulis di kertas, sesudah tamu pulang, "
    "paling lama setahun kemudian."
)
HOW_MANY = f"Tulis jumlah lembar dengan angka, dari 1 sampai {MOST_SHEETS}."


class LateEntryForm(GuestBookForm):
    """A slip: the guest book, and when, how it ended, and why it is typed in only now."""

    slip = line("Nomor slip", letters=20)
    day = StringField("Tanggal", filters=[squeezed])
    outcome = one_of("Hasil", OUTCOMES, "Pilih hasil dari daftar.", Outcome.COMPLETED)
    late_reason = line("Alasan entri susulan", needed=WHY, letters=200)
    due_at = StringField("Waktu baru")
    other_slip = BooleanField("Slip lain", false_values=("", "0", "false"))

    def validate_day(self, field: StringField) -> None:
        """A day that has come."""
        try:
            day = read_day(field.data or "")
        except DayError:
            raise ValidationError(NO_DAY) from None
        if day > local(now()).date():
            raise ValidationError(NOT_YET)


class SlipsForm(Form):
    """Which slips to print."""

    mulai = WholeNumberField(
        "Mulai nomor", FIRST_SLIP, default=1, validators=[NumberRange(1, HIGHEST_SLIP, FIRST_SLIP)]
    )
    lembar = WholeNumberField(
        "Jumlah lembar", HOW_MANY, default=1, validators=[NumberRange(1, MOST_SHEETS, HOW_MANY)]
    )


@dataclass(frozen=True)
class PaperTimes:
    """The times of a slip by their names, and a sentence for each that cannot stand.

    `due_at` is when a guest who was asked to come again is expected.
    """

    noted: Mapping[str, datetime]
    errors: Mapping[str, str]
    due_at: datetime | None = None


def read_times(
    sop: Sop, day: date | None, typed: Mapping[str, str], *, at: datetime, outcome: Outcome
) -> PaperTimes:
    """The times that were typed, on this day by the office's clock, checked for their order.

    When the day cannot be read they are those of yesterday, of which only the order counts. A new
    time is held against them only where they are right.
    """
    texts = {slot: squeezed(typed.get(slot.name)) for slot in slots_of(sop)}
    clocks = {slot: read_clock(text) for slot, text in texts.items()}
    yesterday = local(at).date() - timedelta(days=1)
    noted = {
        slot.name: datetime.combine(day or yesterday, moment, zone()).astimezone(UTC)
        for slot, moment in clocks.items()
        if moment is not None
    }
    wrongs = wrongs_of(sop, noted, at=at, outcome=outcome)
    errors: dict[str, str] = {}
    for slot, text in texts.items():
        wrong = wrongs.get(slot.name)
        if text and clocks[slot] is None:
            errors[slot.name] = phrases.NO_CLOCK.format(slot=phrases.slot_name(slot))
        elif wrong is not None:
            name = "day" if wrong.fault is Fault.TOO_LONG_AGO else slot.name
            errors[name] = _sentence(slot, wrong, noted)
    due_at = None
    if outcome is Outcome.RESCHEDULED:
        text = typed.get("due_at", "")
        due_at = read_due(text, after=max(noted.values(), default=at))
        is_doubtful = bool(errors) or day is None
        if due_at is None and not (is_doubtful and read_moment(text, not_before=None)):
            errors["due_at"] = NO_NEW_TIME
    return PaperTimes(noted, errors, due_at)


def read_clock(text: str) -> time | None:
    """09.20, 9.20, 09:20 or 0920; None for anything else."""
    found = CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute = map(int, found.groups())
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004


def slip_after(slip: str | None) -> str:
    """The number of the slip that lies below this one: 13 after 12, A-010 after A-009."""
    found = LAST_DIGITS.search(slip or "")
    if slip is None or found is None:
        return ""
    digits = found.group()
    return f"{slip[: found.start()]}{int(digits) + 1:0{len(digits)}d}"


def _sentence(slot: Slot, wrong: Wrong, noted: Mapping[str, datetime]) -> str:
    other = noted.get(wrong.other.name) if wrong.other else None
    return phrases.late_fault(slot, wrong, clock(other))
