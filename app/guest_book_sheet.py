"""The guest book of a period on paper: landscape, the office's kop, ruled rows, the signature."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from app.formatting import thousands
from app.guest_book_rows import TITLE, Book, BookRow
from app.letterhead import Letterhead
from app.official_paper import HAIRLINE, Margins, OfficialPaper
from app.paper import MM_PER_POINT, Fitted, Weight, printable, text_width, wrap

# Millimetres, points.
MARGINS = Margins(left=15, top=11, right=10, bottom=13)
SIZE = 8.0
PADDING = 1.1
ASCENT = 0.8  # of the size: from the top of a line to its baseline
LOWEST_ROW = 8.8  # room to sign in
NUMBERS_SIZE, NUMBERS_HEIGHT = 6.5, 4.0
TOTAL_HEIGHT = 6.4
BEFORE_SIGNATURE = 6.0
ROWS_WITH_SIGNATURE = 2  # it never stands on a page of its own
OUTER_LINE = 0.4

NOTE = "Memuat data pribadi: hanya untuk keperluan dinas (UU 27/2022)."
EMPTY = "Tidak ada kunjungan pada rentang ini."


@dataclass(frozen=True)
class Column:
    """A column: its head, its share of the width, and what a row says in it."""

    head: str
    share: float
    text: Callable[[int, BookRow], str]
    is_centred: bool = False


COLUMNS = (
    Column("No", 9, lambda number, _: str(number), is_centred=True),
    Column("Hari/ Tanggal", 19, lambda _, row: f"{row.weekday}, {row.arrived_on:%d-%m-%Y}"),
    Column("Jam masuk", 12, lambda _, row: f"{row.arrived:%H.%M}", is_centred=True),
    Column("Nama", 30, lambda _, row: row.name),
    Column("Jabatan", 22, lambda _, row: row.position),
    Column("Instansi/Alamat", 32, lambda _, row: row.origin),
    Column("No. HP", 26, lambda _, row: row.phone),
    Column("Bertemu dengan", 26, lambda _, row: row.host),
    Column("Keperluan", 33, lambda _, row: row.purpose),
    Column("No. tanda pengenal", 17, lambda _, row: row.badge, is_centred=True),
    Column("Jam keluar", 12, lambda _, row: row.left, is_centred=True),
    Column("Tanda tangan", 18, lambda _number, _row: ""),
    Column("Keterangan", 21, lambda _, row: row.remark),
)
SHARES = sum(column.share for column in COLUMNS)


@dataclass(frozen=True)
class Line:
    """A row as it is set: its cells' words, and how high the longest of them makes it."""

    cells: tuple[Fitted, ...]
    height: float


def render_guest_book(book: Book, letterhead: Letterhead) -> bytes:
    """The guest book as a PDF."""
    return _Sheet(book, letterhead).render()


class _Sheet:
    """One print. Every row is set before any is drawn: each page says how many there are."""

    def __init__(self, book: Book, letterhead: Letterhead) -> None:
        self.book = book
        self.paper = OfficialPaper(f"Buku tamu, {book.covers}", letterhead, MARGINS, landscape=True)
        scale = self.paper.room / SHARES
        self.widths = [column.share * scale for column in COLUMNS]
        self.edges = list(accumulate(self.widths, initial=self.paper.left))
        self.head = self._set([column.head for column in COLUMNS], weight="B")

    def render(self) -> bytes:
        """The pages, each with its foot."""
        lines = [
            self._set([column.text(number, row) for column in COLUMNS])
            for number, row in enumerate(self.book.rows, start=1)
        ]
        self.paper.add_page()
        top = self._draw_front()
        pages = list(self._pages(lines, top))
        for number, page in enumerate(pages, start=1):
            if number > 1:
                self.paper.add_page()
                top = MARGINS.top
            below = self._draw_table(top, page)
            if number == len(pages):
                self._draw_end(below)
            self.paper.draw_foot(self.book.printing, number, len(pages), NOTE)
        return bytes(self.paper.output())

    def _set(self, texts: Sequence[str], weight: Weight = "") -> Line:
        cells = tuple(
            _wrapped(text, width - 2 * PADDING, weight)
            for text, width in zip(texts, self.widths, strict=True)
        )
        return Line(cells, max(LOWEST_ROW, *(cell.height + 2 * PADDING for cell in cells)))

    def _pages(self, lines: Sequence[Line], top: float) -> Iterator[Sequence[Line]]:
        """The lines of each page; the last has room for the signature, and rows above it."""
        starts, used = [0], top + self._head_height
        for at, line in enumerate(lines):
            if used + line.height > self.paper.lowest:
                starts.append(at)
                used = MARGINS.top + self._head_height
            used += line.height
        if used + self._end_height > self.paper.lowest:
            starts.append(len(lines))
        if len(starts) > 1 and starts[-1] > starts[-2]:
            starts[-1] = max(starts[-2] + 1, self._last_start(lines, starts[-1]))
        yield from (lines[start:end] for start, end in pairwise([*starts, len(lines)]))

    def _last_start(self, lines: Sequence[Line], start: int) -> int:
        """Where the last page begins, so that rows stand above the signature if they find room."""
        used = MARGINS.top + self._head_height + self._end_height
        used += sum(line.height for line in lines[start:])
        while start and len(lines) - start < ROWS_WITH_SIGNATURE:
            used += lines[start - 1].height
            if used > self.paper.lowest:
                break
            start -= 1
        return start

    @property
    def _head_height(self) -> float:
        return self.head.height + NUMBERS_HEIGHT

    @property
    def _end_height(self) -> float:
        signature = self.paper.signature_height(self.book.printing.day)
        return TOTAL_HEIGHT + BEFORE_SIGNATURE + signature

    def _draw_front(self) -> float:
        """What only the first page has; where its table begins."""
        covers = [self.book.covers, *self.book.meanings]
        return self.paper.draw_title(self.paper.draw_kop(), TITLE, covers)

    def _draw_table(self, top: float, lines: Sequence[Line]) -> float:
        """The ruled table of one page; where it ends."""
        y = self._draw_head(top)
        for line in lines:
            self._draw_cells(y, line)
            y += line.height
            self._rule(y)
        if not self.book.rows:
            y = self._draw_across(y, EMPTY)
        self._draw_edges(top, y)
        return y

    def _draw_head(self, top: float) -> float:
        """The columns' heads in the middle of their row, and their numbers below."""
        for cell, (left, right) in zip(self.head.cells, pairwise(self.edges), strict=True):
            y = top + (self.head.height - cell.height) / 2
            self._draw_cell(left, right, y - PADDING, cell, weight="B", is_centred=True)
        y = top + self.head.height
        self._rule(y)
        for number, (left, right) in enumerate(pairwise(self.edges), start=1):
            cell = Fitted(NUMBERS_SIZE, (str(number),))
            self._draw_cell(left, right, y - 0.3, cell, is_centred=True)
        y += NUMBERS_HEIGHT
        self._rule(y, OUTER_LINE)
        return y

    def _draw_cells(self, y: float, line: Line) -> None:
        places = zip(COLUMNS, line.cells, pairwise(self.edges), strict=True)
        for column, cell, (left, right) in places:
            self._draw_cell(left, right, y, cell, is_centred=column.is_centred)

    def _draw_cell(
        self,
        left: float,
        right: float,
        y: float,
        cell: Fitted,
        *,
        weight: Weight = "",
        is_centred: bool = False,
    ) -> None:
        baseline = y + PADDING + cell.size * MM_PER_POINT * ASCENT
        if not is_centred:
            self.paper.write_lines(left + PADDING, baseline, cell, weight)
            return
        for text in cell.lines:
            x = (left + right - text_width(text, weight) * cell.size) / 2
            self.paper.write_line(x, baseline, text, cell.size, weight)
            baseline += Fitted(cell.size, (text,)).height

    def _draw_across(self, y: float, text: str) -> float:
        """A sentence in a row without columns' words."""
        self.paper.write_line(self.edges[1] + PADDING, y + 5.4, text, SIZE)
        self._rule(y + LOWEST_ROW)
        return y + LOWEST_ROW

    def _draw_edges(self, top: float, bottom: float) -> None:
        self._rule(top, OUTER_LINE)
        self._rule(bottom, OUTER_LINE)
        for x in self.edges:
            is_outer = x in {self.edges[0], self.edges[-1]}
            self.paper.set_line_width(OUTER_LINE if is_outer else HAIRLINE)
            self.paper.line(x, top, x, bottom)

    def _rule(self, y: float, width: float = HAIRLINE) -> None:
        self.paper.set_line_width(width)
        self.paper.line(self.paper.left, y, self.paper.right, y)

    def _draw_end(self, y: float) -> None:
        """The sums below the table, and the signature."""
        visits, people = thousands(len(self.book.rows)), thousands(self.book.people)
        words = f"Jumlah: {visits} kunjungan, {people} orang"
        if self.book.corrections:
            words = f"{words}; {self.book.corrections}"
        self.paper.write_line(self.paper.left + PADDING, y + TOTAL_HEIGHT - 1.6, words, 9.0, "B")
        self.paper.draw_signature(y + TOTAL_HEIGHT + BEFORE_SIGNATURE, self.book.printing.day)


@lru_cache(maxsize=4096)
def _wrapped(text: str, width: float, weight: Weight) -> Fitted:
    """A cell's words; the same ones stand in many rows."""
    return wrap(printable(text), width=width, size=SIZE, weight=weight)
