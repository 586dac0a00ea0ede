"""The kinds of badges: a colour, a word and a pattern, so that they differ in grey as well."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.models.badge import BadgeKind
from app.paper import Colour, printable

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
HEX = re.compile("#[0-9a-f]{6}")
READABLE = 4.5  # contrast of words on a ground, WCAG AA
LINEAR_UP_TO = 0.04045  # of sRGB


class Pattern(StrEnum):
    """What the end of a kind's band is made of."""

    SOLID = "solid"
    STRIPES = "stripes"
    DIAMONDS = "diamonds"
    CHECKS = "checks"
    BARS = "bars"
    ARROWS = "arrows"
    FRAMES = "frames"
    STAIRS = "stairs"


@dataclass(frozen=True)
class Kind:
    """One kind of badge; `word` stands on its band in capitals."""

    code: str
    word: str
    colour: Colour
    pattern: Pattern

    @property
    def ink(self) -> Colour:
        """White where that reads well on the colour, else black."""
        return WHITE if contrast(WHITE, self.colour) >= READABLE else BLACK


KINDS = (  # those that a new office begins with
    Kind("general", "Umum", (0x17, 0x2F, 0x57), Pattern.SOLID),
    Kind("group", "Rombongan", (0x17, 0x60, 0x3D), Pattern.STRIPES),
    Kind("vip", "VIP", (0xA1, 0x21, 0x1D), Pattern.DIAMONDS),
    Kind("provider", "Penyedia", (0xDF, 0xB2, 0x5A), Pattern.CHECKS),
)


def kind(code: str, kinds: Sequence[Kind] = KINDS) -> Kind:
    """The kind with that code; a code of another time counts as the first one."""
    return next((one for one in kinds if one.code == code), kinds[0])


def stored_kinds(rows: Iterable[BadgeKind]) -> tuple[Kind, ...]:
    """The office's own kinds, as they are printed."""
    return tuple(
        Kind(row.code, printable(row.word), colour_of(row.colour), Pattern(row.pattern))
        for row in rows
    )


def colour_of(text: str) -> Colour:
    """The colour that "#rrggbb" names; raises ValueError."""
    if not HEX.fullmatch(text):
        raise ValueError(text)
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours as WCAG counts it, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4
