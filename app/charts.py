"""The geometry of charts, pure: numbers in, places out; `templates/summary/_charts.html` draws.

Across, places are per cent of the drawing's width, so that it can be stretched; down, they are
pixels, and the text beside keeps its size on every screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil

HEADROOM = 22.0  # above the highest gridline: room for a column's value
PLOT_HEIGHT = 150.0
BASELINE = HEADROOM + PLOT_HEIGHT
FILLED = 0.68  # of a column's slot
MOST_GRIDLINES = 4  # above the baseline
ROUND_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Column:
    """One column, standing on the baseline in the middle of its slot."""

    value: int
    x: float
    width: float
    middle: float
    top: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A gridline and the whole number it stands for."""

    value: int
    y: float


@dataclass(frozen=True)
class Band:
    """A stretch of the ground behind the columns."""

    x: float
    width: float


@dataclass(frozen=True)
class Columns:
    """A column chart; its scale begins at zero."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Share:
    """A bar parted in two, in per cent of its width."""

    first: float
    second: float


def columns(values: Sequence[int]) -> Columns:
    """A column for each value, in order, side by side."""
    marks = tick_values(max(values, default=0))
    slot = 100 / max(len(values), 1)
    bars = tuple(_column(value, index, slot, marks[-1]) for index, value in enumerate(values))
    return Columns(bars, tuple(Tick(mark, _y(mark, marks[-1])) for mark in marks))


def tick_values(highest: int) -> list[int]:
    """Whole numbers from zero to `highest` or just above, in steps of 1, 2 or 5 times ten."""
    step = next(
        round_step * 10**power
        for power in count()
        for round_step in ROUND_STEPS
        if MOST_GRIDLINES * round_step * 10**power >= highest
    )
    return [step * index for index in range(ceil(max(highest, 1) / step) + 1)]


def band(first: float, last: float, *, start: float, slots: int) -> Band:
    """The ground from one value of the axis to another, on an axis of slots of one each.

    What lies outside the axis is cut off.
    """
    slot = 100 / slots
    left = min(max(first - start, 0.0), slots)
    right = min(max(last - start, 0.0), slots)
    return Band(round(left * slot, 3), round(max(right - left, 0.0) * slot, 3))


def row_width(value: int, highest: int) -> float:
    """How long a row's bar is, in per cent of the longest."""
    return round(100 * value / highest, 3) if highest else 0.0


def share(first: int, second: int) -> Share | None:
    """How two counts divide a bar; None when both are nothing."""
    if not first + second:
        return None
    part = round(100 * first / (first + second), 3)
    return Share(part, round(100 - part, 3))


def _column(value: int, index: int, slot: float, highest: int) -> Column:
    top = _y(value, highest)
    return Column(
        value=value,
        x=round((index + (1 - FILLED) / 2) * slot, 3),
        width=round(slot * FILLED, 3),
        middle=round((index + 0.5) * slot, 3),
        top=top,
        height=round(BASELINE - top, 3),
    )


def _y(value: int, highest: int) -> float:
    return round(BASELINE - PLOT_HEIGHT * value / highest, 3)
