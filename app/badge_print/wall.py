"""The sheet for the wall at each desk: where to scan, and the address of this app."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from app.badge_print.kinds import BLACK
from app.badge_print.parts import Shape, boxes_of
from app.badge_print.weave import woven
from app.paper import MM_PER_POINT, Colour, Paper, PaperSize, Weight, fit, printable, text_width
from app.qr import modules

MARGIN = 21.0
WEAVE_UNIT = 0.5
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


def _page(paper: Paper, desk: str, wall: Wall) -> None:
    _band(paper, 18.0)
    _band(paper, paper.h - 22.0)
    if wall.emblem is not None:
        left = (paper.w - EMBLEM) / 2
        paper.image(
            io.BytesIO(wall.emblem), x=left, y=28, w=EMBLEM, h=EMBLEM, keep_aspect_ratio=True
        )
    _centred(paper, 60.0, wall.office, 15.0)
    _centred(paper, 94.0, CALL, 60.0, "B")
    _centred(paper, 112.0, desk, 26.0, "B")
    _centred(paper, 124.0, HOW, 14.0)
    _centred(paper, 142.0, OPEN, 14.0)
    _symbol(paper, wall.address, 158.0)
    _centred(paper, 270.0, wall.address, 22.0, "B")


def _symbol(paper: Paper, address: str, top: float) -> None:
    grid = modules(address.upper())
    left, unit = (paper.w - QR_SIDE) / 2, QR_SIDE / len(grid)
    _paint(paper, Shape(left, top, unit, boxes_of(grid), BLACK))


def _band(paper: Paper, y: float) -> None:
    tiles = int((paper.w - 2 * MARGIN) / (12 * WEAVE_UNIT))
    left = (paper.w - tiles * 12 * WEAVE_UNIT) / 2
    for shape in woven(left, y, unit=WEAVE_UNIT, tiles=tiles):
        _paint(paper, shape)


def _paint(paper: Paper, shape: Shape) -> None:
    path = " ".join(f"{a:g} {b:g} {c:g} {d:g} re" for a, b, c, d in shape.boxes)
    colour: Colour = shape.colour
    paper.paint(path, x=shape.x, y=shape.y, unit=shape.unit, colour=colour)


def _centred(paper: Paper, y: float, text: str, largest: float, weight: Weight = "") -> None:
    """One line as large as the sheet allows; two where it would become too small for a wall."""
    words, room = printable(text), paper.w - 2 * MARGIN
    size = min(largest, room / text_width(words, weight) if words else largest)
    if size >= largest / 2:
        _line(paper, y, words, size, weight)
        return
    fitted = fit(words, width=room * 0.95, sizes=(largest / 2, largest / 3), most_lines=2)
    for index, line in enumerate(fitted.lines):
        _line(paper, y + index * fitted.size * MM_PER_POINT * 1.2, line, fitted.size, weight)


def _line(paper: Paper, y: float, text: str, size: float, weight: Weight) -> None:
    paper.write_line((paper.w - text_width(text, weight) * size) / 2, y, text, size, weight)
