"""A measured figure and what it should be; ratios of pairs taken in turn, as their median."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[], float]


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    pairs: int = 7  # of each ratio
    guests: int = 12  # whose scans are one measurement of their CPU
    bare_requests: int = 1_500
    passing_guests: int = 4  # whose scans are one measurement of their time
    page_requests: int = 10
    crowd_scans: int = 2_016
    screens: int = 50
    watched_s: float = 20.0
    appearances: int = 5
    badges: int = 500


FULL = Effort()
QUICK = Effort(
    pairs=1,
    guests=2,
    bare_requests=100,
    passing_guests=1,
    page_requests=2,
    crowd_scans=112,
    screens=10,
    watched_s=2.0,
    appearances=1,
    badges=10,
)  # shows that everything works; its figures tell little


@dataclass(frozen=True)
class Figure:
    """One line of the results; `detail` tells the values that it was made of."""

    name: str
    value: float
    aim: float | None  # None: told for the picture's sake
    unit: str = "×"
    detail: str = ""

    @property
    def is_met(self) -> bool:
        return self.aim is None or self.value <= self.aim


def ratio_in_turn(one: Measure, other: Measure, pairs: int) -> tuple[float, float, float]:
    """The median ratio of `one` to `other` over pairs taken in turn, and the median of each.

    Each second pair begins with the other, so that neither always finds the machine warmer.
    """
    taken = []
    for number in range(pairs):
        if number % 2:
            below = other()
            taken.append((one(), below))
        else:
            above = one()
            taken.append((above, other()))
    return (
        statistics.median(above / below for above, below in taken),
        statistics.median(above for above, _ in taken),
        statistics.median(below for _, below in taken),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
