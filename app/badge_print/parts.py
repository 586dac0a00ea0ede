"""The parts a face is made of, placed in millimetres from its upper left corner."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.paper import Colour, Weight, runs

Box = tuple[float, float, float, float]  # x, y, width, height


@dataclass(frozen=True)
class Words:
    """One line of text that begins at x on the baseline y; `width` is what it takes."""

    x: float
    y: float
    text: str
    size: float  # points
    weight: Weight
    width: float
    colour: Colour
    spacing: float = 0  # points between signs


@dataclass(frozen=True)
class Shape:
    """Boxes filled as one path: its origin, how many millimetres its unit has, its colour."""

    x: float
    y: float
    unit: float
    boxes: tuple[Box, ...]
    colour: Colour


@dataclass(frozen=True)
class Picture:
    """The office's emblem, as large as fits into a box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Slot:
    """The outline of the hole for a lanyard's hook."""

    x: float
    y: float
    width: float
    height: float


Part = Words | Shape | Picture | Slot
Face = tuple[Part, ...]


def boxes_of(grid: Sequence[Sequence[bool]]) -> tuple[Box, ...]:
    """The set cells of a grid, one box a run."""
    return tuple((at, y, length, 1) for y, row in enumerate(grid) for at, length in runs(row))
