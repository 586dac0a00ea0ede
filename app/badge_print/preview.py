"""The first page of a print, or the band of a kind, as SVG: as on paper, in millimetres."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.badge_print.kinds import BLACK, Kind, Pattern
from app.badge_print.parts import Face, Part, Picture, Shape, Slot, Words
from app.badge_print.sheets import (
    CHECK_WORDS,
    HEADER_BASELINE,
    HEADER_SIZE,
    NO_ADDRESS,
    WARNING_BASELINE,
    Imprint,
    Job,
    check_line,
    crop_marks,
    face_of,
    header,
    pages,
)
from app.badge_print.weave import kind_band
from app.paper import MM_PER_POINT, Colour, text_width

BAND, PATTERN = (40.0, 4.4), (8.0, 4.4)  # the band of a card, the end of it


@dataclass(frozen=True)
class Element:
    """One SVG element: its name, its attributes, the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(frozen=True)
class Group:
    """The elements of one piece, and where it stands."""

    x: float
    y: float
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Preview:
    """A page: its size, its pieces, what surrounds them."""

    width: float
    height: float
    groups: tuple[Group, ...]
    frame: tuple[Element, ...]
    count: int  # pages of the PDF


@dataclass(frozen=True)
class Sample:
    """A band by itself."""

    width: float
    height: float
    elements: tuple[Element, ...]


def band_sample(kind: Kind, *, is_black: bool = False) -> Sample:
    """The band of a kind as on a card; all black as on a label."""
    return _sample(kind, BAND, is_black=is_black)


def pattern_sample(pattern: Pattern) -> Sample:
    """A pattern without a word, as at the end of a band."""
    return _sample(Kind("", "", BLACK, pattern), PATTERN, is_black=True)


def _sample(kind: Kind, size: tuple[float, float], *, is_black: bool) -> Sample:
    band = kind_band(kind, (0, 0, *size), is_black=is_black)
    return Sample(*size, svg_of(tuple(band), ""))


def preview(job: Job, imprint: Imprint, emblem_url: str) -> Preview | None:
    """The first page; None when there is nothing to print."""
    first = next(pages(job), None)
    if first is None:
        return None
    groups = (
        Group(x, y, svg_of(face_of(printed, job.product, imprint), emblem_url))
        for printed, (x, y) in first.placed
    )
    width, height = job.product.paper
    frame = _frame(job, header(job, first), has_address=bool(imprint.public_url))
    count = sum(1 for _ in pages(job))
    return Preview(width, height, tuple(groups), tuple(frame), count)


def svg_of(face: Face, emblem_url: str) -> tuple[Element, ...]:
    """The parts of a face as SVG elements."""
    return tuple(_element(part, emblem_url) for part in face)


def _element(part: Part, emblem_url: str) -> Element:
    match part:
        case Words():
            return _text(part)
        case Shape():
            return _path(part)
        case Picture():
            box = _box(part.x, part.y, part.width, part.height)
            return Element("image", {**box, "href": emblem_url})
        case Slot():
            box = _box(part.x, part.y, part.width, part.height)
            return Element("rect", {**box, "rx": _mm(part.height / 2), **STROKE, "fill": "none"})


STROKE = {"stroke": "#000000", "stroke-width": "0.2"}


def _text(words: Words) -> Element:
    """A line as wide as on paper, whatever typeface the browser has."""
    return Element(
        "text",
        {
            "x": _mm(words.x),
            "y": _mm(words.y),
            "font-size": _mm(words.size * MM_PER_POINT),
            "font-weight": "700" if words.weight else "400",
            "textLength": _mm(words.width),
            "lengthAdjust": "spacing" if words.spacing else "spacingAndGlyphs",
            "fill": _hex(words.colour),
        },
        words.text,
    )


def _path(shape: Shape) -> Element:
    boxes = " ".join(f"M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z" for x, y, w, h in shape.boxes)
    place = f"translate({_mm(shape.x)} {_mm(shape.y)}) scale({shape.unit:.6g})"
    return Element("path", {"d": boxes, "transform": place, "fill": _hex(shape.colour)})


def _frame(job: Job, title: str, *, has_address: bool) -> Iterator[Element]:
    if not job.product.has_crop_marks:
        return
    yield from _lines([*crop_marks(job.product), *check_line(job.product)])
    if not job.product.has_margin:
        return
    _, _, right, y = check_line(job.product)[0]
    yield _text(_black(right + 3, y, CHECK_WORDS, HEADER_SIZE))
    yield _centred(job, HEADER_BASELINE, title)
    if not has_address:
        yield _centred(job, WARNING_BASELINE, NO_ADDRESS)


def _lines(strokes: Sequence[tuple[float, float, float, float]]) -> Iterator[Element]:
    for ends in strokes:
        places = dict(zip(("x1", "y1", "x2", "y2"), map(_mm, ends), strict=True))
        yield Element("line", {**places, **STROKE})


def _centred(job: Job, y: float, text: str) -> Element:
    left = (job.product.paper[0] - text_width(text) * HEADER_SIZE) / 2
    return _text(_black(left, y, text, HEADER_SIZE))


def _black(x: float, y: float, text: str, size: float) -> Words:
    return Words(x, y, text, size, "", text_width(text) * size, (0, 0, 0))


def _box(x: float, y: float, width: float, height: float) -> dict[str, str]:
    return {"x": _mm(x), "y": _mm(y), "width": _mm(width), "height": _mm(height)}


def _mm(length: float) -> str:
    return f"{length:.4f}".rstrip("0").rstrip(".")


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
