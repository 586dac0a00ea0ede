"""An SOP on paper, to sign and to hang on the wall: its identity block, then its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from app.domain.sop import Sop
from app.paper import LEAST_SIZE, Fitted, Paper, PaperSize, fit, printable, text_width, wrap
from app.sop_drawing import NO_CHOICES, Cell, Choice, connector_cells, draw_flow
from app.sop_form import sop_form
from app.sop_identity import IdentityBlock
from app.sop_table import CONNECTOR_ROW, Row, SopTable, columns_of

MARGIN, FOOT = 10.0, 8.0
GAP = 3.0
TITLE_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0)
# Points, largest first: the type shrinks a little before it takes another page.
TOGETHER = (11.0, 10.5, 10.0, 9.5)
TABLE_ALONE = (14.0, 13.5, 13.0, 12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.5)
IDENTITY_ALONE = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, LEAST_SIZE)
SEVERAL_PAGES = 9.5
FOOT_SIZES = (7.5, 6.5, LEAST_SIZE)
MARKS, MARK_PADDING, MARK_HEIGHT, MARK_LINE = (9.0, 8.0, 7.0, 6.0, LEAST_SIZE), 2.4, 6.6, 0.5
EVEN_STEP = 1.0  # millimetres


@dataclass(frozen=True)
class Layout:
    """What each page holds: the identity block stands on the first, alone or above rows."""

    identity: IdentityBlock
    table: SopTable
    rows: tuple[Row, ...]
    pages: tuple[range, ...]
    is_together: bool

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return len(self.pages) if self.is_together else len(self.pages) + 1


def render_sop(
    sop: Sop,
    size: PaperSize = "A4",
    choices: Mapping[str, Sequence[Choice]] = NO_CHOICES,
    *,
    mark: str = "",
) -> bytes:
    """The SOP as a PDF on landscape paper; `mark` stands at the upper edge of each page."""
    sheet = _Sheet(sop, size, choices)
    sheet.paper.mark = mark
    return sheet.render()


def even_pages(heights: Sequence[float], most: float, connector: float) -> tuple[range, ...]:
    """As few pages as the rows need, about equally full; breaks cost a connector on both sides."""
    pages = tuple(_pages(heights, most, connector))
    while most > max(heights) + 2 * connector:
        most -= EVEN_STEP
        evener = tuple(_pages(heights, most, connector))
        if len(evener) > len(pages):
            break
        pages = evener
    return pages


def _pages(heights: Sequence[float], most: float, connector: float) -> Iterator[range]:
    start, used = 0, 0.0
    for at, height in enumerate(heights):
        below = 0 if at == len(heights) - 1 else connector
        if at > start and used + height + below > most:
            yield range(start, at)
            start, used = at, connector
        used += height
    yield range(start, len(heights))


class _Sheet:
    """One print: all of it is measured before any is drawn, because each page says how many."""

    def __init__(self, sop: Sop, size: PaperSize, choices: Mapping[str, Sequence[Choice]]) -> None:
        self.sop, self.form = sop, sop_form(sop)
        self.flow = draw_flow(sop, choices)
        self.paper = Paper(printable(self.form.title), size, landscape=True)
        self.width = self.paper.w - 2 * MARGIN
        self._side_room = self.width / 5
        self.title = _title(self.form.title, self.width - 2 * self._side_room - 2 * GAP)
        self.top = MARGIN + self.title.height + GAP
        self.room = self.paper.h - MARGIN - FOOT - self.top

    def render(self) -> bytes:
        """The pages, each with its title and foot."""
        layout = self._lay_out()
        self._begin_page(layout)
        top = layout.identity.draw(self.top) + GAP
        for at, _ in enumerate(layout.pages):
            if at or not layout.is_together:
                self._begin_page(layout)
                top = self.top
            self._draw_table(layout, at, top)
        return bytes(self.paper.output())

    def _lay_out(self) -> Layout:
        """On one page while the type stays large enough, else the table from the second on."""
        every = (range(len(self.flow.rows)),)
        for size in TOGETHER:
            identity, (table, rows) = self._identity(size), self._table(size)
            if identity.height + GAP + _height(table, rows) <= self.room:
                return Layout(identity, table, rows, every, is_together=True)
        identity = self._identity_alone()
        for size in TABLE_ALONE:
            table, rows = self._table(size)
            if _height(table, rows) <= self.room:
                return Layout(identity, table, rows, every, is_together=False)
        table, rows = self._table(SEVERAL_PAGES)
        most = self.room - table.head_height
        pages = even_pages([row.height for row in rows], most, CONNECTOR_ROW)
        return Layout(identity, table, rows, pages, is_together=False)

    def _identity(self, size: float) -> IdentityBlock:
        return IdentityBlock(self.paper, self.form, left=MARGIN, width=self.width, size=size)

    def _identity_alone(self) -> IdentityBlock:
        blocks = [self._identity(size) for size in IDENTITY_ALONE]
        return next((block for block in blocks if block.height <= self.room), blocks[-1])

    def _table(self, size: float) -> tuple[SopTable, tuple[Row, ...]]:
        columns = columns_of(MARGIN, self.width, len(self.sop.performers))
        table = SopTable(self.paper, self.sop, self.form, self.flow, size=size, columns=columns)
        return table, table.rows(self.room - table.head_height - 2 * CONNECTOR_ROW)

    def _begin_page(self, layout: Layout) -> None:
        self.paper.add_page()
        self.paper.write_block(
            self.title, left=MARGIN, top=MARGIN, width=self.width, weight="B", is_centred=True
        )
        if self.form.draft:
            self._draw_draft_mark()
        self._draw_foot(self.paper.page_no(), layout.page_count)

    def _draw_draft_mark(self) -> None:
        """The stamp at the upper right, until the SOP is signed."""
        mark = fit(printable(self.form.draft), width=self._side_room, sizes=MARKS, most_lines=1)
        width = text_width(mark.lines[0], "B") * mark.size + 2 * MARK_PADDING
        left = self.paper.w - MARGIN - width
        self.paper.set_line_width(MARK_LINE)
        self.paper.rect(left, MARGIN - 1, width, MARK_HEIGHT, "D")
        top = MARGIN - 1 + (MARK_HEIGHT - mark.height) / 2
        self.paper.write_block(mark, left=left, top=top, width=width, weight="B", is_centred=True)

    def _draw_foot(self, number: int, count: int) -> None:
        baseline = self.paper.h - MARGIN + 1
        page = f"Halaman {number} dari {count}"
        width = text_width(page) * FOOT_SIZES[0]
        self.paper.write_line(self.paper.w - MARGIN - width, baseline, page, FOOT_SIZES[0])
        told = printable(". ".join(part for part in (self.form.reference, self.form.draft) if part))
        room = self.width - width - GAP
        self.paper.write_lines(
            MARGIN, baseline, fit(told, width=room, sizes=FOOT_SIZES, most_lines=1)
        )

    def _draw_table(self, layout: Layout, at: int, top: float) -> None:
        """The rows of one page below the head, with connectors where the flow crosses pages."""
        table, page = layout.table, layout.pages[at]
        number = self.paper.page_no()
        y = table.draw_head(top)
        if at > 0:
            words = f"Lanjutan dari halaman {number - 1}"
            y = table.draw_connectors(self._connectors(layout, at, at_end=False), words, y)
        for index in page:
            y = table.draw_row(layout.rows[index], self.flow.rows[index].cells, y)
        if at < len(layout.pages) - 1:
            words = f"Berlanjut ke halaman {number + 1}"
            y = table.draw_connectors(self._connectors(layout, at, at_end=True), words, y)
        table.close(y)

    def _connectors(self, layout: Layout, at: int, *, at_end: bool) -> tuple[Cell, ...]:
        """The pentagons above a page's rows, or below them; the same letters on both pages."""
        borders = [page.start for page in layout.pages[1:]]
        border = layout.pages[at].stop if at_end else layout.pages[at].start
        before = sum(len(self.flow.crossings(one)) for one in borders if one < border)
        crossings = self.flow.crossings(border)
        letters = [_letter(before + place) for place in range(len(crossings))]
        return connector_cells(crossings, letters, self.flow.columns, at_end=at_end)


def _title(text: str, room: float) -> Fitted:
    """On one line if a readable size allows it, else on as many as it needs."""
    printed = printable(text)
    lines = [wrap(printed, width=room, size=size, weight="B") for size in TITLE_SIZES]
    return next((line for line in lines if len(line.lines) == 1), lines[-1])


def _height(table: SopTable, rows: Sequence[Row]) -> float:
    return table.head_height + sum(row.height for row in rows)


def _letter(at: int) -> str:
    turn, letter = divmod(at, len(ascii_uppercase))
    return ascii_uppercase[letter] + (str(turn + 1) if turn else "")
