"""The table of an SOP on paper: measured first, so that pages can be chosen, then drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.domain.sop import Sop
from app.paper import Fitted, Paper, printable, wrap, wrap_whole
from app.sop_drawing import Cell, Flow, Shape
from app.sop_form import NUMBER, OUTPUT, REMARK, REQUIREMENT, STANDARDS, TIME, SopForm
from app.sop_symbols import draw_cells

# Millimetres; shares of what the performers leave.
NUMBER_WIDTH, TIME_WIDTH, REMARK_WIDTH = 9.0, 22.0, 21.0
PERFORMER_WIDTH, MOST_FOR_PERFORMERS = 23.0, 0.4
ACTIVITY_SHARE, REQUIREMENT_SHARE, OUTPUT_SHARE = 0.5, 0.25, 0.25
MOST_HEAD_SIZE = 9.5
PADDING_X, PADDING_Y = 1.3, 1.3
LOWEST_ROW, LOWEST_DECISION = 13.5, 20.0
CONNECTOR_ROW = 12.0
HEAD_GREY, WHITE = 236, 255
GRID, FRAME = 0.18, 0.4
SMALLEST, SHRINK = 4.0, 0.5


@dataclass(frozen=True)
class Row:
    """The words of a step, set in their columns, and how high they make its row."""

    number: Fitted
    activity: Fitted
    standards: tuple[Fitted, ...]
    height: float


@dataclass(frozen=True)
class Columns:
    """The edges of the columns, from the left."""

    edges: tuple[float, ...]
    performers: int

    @property
    def performer(self) -> float:
        """How wide one performer's column is."""
        return self.edges[3] - self.edges[2]

    @property
    def flow(self) -> tuple[float, float]:
        """Where the performers' columns begin and end."""
        return self.edges[2], self.edges[2 + self.performers]

    @property
    def standards(self) -> tuple[tuple[float, float], ...]:
        """Kelengkapan, Waktu, Output."""
        return tuple(pairwise(self.edges[2 + self.performers : 6 + self.performers]))

    @property
    def remark(self) -> tuple[float, float]:
        """Keterangan, the last one."""
        return self.edges[-2], self.edges[-1]


def columns_of(left: float, width: float, performers: int) -> Columns:
    """Columns that fill the width, however many performers there are."""
    for_performers = min(performers * PERFORMER_WIDTH, width * MOST_FOR_PERFORMERS)
    rest = width - NUMBER_WIDTH - TIME_WIDTH - REMARK_WIDTH - for_performers
    widths = [
        NUMBER_WIDTH,
        rest * ACTIVITY_SHARE,
        *[for_performers / performers] * performers,
        rest * REQUIREMENT_SHARE,
        TIME_WIDTH,
        rest * OUTPUT_SHARE,
        REMARK_WIDTH,
    ]
    return Columns(tuple(accumulate(widths, initial=left)), performers)


class SopTable:
    """One SOP's table at one size of type."""

    def __init__(
        self, paper: Paper, sop: Sop, form: SopForm, flow: Flow, *, size: float, columns: Columns
    ) -> None:
        self.paper, self.form, self.flow = paper, form, flow
        self.size, self.columns = size, columns
        self.head_size = min(size, MOST_HEAD_SIZE)
        room = columns.performer - 2 * PADDING_X
        self.names = [
            wrap_whole(printable(performer.name), width=room, size=self.head_size, weight="B")
            for performer in sop.performers
        ]
        self.head_upper = Fitted(self.head_size, ("",)).height + 2 * PADDING_Y
        self.head_lower = max(name.height for name in self.names) + 2 * PADDING_Y

    @property
    def head_height(self) -> float:
        """How high the head is, which each page repeats."""
        return self.head_upper + self.head_lower

    def rows(self, most: float) -> tuple[Row, ...]:
        """Every row set; one that would be higher than a page is set smaller."""
        return tuple(self._row(index, most) for index in range(len(self.flow.rows)))

    def draw_head(self, top: float) -> float:
        """The two lines of heads; where the first row begins."""
        edges, bottom = self.columns.edges, top + self.head_height
        middle = top + self.head_upper
        self.paper.set_fill_color(HEAD_GREY)
        self.paper.rect(edges[0], top, edges[-1] - edges[0], self.head_height, "F")
        self.paper.set_fill_color(WHITE)
        first, last = self.columns.flow, self.columns.standards
        for text, span in ((NUMBER, edges[0:2]), (self.form.activity, edges[1:3]),
                           (REMARK, self.columns.remark)):  # fmt: skip
            self._write_head(text, span[0], span[1], top, bottom)
        self._write_head(self.form.performers, *first, top, middle)
        self._write_head(STANDARDS, last[0][0], last[-1][1], top, middle)
        for text, (left, right) in zip((REQUIREMENT, TIME, OUTPUT), last, strict=True):
            self._write_head(text, left, right, middle, bottom)
        for name, (left, right) in zip(self.names, pairwise(self._flow_edges), strict=True):
            self._write_set(name, left, right, middle, bottom, is_bold=True, is_centred=True)
        self._rule(middle, GRID, first[0], last[-1][1])
        self._uprights(top, bottom, split=middle)
        self._rule(top, FRAME)
        self._rule(bottom, FRAME)
        return bottom

    def draw_row(self, row: Row, cells: Sequence[Cell], top: float) -> float:
        """A step; where the next row begins."""
        bottom, edges = top + row.height, self.columns.edges
        self._uprights(top, bottom)
        self._rule(bottom, GRID)
        self._write_set(row.number, edges[0], edges[1], top, bottom, is_centred=True)
        self._write_set(row.activity, edges[1], edges[2], top, bottom)
        for at, (text, (left, right)) in enumerate(
            zip(row.standards, self.columns.standards, strict=True)
        ):
            self._write_set(text, left, right, top, bottom, is_centred=at == 1)
        self._draw_flow(cells, top, row.height)
        return bottom

    def draw_connectors(self, cells: Sequence[Cell], words: str, top: float) -> float:
        """The row that says where the flow goes on, or comes from; where the next row begins."""
        bottom, edges = top + CONNECTOR_ROW, self.columns.edges
        self._uprights(top, bottom)
        self._rule(bottom, GRID)
        fitted = wrap(printable(words), width=self._room(edges[1], edges[2]), size=self.size)
        self._write_set(fitted, edges[1], edges[2], top, bottom)
        self._draw_flow(cells, top, CONNECTOR_ROW)
        return bottom

    def close(self, bottom: float) -> None:
        """The frame's lower edge."""
        self._rule(bottom, FRAME)

    def _row(self, index: int, most: float) -> Row:
        size = self.size
        row = self._row_at(index, size)
        while row.height > most and size > SMALLEST:
            size -= SHRINK
            row = self._row_at(index, size)
        return row

    def _row_at(self, index: int, size: float) -> Row:
        flow_row, edges = self.flow.rows[index], self.columns.edges
        step = flow_row.step
        activity = wrap_whole(
            printable(step.activity), width=self._room(edges[1], edges[2]), size=size
        )
        standards = tuple(
            wrap_whole(printable(text), width=self._room(left, right), size=size)
            for text, (left, right) in zip(
                (step.requirement, step.standard, step.output), self.columns.standards, strict=True
            )
        )
        lowest = LOWEST_DECISION if flow_row.shape is Shape.DECISION else LOWEST_ROW
        tallest = max(text.height for text in (activity, *standards))
        number = Fitted(size, (str(step.number),))
        return Row(number, activity, standards, max(lowest, tallest + 2 * PADDING_Y))

    @property
    def _flow_edges(self) -> tuple[float, ...]:
        return self.columns.edges[2 : 3 + self.columns.performers]

    def _draw_flow(self, cells: Sequence[Cell], top: float, height: float) -> None:
        left, _ = self.columns.flow
        draw_cells(
            self.paper, cells, left=left, top=top, column=self.columns.performer, height=height
        )

    def _write_head(self, text: str, left: float, right: float, top: float, bottom: float) -> None:
        width = self._room(left, right)
        fitted = wrap_whole(printable(text), width=width, size=self.head_size, weight="B")
        self._write_set(fitted, left, right, top, bottom, is_bold=True, is_centred=True)

    def _write_set(
        self,
        fitted: Fitted,
        left: float,
        right: float,
        top: float,
        bottom: float,
        *,
        is_bold: bool = False,
        is_centred: bool = False,
    ) -> None:
        """Words in the middle of their cell's height."""
        self.paper.write_block(
            fitted,
            left=left + PADDING_X,
            top=(top + bottom - fitted.height) / 2,
            width=self._room(left, right),
            weight="B" if is_bold else "",
            is_centred=is_centred,
        )

    def _uprights(self, top: float, bottom: float, split: float | None = None) -> None:
        """The upright rules; those below a common head begin at `split`."""
        edges = self.columns.edges
        heads = {edges[0], edges[1], *self.columns.flow, *self.columns.remark}
        for x in edges:
            self.paper.set_line_width(FRAME if x in (edges[0], edges[-1]) else GRID)
            self.paper.line(x, top if split is None or x in heads else split, x, bottom)

    def _rule(
        self, y: float, width: float, left: float | None = None, right: float | None = None
    ) -> None:
        self.paper.set_line_width(width)
        edges = self.columns.edges
        self.paper.line(
            edges[0] if left is None else left, y, edges[-1] if right is None else right, y
        )

    def _room(self, left: float, right: float) -> float:
        return right - left - 2 * PADDING_X
