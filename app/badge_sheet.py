"""The A4 sheets of guest badges: ten cards a page, to print at 100 % and cut out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.formatting import badge as three_digits
from app.paper import Colour, Fitted, Paper, fit, outline, printable, text_width
from app.qr import modules, payload
from app.queries.badges import PrintedBadge

# Millimetres, from the top left.
CARD_WIDTH, CARD_HEIGHT = 85.6, 54.0
COLUMNS, ROWS = 2, 5
PER_PAGE = COLUMNS * ROWS
SHEET_LEFT, SHEET_TOP = (210 - COLUMNS * CARD_WIDTH) / 2, (297 - ROWS * CARD_HEIGHT) / 2
SHEET_RIGHT, SHEET_BOTTOM = SHEET_LEFT + COLUMNS * CARD_WIDTH, SHEET_TOP + ROWS * CARD_HEIGHT
MARGIN, GAP = 5.0, 1.0

BAND_TOP, BAND_UNIT = 4.2, 0.3
BAND_TILES = 21  # as many as make the band exactly as wide as the card's content
TILE_WIDTH, BAND_HEIGHT = 12, 8  # units
INDIGO: Colour = (0x17, 0x2F, 0x57)
RED: Colour = (0xA1, 0x21, 0x1D)
BLACK: Colour = (0, 0, 0)
WEAVE = (  # the woven band, bamboo shoot: R red, I indigo
    "R.......RRRR",
    "....I....RRR",
    "...III....R.",
    "..IIIII.....",
    ".III.III....",
    "III...III...",
)

QR_SIDE = 30.5  # at least 30 mm, also after rounding to a printer's dots
QUIET_MODULES = 4
QUIET_RIGHT = 1.0  # left of the cut, so that a crooked cut does not take of the quiet zone

OFFICE_BASELINE, NUMBER_BASELINE, GUEST_BASELINE, RETURN_BASELINE = 11.0, 35.4, 42.3, 46.8
OFFICE_SIZES = tuple(size / 4 for size in range(32, 18, -1))  # points: 8 down to 4.75
NUMBER_SIZE, GUEST_SIZE, GUEST_SPACING = 60.0, 14.0, 2.2
RETURN_TO_DESK = Fitted(8.0, ("Mohon serahkan kembali", "ke front desk."))

HEADER_BASELINE, HEADER_SIZE = 6.2, 8.0
WARNING_BASELINE = 9.4
NO_ADDRESS = (
    "Kode ini dibaca oleh halaman Pindai saja: "
    "kamera bawaan ponsel tidak akan membukanya, karena alamat kantor belum diatur."
)
MARK_NEAR, MARK_FAR = 0.8, 3.3  # from the card's edge
CHECK_LENGTH, CHECK_Y, CHECK_TICK = 50.0, 290.0, 1.6
CHECK_WORDS = "Garis ini harus tepat 50 mm."
LINE_WIDTH = 0.2


@dataclass(frozen=True)
class Symbol:
    """A QR symbol and where it stands on its card, its quiet zone inside the card."""

    grid: Sequence[Sequence[bool]]

    @property
    def module(self) -> float:
        """The side of one module."""
        return QR_SIDE / len(self.grid)

    @property
    def quiet(self) -> float:
        """How wide the quiet zone is on each side."""
        return QUIET_MODULES * self.module

    @property
    def left(self) -> float:
        """Where the dark modules begin."""
        return CARD_WIDTH - QUIET_RIGHT - self.quiet - QR_SIDE

    @property
    def top(self) -> float:
        """Where the dark modules begin: in the middle between the band and the cut."""
        below_band = BAND_TOP + BAND_HEIGHT * BAND_UNIT
        return (below_band + CARD_HEIGHT - QR_SIDE) / 2

    @property
    def text_width(self) -> float:
        """The room for words: from the margin to shortly before the quiet zone."""
        return self.left - self.quiet - GAP - MARGIN


def render_sheet(badges: Sequence[PrintedBadge], *, office: str, public_url: str) -> bytes:
    """The badges as a PDF, ten a page, in the order they come."""
    name = printable(office)
    paper = Paper("Tanda pengenal tamu")
    pages = [badges[at : at + PER_PAGE] for at in range(0, len(badges), PER_PAGE)]
    for index, page in enumerate(pages, start=1):
        paper.add_page()
        _frame(paper, _header(page, index, len(pages)), has_address=bool(public_url))
        for printed, (x, y) in zip(page, _places(), strict=False):
            symbol = Symbol(modules(payload(printed.code, public_url)))
            _card(paper, x, y, symbol, name, three_digits(printed.number))
    return bytes(paper.output())


def _header(page: Sequence[PrintedBadge], index: int, count: int) -> str:
    first, last = three_digits(page[0].number), three_digits(page[-1].number)
    numbers = first if len(page) == 1 else f"{first}–{last}"
    return (
        f"Tanda pengenal tamu {numbers}, lembar {index} dari {count}. "
        "Cetak 100 %, kertas doff (tidak mengilap)."
    )


def _places() -> Iterator[tuple[float, float]]:
    """The top left corners of a page's cards, row by row."""
    for index in range(PER_PAGE):
        row, column = divmod(index, COLUMNS)
        yield SHEET_LEFT + column * CARD_WIDTH, SHEET_TOP + row * CARD_HEIGHT


def _frame(paper: Paper, header: str, *, has_address: bool) -> None:
    """What surrounds the cards."""
    paper.set_line_width(LINE_WIDTH)
    paper.write_centred(HEADER_BASELINE, header, HEADER_SIZE)
    if not has_address:
        paper.write_centred(WARNING_BASELINE, NO_ADDRESS, HEADER_SIZE)
    _crop_marks(paper)
    _check_line(paper)


def _crop_marks(paper: Paper) -> None:
    for column in range(COLUMNS + 1):
        x = SHEET_LEFT + column * CARD_WIDTH
        paper.line(x, SHEET_TOP - MARK_FAR, x, SHEET_TOP - MARK_NEAR)
        paper.line(x, SHEET_BOTTOM + MARK_NEAR, x, SHEET_BOTTOM + MARK_FAR)
    for row in range(ROWS + 1):
        y = SHEET_TOP + row * CARD_HEIGHT
        paper.line(SHEET_LEFT - MARK_FAR, y, SHEET_LEFT - MARK_NEAR, y)
        paper.line(SHEET_RIGHT + MARK_NEAR, y, SHEET_RIGHT + MARK_FAR, y)


def _check_line(paper: Paper) -> None:
    """A line to lay a ruler on: a printer that scales makes codes too small to read."""
    left = paper.w / 2 - CHECK_LENGTH
    right = paper.w / 2
    paper.line(left, CHECK_Y, right, CHECK_Y)
    for x in (left, right):
        paper.line(x, CHECK_Y - CHECK_TICK, x, CHECK_Y)
    paper.write_line(right + 3, CHECK_Y, CHECK_WORDS, HEADER_SIZE)


def _card(paper: Paper, x: float, y: float, symbol: Symbol, office: str, number: str) -> None:
    """One card with its top left corner at x, y."""
    _band(paper, x + MARGIN, y + BAND_TOP)
    path, module = outline(symbol.grid), symbol.module
    paper.paint(path, x=x + symbol.left, y=y + symbol.top, unit=module, colour=BLACK)
    left, width = x + MARGIN, symbol.text_width
    name = fit(office, width=width, sizes=OFFICE_SIZES, most_lines=2)
    paper.write_lines(left, y + OFFICE_BASELINE, name)
    size = min(NUMBER_SIZE, width / text_width(number, "B"))
    paper.write_line(left, y + NUMBER_BASELINE, number, size, "B")
    paper.set_char_spacing(GUEST_SPACING)
    paper.write_line(left, y + GUEST_BASELINE, "TAMU", GUEST_SIZE, "B")
    paper.set_char_spacing(0)
    paper.write_lines(left, y + RETURN_BASELINE, RETURN_TO_DESK)


def _band(paper: Paper, x: float, y: float) -> None:
    for colour, path in _woven():
        paper.paint(path, x=x, y=y, unit=BAND_UNIT, colour=colour)


@cache
def _woven() -> tuple[tuple[Colour, str], ...]:
    """The band in two colours: the weave with a thread of half a unit above and below it."""
    width, lowest = BAND_TILES * TILE_WIDTH, BAND_HEIGHT - 0.5
    threads = f"0 0 {width} 0.5 re 0 {lowest} {width} 0.5 re"
    return (RED, _cells("R")), (INDIGO, f"{threads} {_cells('I')}")


def _cells(sign: str) -> str:
    """The cells of one colour along the whole band, below an empty row for the thread."""
    rows = ([cell == sign for cell in row * BAND_TILES] for row in WEAVE)
    return outline([[], *rows])
