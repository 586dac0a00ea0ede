"""Indonesian telephone numbers: stored as E.164, shown as the office writes them."""

import re

_MOBILE = re.compile(r"\+628[1-9][0-9]{6,10}")
_LANDLINE = re.compile(r"\+62[2-79][0-9]{6,10}")
_FOREIGN = re.compile(r"\+(?!62)[1-9][0-9]{6,14}")
_PUNCTUATION = str.maketrans("", "", " -.()/\u00a0")


class PhoneError(ValueError):
    """A text that is no complete telephone number."""


def normalise_phone(text: str) -> str:
    """The number as E.164; raises PhoneError when digits are missing or too many."""
    digits = text.translate(_PUNCTUATION)
    number = _with_country(digits)
    if any(pattern.fullmatch(number) for pattern in (_MOBILE, _LANDLINE, _FOREIGN)):
        return number
    raise PhoneError(text)


def _with_country(digits: str) -> str:
    for prefix in ("+62", "0062", "62"):
        if digits.startswith(prefix):
            return "+62" + digits[len(prefix) :].removeprefix("0")
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0"):
        return "+62" + digits[1:]
    if digits.startswith("8"):
        return "+62" + digits
    return digits


def show_phone(number: str) -> str:
    """The number as people read it: 0812-3456-7890; foreign numbers stay in E.164."""
    if not number.startswith("+62"):
        return number
    local = "0" + number[3:]
    return "-".join(part for part in (local[:4], local[4:8], local[8:]) if part)


def mask_phone(number: str) -> str:
    """The number with its middle hidden: 0812••••678 (UU 27/2022: no more than is needed)."""
    local = "0" + number[3:] if number.startswith("+62") else number
    return f"{local[:4]}••••{local[-3:]}"
