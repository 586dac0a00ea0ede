"""Bukti kunjungan: one visit on a sheet, for whoever has to show that they were here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.letterhead import Letterhead
from app.official_paper import HAIRLINE, Margins, OfficialPaper
from app.paper import MM_PER_POINT, Fitted, Weight, printable, wrap
from app.receipt_facts import NAME, Receipt

# Millimetres, points.
MARGINS = Margins(left=25, top=12, right=20, bottom=16)
SIZE, STEP_SIZE = 10.5, 9.5
ASCENT = 0.8  # of the size: from the top of a line to its baseline
LABEL_WIDTH, COLON_WIDTH = 38.0, 4.0
FACT_GAP, PART_GAP, SIGNATURE_GAP = 1.7, 4.0, 8.0
NUMBER_WIDTH, TIME_WIDTH, PADDING = 11.0, 42.0, 1.4

STEPS = ("No", "Langkah pelayanan", "Mulai–selesai")


@dataclass(frozen=True)
class Block:
    """A part of the sheet that is never split over two pages."""

    height: float
    draw: Callable[[float], None]


def render_receipt(receipt: Receipt, letterhead: Letterhead) -> bytes:
    """The receipt as a PDF: one page, more only for a very long SOP."""
    paper = OfficialPaper(f"Bukti kunjungan {receipt.label}", letterhead, MARGINS)
    paper.add_page()
    top = paper.draw_title(
        paper.draw_kop(), receipt.wording.title, [f"Nomor kunjungan {receipt.label}"]
    )
    pages = list(_pages(list(_blocks(paper, receipt)), top, paper.lowest))
    for number, page in enumerate(pages, start=1):
        if number > 1:
            paper.add_page()
            top = MARGINS.top
        for block in page:
            block.draw(top)
            top += block.height
        paper.draw_foot(receipt.printing, number, len(pages))
    return bytes(paper.output())


def _pages(blocks: Sequence[Block], top: float, lowest: float) -> Iterator[Sequence[Block]]:
    start, used = 0, top
    for at, block in enumerate(blocks):
        if used + block.height > lowest:
            yield blocks[start:at]
            start, used = at, MARGINS.top
        used += block.height
    yield blocks[start:]


def _blocks(paper: OfficialPaper, receipt: Receipt) -> Iterator[Block]:
    yield _paragraph(paper, receipt.wording.introduction)
    for label, text in receipt.facts:
        yield _fact(paper, label, text)
    yield _gap(PART_GAP)
    if receipt.steps:
        yield _step(paper, STEPS, weight="B")
    for number, step in enumerate(receipt.steps, start=1):
        yield _step(paper, (str(number), step.title, step.when))
    yield _gap(PART_GAP)
    yield _end(paper, receipt)


def _gap(height: float) -> Block:
    return Block(height, lambda _: None)


def _paragraph(paper: OfficialPaper, text: str) -> Block:
    fitted = _set(text, paper.room)
    return Block(fitted.height + PART_GAP, lambda y: _write(paper, paper.left, y, fitted))


def _fact(paper: OfficialPaper, label: str, text: str) -> Block:
    colon = paper.left + LABEL_WIDTH
    weight: Weight = "B" if label == NAME else ""
    value = _set(text, paper.right - colon - COLON_WIDTH, weight=weight)

    def draw(y: float) -> None:
        _write(paper, paper.left, y, _set(label, LABEL_WIDTH))
        _write(paper, colon, y, _set(":", COLON_WIDTH))
        _write(paper, colon + COLON_WIDTH, y, value, weight)

    return Block(value.height + FACT_GAP, draw)


def _step(paper: OfficialPaper, texts: Sequence[str], *, weight: Weight = "") -> Block:
    """A ruled row: the step's number, its name, and when it took place."""
    widths = (NUMBER_WIDTH, paper.room - NUMBER_WIDTH - TIME_WIDTH, TIME_WIDTH)
    edges = list(accumulate(widths, initial=paper.left))
    cells = [
        _set(text, width - 2 * PADDING, STEP_SIZE, weight)
        for text, width in zip(texts, widths, strict=True)
    ]
    height = max(cell.height for cell in cells) + 2 * PADDING

    def draw(y: float) -> None:
        paper.set_line_width(HAIRLINE)
        for cell, (left, right) in zip(cells, pairwise(edges), strict=True):
            paper.rect(left, y, right - left, height)
            _write(paper, left + PADDING, y + PADDING, cell, weight)

    return Block(height, draw)


def _end(paper: OfficialPaper, receipt: Receipt) -> Block:
    """What the receipt is for, and the signature: in one piece."""
    use = _set(receipt.wording.use, paper.room)
    day = receipt.printing.day

    def draw(y: float) -> None:
        _write(paper, paper.left, y, use)
        paper.draw_signature(y + use.height + SIGNATURE_GAP, day)

    return Block(use.height + SIGNATURE_GAP + paper.signature_height(day), draw)


def _set(text: str, width: float, size: float = SIZE, weight: Weight = "") -> Fitted:
    return wrap(printable(text), width=width, size=size, weight=weight)


def _write(paper: OfficialPaper, x: float, y: float, fitted: Fitted, weight: Weight = "") -> None:
    paper.write_lines(x, y + fitted.size * MM_PER_POINT * ASCENT, fitted, weight)
