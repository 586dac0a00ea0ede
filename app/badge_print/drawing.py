"""Draws faces on paper."""

import io
from functools import lru_cache

from app.badge_print.parts import Box, Face, Part, Picture, Shape, Slot, Words
from app.paper import Paper

HAIRLINE = 0.2


def draw_face(paper: Paper, face: Face, x: float, y: float, emblem: bytes | None) -> None:
    """Draw a face with its upper left corner at x, y."""
    for part in face:
        _draw(paper, part, x, y, emblem)


def _draw(paper: Paper, part: Part, x: float, y: float, emblem: bytes | None) -> None:
    match part:
        case Words():
            _write(paper, part, x, y)
        case Shape():
            paper.paint(
                _path(part.boxes), x=x + part.x, y=y + part.y, unit=part.unit, colour=part.colour
            )
        case Picture() if emblem is not None:
            paper.image(
                io.BytesIO(emblem),
                x=x + part.x,
                y=y + part.y,
                w=part.width,
                h=part.height,
                keep_aspect_ratio=True,
            )
        case Slot():
            paper.set_line_width(HAIRLINE)
            paper.rect(
                x + part.x, y + part.y, part.width, part.height,
                round_corners=True, corner_radius=part.height / 2,
            )  # fmt: skip


@lru_cache(maxsize=20)  # the other side of a sheet, the bands of every badge
def _path(boxes: tuple[Box, ...]) -> str:
    """The boxes as one PDF path."""
    return " ".join(f"{a:g} {b:g} {c:g} {d:g} re" for a, b, c, d in boxes)


def _write(paper: Paper, words: Words, x: float, y: float) -> None:
    paper.set_text_color(*words.colour)
    paper.set_char_spacing(words.spacing)
    paper.write_line(x + words.x, y + words.y, words.text, words.size, words.weight)
    paper.set_char_spacing(0)
    paper.set_text_color(0, 0, 0)
