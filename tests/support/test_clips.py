import io
import time

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from tests.support.clips import photo, write_clip

PAYLOADS = ["HTTPS://TAMU.KANTOR.LAN/T/ABCDEFGHIJKLMNOP", "T/ABCDEFGHIJKLMNOP", "kode orang lain"]
HEADER = b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n"
FRAME = len(b"FRAME\n") + 640 * 480 * 3 // 2


def frames(path):
    """The light of each frame of a y4m film."""
    film = path.read_bytes()
    assert film.startswith(HEADER)
    assert (len(film) - len(HEADER)) % FRAME == 0
    for start in range(len(HEADER), len(film), FRAME):
        assert film[start : start + 6] == b"FRAME\n"
        light = film[start + 6 : start + 6 + 640 * 480]
        yield np.frombuffer(light, np.uint8).reshape(480, 640)


def read(picture):
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_badge_frames_read_and_blank_frames_do_not(tmp_path, payload):
    path = write_clip(tmp_path / "clip.y4m", payload, seconds_in_view=3, seconds_blank=1)
    seen = [read(frame) for frame in frames(path)]

    assert len(seen) == 50
    assert sum(texts == [payload] for texts in seen[10:40]) >= 27
    assert all(texts in ([], [payload]) for texts in seen)
    assert not any(seen[:10] + seen[40:])


def test_several_badges_come_one_after_the_other_as_often_as_asked(tmp_path):
    first, second = PAYLOADS[:2]
    path = write_clip(
        tmp_path / "clip.y4m", first, second, seconds_in_view=0.5, seconds_blank=0.2, repeats=2
    )
    order = []
    for frame in frames(path):
        texts = read(frame)
        if texts and (not order or order[-1] != texts[0]):
            order.append(texts[0])

    assert order == [first, second, first, second]


def test_the_same_seed_gives_the_same_film(tmp_path):
    films = [
        write_clip(
            tmp_path / f"{name}.y4m", PAYLOADS[0], seconds_in_view=0.2, seconds_blank=0.1, seed=seed
        ).read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]

    assert films[0] == films[1] != films[2]


def test_an_mjpeg_film_holds_thirty_pictures_a_second(tmp_path):
    path = write_clip(tmp_path / "clip.mjpeg", PAYLOADS[0], seconds_in_view=1, seconds_blank=0.5)
    film = path.read_bytes()

    assert film.count(b"\xff\xd8\xff") == 60
    assert len(film) < 15_000_000


def test_a_usual_clip_is_made_quickly(tmp_path):
    started = time.process_time()
    write_clip(tmp_path / "clip.y4m", PAYLOADS[0])

    assert time.process_time() - started < 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_photo_reads(payload):
    with Image.open(io.BytesIO(photo(payload))) as picture:
        assert picture.format == "JPEG"
        assert read(picture.convert("L")) == [payload]
