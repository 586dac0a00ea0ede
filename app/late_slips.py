"""Slip tamu: the guest book on paper for a power cut, several numbered slips a sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.domain.sop import Effect, Sop, Step
from app.paper import Paper, PaperSize, Weight, fit, printable, text_width

# Millimetres, points.
INNER = 7.0  # from a slip's edge to what stands on it
HEAD_SIZES, TITLE_SIZE, LABEL_SIZE, SMALL_SIZES = (8.0, 7.0, 6.0), 12.0, 8.5, (6.5, 6.0, 5.5)
HEAD_HEIGHT, LINE_HEIGHT, FOOT_HEIGHT = 19.0, 5.7, 17.2
LABEL_WIDTH, LINE_DROP = 25.0, 1.2
NUMBER_WIDTH, TIME_WIDTH, MARK_WIDTH = 6.0, 15.0, 13.0
ROW_HEIGHTS = (4.6, 9.0)  # what a pen needs, and what is plenty
BOX, HAIRLINE = 2.8, 0.2
TITLE_FORMS = (8.0, 7.0, 6.0)
GREY = 225
CUT = (2.0, 2.0)
BELOW_MARK = 9.0

MOST_STEPS_OF_A_QUARTER = 8  # an SOP of more steps takes half a sheet, upright
LABELS = (
    "Tanggal",
    "Jam masuk",
    "Nama",
    "Asal",
    "Jabatan",
    "No. HP",
    "Jumlah orang",
    "Keperluan",
    "",
    "Tujuan",
    "No. kartu",
)
SHOWN = ("Identitas ditunjukkan", ("ya", "tidak"))
HEADS = ("No", "Langkah", "Mulai", "Selesai", "Paraf")
OUTCOME = ("Hasil", ("selesai", "batal", "tidak dapat diterima"))
MORE_OUTCOMES = ("pulang tanpa lapor", "dijadwalkan ulang:")
NOTE = (
    "Tulis jam dari jam dinding, misalnya 09.20. Salin lewat Entri susulan begitu listrik menyala."
)


@dataclass(frozen=True)
class SlipRun:
    """Which slips to print: the first one's number, and how many sheets."""

    first: int
    sheets: int


def slips_a_sheet(sop: Sop) -> int:
    """How many slips a sheet holds: four, or two of an SOP with many steps."""
    return 4 if len(sop.steps) <= MOST_STEPS_OF_A_QUARTER else 2


def render_slips(
    sop: Sop, office_name: str, run: SlipRun, size: PaperSize = "A4", *, mark: str = ""
) -> bytes:
    """The slips as a PDF on upright paper; `mark` stands at the upper edge of each page."""
    paper = Paper("Slip tamu", size, mark=mark)
    many = slips_a_sheet(sop)
    for sheet in range(run.sheets):
        paper.add_page()
        _draw_cuts(paper, many)
        for at, (x, y) in enumerate(_places(paper, many)):
            number = run.first + sheet * many + at
            _Slip(paper, sop, x, y, paper.w / 2, paper.h / (many // 2)).draw(office_name, number)
    return bytes(paper.output())


def _places(paper: Paper, many: int) -> Iterator[tuple[float, float]]:
    rows = many // 2
    for row in range(rows):
        for column in range(2):
            yield column * paper.w / 2, row * paper.h / rows


def _draw_cuts(paper: Paper, many: int) -> None:
    paper.set_line_width(HAIRLINE)
    paper.set_dash_pattern(*CUT)
    paper.line(paper.w / 2, BELOW_MARK, paper.w / 2, paper.h)
    if many > 2:  # noqa: PLR2004
        paper.line(0, paper.h / 2, paper.w, paper.h / 2)
    paper.set_dash_pattern()


@dataclass
class _Slip:
    paper: Paper
    sop: Sop
    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x + INNER

    @property
    def room(self) -> float:
        return self.width - 2 * INNER

    @property
    def right(self) -> float:
        return self.left + self.room

    def draw(self, office_name: str, number: int) -> None:
        self._draw_head(office_name, number)
        top = self.y + HEAD_HEIGHT
        for at, label in enumerate(LABELS):
            self._draw_blank(top + (at + 1) * LINE_HEIGHT, label)
        top += (len(LABELS) + 1) * LINE_HEIGHT
        self._draw_boxes(top, *SHOWN)
        foot = self.y + self.height - FOOT_HEIGHT
        self._draw_table(top + 2.6, foot)
        self._draw_boxes(foot + 4.6, *OUTCOME)
        end = self._draw_boxes(foot + 8.8, "", MORE_OUTCOMES)
        self.paper.line(end, foot + 9.2, self.right, foot + 9.2)
        note = fit(printable(NOTE), width=self.room, sizes=SMALL_SIZES, most_lines=1)
        self.paper.write_lines(self.left, foot + 12.4, note)

    def _draw_head(self, office_name: str, number: int) -> None:
        name = fit(printable(office_name), width=self.room, sizes=HEAD_SIZES, most_lines=2)
        self.paper.write_block(name, left=self.left, top=self.y + 8.2, width=self.room)
        told = f"No. {number:03d}"
        baseline = self.y + HEAD_HEIGHT
        self.paper.write_line(self.left, baseline, "SLIP TAMU", TITLE_SIZE, "B")
        self._write_right(baseline, told, TITLE_SIZE, "B")

    def _write_right(self, baseline: float, text: str, size: float, weight: Weight = "") -> None:
        x = self.right - text_width(text, weight) * size
        self.paper.write_line(x, baseline, text, size, weight)

    def _draw_blank(self, baseline: float, label: str) -> None:
        """A label with a line to write on; without one the line goes on from above."""
        self.paper.write_line(self.left, baseline, label, LABEL_SIZE)
        self.paper.set_line_width(HAIRLINE)
        under = baseline + LINE_DROP
        self.paper.line(self.left + LABEL_WIDTH, under, self.right, under)

    def _draw_boxes(self, baseline: float, label: str, choices: Sequence[str]) -> float:
        """A box a choice, to the right of a label if there is one; where the last one ends."""
        self.paper.write_line(self.left, baseline, label, LABEL_SIZE)
        x = self.left
        if label:
            x += max(LABEL_WIDTH / 2, text_width(label) * LABEL_SIZE + 3)
        self.paper.set_line_width(HAIRLINE)
        for choice in choices:
            self.paper.rect(x, baseline - BOX + 0.4, BOX, BOX)
            self.paper.write_line(x + BOX + 1.2, baseline, choice, LABEL_SIZE)
            x += BOX + 1.2 + text_width(choice) * LABEL_SIZE + 4
        return x - 2.5

    def _draw_table(self, top: float, lowest: float) -> None:
        """A row a step: where nothing is to be written, the cell is grey."""
        rows = len(self.sop.steps) + 1
        height = min(max((lowest - top) / rows, ROW_HEIGHTS[0]), ROW_HEIGHTS[1])
        self._draw_row(top, height, HEADS, weight="B")
        for at, step in enumerate(self.sop.steps, start=1):
            self._draw_row(top + at * height, height, (str(step.number), step.title), step)

    def _draw_row(
        self,
        top: float,
        height: float,
        texts: Sequence[str],
        step: Step | None = None,
        weight: Weight = "",
    ) -> None:
        paper = self.paper
        paper.set_line_width(HAIRLINE)
        for at, (left, right) in enumerate(pairwise(self._edges())):
            is_grey = step is not None and HEADS[at] == "Mulai" and not _is_open_ended(step)
            paper.set_fill_color(GREY if is_grey else 255)
            paper.rect(left, top, right - left, height, style="DF")
            if at < len(texts):
                self._write_cell(texts[at], left, top, right - left, height, weight)
        paper.set_fill_color(0)

    def _write_cell(
        self, text: str, left: float, top: float, width: float, height: float, weight: Weight
    ) -> None:
        lines = 2 if height >= 6 else 1  # noqa: PLR2004
        fitted = fit(printable(text), width=width - 2, sizes=TITLE_FORMS, most_lines=lines)
        above = top + (height - fitted.height) / 2
        self.paper.write_block(fitted, left=left + 1, top=above, width=width - 2, weight=weight)

    def _edges(self) -> list[float]:
        fixed = NUMBER_WIDTH + 2 * TIME_WIDTH + MARK_WIDTH
        widths = (NUMBER_WIDTH, self.room - fixed, TIME_WIDTH, TIME_WIDTH, MARK_WIDTH)
        return list(accumulate(widths, initial=self.left))


def _is_open_ended(step: Step) -> bool:
    return Effect.OPEN_ENDED in step.effects
