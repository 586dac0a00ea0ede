"""The emblem: which files become one, what is left of them, and what is said of the others."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from app import emblem
from app.emblem import (
    BROKEN,
    EMPTY,
    LARGEST_FILE,
    NO_IMAGE,
    OTHER_KIND,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    EmblemError,
    clean_emblem,
)

RED, BLUE = (200, 10, 10), (10, 10, 200)


def picture(width=60, height=80, mode="RGB", colour=RED):
    return Image.new("RGB", (width, height), colour).convert(mode)


def file_of(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def cleaned(data):
    clean = clean_emblem(data)
    image = opened(clean.png)
    assert (image.format, image.size) == ("PNG", (clean.width, clean.height))
    return image


def refusal(data):
    with pytest.raises(EmblemError) as refused:
        clean_emblem(data)
    return str(refused.value)


def chunk(kind, content):
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png_that_claims(width, height):
    """A small file whose head promises a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rest = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + rest


# --- What becomes an emblem -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "kind", "kept"),
    [
        ("RGB", "PNG", "RGB"),
        ("L", "PNG", "RGB"),
        ("1", "PNG", "RGB"),
        ("P", "PNG", "RGB"),
        ("RGBA", "PNG", "RGBA"),
        ("LA", "PNG", "RGBA"),
        ("RGB", "JPEG", "RGB"),
        ("L", "JPEG", "RGB"),
        ("CMYK", "JPEG", "RGB"),
    ],
)
def test_every_kind_of_png_and_jpeg_becomes_a_png_in_our_colours(mode, kind, kept):
    image = cleaned(file_of(picture(mode=mode), kind))
    assert (image.mode, image.size) == (kept, (60, 80))


def test_the_dots_of_a_png_are_kept_as_they_are():
    image = picture(mode="RGBA")
    image.putpixel((3, 4), (*BLUE, 128))
    assert cleaned(file_of(image)).tobytes() == image.tobytes()


def test_one_transparent_colour_becomes_transparency():
    image = picture(mode="P")
    assert cleaned(file_of(image, transparency=image.getpixel((0, 0)))).getpixel((0, 0))[3] == 0
    assert cleaned(file_of(picture(), transparency=RED)).getpixel((0, 0))[3] == 0


def test_sixteen_bits_a_dot_are_scaled_to_eight():
    grey = np.full((4, 4), 0x8000, dtype=np.uint16)
    assert cleaned(file_of(Image.fromarray(grey))).getpixel((0, 0)) == (128, 128, 128)


def test_a_large_picture_is_made_smaller_in_proportion_and_a_small_one_is_not_made_larger():
    assert cleaned(file_of(picture(1200, 1600))).size == (600, 800)
    assert cleaned(file_of(picture(1600, 1200), "JPEG")).size == (800, 600)
    assert cleaned(file_of(picture(800, 800))).size == (800, 800)
    assert cleaned(file_of(picture(5000, 2))).size == (800, 1)
    assert cleaned(file_of(picture(1, 1))).size == (1, 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_lies_on_its_side_is_put_upright(kind):
    image = picture(60, 80)
    image.paste(BLUE, (0, 0, 60, 40))
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned a quarter to the right
    upright = cleaned(file_of(image, kind, exif=turned))
    assert upright.size == (80, 60)
    left, right = upright.getpixel((5, 30)), upright.getpixel((75, 30))
    assert (left[0] > left[2], right[2] > right[0]) == (True, True)


def test_of_a_moving_picture_the_first_one_is_taken():
    frames = [picture(colour=colour) for colour in (RED, BLUE)]
    moving = file_of(frames[0], save_all=True, append_images=frames[1:], duration=100)
    image = cleaned(moving)
    assert (image.getpixel((5, 5)), getattr(image, "n_frames", 1)) == (RED, 1)
    assert b"acTL" not in clean_emblem(moving).png


def test_nothing_but_the_picture_is_kept():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "rahasia")
    words.add_itxt("XML:com.adobe.xmp", "rahasia")
    camera = Image.Exif()
    camera[0x010E] = "rahasia"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = file_of(picture(), pnginfo=words, exif=camera, icc_profile=profile, dpi=(300, 300))
    assert b"rahasia" in data
    image = cleaned(data)
    assert (b"rahasia" in clean_emblem(data).png, image.info, dict(image.getexif())) == (
        False,
        {},
        {},
    )


def test_what_hangs_behind_the_picture_is_dropped():
    data = file_of(picture()) + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in clean_emblem(data).png
    assert clean_emblem(data) == clean_emblem(file_of(picture()))


def test_the_same_file_gives_the_same_emblem_and_an_emblem_stays_as_it_is():
    clean = clean_emblem(file_of(picture(), "JPEG"))
    assert clean == clean_emblem(file_of(picture(), "JPEG")) == clean_emblem(clean.png)


# --- What does not --------------------------------------------------------------------------------


def test_an_empty_file_says_so():
    assert refusal(b"") == EMPTY


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_cut_short_is_called_broken(kind):
    noise = Image.effect_noise((60, 80), 90).convert("RGB")
    data = file_of(noise, kind)
    for part in (12, len(data) // 4, len(data) // 2, len(data) * 3 // 4):
        assert refusal(data[:part]) == BROKEN


@pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_a_head_without_a_picture_is_called_broken(start):
    assert refusal(start) == BROKEN
    assert refusal(start + b"bukan gambar" * 50) == BROKEN


def test_a_png_with_a_wrong_checksum_is_called_broken():
    data = bytearray(file_of(picture()))
    data[16] ^= 1
    assert refusal(bytes(data)) == BROKEN


OTHERS = {
    "GIF": file_of(picture(), "GIF"),
    "WEBP": file_of(picture(), "WEBP"),
    "BMP": file_of(picture(), "BMP"),
    "TIFF": file_of(picture(), "TIFF"),
    "SVG": b'<?xml version="1.0"?><SVG xmlns="http://www.w3.org/2000/svg"/>',
    "PDF": b"%PDF-1.7 ...",
    "HEIC": b"\0\0\0\x18ftypheic",
    "AVIF": b"\0\0\0\x18ftypavif",
    "EPS": b"%!PS-Adobe",
    "PSD": b"8BPS\0\1",
    "dokumen atau arsip ZIP": b"PK\x03\x04...",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_kind_of_file_is_named(kind):
    assert refusal(OTHERS[kind]) == OTHER_KIND.format(kind)


@pytest.mark.parametrize("data", [b"halo", b"\0" * 100, b"RIFF\0\0\0\0AVI LIST", b"lambang"])
def test_what_is_no_picture_at_all_says_so(data):
    assert refusal(data) == NO_IMAGE


@pytest.mark.parametrize(
    ("width", "height"), [(8000, 5001), (20_000, 20_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_huge_picture_is_refused_before_it_is_decoded(width, height):
    assert refusal(png_that_claims(width, height)) == TOO_MANY_PIXELS


def test_a_picture_of_just_the_most_pixels_is_decoded(monkeypatch):
    monkeypatch.setattr(emblem, "MOST_PIXELS", 60 * 80)
    assert cleaned(file_of(picture(60, 80))).size == (60, 80)
    assert refusal(file_of(picture(60, 81))) == TOO_MANY_PIXELS


def test_a_huge_file_is_refused_and_one_byte_less_is_not():
    data = file_of(picture())
    assert cleaned(data + b"\0" * (LARGEST_FILE - len(data))).size == (60, 80)
    assert refusal(data + b"\0" * (LARGEST_FILE - len(data) + 1)) == TOO_LARGE


def test_a_text_that_unpacks_to_far_more_than_it_is_is_called_broken():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "a" * 5_000_000, zip=True)
    assert refusal(file_of(picture(), pnginfo=words)) == BROKEN
