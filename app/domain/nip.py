"""Indonesian civil servants' numbers (NIP): stored as 18 digits, shown in their four groups."""

import re

_NIP = re.compile(r"[0-9]{18}")
_GROUPS = ((0, 8), (8, 14), (14, 15), (15, 18))  # birth, appointment, sex, serial number
_PUNCTUATION = str.maketrans("", "", " .-\u00a0")


class NipError(ValueError):
    """A text that is no complete NIP."""


def normalise_nip(text: str) -> str:
    """The 18 digits; raises NipError when there are more, fewer, or other signs among them."""
    digits = text.translate(_PUNCTUATION)
    if not _NIP.fullmatch(digits):
        raise NipError(text)
    return digits


def show_nip(nip: str) -> str:
    """As on a letter: 19750101 200003 1 002; a text that is no NIP stays as it is."""
    if not _NIP.fullmatch(nip):
        return nip
    return " ".join(nip[start:end] for start, end in _GROUPS)
