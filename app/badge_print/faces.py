"""What a badge shows, and where: cards, lanyard badges and labels; nothing touches a quiet zone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.badge_print.kinds import BLACK, Kind
from app.badge_print.parts import Box, Face, Part, Picture, Shape, Slot, Words, boxes_of
from app.badge_print.products import Product
from app.badge_print.weave import TILE_HEIGHT, TILE_WIDTH, kind_band, woven
from app.paper import LEADING, MM_PER_POINT, Fitted, Weight, fit, text_width

QUIET_MODULES = 4
CUT = 1.0  # between a quiet zone and the cut, so that a crooked cut does not take of it
GAP = 1.0  # between a quiet zone and words
GUEST = "TAMU"
RETURN = ("Mohon serahkan kembali", "ke front desk.")
RETURN_LONG = ("Mohon serahkan kembali tanda pengenal ini", "di front desk sebelum pulang.")
RETURN_SHORT = ("Serahkan kembali", "ke front desk.")
TALLEST_NUMBER = 60.0  # points on a card: capitals of 15 mm, read at 3 m
HANGING_NUMBER = 86.0
LEAST_BESIDE = 5.5  # points: a name that the emblem would make smaller stands without it
EMBLEM_GAP = 1.5
NARROW = 30.0  # mm: a label with few words


@dataclass(frozen=True)
class Subject:
    """What one badge says: all of it printable already."""

    number: str
    code: str
    grid: Sequence[Sequence[bool]]
    kind: Kind
    office: str
    has_emblem: bool


@dataclass(frozen=True)
class Symbol:
    """How large a QR symbol is: its side, a module, the quiet zone around it."""

    side: float
    count: int

    @property
    def module(self) -> float:
        """The side of one module."""
        return self.side / self.count

    @property
    def quiet(self) -> float:
        """How wide the quiet zone is on each side."""
        return QUIET_MODULES * self.module


def face(subject: Subject, product: Product) -> Face:
    """The parts of a badge on that product; both sides show the same.

    A badge that hangs the wrong way round is read all the same.
    """
    symbol = Symbol(product.qr_side, len(subject.grid))
    match product.layout:
        case "card":
            return tuple(_card(subject, product, symbol))
        case "lanyard":
            return tuple(_lanyard(subject, product, symbol))
        case "label":
            return tuple(_label(subject, product, symbol))


def _card(subject: Subject, product: Product, symbol: Symbol) -> Iterator[Part]:
    width, height = product.item
    margin, top, unit, tiles = 5.0, 2.6, 0.3, 21
    yield from woven(margin, top, unit=unit, tiles=tiles)
    below = top + TILE_HEIGHT * unit
    qr_left = width - CUT - symbol.quiet - symbol.side
    yield _qr(subject, symbol, qr_left, (below + height - symbol.side) / 2)
    room = qr_left - symbol.quiet - GAP - margin
    yield from _office(subject, (margin, below + 1.2, room, 8.0), 8.0)
    yield _number(subject, margin, 31.0, room, TALLEST_NUMBER)
    yield _guest(margin, 36.9, 14.0)
    yield from kind_band(subject.kind, (margin, 38.4, room, 4.4), is_black=False)
    yield from _lines(RETURN, margin, 45.7, room, 7.0)
    yield from _lines((_code(subject),), margin, 52.4, room, 7.0)


def _lanyard(subject: Subject, product: Product, symbol: Symbol) -> Iterator[Part]:
    width, height = product.item
    unit, tiles = 0.5, 14
    margin = (width - tiles * TILE_WIDTH * unit) / 2
    room = width - 2 * margin
    yield Slot((width - 14) / 2, 5.0, 14.0, 3.4)
    yield from woven(margin, 11.0, unit=unit, tiles=tiles)
    yield from _office(subject, (margin, 16.5, room, 10.5), 12.0, is_centred=True)
    size = min(HANGING_NUMBER, room / text_width(subject.number, "B"))
    yield _middle(subject.number, 52.0, size, "B", width)
    yield _guest((width - _guest_width(18.0)) / 2, 59.8, 18.0)
    yield from kind_band(subject.kind, (margin, 63.0, room, 6.0), is_black=False)
    zone = symbol.side + 2 * symbol.quiet
    yield _qr(subject, symbol, (width - symbol.side) / 2, 69.0 + (53.0 - zone) / 2 + symbol.quiet)
    for index, line in enumerate(RETURN_LONG):
        yield _middle(line, 125.5 + index * 3.8, 8.5, "", width)
    yield _middle(_code(subject), 134.0, 8.0, "", width)
    yield from woven(margin, height - 11.0, unit=unit, tiles=tiles, is_mirrored=True)


def _label(subject: Subject, product: Product, symbol: Symbol) -> Iterator[Part]:
    """All in black: label printers know no other colour."""
    width, height = product.item
    margin = 3.0
    qr_left = width - CUT - symbol.quiet - symbol.side
    yield _qr(subject, symbol, qr_left, (height - symbol.side) / 2)
    room, share = qr_left - symbol.quiet - GAP - margin, height / 50
    yield from _office(subject, (margin, 3.0, room, 9.0 * share), 8.0 * share)
    size = min(TALLEST_NUMBER * share, room / text_width(subject.number, "B"))
    yield _number(subject, margin, 29.5 * share, room, size)
    yield _guest(margin, 35.5 * share, min(14.0 * share, 11.0))
    yield from kind_band(subject.kind, (margin, 36.3 * share, room, 3.8 * share), is_black=True)
    yield from _lines(RETURN_SHORT if room < NARROW else RETURN, margin, 42.4 * share, room, 6.0)
    yield from _lines((_code(subject),), margin, height - 1.8, room, 6.0)


def _qr(subject: Subject, symbol: Symbol, x: float, y: float) -> Shape:
    return Shape(x, y, symbol.module, boxes_of(subject.grid), BLACK)


def _office(
    subject: Subject, at: Box, largest: float, *, is_centred: bool = False
) -> Iterator[Part]:
    """The office's name, smaller where it is long, and the emblem where both have room."""
    x, y, width, height = at
    beside = _fit_high(subject.office, width - height - EMBLEM_GAP, height, largest)
    if subject.has_emblem and _is_whole(beside, subject.office) and beside.size >= LEAST_BESIDE:
        emblem, room = (
            height + EMBLEM_GAP,
            max(text_width(line) for line in beside.lines) * beside.size,
        )
        left = x + (width - emblem - room) / 2 if is_centred else x
        yield Picture(left, y, height, height)
        yield from _name(beside, (left + emblem, y, room, height), is_centred=is_centred)
    else:
        alone = _fit_high(subject.office, width, height, largest)
        yield from _name(alone, at, is_centred=is_centred)


def _name(name: Fitted, at: Box, *, is_centred: bool) -> Iterator[Part]:
    """The lines of the office's name, half way up their box."""
    x, y, width, height = at
    baseline = y + (height - name.height) / 2 + name.size * MM_PER_POINT * 0.95
    for index, line in enumerate(name.lines):
        left = x + (width - text_width(line) * name.size) / 2 if is_centred else x
        yield _words(left, baseline + index * name.size * MM_PER_POINT * LEADING, line, name.size)


def _fit_high(text: str, width: float, height: float, largest: float) -> Fitted:
    """The text as large as it fits into two or three lines, whichever is larger."""
    sizes = tuple(size / 4 for size in range(round(largest * 4), 18, -1))
    tries = []
    for most_lines in (2, 3):
        highest = height / (most_lines * MM_PER_POINT * LEADING)
        low_enough = tuple(size for size in sizes if size <= highest)
        tries.append(fit(text, width=width, sizes=low_enough, most_lines=most_lines))
    whole = [fitted for fitted in tries if _is_whole(fitted, text)]
    return max(whole, key=lambda fitted: fitted.size, default=tries[-1])


def _is_whole(fitted: Fitted, text: str) -> bool:
    return " ".join(fitted.lines) == text


def _number(subject: Subject, x: float, y: float, room: float, largest: float) -> Words:
    size = min(largest, room / text_width(subject.number, "B"))
    return _words(x, y, subject.number, size, "B")


def _guest(x: float, y: float, size: float) -> Words:
    spacing = size * 0.16
    return Words(x, y, GUEST, size, "B", _guest_width(size), BLACK, spacing)


def _guest_width(size: float) -> float:
    return text_width(GUEST, "B") * size + len(GUEST) * size * 0.16 * MM_PER_POINT


def _lines(
    lines: Sequence[str], x: float, y: float, room: float, largest: float
) -> Iterator[Words]:
    """Lines below each other, at a size at which the longest fits."""
    size = min(largest, room / max(text_width(line) for line in lines))
    for index, line in enumerate(lines):
        yield _words(x, y + index * size * MM_PER_POINT * LEADING, line, size)


def _middle(text: str, y: float, size: float, weight: Weight, width: float) -> Words:
    return _words((width - text_width(text, weight) * size) / 2, y, text, size, weight)


def _words(x: float, y: float, text: str, size: float, weight: Weight = "") -> Words:
    return Words(x, y, text, size, weight, text_width(text, weight) * size, BLACK)


def _code(subject: Subject) -> str:
    """The code in groups of four, to be typed where no camera reads it."""
    return " ".join(subject.code[at : at + 4] for at in range(0, len(subject.code), 4))
