"""The sheet for the wall at each desk: where to scan, and the address of this app."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.badge_print.faces import QUIET_MODULES
from app.badge_print.kinds import BLACK
from app.badge_print.parts import Shape, boxes_of
from app.badge_print.weave import TILE_HEIGHT, woven
from app.paper import (
    LEADING,
    MM_PER_POINT,
    Colour,
    Paper,
    PaperSize,
    Weight,
    fit,
    printable,
    text_width,
)
from app.qr import modules

MARGIN = 21.0
BAND = 18.0  # from the edge of the sheet
EDGE = 27.0  # the blocks stand within
MOST_GAP = 12.0
WEAVE_UNIT = 0.5
ASCENT = 0.95  # of a line's size, above its baseline
BOLD = 0.92  # lines are broken by the widths of plain letters
LEAST_OF_ONE_LINE, LEAST_OF_TWO = 0.7, 0.34  # of the size that a text has where it is short
EMBLEM = 24.0
QR_SIDE = 90.0
CALL = "Pindai di sini"
HOW = "Arahkan kamera ke kode pada tanda pengenal tamu."
OPEN = "Buka alamat ini, masuk, lalu tekan Pindai:"


@dataclass(frozen=True)
class Wall:
    """What every sheet shows; `address` is the app's, never empty."""

    office: str
    address: str
    paper: PaperSize
    emblem: bytes | None = None
    mark: str = ""


def render_wall(desks: Sequence[str], wall: Wall) -> bytes:
    """One page for each desk."""
    paper = Paper("Pindai di sini", wall.paper, mark=wall.mark)
    for desk in desks:
        paper.add_page()
        _page(paper, desk, wall)
    return bytes(paper.output())


@dataclass(frozen=True)
class Block:
    """What stands below the one before: its height, and how it is drawn from its upper edge."""

    height: float
    draw: Callable[[float], None]


def _page(paper: Paper, desk: str, wall: Wall) -> None:
    """The blocks from top to bottom, with what is left of the sheet shared between them."""
    _band(paper, BAND)
    _band(paper, paper.h - BAND - TILE_HEIGHT * WEAVE_UNIT)
    blocks = _blocks(paper, desk, wall)
    free = paper.h - 2 * EDGE - sum(block.height for block in blocks)
    gap = min(free / (len(blocks) - 1), MOST_GAP)
    y = EDGE + (free - gap * (len(blocks) - 1)) / 2
    for block in blocks:
        block.draw(y)
        y += block.height + gap


def _blocks(paper: Paper, desk: str, wall: Wall) -> list[Block]:
    return [
        *([] if wall.emblem is None else [_emblem(paper, wall.emblem)]),
        _centred(paper, wall.office, 15.0),
        _centred(paper, CALL, 60.0, "B"),
        _centred(paper, desk, 26.0, "B"),
        _centred(paper, HOW, 14.0),
        _centred(paper, OPEN, 14.0),
        _symbol(paper, wall.address),
        _centred(paper, wall.address, 22.0, "B"),
    ]


def _emblem(paper: Paper, emblem: bytes) -> Block:
    def draw(top: float) -> None:
        left = (paper.w - EMBLEM) / 2
        paper.image(io.BytesIO(emblem), x=left, y=top, w=EMBLEM, h=EMBLEM, keep_aspect_ratio=True)

    return Block(EMBLEM, draw)


def _symbol(paper: Paper, address: str) -> Block:
    """The code within its quiet zone."""
    grid = modules(address.upper())
    unit = QR_SIDE / len(grid)
    quiet = QUIET_MODULES * unit

    def draw(top: float) -> None:
        left = (paper.w - QR_SIDE) / 2
        _paint(paper, Shape(left, top + quiet, unit, boxes_of(grid), BLACK))

    return Block(QR_SIDE + 2 * quiet, draw)


def _band(paper: Paper, y: float) -> None:
    tiles = int((paper.w - 2 * MARGIN) / (12 * WEAVE_UNIT))
    left = (paper.w - tiles * 12 * WEAVE_UNIT) / 2
    for shape in woven(left, y, unit=WEAVE_UNIT, tiles=tiles):
        _paint(paper, shape)


def _paint(paper: Paper, shape: Shape) -> None:
    path = " ".join(f"{a:g} {b:g} {c:g} {d:g} re" for a, b, c, d in shape.boxes)
    colour: Colour = shape.colour
    paper.paint(path, x=shape.x, y=shape.y, unit=shape.unit, colour=colour)


def _centred(paper: Paper, text: str, largest: float, weight: Weight = "") -> Block:
    """One line as large as the sheet allows; two where it would become too small for a wall."""
    words, room = printable(text), (paper.w - 2 * MARGIN) * (BOLD if weight else 1)
    fitted = fit(words, width=room, sizes=_sizes(largest, LEAST_OF_ONE_LINE), most_lines=1)
    if " ".join(fitted.lines) != words:
        fitted = fit(words, width=room, sizes=_sizes(largest, LEAST_OF_TWO), most_lines=2)

    def draw(top: float) -> None:
        size = fitted.size * MM_PER_POINT
        for index, line in enumerate(fitted.lines):
            _line(paper, top + size * (ASCENT + index * LEADING), line, fitted.size, weight)

    return Block(fitted.height, draw)


def _sizes(largest: float, least: float) -> tuple[float, ...]:
    return tuple(largest * hundredth / 100 for hundredth in range(100, round(least * 100) - 1, -2))


def _line(paper: Paper, y: float, text: str, size: float, weight: Weight) -> None:
    paper.write_line((paper.w - text_width(text, weight) * size) / 2, y, text, size, weight)
