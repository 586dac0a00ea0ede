"""The lines of an SOP's flow: how they run from one symbol to the next around all others.

Coordinates count columns and rows: the symbol of row 2 in column 1 stands at (1.5, 2.5). A line
leaves a symbol at its bottom or side and enters the next at its top. A row holds one symbol, so a
level line at half height meets no other; lines over several rows keep to lanes beside the symbols.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MIDDLE = 0.5
ENTRY = 0.1  # height in a row at which a line from a lane turns to the symbol
UNDER = 0.92  # height in a row at which a line from a symbol's bottom turns to a lane
LANE = 0.14  # from a column's edge: beside every symbol
MOST_WAYS = 3  # a symbol's bottom and its two sides


class Edge(StrEnum):
    """A side of a symbol."""

    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"


@dataclass(frozen=True)
class Way:
    """A way on from a step: the row it leads to, and its word if the step decides."""

    to: int
    label: str = ""


@dataclass(frozen=True)
class Point:
    """A place in columns and rows."""

    x: float
    y: float


@dataclass(frozen=True)
class Route:
    """One line with its corners, from the middle of one symbol to the middle of another."""

    origin: int
    to: int
    label: str
    exit: Edge
    points: tuple[Point, ...]

    @property
    def is_near(self) -> bool:
        """Whether it leads to the next row, without a lane."""
        return self.to == self.origin + 1


@dataclass
class _Lanes:
    """The upright lanes that are taken, each over a span of heights."""

    columns: int
    taken: list[tuple[float, float, float]] = field(default_factory=list)

    def take(self, column: int, exit_: Edge, span: tuple[float, float]) -> float:
        """The nearest free lane on that side of the symbol, else on the other."""
        right = [x for x in self._all() if x > column + MIDDLE]
        left = [x for x in self._all() if x < column + MIDDLE][::-1]
        candidates = [*left, *right] if exit_ is Edge.LEFT else [*right, *left]
        lane = next((x for x in candidates if self._is_free(x, span)), candidates[0])
        self.taken.append((lane, *span))
        return lane

    def _all(self) -> Iterator[float]:
        for column in range(self.columns):
            yield column + LANE
            yield column + 1 - LANE

    def _is_free(self, lane: float, span: tuple[float, float]) -> bool:
        return all(lane != x or span[1] < start or end < span[0] for x, start, end in self.taken)


def route_all(
    columns: Sequence[int], ways: Sequence[Sequence[Way]], width: int
) -> tuple[Route, ...]:
    """The lines of every step's ways; `columns` are those of the steps' performers.

    Short lines take their lanes first, so that a long one passes outside the words of others.
    """
    lanes = _Lanes(width)
    leaving = [
        (row, way, exit_)
        for row, offered in enumerate(ways)
        for way, exit_ in _exits(columns, row, offered)
    ]
    routes = {
        (row, exit_): _route(columns, row, way, exit_, lanes)
        for row, way, exit_ in sorted(leaving, key=lambda line: abs(line[1].to - line[0]))
    }
    return tuple(routes[row, exit_] for row, _, exit_ in leaving)


def _exits(columns: Sequence[int], row: int, ways: Sequence[Way]) -> Iterator[tuple[Way, Edge]]:
    """Each way with an edge of its own: the way to the next row first."""
    if len(ways) > MOST_WAYS:
        raise ValueError(f"row {row}: {len(ways)} ways, but a symbol has {MOST_WAYS} exits")
    free = [Edge.RIGHT, Edge.LEFT, Edge.BOTTOM]
    for way in sorted(ways, key=lambda way: way.to != row + 1):
        wanted = _towards(columns[row], columns[way.to])
        is_near = way.to == row + 1
        takes = wanted if wanted in free and (is_near or wanted != Edge.BOTTOM) else free[0]
        free.remove(takes)
        yield way, takes


def _towards(column: int, other: int) -> Edge:
    if column == other:
        return Edge.BOTTOM
    return Edge.RIGHT if other > column else Edge.LEFT


def _route(columns: Sequence[int], row: int, way: Way, exit_: Edge, lanes: _Lanes) -> Route:
    start = Point(columns[row] + MIDDLE, row + MIDDLE)
    end = Point(columns[way.to] + MIDDLE, way.to + MIDDLE)
    if way.to == row + 1:
        corners = (start, end) if start.x == end.x else (start, Point(end.x, start.y), end)
        return Route(row, way.to, way.label, exit_, corners)
    turn = row + (UNDER if exit_ is Edge.BOTTOM else MIDDLE)
    entry = way.to + ENTRY
    span = (min(turn, entry), max(turn, entry))
    lane = lanes.take(columns[row], exit_, span)
    below = (Point(start.x, turn),) if exit_ is Edge.BOTTOM else ()
    detour = (*below, Point(lane, turn), Point(lane, entry), Point(end.x, entry))
    return Route(row, way.to, way.label, exit_, (start, *detour, end))
