"""Looks at a PDF as paper: pictures of its pages, and their text."""

from collections.abc import Iterator

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


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


def picture_count(pdf: bytes) -> int:
    """How many raster pictures the pages hold."""
    document = pdfium.PdfDocument(pdf)
    try:
        kinds = (pdfium.raw.FPDF_PAGEOBJ_IMAGE,)
        return sum(len(list(page.get_objects(filter=kinds))) for page in document)
    finally:
        document.close()
