"""A sheet of paper to draw on: characters a printer has, text that fits, shapes of one piece."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Literal

from fpdf import FPDF
from fpdf.fonts import CORE_FONTS_CHARWIDTHS

Colour = tuple[int, int, int]
Weight = Literal["", "B"]
PaperSize = Literal["A4", "F4"]

F4 = (215.0, 330.0)  # millimetres; the office paper of Indonesia, in no standard
TYPEFACE = "helvetica"
MM_PER_POINT = 25.4 / 72
LEADING = 1.22
ASCENT = 0.92  # of the size: from a line's upper edge to its baseline, capitals in the middle
CIRCLE = 0.5523  # how far the handles of a quarter circle reach, of its radius
ALMOST = 0.999  # of a width: fractions do not add up exactly
LEAST_SIZE = 5.0  # points: still read without a glass
ENCODING = "cp1252"  # all that the built-in typefaces of PDF hold: Latin-1 and typographic signs
ELLIPSIS = "…"
MARK_SIZE, MARK_BASELINE = 9.0, 7.0  # points; millimetres, above every form's own margin
ALIKE = str.maketrans({
    **dict.fromkeys("‐‑‒−⁃", "-"),
    **dict.fromkeys("ʼ′‛", "’"),
    **dict.fromkeys("ʻʽ‵", "‘"),
    **dict.fromkeys("―─", "—"),
    "″": "”",
    "‟": "“",
    "⁄": "/",
    **dict(zip("ŁłĐđı", "LlDdi", strict=True)),
    "→": "->",
    "←": "<-",
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
})  # fmt: skip
# A file that says nothing of when it was made is the same each time.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Fitted:
    """A text broken into lines, and the size at which they fit."""

    size: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """How high the lines are together, in millimetres."""
        return len(self.lines) * self.size * MM_PER_POINT * LEADING


def printable(text: str) -> str:
    """The text on one line, in characters the built-in typefaces have; `?` for the others."""
    alike = unicodedata.normalize("NFC", text).translate(ALIKE)
    return " ".join("".join(_nearest(sign) for sign in alike).split())


def text_width(text: str, weight: Weight = "") -> float:
    """How wide a printable text is at one point, in millimetres."""
    return _units(text, weight) * MM_PER_POINT / 1000


@lru_cache(maxsize=32)
def fit(text: str, *, width: float, sizes: tuple[float, ...], most_lines: int) -> Fitted:
    """The text at the first size that fits; at the last one it is cut short where it must be."""
    for size in sizes:
        lines = _wrap(text.split(), width / size)
        if len(lines) <= most_lines and all(text_width(line) <= width / size for line in lines):
            return Fitted(size, tuple(lines))
    room = width / sizes[-1]
    words = [piece for word in text.split() for piece in _pieces(word, room)]
    lines = _wrap(words, room)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], _shorten(lines[most_lines - 1], room)]
    return Fitted(sizes[-1], tuple(lines))


def wrap(text: str, *, width: float, size: float, weight: Weight = "") -> Fitted:
    """The text at that size in as many lines as it needs; a word too wide for one is broken."""
    room = width / size
    words = [piece for word in text.split() for piece in _pieces(word, room, weight)]
    return Fitted(size, tuple(_wrap(words, room, weight)))


def wrap_whole(text: str, *, width: float, size: float, weight: Weight = "") -> Fitted:
    """As `wrap`, but smaller where that keeps a long word in one piece."""
    longest = max((text_width(word, weight) for word in text.split()), default=0)
    fits = width / longest * ALMOST if longest else size
    return wrap(text, width=width, size=min(size, max(fits, LEAST_SIZE)), weight=weight)


def runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Start and length of each run of set cells."""
    at = 0
    for is_set, cells in groupby(row):
        length = len(list(cells))
        if is_set:
            yield at, length
        at += length


def outline(grid: Sequence[Sequence[bool]]) -> str:
    """The set cells of a grid as one PDF path, one unit a cell, one rectangle a run.

    One path, because separate shapes leave hairlines between the rows on many screens and printers.
    """
    return " ".join(
        f"{at} {y} {length} 1 re" for y, row in enumerate(grid) for at, length in runs(row)
    )


class Paper(FPDF):
    """A document in millimetres, text in Helvetica, the same bytes for the same content.

    `mark` stands on every page: what the whole document is, as DEMO.
    """

    def __init__(
        self,
        title: str,
        size: PaperSize | tuple[float, float] = "A4",
        *,
        landscape: bool = False,
        mark: str = "",
    ) -> None:
        orientation: Literal["landscape", "portrait"] = "landscape" if landscape else "portrait"
        super().__init__(orientation, "mm", F4 if size == "F4" else size)
        self.core_fonts_encoding = ENCODING
        self.set_auto_page_break(auto=False)
        self.set_creation_date(ALWAYS)
        self.set_lang("id")
        self.set_title(title)
        self.mark = mark

    def header(self) -> None:
        """The mark at the upper edge, which fpdf writes on each page as it begins."""
        if self.mark:
            width = text_width(self.mark, "B") * MARK_SIZE
            self.write_line((self.w - width) / 2, MARK_BASELINE, self.mark, MARK_SIZE, "B")

    def write_line(self, x: float, y: float, text: str, size: float, weight: Weight = "") -> None:
        """Write one line from x on the baseline y."""
        self.set_font(TYPEFACE, weight, size)
        self.text(x, y, text)

    def write_lines(self, x: float, y: float, fitted: Fitted, weight: Weight = "") -> None:
        """Write lines below each other; y is the first baseline."""
        for index, line in enumerate(fitted.lines):
            baseline = y + index * fitted.size * MM_PER_POINT * LEADING
            self.write_line(x, baseline, line, fitted.size, weight)

    def write_block(
        self,
        fitted: Fitted,
        *,
        left: float,
        top: float,
        width: float,
        weight: Weight = "",
        is_centred: bool = False,
    ) -> None:
        """Write lines below each other in a column; `top` is the upper edge of the first."""
        baseline = top + fitted.size * MM_PER_POINT * ASCENT
        for line in fitted.lines:
            gap = (width - text_width(line, weight) * fitted.size) / 2 if is_centred else 0
            self.write_line(left + gap, baseline, line, fitted.size, weight)
            baseline += fitted.size * MM_PER_POINT * LEADING

    def write_centred(self, y: float, text: str, size: float) -> None:
        """Write one line in the middle of the page on the baseline y."""
        width = text_width(text) * size
        self.write_line((self.w - width) / 2, y, text, size)

    def capsule(self, x: float, y: float, width: float, height: float) -> None:
        """Fill and draw a box whose ends are half circles."""
        radius = height / 2
        bend = radius * CIRCLE
        left, right, middle = x + radius, x + width - radius, y + radius
        path: list[tuple[str, Sequence[tuple[float, float]]]] = [
            ("m", [(left, y)]),
            ("l", [(right, y)]),
            ("c", [(right + bend, y), (x + width, middle - bend), (x + width, middle)]),
            ("c", [(x + width, middle + bend), (right + bend, y + height), (right, y + height)]),
            ("l", [(left, y + height)]),
            ("c", [(left - bend, y + height), (x, middle + bend), (x, middle)]),
            ("c", [(x, middle - bend), (left - bend, y), (left, y)]),
        ]
        self._out(" ".join(f"{self._places(points)} {verb}" for verb, points in path) + " b")

    def _places(self, points: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x * self.k:.4f} {(self.h - y) * self.k:.4f}" for x, y in points)

    def paint(self, path: str, *, x: float, y: float, unit: float, colour: Colour) -> None:
        """Fill a path whose origin is at x, y and whose unit is that many millimetres."""
        red, green, blue = (f"{part / 255:.4g}" for part in colour)
        scale = unit * self.k
        place = f"{scale:.6f} 0 0 {-scale:.6f} {x * self.k:.4f} {(self.h - y) * self.k:.4f} cm"
        self._out(f"q {red} {green} {blue} rg {place} {path} f Q")


@lru_cache(maxsize=4096)
def _units(text: str, weight: Weight) -> int:
    """How wide a text is in thousandths of its size: whole numbers, so that sums are exact."""
    widths = CORE_FONTS_CHARWIDTHS[f"{TYPEFACE}{weight}"]
    return sum(int(widths[chr(byte)]) for byte in text.encode(ENCODING))


@lru_cache(maxsize=4096)
def _nearest(sign: str) -> str:
    """The sign itself, else its plain letter, else a question mark."""
    if sign.isspace():
        return " "
    for form in (sign, *_plain_forms(sign)):
        if form and _is_printable(form):
            return form
    return "" if unicodedata.combining(sign) else "?"


def _plain_forms(sign: str) -> Iterator[str]:
    yield unicodedata.normalize("NFKC", sign)
    parts = unicodedata.normalize("NFKD", sign)
    yield "".join(part for part in parts if not unicodedata.combining(part))


def _is_printable(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return text.isprintable()


def _wrap(words: Sequence[str], room: float, weight: Weight = "") -> list[str]:
    """Words in as few lines as they need; a word wider than the room stands alone."""
    lines: list[list[str]] = []
    used, space = 0, _units(" ", weight)
    for word in words:
        longer = used + space + _units(word, weight)
        if lines and longer * MM_PER_POINT / 1000 <= room:
            lines[-1].append(word)
            used = longer
        else:
            lines.append([word])
            used = _units(word, weight)
    return [" ".join(line) for line in lines]


def _pieces(word: str, room: float, weight: Weight = "") -> Iterator[str]:
    """The word, broken wherever it is wider than the room."""
    if text_width(word, weight) <= room:
        yield word
        return
    piece = ""
    for sign in word:
        if piece and text_width(piece + sign, weight) > room:
            yield piece
            piece = ""
        piece += sign
    yield piece


def _shorten(line: str, room: float) -> str:
    """The line with an ellipsis, cut until both fit."""
    while line and text_width(line + ELLIPSIS) > room:
        line = line[:-1].rstrip()
    return line + ELLIPSIS
