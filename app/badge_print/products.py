"""What badges can be printed on: sheets of cards and of lanyard badges, rolls of labels."""

from dataclasses import dataclass
from typing import Literal

Size = tuple[float, float]  # millimetres: width, height
Layout = Literal["card", "lanyard", "label"]

A4: Size = (210.0, 297.0)
F4: Size = (215.0, 330.0)
CARD: Size = (85.6, 54.0)
A6: Size = (105.0, 148.0)


@dataclass(frozen=True)
class Product:
    """A way to put badges on paper; a roll has no page: each label is one."""

    code: str
    name: str
    page: Size | None
    item: Size
    columns: int
    rows: int
    layout: Layout
    qr_side: float
    sides: int = 1  # how many it can have

    @property
    def paper(self) -> Size:
        """The size of a page of the PDF."""
        return self.page or self.item

    @property
    def places(self) -> int:
        """How many badges a page holds."""
        return self.columns * self.rows

    @property
    def has_crop_marks(self) -> bool:
        """Whether the pieces are cut out of a sheet."""
        return self.page is not None

    @property
    def left(self) -> float:
        """Where the first column begins."""
        return (self.paper[0] - self.columns * self.item[0]) / 2

    @property
    def top(self) -> float:
        """Where the first row begins."""
        return (self.paper[1] - self.rows * self.item[1]) / 2

    @property
    def has_margin(self) -> bool:
        """Whether words and a check line fit above and below the pieces."""
        return self.top >= ROOM_FOR_WORDS

    def corner(self, place: int, *, is_back: bool = False) -> tuple[float, float]:
        """The upper left corner of a place; on the back the columns run the other way.

        So both sides of a piece meet when the sheet is turned over along its long edge.
        """
        row, column = divmod(place, self.columns)
        if is_back:
            column = self.columns - 1 - column
        return self.left + column * self.item[0], self.top + row * self.item[1]


ROOM_FOR_WORDS = 12.0
# QR sides: at least 30 mm on a badge and 25 on a label, also after rounding to a printer's dots.
PRODUCTS = (
    Product("kartu-a4", "Kartu 85,6 × 54 mm, lembar A4", A4, CARD, 2, 5, "card", 30.5, 2),
    Product("kartu-f4", "Kartu 85,6 × 54 mm, lembar F4", F4, CARD, 2, 5, "card", 30.5, 2),
    Product("gantung-a4", "Gantung A6, lembar A4", A4, A6, 2, 2, "lanyard", 38.0, 2),
    Product("gantung-f4", "Gantung A6, lembar F4", F4, A6, 2, 2, "lanyard", 38.0, 2),
    Product("label-62", "Label gulungan 62 mm", None, (62.0, 46.0), 1, 1, "label", 25.5),
    Product("label-100", "Label 100 × 50 mm", None, (100.0, 50.0), 1, 1, "label", 30.5),
)


def product(code: str) -> Product | None:
    """The product with that code."""
    return next((one for one in PRODUCTS if one.code == code), None)
