"""Films for Chromium's fake camera, and photos: a real printed badge, held a little askew.

Chromium plays a film over and over: `--use-file-for-fake-video-capture=<path>`, together with
`--use-fake-device-for-media-stream` and `--use-fake-ui-for-media-stream`.
"""

import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import qrcode
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app.badge_print.products import PRODUCTS, Product
from app.badge_print.sheets import Imprint, Job, render
from app.queries.badges import PrintedBadge
from tests.support.pdf import pages

Size = tuple[int, int]
Pixels = NDArray[np.float32]
Encode = Callable[[Image.Image], bytes]

BADGE = re.compile(r"(?:(?P<url>.+)/)?T/(?P<code>[A-Z2-7]{16})")
OFFICE = "Dinas Koperasi, Usaha Kecil dan Menengah Provinsi Kalimantan Barat"
MM = 1 / 25.4
SHEET = PRODUCTS[0]
CARD_WIDTH, CARD_HEIGHT = SHEET.item
DESK = (168, 134, 98)
SHARE_OF_WIDTH = 0.62  # of the picture, taken by the card
GRAINS = 6  # different noise fields, used in turn
MJPEG_FPS = 30  # Chromium plays every MJPEG film at this rate


@dataclass(frozen=True)
class Shot:
    """How a picture is taken."""

    size: Size
    tilt: float  # degrees
    blur: float  # pixels
    noise: float  # standard deviation, of 255
    seed: int


def write_clip(
    path: Path,
    *payloads: str,
    seconds_in_view: float = 2.0,
    seconds_blank: float = 4.0,
    size: Size = (640, 480),
    fps: int = 10,
    tilt: float = 12.0,
    blur: float = 0.8,
    noise: float = 8.0,
    seed: int = 1,
    repeats: int = 1,
    number: int = 12,
) -> Path:
    """Film badges: an empty desk, the first badge, the empty desk, the next one, and so on.

    The desk is empty for `seconds_blank` before, between and after; the whole row of payloads
    comes `repeats` times. The ending decides the format: `.y4m`, or the smaller `.mjpeg`.
    """
    shot = Shot(size, tilt, blur, noise, seed)
    in_view, blank = round(seconds_in_view * fps), round(seconds_blank * fps)
    cards = {text: badge_picture(text, width=_card_width(size), number=number) for text in payloads}
    header, encode = _formats(size, fps)[path.suffix]
    with path.open("wb") as file:
        file.write(header)
        order = [cards[text] for text in payloads * repeats]
        file.writelines(_film(order, in_view, blank, shot, encode))
    return path


def photo(
    payload: str,
    *,
    size: Size = (1600, 1200),
    tilt: float = 17.0,
    blur: float = 1.2,
    noise: float = 6.0,
    seed: int = 2,
    number: int = 12,
) -> bytes:
    """A JPEG photo of a tilted badge, as a phone would send it."""
    shot = Shot(size, tilt, blur, noise, seed)
    card = badge_picture(payload, width=_card_width(size), number=number)
    return next(_film([card], 1, 0, shot, _jpeg))


# One product for each piece that is cut out: sheets of both sizes hold the same ones.
PIECES = tuple({(one.layout, one.item): one for one in reversed(PRODUCTS)}.values())


def one_piece(product: Product, code: str, url: str, number: int = 12) -> Image.Image:
    """A badge as it is cut out of what was printed, at 200 dots an inch."""
    badges = [PrintedBadge(number, code, "available")]
    page = Image.fromarray(next(pages(render(Job(badges, product), Imprint(OFFICE, url)), 200)))
    (left, top), (width, height) = product.corner(0), product.item
    box = (left, top, left + width, top + height)
    return page.crop(tuple(round(side * MM * 200) for side in box))


def badge_picture(payload: str, *, width: int, number: int = 12) -> Image.Image:
    """The card cut out of the real printed sheet; a bare card for a payload of no badge of ours."""
    dpi = width / (CARD_WIDTH * MM)
    if match := BADGE.fullmatch(payload):
        badges = [PrintedBadge(number, match["code"], "free")]
        sheet = render(Job(badges, SHEET), Imprint(OFFICE, match["url"] or ""))
        page = Image.fromarray(next(pages(sheet, dpi)))
        left, top = round(SHEET.left * MM * dpi), round(SHEET.top * MM * dpi)
        return page.crop((left, top, left + width, top + round(CARD_HEIGHT * MM * dpi)))
    card = Image.new("L", (width, round(CARD_HEIGHT * MM * dpi)), 255)
    symbol = qrcode.make(payload, border=4).get_image().convert("L")
    side = card.height * 3 // 4
    symbol = symbol.resize((side, side), Image.Resampling.NEAREST)
    card.paste(symbol, (card.width - side - side // 8, side // 6))
    return card


def _card_width(size: Size) -> int:
    """Wider than it will be seen, so that it is made smaller, never larger."""
    return round(size[0] * SHARE_OF_WIDTH * 1.5)


def _film(
    cards: list[Image.Image], in_view: int, blank: int, shot: Shot, encode: Encode
) -> Iterator[bytes]:
    random = np.random.default_rng(shot.seed)
    desk = _desk(shot.size, random)
    grains = _grains(shot, random)
    empty = [encode(_developed(desk, grain)) for grain in grains]
    yield from islice(cycle(empty), blank)
    for card in cards:
        for moment in range(in_view):
            scene = _lay(card, desk, shot.tilt, moment)
            blurred = scene.filter(ImageFilter.GaussianBlur(shot.blur))
            yield encode(_developed(blurred, grains[moment % GRAINS]))
        yield from islice(cycle(empty), blank)


def _desk(size: Size, random: np.random.Generator) -> Image.Image:
    """A wooden desk: streaks along its length."""
    streaks = random.normal(0, 9, (size[1] // 8 + 1, size[0] // 160 + 1))
    wood = Image.fromarray(streaks.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    plane = np.asarray(wood)[..., None] + np.array(DESK, np.float32)
    return Image.fromarray(plane.clip(0, 255).astype(np.uint8))


def _grains(shot: Shot, random: np.random.Generator) -> list[Pixels]:
    shape = (shot.size[1], shot.size[0], 1)
    return [
        random.standard_normal(shape, np.float32) * np.float32(shot.noise) for _ in range(GRAINS)
    ]


def _developed(scene: Image.Image, grain: Pixels) -> Image.Image:
    return Image.fromarray((np.asarray(scene) + grain).clip(0, 255).astype(np.uint8))


def _lay(card: Image.Image, desk: Image.Image, tilt: float, moment: int) -> Image.Image:
    """The card on the desk, turned, seen at an angle, moved a little as by a hand."""
    sway = math.sin(moment * 0.7)
    corners = _corners(card, desk.size, math.radians(tilt + 1.5 * sway), sway * 5)
    warp = perspective(corners, card.size)
    method, how = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    seen = card.transform(desk.size, method, warp, how)
    mask = Image.new("L", card.size, 255).transform(desk.size, method, warp, how)
    scene = desk.copy()
    scene.paste(seen.point(lambda light: 24 + light * 0.84).convert("RGB"), mask=mask)
    return scene


def _corners(card: Image.Image, size: Size, angle: float, shift: float) -> NDArray[np.float64]:
    """Where the card's corners are seen, clockwise from the top left."""
    half_width = size[0] * SHARE_OF_WIDTH / 2
    half_height = half_width * card.height / card.width
    far = 0.9  # the upper edge is farther away
    flat = np.array([(-far, -1), (far, -1), (1, 1), (-1, 1)]) * (half_width, half_height)
    turn = np.array([(math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))])
    seen: NDArray[np.float64] = flat @ turn + (size[0] / 2 + shift, size[1] / 2 - shift / 2)
    return seen


def perspective(corners: NDArray[np.float64], card: Size) -> list[float]:
    """The perspective that maps a place in the picture to its place on the card."""
    width, height = card
    targets = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(part) for part in np.linalg.solve(np.array(rows), np.array(values))]


def _formats(size: Size, fps: int) -> dict[str, tuple[bytes, Encode]]:
    """What a film of each format begins with, and how it holds a picture."""
    y4m = f"YUV4MPEG2 W{size[0]} H{size[1]} F{fps}:1 Ip A1:1 C420jpeg\n".encode()
    return {
        ".y4m": (y4m, _planes),
        ".mjpeg": (b"", lambda picture: _jpeg(picture) * (MJPEG_FPS // fps)),
    }


def _planes(picture: Image.Image) -> bytes:
    light, *colours = picture.convert("YCbCr").split()
    planes = [light, *(plane.reduce(2) for plane in colours)]
    return b"FRAME\n" + b"".join(plane.tobytes() for plane in planes)


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=75)
    return file.getvalue()
