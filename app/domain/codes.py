"""What a scanner may deliver: a badge's code, its printed number, or something foreign."""

import re
from dataclasses import dataclass

CODE_LENGTH = 16
_CODE = rf"[A-Z2-7]{{{CODE_LENGTH}}}"
_BARE = re.compile(_CODE)
_IN_URL = re.compile(rf"(?:.*/)?T/({_CODE})/?", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,4}")
MAX_CONTENT = 512


@dataclass(frozen=True)
class BadgeCode:
    """The random code of one printed badge."""

    value: str


@dataclass(frozen=True)
class BadgeNumber:
    """The number printed large on a badge, typed by an officer."""

    value: int


@dataclass(frozen=True)
class Foreign:
    """Anything else: it may be anybody's data, so it is never kept as it is."""

    length: int


Content = BadgeCode | BadgeNumber | Foreign


def read_content(content: str) -> Content:
    """Read a bare code or any URL that ends in `/T/<CODE>`, whatever its host, port and case."""
    text = content.strip()
    if len(text) > MAX_CONTENT:
        return Foreign(len(content))
    if _NUMBER.fullmatch(text) and int(text) > 0:
        return BadgeNumber(int(text))
    upper = text.upper() if text.isascii() else text
    if _BARE.fullmatch(upper):
        return BadgeCode(upper)
    if match := _IN_URL.fullmatch(upper.split("?")[0].split("#")[0]):
        return BadgeCode(match.group(1))
    return Foreign(len(content))
