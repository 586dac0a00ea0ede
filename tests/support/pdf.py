"""Looks at a PDF as paper: pictures of its pages, and their text."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
MM = 25.4 / 72


@dataclass(frozen=True)
class Sign:
    """A printed character and its box in millimetres from the page's top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def pages(pdf: bytes, dpi: float) -> Iterator[Grey]:
    """Each page in grey, as a printer of that many dots per inch would see it."""
    document = pdfium.PdfDocument(pdf)
    try:
        for page in document:
            yield np.asarray(page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L"))
    finally:
        document.close()


def texts(pdf: bytes) -> list[str]:
    """The text of each page, every run of white space as one space."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def signs(pdf: bytes) -> list[list[Sign]]:
    """The characters of each page that leave ink."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [list(_signs(page)) for page in document]
    finally:
        document.close()


def _signs(page: pdfium.PdfPage) -> Iterator[Sign]:
    height, words = page.get_height(), page.get_textpage()
    for at in range(words.count_chars()):
        text = words.get_text_range(at, 1)
        if text.strip():
            left, bottom, right, top = words.get_charbox(at)
            yield Sign(text, left * MM, (height - top) * MM, right * MM, (height - bottom) * MM)


def picture_count(pdf: bytes) -> int:
    """How many raster pictures the pages hold."""
    document = pdfium.PdfDocument(pdf)
    try:
        kinds = (pdfium.raw.FPDF_PAGEOBJ_IMAGE,)
        return sum(len(list(page.get_objects(filter=kinds))) for page in document)
    finally:
        document.close()


@dataclass(frozen=True)
class Drawn:
    """A path of a page: its corners in points from the lower left, and how it is painted."""

    corners: tuple[tuple[float, float], ...]
    is_curved: bool
    is_filled: bool
    is_outlined: bool

    @property
    def is_upright(self) -> bool:
        """Whether every side runs level or upright."""
        sides = zip(self.corners, self.corners[1:], strict=False)
        return all(abs(a[0] - b[0]) < 0.01 or abs(a[1] - b[1]) < 0.01 for a, b in sides)


def drawings(pdf: bytes) -> list[list[Drawn]]:
    """The paths of each page, in the order they are painted."""
    document = pdfium.PdfDocument(pdf)
    try:
        kinds = (pdfium.raw.FPDF_PAGEOBJ_PATH,)
        return [[_drawn(path) for path in page.get_objects(filter=kinds)] for page in document]
    finally:
        document.close()


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole millimetres."""
    document = pdfium.PdfDocument(pdf)
    try:
        millimetres = 25.4 / 72
        return [
            (round(page.get_width() * millimetres), round(page.get_height() * millimetres))
            for page in document
        ]
    finally:
        document.close()


def _drawn(path: pdfium.PdfObject) -> Drawn:
    raw = pdfium.raw
    segments = [
        raw.FPDFPath_GetPathSegment(path, at) for at in range(raw.FPDFPath_CountSegments(path))
    ]
    types = [raw.FPDFPathSegment_GetType(segment) for segment in segments]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    return Drawn(
        corners=tuple(_place(segment) for segment in segments),
        is_curved=raw.FPDF_SEGMENT_BEZIERTO in types,
        is_filled=bool(fill.value),
        is_outlined=bool(stroke.value),
    )


def _place(segment: object) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium.raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value
