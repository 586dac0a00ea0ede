"""Frames of a badge as a hand holds it before a webcam: tilted, blurred, in glare, in the dark.

640×480, the badge at 20 to 40 % of the frame; the same seed gives the same frames.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tests.support.clips import perspective

SIZE = (640, 480)
TILT = 20.0  # degrees, in the plane and out of it
LENS = 3.0  # half diagonals of the badge between it and the lens
Random = np.random.Generator


def tilted(scene: Image.Image, _random: Random) -> Image.Image:
    """Every frame is tilted; nothing more."""
    return scene


def blurred(scene: Image.Image, random: Random) -> Image.Image:
    """Out of focus."""
    return scene.filter(ImageFilter.GaussianBlur(random.uniform(0.6, 1.3)))


def glaring(scene: Image.Image, random: Random) -> Image.Image:
    """A lamp mirrored in the laminate: washed out towards white around one place."""
    width, height = scene.size
    y, x = np.mgrid[0:height, 0:width]
    left, top = random.uniform(0.25, 0.75) * width, random.uniform(0.25, 0.75) * height
    spread = random.uniform(60, 130)
    share = 0.75 * np.exp(-((x - left) ** 2 + (y - top) ** 2) / (2 * spread**2))
    light = np.asarray(scene, np.float32)
    return _image(light + (255 - light) * share)


def dark(scene: Image.Image, random: Random) -> Image.Image:
    """Low light: a fifth to a third of it, and the noise of a sensor that amplifies."""
    light = np.asarray(scene, np.float32) * random.uniform(0.2, 0.35)
    return _image(light + random.normal(0, 5, light.shape))


def all_at_once(scene: Image.Image, random: Random) -> Image.Image:
    """Tilted, a little blurred, in glare and in poor light."""
    soft = scene.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.8)))
    light = np.asarray(glaring(soft, random), np.float32) * random.uniform(0.4, 0.7)
    return _image(light + random.normal(0, 4, light.shape))


Distortion = Callable[[Image.Image, Random], Image.Image]
DISTORTIONS: dict[str, Distortion] = {
    "tilt": tilted,
    "blur": blurred,
    "glare": glaring,
    "low light": dark,
    "all at once": all_at_once,
}


def frames(
    card: Image.Image, distortion: Distortion, count: int, seed: int
) -> Iterator[Image.Image]:
    """So many frames of the badge, each held in another way."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        yield distortion(held(card, random), random)


def held(card: Image.Image, random: Random) -> Image.Image:
    """The badge before a grey room, at 20 to 40 % of the frame, turned and tilted up to 20°."""
    area = random.uniform(0.2, 0.4) * SIZE[0] * SIZE[1]
    corners = _seen(card, random)
    corners *= np.sqrt(area / _area(corners))
    room = (np.array(SIZE) - np.ptp(corners, axis=0)) / 2
    middle = (corners.max(axis=0) + corners.min(axis=0)) / 2
    shift = random.uniform(-1, 1, 2) * np.maximum(room, 0)
    warp = perspective(corners - middle + np.array(SIZE) / 2 + shift, card.size)
    method, how = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    mask = Image.new("L", card.size, 255).transform(SIZE, method, warp, how)
    scene = Image.new("L", SIZE, int(random.uniform(70, 150)))
    scene.paste(
        card.transform(SIZE, method, warp, how).point(lambda light: 20 + light * 0.86), mask=mask
    )
    return scene


def _seen(card: Image.Image, random: Random) -> NDArray[np.float64]:
    """Its corners through the lens, clockwise from the top left."""
    across, along, turn = np.radians(random.uniform(-TILT, TILT, 3))
    half = np.array(card.size) / np.hypot(*card.size)
    flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    turned = flat @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    depth = LENS + turned[:, 0] * np.sin(across) + turned[:, 1] * np.sin(along)
    tilted_flat = turned * (np.cos(across), np.cos(along))
    seen: NDArray[np.float64] = tilted_flat * LENS / depth[:, None]
    return seen


def _area(corners: NDArray[np.float64]) -> float:
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)


def _image(light: NDArray[np.float32] | NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(light.clip(0, 255).astype(np.uint8))
