"""The flow of an SOP as a drawing: symbols in the performers' columns and the lines between them.

A cell is one performer's column in one step's row; what it holds is given in fractions of the cell,
so that one drawing fits a page that grows with its words and a sheet of paper.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor

from app.domain.sop import Sop, Step
from app.sop_routes import MIDDLE, Edge, Point, Route, Way, route_all

PLACES = 4  # decimals: fractions of a cell that are the same compare as the same
NO_CHOICES: Mapping[str, Sequence["Choice"]] = {}
STRAIGHT_ON = "Ya"


class Shape(StrEnum):
    """The symbols of an SOP AP (PermenPANRB 35/2012)."""

    TERMINATOR = "terminator"
    PROCESS = "process"
    DECISION = "decision"
    CONNECTOR = "connector"


@dataclass(frozen=True)
class Choice:
    """One answer of a deciding step, and the key of the step it leads to."""

    label: str
    goto: str


def choices_of(sop: Sop, *, with_added: bool) -> dict[str, tuple[Choice, ...]]:
    """The ways of each step that decides, that of going straight on among them.

    `with_added` counts the ways which the application adds to what the office wrote.
    """
    found = {}
    for step, following in zip(sop.steps, (*sop.steps[1:], sop.steps[-1]), strict=True):
        offered = [one for one in step.choices if with_added or not one.is_added]
        ways = [Choice(one.word, one.goto or sop.steps[-1].key) for one in offered]
        if ways and all(one.goto != following.key for one in offered):
            ways.insert(0, Choice(STRAIGHT_ON, following.key))
        if ways:
            found[step.key] = tuple(ways)
    return found


@dataclass(frozen=True)
class Symbol:
    """A symbol in the middle of a cell's height; `entry` is where an arrow arrives at it."""

    shape: Shape
    x: float = MIDDLE
    entry: Edge | None = None
    text: str = ""


@dataclass(frozen=True)
class Stroke:
    """A piece of a line inside one cell, level or upright."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Label:
    """The word of a way, beside the exit it takes and clear of the line that leaves there."""

    text: str
    exit: Edge
    is_left: bool
    is_above: bool


@dataclass(frozen=True)
class Cell:
    """What is drawn in one column of a row."""

    strokes: tuple[Stroke, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class FlowRow:
    """One step: its cells, the column of its performer, and the ways on from it."""

    step: Step
    column: int
    cells: tuple[Cell, ...]
    ways: tuple[Way, ...]

    @property
    def shape(self) -> Shape:
        """The symbol of the step."""
        return self.cells[self.column].symbols[0].shape


@dataclass(frozen=True)
class Crossing:
    """A line that crosses the border between two rows; `column` + `x` is where."""

    column: int
    x: float
    is_down: bool


@dataclass(frozen=True)
class Flow:
    """The whole drawing, row by row."""

    rows: tuple[FlowRow, ...]
    routes: tuple[Route, ...]
    columns: int

    def crossings(self, border: int) -> tuple[Crossing, ...]:
        """The lines that cross the border above the row of that index, from the left."""
        found = {
            Crossing(floor(start.x), round(start.x % 1, PLACES), start.y < end.y)
            for start, end in _segments(self.routes)
            if start.x == end.x and min(start.y, end.y) < border < max(start.y, end.y)
        }
        return tuple(sorted(found, key=lambda crossing: crossing.column + crossing.x))


def draw_flow(sop: Sop, choices: Mapping[str, Sequence[Choice]] = NO_CHOICES) -> Flow:
    """The SOP's flow; a step whose key has choices decides, and each way bears their words."""
    codes = [performer.code for performer in sop.performers]
    columns = [codes.index(step.performer) for step in sop.steps]
    ways = [_ways(sop, index, choices) for index in range(len(sop.steps))]
    routes = route_all(columns, ways, len(codes))
    entered = {route.to for route in routes}
    rows = []
    for index, step in enumerate(sop.steps):
        entry = Edge.TOP if index in entered else None
        symbol = Symbol(_shape(sop, index, choices), entry=entry)
        own = Cell(symbols=(symbol,), labels=_labels([r for r in routes if r.origin == index]))
        cells = _cells(routes, index, {columns[index]: own}, len(codes))
        rows.append(FlowRow(step, columns[index], cells, ways[index]))
    return Flow(tuple(rows), routes, len(codes))


def connector_cells(
    crossings: Sequence[Crossing], names: Sequence[str], columns: int, *, at_end: bool
) -> tuple[Cell, ...]:
    """The row of connectors where a page ends, or begins: a pentagon for each line that crosses."""
    cells = [Cell()] * columns
    for crossing, name in zip(crossings, names, strict=True):
        arrives = crossing.is_down == at_end
        edge = Edge.TOP if at_end else Edge.BOTTOM
        symbol = Symbol(Shape.CONNECTOR, crossing.x, edge if arrives else None, name)
        stroke = Stroke(
            crossing.x, 0.0 if at_end else MIDDLE, crossing.x, MIDDLE if at_end else 1.0
        )
        cell = cells[crossing.column]
        cells[crossing.column] = Cell((*cell.strokes, stroke), (*cell.symbols, symbol))
    return tuple(cells)


def _labels(routes: Sequence[Route]) -> tuple[Label, ...]:
    """The words of a step's ways; a lane upwards or downwards has its word on its other side.

    The bottom's word stands on the side where the way to the next row leaves: no lane is there.
    """
    near_left = any(route.is_near and route.exit is Edge.LEFT for route in routes)
    return tuple(
        Label(
            route.label,
            route.exit,
            is_left=near_left if route.exit is Edge.BOTTOM else route.exit is Edge.LEFT,
            is_above=route.exit is not Edge.BOTTOM and route.to > route.origin,
        )
        for route in routes
        if route.label
    )


def _shape(sop: Sop, index: int, choices: Mapping[str, Sequence[Choice]]) -> Shape:
    if choices.get(sop.steps[index].key):
        return Shape.DECISION
    return Shape.TERMINATOR if index in (0, len(sop.steps) - 1) else Shape.PROCESS


def _ways(sop: Sop, index: int, choices: Mapping[str, Sequence[Choice]]) -> tuple[Way, ...]:
    """Where the step leads; choices that lead to the same step share one way."""
    offered = choices.get(sop.steps[index].key, ())
    if not offered:
        return (Way(index + 1),) if index + 1 < len(sop.steps) else ()
    rows = {step.key: row for row, step in enumerate(sop.steps)}
    words: dict[int, dict[str, None]] = {}
    for choice in offered:
        words.setdefault(rows[choice.goto], {})[choice.label] = None
    return tuple(Way(row, " / ".join(labels)) for row, labels in words.items())


def _cells(
    routes: Sequence[Route], row: int, holding: Mapping[int, Cell], columns: int
) -> tuple[Cell, ...]:
    cells = []
    for column in range(columns):
        pieces = (_inside(start, end, column, row) for start, end in _segments(routes))
        strokes = tuple(dict.fromkeys(piece for piece in pieces if piece is not None))
        held = holding.get(column, Cell())
        cells.append(Cell(strokes, held.symbols, held.labels))
    return tuple(cells)


def _segments(routes: Sequence[Route]) -> Iterator[tuple[Point, Point]]:
    for route in routes:
        yield from zip(route.points, route.points[1:], strict=False)


def _inside(start: Point, end: Point, column: int, row: int) -> Stroke | None:
    """The part of a segment that lies in a cell, from the cell's own corner."""
    left, right = sorted((start.x, end.x))
    top, bottom = sorted((start.y, end.y))
    x1, x2 = max(left, column) - column, min(right, column + 1) - column
    y1, y2 = max(top, row) - row, min(bottom, row + 1) - row
    if x1 > x2 or y1 > y2 or (x1 == x2 and y1 == y2):
        return None
    return Stroke(*(round(share, PLACES) for share in (x1, y1, x2, y2)))
