"""The flow of an SOP on paper: each cell's lines, symbols and words, in millimetres."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.paper import MM_PER_POINT, Paper, printable, text_width, wrap_whole
from app.sop_drawing import Cell, Label, Shape, Stroke, Symbol
from app.sop_routes import LANE, MIDDLE, Edge

LINE, OUTLINE = 0.5, 0.5
ARROW_LENGTH, ARROW_HALF_WIDTH = 2.1, 0.95
SIDE_BY_SIDE = 0.26  # of a column: connectors of two lanes beside one in the middle
WORD_SIZE, LEAST_WORD = 7.5, 5.5  # points; a word is never broken, even where it meets a lane
WORD_GAP = 0.7
BELOW_OTHERS = 1.2  # the bottom's word stands lower than those of the sides
WHITE, BLACK = 255, 0


@dataclass(frozen=True)
class Extent:
    """Width and height of a symbol."""

    width: float
    height: float


def extent(shape: Shape, column: float) -> Extent:
    """How large a symbol is in a column of that width."""
    match shape:
        case Shape.CONNECTOR:
            side = min(6.4, column * SIDE_BY_SIDE)
            return Extent(side, side)
        case Shape.DECISION:
            width = min(14.0, column * 0.6)
            return Extent(width, width * 0.62)
        case _:
            width = min(13.0, column * 0.58)
            return Extent(width, width * 0.5)


def draw_cells(
    paper: Paper, cells: Sequence[Cell], *, left: float, top: float, column: float, height: float
) -> None:
    """A row of the flow: every line first, then the symbols that cover their ends."""
    lefts = [left + index * column for index in range(len(cells))]
    paper.set_fill_color(BLACK)
    for cell, x in zip(cells, lefts, strict=True):
        for stroke in cell.strokes:
            _draw_stroke(paper, stroke, x, top, Extent(column, height))
    middle = top + MIDDLE * height
    for cell, x in zip(cells, lefts, strict=True):
        for symbol in cell.symbols:
            _draw_symbol(paper, symbol, x + symbol.x * column, middle, column)
        for label in cell.labels:
            _draw_label(paper, label, cell.symbols[0].shape, x + MIDDLE * column, middle, column)


def _draw_stroke(paper: Paper, stroke: Stroke, x: float, y: float, cell: Extent) -> None:
    """A line as a filled bar, longer by half its thickness at both ends: corners close."""
    left, top = x + stroke.x1 * cell.width - LINE / 2, y + stroke.y1 * cell.height - LINE / 2
    width = (stroke.x2 - stroke.x1) * cell.width + LINE
    height = (stroke.y2 - stroke.y1) * cell.height + LINE
    paper.rect(left, top, width, height, "F")


def _draw_symbol(paper: Paper, symbol: Symbol, x: float, y: float, column: float) -> None:
    size = extent(symbol.shape, column)
    half_width, half_height = size.width / 2, size.height / 2
    paper.set_line_width(OUTLINE)
    paper.set_draw_color(BLACK)
    paper.set_fill_color(WHITE)
    if symbol.shape is Shape.TERMINATOR:
        paper.capsule(x - half_width, y - half_height, size.width, size.height)
    elif symbol.shape is Shape.PROCESS:
        paper.rect(x - half_width, y - half_height, size.width, size.height, "DF")
    else:
        paper.polygon(_corners(symbol.shape, x, y, half_width, half_height), style="DF")
    _draw_arrow(paper, symbol.entry, x, y, half_height)
    if symbol.text:
        _draw_name(paper, symbol.text, x, y, size)


def _corners(
    shape: Shape, x: float, y: float, half_width: float, half_height: float
) -> list[tuple[float, float]]:
    top, bottom, left, right = y - half_height, y + half_height, x - half_width, x + half_width
    if shape is Shape.DECISION:
        return [(x, top), (right, y), (x, bottom), (left, y)]
    shoulder = y + half_height * 0.3
    return [(left, top), (right, top), (right, shoulder), (x, bottom), (left, shoulder)]


def _draw_arrow(paper: Paper, entry: Edge | None, x: float, y: float, half_height: float) -> None:
    if entry is None:
        return
    away = -1 if entry is Edge.TOP else 1
    tip = y + away * half_height
    base = tip + away * ARROW_LENGTH
    paper.set_fill_color(BLACK)
    paper.polygon([(x, tip), (x - ARROW_HALF_WIDTH, base), (x + ARROW_HALF_WIDTH, base)], style="F")


def _draw_name(paper: Paper, text: str, x: float, y: float, size: Extent) -> None:
    """A connector's letter, in the upper part of the pentagon."""
    name = printable(text)
    points = size.height * 0.55 / MM_PER_POINT
    width = text_width(name, "B") * points
    paper.write_line(x - width / 2, y + size.height * 0.12, name, points, "B")


def _draw_label(
    paper: Paper, label: Label, shape: Shape, x: float, y: float, column: float
) -> None:
    """The word of a way beside the symbol's exit, clear of the line that leaves there."""
    size = extent(shape, column)
    is_free = label.exit is Edge.BOTTOM and label.is_left  # no lane is on that side
    room = column * (MIDDLE if is_free else MIDDLE - LANE) - WORD_GAP
    words = printable(label.text)
    longest = max((text_width(word) for word in words.split()), default=0)
    fitted = wrap_whole(words, width=max(room, longest * LEAST_WORD), size=WORD_SIZE)
    width = max((text_width(line) for line in fitted.lines), default=0) * fitted.size
    if label.exit is Edge.BOTTOM:
        left = x - WORD_GAP - width if label.is_left else x + WORD_GAP
        top = y + size.height / 2 + BELOW_OTHERS
    else:
        away = size.width / 4 + WORD_GAP
        left = x - away - width if label.is_left else x + away
        clear = size.height / 4 + WORD_GAP
        top = y - clear - fitted.height if label.is_above else y + clear
    paper.write_block(fitted, left=left, top=top, width=room)
