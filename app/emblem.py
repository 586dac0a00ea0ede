"""The office's emblem: from whatever file is sent to a small, clean PNG of our own."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from app.pictures import UNREADABLE, few_at_once, has_too_many_scans

LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000  # checked before anything is decoded
LONGEST_SIDE = 800  # enough for 25 mm at 600 dots an inch
OURS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
OTHERS = (  # where in the file, what stands there, what the file then is
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WEBP"),
    (4, b"ftyphe", "HEIC"),
    (4, b"ftypmif", "HEIC"),
    (4, b"ftypavif", "AVIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "EPS"),
    (0, b"8BPS", "PSD"),
    (0, b"PK\x03\x04", "dokumen atau arsip ZIP"),
)
VECTOR_START = 1024  # bytes within which an SVG opens its root

EMPTY = "Berkas ini kosong. Pilih berkas lambang lain."
TOO_LARGE = "Berkas lebih dari 5 MB. Perkecil gambarnya, lalu unggah lagi."
TOO_MANY_PIXELS = (
    "Ukuran gambar terlalu besar, lebih dari 40 megapiksel. Perkecil gambarnya, lalu unggah lagi."
)
BROKEN = (
    "Gambar ini rusak atau tidak lengkap. Simpan ulang sebagai PNG, atau salin lagi dari sumbernya."
)
NO_IMAGE = "Berkas ini bukan gambar PNG atau JPEG. Pilih berkas lain."
OTHER_KIND = "Lambang berupa gambar PNG atau JPEG; berkas ini {}. Simpan sebagai PNG lebih dulu."


class EmblemError(Exception):
    """A file that cannot become the emblem; the text says what to do."""


@dataclass(frozen=True)
class CleanEmblem:
    """An upright PNG in 8-bit RGB or RGBA, with nothing in it but the picture."""

    png: bytes
    width: int
    height: int


def clean_emblem(data: bytes) -> CleanEmblem:
    """The picture of a PNG or JPEG file; raises EmblemError."""
    if not data:
        raise EmblemError(EMPTY)
    if len(data) > LARGEST_FILE:
        raise EmblemError(TOO_LARGE)
    kind = _kind(data)
    if kind == "JPEG" and has_too_many_scans(data):
        raise EmblemError(BROKEN)
    with few_at_once:
        return _encoded(_decoded(data, kind))


def _kind(data: bytes) -> str:
    """What the file is by its own first bytes; raises EmblemError unless we take it."""
    for start, kind in OURS.items():
        if data.startswith(start):
            return kind
    other = _other_kind(data)
    raise EmblemError(OTHER_KIND.format(other) if other else NO_IMAGE)


def _other_kind(data: bytes) -> str | None:
    for place, signature, kind in OTHERS:
        if data.startswith(signature, place):
            return kind
    return "SVG" if b"<svg" in data[:VECTOR_START].lower() else None


def _decoded(data: bytes, kind: str) -> Image.Image:
    """The first picture, upright, no larger than needed, in the colours that we keep."""
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            _check_pixels(image)
            image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            picture = _in_our_colours(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise EmblemError(TOO_MANY_PIXELS) from error
    except UNREADABLE as error:
        raise EmblemError(BROKEN) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise EmblemError(TOO_MANY_PIXELS)


def _in_our_colours(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a dot: Pillow would cut them off, not scale them
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(picture: Image.Image) -> CleanEmblem:
    """The dots alone: Pillow would carry the colour profile along."""
    picture.info.clear()
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return CleanEmblem(file.getvalue(), picture.width, picture.height)
