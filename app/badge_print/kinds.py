"""The kinds of badges: a colour, a word and a pattern, so that they differ in grey as well."""

from dataclasses import dataclass
from enum import StrEnum

from app.paper import Colour

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
READABLE = 4.5  # contrast of words on a ground, WCAG AA
LINEAR_UP_TO = 0.04045  # of sRGB


class Pattern(StrEnum):
    """What the end of a kind's band is made of."""

    SOLID = "solid"
    STRIPES = "stripes"
    DIAMONDS = "diamonds"
    CHECKS = "checks"


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


KINDS = (
    Kind("general", "Umum", (0x17, 0x2F, 0x57), Pattern.SOLID),
    Kind("group", "Rombongan", (0x17, 0x60, 0x3D), Pattern.STRIPES),
    Kind("vip", "VIP", (0xA1, 0x21, 0x1D), Pattern.DIAMONDS),
    Kind("provider", "Penyedia", (0xDF, 0xB2, 0x5A), Pattern.CHECKS),
)


def kind(code: str) -> Kind:
    """The kind with that code; a code of another time counts as the first one."""
    return next((one for one in KINDS if one.code == code), KINDS[0])


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours as WCAG counts it, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4
