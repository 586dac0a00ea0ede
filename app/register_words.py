"""What the register's filters mean, in words: for its chips, its files and the list of exports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app import phrases
from app.domain.events import Outcome
from app.domain.period import EARLIEST, Period
from app.formatting import full_day, period_words
from app.queries.register import (
    CORRECTED,
    LATE_ENTRY,
    NO_DESTINATION,
    STILL_OPEN,
    UNTIMED,
    Filters,
)

# An outcome to look for; beside them those without one yet, and what else marks a visit whole.
SOUGHT_OUTCOMES: dict[str, str] = {
    STILL_OPEN: "Belum selesai",
    **{code: phrases.OUTCOMES[code] for code in Outcome},
    UNTIMED: "Tidak dihitung waktunya",
    LATE_ENTRY: "Entri susulan",
    CORRECTED: "Catatannya diperbaiki",
}
WITHOUT_DESTINATION = {NO_DESTINATION: "Belum ada tujuan"}
ANY_STEP = "Ada langkah"


@dataclass(frozen=True)
class Names:
    """What the codes of an office stand for: its destinations and the steps of its SOPs."""

    units: Mapping[int, str]
    steps: Mapping[str, str]


@dataclass(frozen=True)
class Meaning:
    """One filter in words, and the parameters of the address that ask for it."""

    parameters: tuple[str, ...]
    label: str
    value: str

    def __str__(self) -> str:
        return f"{self.label}: {self.value}" if self.label else self.value


def meanings(filters: Filters, names: Names) -> list[Meaning]:
    """Every filter that is set, the period first."""
    return [*_of_period(filters), *_of_visit(filters, names), *_of_steps(filters, names)]


def _of_period(filters: Filters) -> Iterator[Meaning]:
    if filters.period is not None:
        yield Meaning(("dari", "sampai"), "", _period(filters.period))


def _period(period: Period) -> str:
    if period.first == EARLIEST:
        return f"Sampai {full_day(period.last)}"
    return period_words(period)


def _of_visit(filters: Filters, names: Names) -> Iterator[Meaning]:
    if filters.destination_id is not None:
        unit = names.units.get(filters.destination_id, "tidak dikenal")
        yield Meaning(("tujuan",), "Tujuan", unit)
    if filters.guest_kind is not None:
        kind = phrases.GUEST_KINDS.get(filters.guest_kind, filters.guest_kind)
        yield Meaning(("jenis",), "Jenis tamu", kind)
    if filters.outcome is not None:
        outcome = SOUGHT_OUTCOMES.get(filters.outcome, filters.outcome)
        yield Meaning(("hasil",), "Hasil", outcome)
    if filters.hour is not None:
        yield Meaning(("jam",), "Masuk pukul", f"{filters.hour:02}.00–{filters.hour:02}.59")


def _of_steps(filters: Filters, names: Names) -> Iterator[Meaning]:
    if filters.step_key is not None:
        step = names.steps.get(filters.step_key, filters.step_key)
        how = phrases.SOUGHT_STANDINGS.get(filters.standing or "", "ada catatannya")
        yield Meaning(("langkah", "mutu"), f"Langkah {step}", how)
    elif filters.standing is not None:
        how = phrases.SOUGHT_STANDINGS.get(filters.standing, filters.standing)
        yield Meaning(("mutu",), "", f"{ANY_STEP} {how}")
