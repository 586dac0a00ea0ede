"""Read a badge's QR from a photo, for browsers that may not use the camera."""

from typing import IO

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE = 2000
MOST_PIXELS = 60_000_000


class PhotoError(ValueError):
    """A photo that cannot be read; the text says what to do."""


def read_photo(stream: IO[bytes]) -> str:
    """The text of the one QR code on the photo; raises PhotoError."""
    try:
        with Image.open(stream, formats=("JPEG", "PNG", "WEBP", "GIF", "BMP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PhotoError("Foto terlalu besar. Ambil foto dengan ukuran lebih kecil.")
            image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoError(
            "Berkas ini bukan foto yang dapat dibaca. Kirim foto JPEG atau PNG."
        ) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    found = zxingcpp.read_barcodes(
        upright, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    texts = {code.text for code in found if code.text}
    if len(texts) > 1:
        raise PhotoError("Ada lebih dari satu QR pada foto. Foto satu kartu saja.")
    if not texts:
        raise PhotoError(
            "QR pada foto tidak terbaca. Foto lebih dekat dan lebih terang, atau ketik nomornya."
        )
    return texts.pop()
