"""The woven band and the band of a kind, as shapes."""

from collections.abc import Iterator, Sequence
from functools import cache

from app.badge_print.kinds import Kind, Pattern
from app.badge_print.parts import Box, Shape, Words, boxes_of
from app.paper import MM_PER_POINT, Colour, printable, text_width

INDIGO: Colour = (0x17, 0x2F, 0x57)
RED: Colour = (0xA1, 0x21, 0x1D)
TILE_WIDTH, TILE_HEIGHT = 12, 8  # units
WEAVE = (  # bamboo shoot: R red, I indigo
    "R.......RRRR",
    "....I....RRR",
    "...III....R.",
    "..IIIII.....",
    ".III.III....",
    "III...III...",
)
CAPITALS = 0.718  # of the size: how high capitals are
MARK = 5  # cells a side of a pattern's tile
PATTERNS = {
    Pattern.SOLID: (".....",) * MARK,
    Pattern.STRIPES: ("#.#.#",) * MARK,
    Pattern.DIAMONDS: ("..#..", ".###.", "#####", ".###.", "..#.."),
    Pattern.CHECKS: ("#.#.#", ".#.#.", "#.#.#", ".#.#.", "#.#.#"),
    Pattern.BARS: ("#####", ".....", "#####", ".....", "#####"),
    Pattern.ARROWS: ("#....", "##...", "###..", "##...", "#...."),
    Pattern.FRAMES: ("#####", "#...#", "#...#", "#...#", "#####"),
    Pattern.STAIRS: ("....#", "...##", "..###", ".####", "#####"),
}


def woven(
    x: float, y: float, *, unit: float, tiles: int, is_mirrored: bool = False
) -> tuple[Shape, Shape]:
    """The band in two colours, with a thread of half a unit above and below it.

    Mirrored it closes what the other one opens.
    """
    red, indigo = _woven(tiles, is_mirrored=is_mirrored)
    return Shape(x, y, unit, red, RED), Shape(x, y, unit, indigo, INDIGO)


def kind_band(kind: Kind, at: Box, *, is_black: bool) -> Iterator[Shape | Words]:
    """A box in the kind's colour with its word, and its pattern at the end."""
    x, y, width, height = at
    colour, ink = ((0, 0, 0), (255, 255, 255)) if is_black else (kind.colour, kind.ink)
    yield Shape(x, y, 1, ((0, 0, width, height),), colour)
    cell = height * 0.6 / MARK
    marks = boxes_of([[sign == "#" for sign in row] for row in PATTERNS[kind.pattern]])
    count, inset = 2, height * 0.2
    for index in range(count if marks else 0):
        left = x + width - (index + 1) * (MARK * cell + inset)
        yield Shape(left, y + inset, cell, marks, ink)
    if not kind.word:
        return
    room = width - 2 * inset - count * (MARK * cell + inset)
    yield _word(printable(kind.word.upper()), x + inset * 1.5, at, room - inset, ink)


def _word(text: str, x: float, band: Box, room: float, ink: Colour) -> Words:
    _, y, _, height = band
    one = text_width(text, "B")
    size = min(height * 0.55 / CAPITALS / MM_PER_POINT, room / one if one else height)
    baseline = y + (height + size * MM_PER_POINT * CAPITALS) / 2
    return Words(x, baseline, text, size, "B", one * size, ink)


@cache
def _woven(tiles: int, *, is_mirrored: bool) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    width, lowest = tiles * TILE_WIDTH, TILE_HEIGHT - 0.5
    threads: tuple[Box, ...] = ((0, 0, width, 0.5), (0, lowest, width, 0.5))
    rows = WEAVE[::-1] if is_mirrored else WEAVE
    return _cells("R", rows, tiles), (*threads, *_cells("I", rows, tiles))


def _cells(sign: str, rows: Sequence[str], tiles: int) -> tuple[Box, ...]:
    """The cells of one colour along the band, below an empty row for the thread."""
    return boxes_of([[], *([cell == sign for cell in row * tiles] for row in rows)])
