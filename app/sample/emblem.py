"""A made-up emblem for the made-up office: a shield with a woven diamond, no real office's arms."""

from io import BytesIO

from PIL import Image, ImageDraw

from app.emblem import CleanEmblem, clean_emblem

WIDTH, HEIGHT = 200, 240  # a page that shows it stays light
FINER = 4  # drawn larger, then made smaller: smooth edges
INDIGO, GOLD, PALE = "#1d3a68", "#dfb25a", "#fffdf9"
SHIELD = ((0, 0), (100, 0), (100, 62), (88, 86), (50, 120), (12, 86), (0, 62))
RINGS = ((38, GOLD), (30, INDIGO), (22, PALE), (14, INDIGO), (6, GOLD))  # half a diamond's width
MIDDLE = (50, 52)


def sample_emblem() -> CleanEmblem:
    """The emblem as an office would have uploaded it."""
    picture = Image.new("RGBA", (WIDTH * FINER, HEIGHT * FINER))
    draw = ImageDraw.Draw(picture)
    for inset, colour in ((0.0, INDIGO), (3.0, GOLD), (5.0, INDIGO)):
        draw.polygon(_placed(_inset(inset)), fill=colour)
    x, y = MIDDLE
    for reach, colour in RINGS:
        corners: list[tuple[float, float]] = [
            (x, y - reach),
            (x + reach, y),
            (x, y + reach),
            (x - reach, y),
        ]
        draw.polygon(_placed(corners), fill=colour)
    file = BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(file, "PNG")
    return clean_emblem(file.getvalue())


def _inset(by: float) -> list[tuple[float, float]]:
    """The shield, drawn in on all sides."""
    narrower, lower = 1 - by / 50, 1 - by / 60
    return [(50 + (x - 50) * narrower, 60 + (y - 60) * lower) for x, y in SHIELD]


def _placed(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """From hundredths of the width to dots."""
    unit = WIDTH * FINER / 100
    return [(x * unit, y * unit) for x, y in corners]
