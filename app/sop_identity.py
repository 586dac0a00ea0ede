"""The identity block of an SOP AP on paper: letterhead, facts, and the six boxes below them."""

from collections.abc import Sequence

from app.paper import ALMOST, Fitted, Paper, Weight, printable, text_width, wrap, wrap_whole
from app.sop_form import Box, Fact, SopForm

PADDING_X, PADDING_Y = 1.8, 1.1
FACTS_SHARE, LABEL_SHARE = 0.5, 0.36
SIGNATURE = 13.0  # room to sign in, until somebody has
APPROVED_AT = 4  # the line "Disahkan oleh"
GRID, FRAME = 0.18, 0.4
ENLARGED = 1.25  # the letterhead against the text


class IdentityBlock:
    """The block at one size of type: measured when made, drawn when its place is known."""

    def __init__(
        self, paper: Paper, form: SopForm, *, left: float, width: float, size: float
    ) -> None:
        self.paper, self.left, self.right, self.size = paper, left, left + width, size
        self.split = left + width * (1 - FACTS_SHARE)
        self.label_end = self.split + width * FACTS_SHARE * LABEL_SHARE
        self.letterhead = self._letterhead(form.letterhead)
        self.facts = [self._fact(fact) for fact in form.facts]
        self.fact_heights = [self._fact_height(at) for at in range(len(self.facts))]
        self.middle = middle = left + width / 2
        self.boxes = [
            (self._box(one, left, middle), self._box(other, middle, self.right))
            for one, other in form.boxes
        ]
        self.box_heights = [max(_height(one), _height(other)) for one, other in self.boxes]

    @property
    def height(self) -> float:
        """How high the block is."""
        return self._head_height + sum(self.box_heights)

    @property
    def _head_height(self) -> float:
        lines = sum(line.height for line in self.letterhead) + 4 * PADDING_Y
        return max(sum(self.fact_heights), lines)

    def draw(self, top: float) -> float:
        """The block; where the content below it may begin."""
        bottom = top + self._head_height
        self._draw_letterhead(top, bottom)
        self._draw_facts(top, bottom)
        for pair, height in zip(self.boxes, self.box_heights, strict=True):
            self._line(self.left, bottom, self.right, bottom)
            self._draw_box(pair[0], self.left, bottom)
            self._draw_box(pair[1], self.middle, bottom)
            self._line(self.middle, bottom, self.middle, bottom + height)
            bottom += height
        self.paper.set_line_width(FRAME)
        self.paper.rect(self.left, top, self.right - self.left, bottom - top, "D")
        return bottom

    def _letterhead(self, lines: Sequence[str]) -> list[Fitted]:
        """Larger than the text, as far as each line keeps to one."""
        room, printed = self._room(self.left, self.split), [printable(line) for line in lines]
        longest = max((text_width(line, "B") for line in printed), default=0) or 1
        size = max(min(self.size * ENLARGED, room / longest * ALMOST), self.size)
        return [wrap_whole(line, width=room, size=size, weight="B") for line in printed]

    def _fact(self, fact: Fact) -> tuple[Fitted, Fitted]:
        label = wrap(
            printable(fact.label), width=self._room(self.split, self.label_end), size=self.size
        )
        value = wrap_whole(
            printable(fact.value), width=self._room(self.label_end, self.right),
            size=self.size, weight="B",
        )  # fmt: skip
        return label, value

    def _fact_height(self, at: int) -> float:
        label, value = self.facts[at]
        lowest = SIGNATURE if at == APPROVED_AT and not value.lines else 0
        return max(lowest, max(label.height, value.height) + 2 * PADDING_Y)

    def _box(self, box: Box, left: float, right: float) -> list[tuple[Fitted, Weight]]:
        width = self._room(left, right)
        label = wrap(printable(box.label), width=width, size=self.size, weight="B")
        entries = [wrap_whole(printable(line), width=width, size=self.size) for line in box.lines]
        return [(label, "B"), *((entry, "") for entry in entries)]

    def _draw_letterhead(self, top: float, bottom: float) -> None:
        y = (top + bottom - sum(line.height for line in self.letterhead)) / 2
        for line in self.letterhead:
            self.paper.write_block(
                line, left=self.left + PADDING_X, top=y,
                width=self._room(self.left, self.split), weight="B", is_centred=True,
            )  # fmt: skip
            y += line.height

    def _draw_facts(self, top: float, bottom: float) -> None:
        self._line(self.split, top, self.split, bottom)
        self._line(self.label_end, top, self.label_end, bottom)
        spare = (bottom - top - sum(self.fact_heights)) / len(self.facts)
        y = top
        for (label, value), height in zip(self.facts, self.fact_heights, strict=True):
            self._write(label, self.split, y + PADDING_Y + spare / 2)
            self._write(value, self.label_end, y + PADDING_Y + spare / 2, "B")
            y += height + spare
            self._line(self.split, y, self.right, y)

    def _draw_box(self, lines: Sequence[tuple[Fitted, Weight]], left: float, top: float) -> None:
        y = top + PADDING_Y
        for fitted, weight in lines:
            self._write(fitted, left, y, weight)
            y += fitted.height

    def _write(self, fitted: Fitted, left: float, top: float, weight: Weight = "") -> None:
        self.paper.write_block(fitted, left=left + PADDING_X, top=top, width=0, weight=weight)

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.paper.set_line_width(GRID)
        self.paper.line(x1, y1, x2, y2)

    def _room(self, left: float, right: float) -> float:
        return right - left - 2 * PADDING_X


def _height(lines: Sequence[tuple[Fitted, Weight]]) -> float:
    return sum(fitted.height for fitted, _ in lines) + 2 * PADDING_Y
