"""What every printed form of the office shares: kop surat, signature block, page numbers, foot."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from app.letterhead import Letterhead, Signer
from app.paper import (
    LEADING,
    MM_PER_POINT,
    Fitted,
    Paper,
    Weight,
    fit,
    printable,
    text_width,
    wrap,
)

ERASED = "–"

EMBLEM_HEIGHT, EMBLEM_MOST_WIDTH = 21.0, 24.0
EMBLEM_GAP = 5.0
KOP_SIZES = {  # points, down to where a long name still fits its line
    "government": (12.0, 11.0, 10.0, 9.0),
    "office": (15.0, 14.0, 13.0, 12.0),
    "unit": (11.0, 10.0),
    "small": (9.0, 8.5, 8.0),
}
NARROWEST = 30.0
THICK, THIN, RULE_GAP = 0.9, 0.25, 0.9
AFTER_RULE = 6.0

SIGNER_WIDTH, SIGNER_SIZE = 80.0, 10.0
SIGNATURE_ROOM = 19.0  # for a stamp and a signature by hand
UNDERLINE_DROP = 0.6

FOOT_SIZE = 7.0
FOOT_BASELINE = 8.0  # above the lower edge
HAIRLINE = 0.2


@dataclass(frozen=True)
class Printing:
    """When and by whom a sheet was printed, in the words of its foot."""

    day: str
    clock: str
    by: str
    post: str

    def __str__(self) -> str:
        return f"Dicetak {self.day} pukul {self.clock} oleh {self.by}, {self.post}"


@dataclass(frozen=True)
class Margins:
    """The white edge of a sheet, in millimetres."""

    left: float
    top: float
    right: float
    bottom: float


class OfficialPaper(Paper):
    """A form of the office: A4 or F4 as the office has it, with its kop on the first page."""

    def __init__(
        self, title: str, letterhead: Letterhead, margins: Margins, *, landscape: bool = False
    ) -> None:
        super().__init__(title, letterhead.paper, landscape=landscape, mark=letterhead.mark)
        self.letterhead = letterhead
        self.margins = margins

    @property
    def left(self) -> float:
        """Where the content begins."""
        return self.margins.left

    @property
    def right(self) -> float:
        """Where the content ends."""
        return self.w - self.margins.right

    @property
    def room(self) -> float:
        """How wide the content is."""
        return self.right - self.left

    @property
    def lowest(self) -> float:
        """Below here stands nothing but the foot."""
        return self.h - self.margins.bottom

    def draw_kop(self) -> float:
        """The kop surat of the first page; where the content below it may begin."""
        top, lines = self.margins.top, self._kop_lines()
        text_height = sum(fitted.height for fitted, _ in lines)
        height = max(text_height, EMBLEM_HEIGHT if self.letterhead.emblem else 0)
        self._draw_emblem(top, height)
        y = top + (height - text_height) / 2
        for fitted, weight in lines:
            y = self._draw_centred(y, fitted, weight)
        return self._draw_rules(top + height + 2)

    def draw_title(self, y: float, title: str, lines: Sequence[str] = ()) -> float:
        """The form's name in bold, what it covers below it; where the content may begin."""
        size = 13.0
        y = self._draw_centred(y, Fitted(size, (printable(title),)), "B")
        for line in lines:
            fitted = wrap(printable(line), width=self.room, size=10.0)
            y = self._draw_centred(y + 0.6, fitted, "")
        return y + 3.5

    def draw_signature(self, y: float, day: str) -> None:
        """Place and date, titles, room to sign, name, rank and NIP, at the right, in one piece."""
        signer, x = self.letterhead.signer, self.right - SIGNER_WIDTH
        y = self._draw_lines(x, y, [self.letterhead.dated(day), *signer.titles])
        y += SIGNATURE_ROOM
        y = self._draw_name(x, y, signer)
        self._draw_lines(x, y, signer.below)

    def signature_height(self, day: str) -> float:
        """How much room the signature block needs."""
        signer = self.letterhead.signer
        texts = (self.letterhead.dated(day), *signer.titles, *signer.below)
        lines = sum(_signer_lines(text).height for text in texts)
        return lines + _signer_lines(signer.name, "B").height + SIGNATURE_ROOM

    def draw_foot(self, printing: Printing, number: int, count: int, note: str = "") -> None:
        """Small print at the lower edge: when and by whom it was printed, and the page's number."""
        baseline = self.h - FOOT_BASELINE
        page = f"Halaman {number} dari {count}"
        self.set_line_width(HAIRLINE)
        self.line(self.left, baseline - 3.6, self.right, baseline - 3.6)
        width = text_width(page) * FOOT_SIZE
        self.write_line(self.right - width, baseline, page, FOOT_SIZE)
        words = printable(f"{printing}. {note}".strip())
        told = fit(words, width=self.room - width - 4, sizes=(FOOT_SIZE, 6.5, 6.0), most_lines=1)
        self.write_lines(self.left, baseline, told)

    def _kop_lines(self) -> list[tuple[Fitted, Weight]]:
        head = self.letterhead
        texts: list[tuple[str, str, Weight]] = [
            (head.government, "government", ""),
            (head.office, "office", "B"),
            (head.unit, "unit", "B"),
            (head.address_line, "small", ""),
            (head.contact_line, "small", ""),
        ]
        width = self.room - 2 * self._emblem_room()
        return [
            (_fit_kop(printable(text), width, KOP_SIZES[kind], weight), weight)
            for text, kind, weight in texts
            if text
        ]

    def _emblem_room(self) -> float:
        return EMBLEM_MOST_WIDTH + EMBLEM_GAP if self.letterhead.emblem else 0

    def _draw_emblem(self, top: float, height: float) -> None:
        if self.letterhead.emblem is None:
            return
        self.image(
            io.BytesIO(self.letterhead.emblem),
            x=self.left,
            y=top + (height - EMBLEM_HEIGHT) / 2,
            w=EMBLEM_MOST_WIDTH,
            h=EMBLEM_HEIGHT,
            keep_aspect_ratio=True,
            alt_text="Lambang daerah",
        )

    def _draw_centred(self, y: float, fitted: Fitted, weight: Weight) -> float:
        """Lines in the middle of the content; where the next may begin."""
        for line in fitted.lines:
            y += fitted.size * MM_PER_POINT * LEADING
            x = self.left + (self.room - text_width(line, weight) * fitted.size) / 2
            self.write_line(x, y - fitted.size * MM_PER_POINT * 0.3, line, fitted.size, weight)
        return y

    def _draw_rules(self, y: float) -> float:
        """The double rule below the kop: thick above thin."""
        for width in (THICK, THIN):
            self.set_line_width(width)
            self.line(self.left, y, self.right, y)
            y += RULE_GAP
        return y + AFTER_RULE

    def _draw_lines(self, x: float, y: float, texts: Sequence[str]) -> float:
        for text in texts:
            fitted = _signer_lines(text)
            self.write_lines(x, y + SIGNER_SIZE * MM_PER_POINT, fitted)
            y += fitted.height
        return y

    def _draw_name(self, x: float, y: float, signer: Signer) -> float:
        """The signer's name, underlined as a letter has it; a blank to fill in is not."""
        weight: Weight = "B" if signer.is_named else ""
        fitted = _signer_lines(signer.name, "B")
        baseline = y + SIGNER_SIZE * MM_PER_POINT
        self.write_lines(x, baseline, fitted, weight)
        if signer.is_named:
            self.set_line_width(0.3)
            end = baseline + fitted.height - SIGNER_SIZE * MM_PER_POINT * LEADING + UNDERLINE_DROP
            width = max(text_width(line, "B") for line in fitted.lines) * SIGNER_SIZE
            self.line(x, end, x + width, end)
        return y + fitted.height


def _signer_lines(text: str, weight: Weight = "") -> Fitted:
    return wrap(printable(text), width=SIGNER_WIDTH, size=SIGNER_SIZE, weight=weight)


def _fit_kop(text: str, width: float, sizes: tuple[float, ...], weight: Weight) -> Fitted:
    """On one line at the first size that fits, else on even lines at a size between."""
    for size in sizes:
        if text_width(text, weight) * size <= width:
            return Fitted(size, (text,))
    return _even(text, width, sizes[len(sizes) // 2], weight)


def _even(text: str, width: float, size: float, weight: Weight) -> Fitted:
    """As few lines as the width needs, none of them much shorter than the others."""
    fitted = wrap(text, width=width, size=size, weight=weight)
    while width > NARROWEST:
        width -= 1
        narrower = wrap(text, width=width, size=size, weight=weight)
        if len(narrower.lines) > len(fitted.lines):
            break
        fitted = narrower
    return fitted
