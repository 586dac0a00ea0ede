"""Badge codes and the QR symbols that carry them."""

import base64
import secrets
from functools import cache
from typing import Any, Literal

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData

CODE_BYTES = 10
# Any mask is read. Trying all eight for the best one takes four times as long as making the symbol,
# which a print of a thousand badges cannot afford; this one comes close to it for a badge's text.
MASK = 3
ALPHANUMERIC: Literal[2] = 2  # qrcode.util.MODE_ALPHA_NUM, as its types want it


def new_code() -> str:
    """A fresh badge code: 80 random bits in base32, 16 characters."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()


def payload(code: str, public_url: str) -> str:
    """What the QR says: an upper-case URL, or `T/<CODE>` until the office has an address."""
    return f"{public_url}/T/{code}".upper() if public_url else f"T/{code}"


def modules(text: str) -> list[list[bool]]:
    """The dark modules of the symbol, row by row, without quiet zone (level M, alphanumeric)."""
    symbol = _symbol(text, _smallest_version(len(text)))
    symbol.make(fit=False)
    return [[bool(module) for module in row] for row in symbol.modules]


@cache
def _smallest_version(length: int) -> int:
    """The smallest symbol for so many characters: the same for every badge of an office."""
    return _symbol("A" * length, None).best_fit()


def _symbol(text: str, version: int | None) -> "qrcode.QRCode[Any]":
    symbol = qrcode.QRCode(
        version=version, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK
    )
    symbol.add_data(QRData(text, mode=ALPHANUMERIC))
    return symbol
