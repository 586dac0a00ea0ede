"""The register's filters as an address or a form gives them: read, checked, and put into links."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.period import (
    EARLIEST,
    DayError,
    Period,
    day_of,
    month_before,
    month_of,
    read_day,
    week_of,
)
from app.domain.sop import Sop
from app.extensions import Session
from app.formatting import period_words
from app.phrases import GUEST_KINDS, SOUGHT_STANDINGS
from app.queries.register import Filters
from app.queries.sops import step_names
from app.queries.units import all_units
from app.register_words import (
    SOUGHT_OUTCOMES,
    WITHOUT_DESTINATION,
    Meaning,
    Names,
    meanings,
)
from app.views.forms import squeezed
from app.views.periods import days_of

PARAMETERS = ("dari", "sampai", "tujuan", "jenis", "hasil", "mutu", "langkah", "jam")
TOGETHER = (("dari", "sampai"), ("mutu", "langkah"))  # one filter each: wrong in part, not applied
NUMBER = re.compile(r"[0-9]{1,9}")
HOURS = range(24)
MONTHS = 6

NO_DAY = "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026."
BACKWARDS = "Tanggal akhir mendahului tanggal awal. Tukar keduanya, atau kosongkan salah satunya."
UNKNOWN = {
    "tujuan": "Tujuan itu tidak dikenal. Pilih dari daftar.",
    "jenis": "Jenis tamu itu tidak dikenal. Pilih dari daftar.",
    "hasil": "Hasil itu tidak dikenal. Pilih dari daftar.",
    "mutu": "Mutu waktu itu tidak dikenal. Pilih dari daftar.",
    "langkah": "Langkah itu tidak dikenal. Pilih dari daftar.",
    "jam": "Jam masuk itu tidak dikenal, jadi tidak dipakai untuk menyaring.",
}


@dataclass(frozen=True)
class Reading:
    """What was asked: the filters that hold, what was typed, and what is wrong with the others."""

    filters: Filters
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    names: Names

    @property
    def meanings(self) -> list[Meaning]:
        """The filters that hold, in words."""
        return meanings(self.filters, self.names)

    def kind_of(self, name: str) -> str:
        """The kind of a day's field: a browser's own would swallow what is no day."""
        return "text" if self.errors.get(name) == NO_DAY else "date"

    def kept(self, without: tuple[str, ...] = ()) -> dict[str, str]:
        """The parameters that hold, for a link that keeps them (but for those to be taken off)."""
        taken = {*without, *self.errors}
        for pair in TOGETHER:
            if taken & set(pair):
                taken |= set(pair)
        return {name: text for name, text in self.typed.items() if text and name not in taken}


@dataclass(frozen=True)
class QuickPeriod:
    """A period that is one click away."""

    label: str
    period: Period

    @property
    def parameters(self) -> dict[str, str]:
        """How an address asks for it."""
        return days_of(self.period)


def names_of(session: Session) -> Names:
    """What the codes of filters stand for, destinations no longer in use too."""
    units = {unit.id: unit.name for unit in all_units(session)}
    return Names(units | WITHOUT_DESTINATION, step_names(session))


def options(names: Names, sop: Sop) -> dict[str, list[tuple[str, str]]]:
    """What each choice of the form offers; steps are those of the SOP in force."""
    return {
        "tujuan": [(str(unit_id), name) for unit_id, name in names.units.items()],
        "jenis": list(GUEST_KINDS.items()),
        "hasil": list(SOUGHT_OUTCOMES.items()),
        "mutu": [(code, words.capitalize()) for code, words in SOUGHT_STANDINGS.items()],
        "langkah": [(step.key, names.steps[step.key]) for step in sop.steps],
    }


def quick_periods(today: date) -> list[QuickPeriod]:
    """The periods that are asked for most."""
    return [
        QuickPeriod("Hari ini", day_of(today)),
        QuickPeriod("Minggu ini", week_of(today)),
        QuickPeriod("Bulan ini", month_of(today)),
        QuickPeriod("Bulan lalu", month_before(today)),
    ]


def last_months(today: date) -> list[QuickPeriod]:
    """The present month and those before it, as the book is printed month by month."""
    months = [month_of(today)]
    while len(months) < MONTHS:
        months.append(month_before(months[-1].first))
    words = ["Bulan ini", "Bulan lalu", *map(period_words, months[2:])]
    return [QuickPeriod(label, month) for label, month in zip(words, months, strict=True)]


def read_filters(given: Mapping[str, str], names: Names, today: date) -> Reading:
    """The filters of an address; what cannot be read is told and not applied."""
    typed = {name: squeezed(given.get(name))[:100] for name in PARAMETERS}
    errors: dict[str, str] = {}
    step_key, standing = _step(typed, errors, names)
    filters = Filters(
        period=_period(typed, errors, today),
        destination_id=_number(typed, errors, "tujuan", names.units),
        guest_kind=_code(typed, errors, "jenis", GUEST_KINDS),
        outcome=_code(typed, errors, "hasil", SOUGHT_OUTCOMES),
        hour=_number(typed, errors, "jam", HOURS),
        step_key=step_key,
        standing=standing,
    )
    return Reading(filters, typed, errors, names)


def _code(
    typed: Mapping[str, str], errors: dict[str, str], name: str, known: Container[str]
) -> str | None:
    """A parameter's code; None when it is empty, or unknown, which is then an error."""
    text = typed[name]
    if text and text not in known:
        errors[name] = UNKNOWN[name]
        return None
    return text or None


def _number(
    typed: Mapping[str, str], errors: dict[str, str], name: str, known: Container[int]
) -> int | None:
    text = typed[name]
    number = int(text) if NUMBER.fullmatch(text) else None
    if text and number not in known:
        errors[name] = UNKNOWN[name]
        return None
    return number


def _step(
    typed: Mapping[str, str], errors: dict[str, str], names: Names
) -> tuple[str | None, str | None]:
    """A step and how it stood; without a step, how any did."""
    step_key = _code(typed, errors, "langkah", names.steps)
    standing = _code(typed, errors, "mutu", SOUGHT_STANDINGS)
    if {"langkah", "mutu"} & errors.keys():
        return None, None
    return step_key, standing


def _period(typed: dict[str, str], errors: dict[str, str], today: date) -> Period | None:
    """The days asked for; one end alone reaches to today, or back to the beginning."""
    first, last = (_day(typed, errors, name) for name in ("dari", "sampai"))
    if "dari" in errors or "sampai" in errors or (first is None and last is None):
        return None
    first = first or EARLIEST
    last = last or max(first, today)
    if last < first:
        errors["sampai"] = BACKWARDS
        return None
    return Period(first, last)


def _day(typed: dict[str, str], errors: dict[str, str], name: str) -> date | None:
    if not typed[name]:
        return None
    try:
        day = read_day(typed[name])
    except DayError:
        errors[name] = NO_DAY
        return None
    typed[name] = day.isoformat()
    return day
