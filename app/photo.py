"""Read a badge's QR from a photo, for browsers that may not use the camera."""

import io
from typing import IO

import zxingcpp
from PIL import Image, ImageOps

from app.pictures import UNREADABLE, few_at_once, has_too_many_scans

LONGEST_SIDE = 2000
MOST_PIXELS = 60_000_000
UNREADABLE_PHOTO = "Berkas ini bukan foto yang dapat dibaca. Kirim foto JPEG atau PNG."
TOO_MANY_PIXELS = "Foto terlalu besar. Ambil foto dengan ukuran lebih kecil."


class PhotoError(Exception):
    """A photo that cannot be read; the text says what to do."""


def read_photo(stream: IO[bytes]) -> str:
    """The text of the one QR code on the photo; raises PhotoError."""
    with few_at_once:
        picture = _decoded(stream.read())
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    texts = {code.text for code in found if code.text}
    if len(texts) > 1:
        raise PhotoError("Ada lebih dari satu QR pada foto. Foto satu kartu saja.")
    if not texts:
        raise PhotoError(
            "QR pada foto tidak terbaca. Foto lebih dekat dan lebih terang, atau ketik nomornya."
        )
    return texts.pop()


def _decoded(data: bytes) -> Image.Image:
    """The photo upright and in grey, no larger than a QR code needs."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP")) as image:
            _check_cost(image, data)
            image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(image).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(TOO_MANY_PIXELS) from error
    except UNREADABLE as error:
        raise PhotoError(UNREADABLE_PHOTO) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture


def _check_cost(image: Image.Image, data: bytes) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PhotoError(TOO_MANY_PIXELS)
    if image.format == "JPEG" and has_too_many_scans(data):
        raise PhotoError(UNREADABLE_PHOTO)
