"""A printed badge before a poor camera is read by the server's decoder, nine times in ten."""

import io

import pytest
from PIL import Image

from app.badge_print.products import PRODUCTS
from app.badge_print.sheets import Imprint, face_of
from app.photo import PhotoError, read_photo
from app.queries.badges import PrintedBadge
from tests.support.clips import PIECES, one_piece
from tests.support.distortions import DISTORTIONS, frames

CODE, URL = "ABCDEFGHIJKLMNOP", "https://tamu.kantor.lan"
LONG_URL = "https://pelayanan-tamu.dinas-koperasi.kalimantan-barat.example"
COUNT, FEW = 30, 10


def read(frame):
    file = io.BytesIO()
    frame.save(file, "JPEG", quality=85)
    file.seek(0)
    try:
        return read_photo(file)
    except PhotoError:
        return None


@pytest.mark.parametrize("name", DISTORTIONS)
@pytest.mark.parametrize("one", PIECES, ids=lambda one: one.code)
def test_the_server_reads_nine_of_ten(one, name):
    piece = one_piece(one, CODE, URL)
    seen = [read(frame) for frame in frames(piece, DISTORTIONS[name], COUNT, seed=5)]
    assert set(seen) <= {f"{URL}/T/{CODE}".upper(), None}
    assert seen.count(None) <= COUNT // 10


def test_a_long_address_is_read_in_the_worst_of_them():
    densest = min(PIECES, key=lambda one: one.qr_side)
    piece = one_piece(densest, CODE, LONG_URL)
    seen = [read(frame) for frame in frames(piece, DISTORTIONS["all at once"], FEW, seed=5)]
    assert set(seen) <= {f"{LONG_URL}/T/{CODE}".upper(), None}
    assert seen.count(None) <= FEW // 10


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.code)
def test_each_product_is_cut_into_pieces_that_were_read(one):
    badge, imprint = PrintedBadge(12, CODE, "available"), Imprint("Dinas", URL)
    piece = face_of(badge, one, imprint)
    assert [face_of(badge, other, imprint) for other in PIECES].count(piece) == 1


def test_the_same_seed_gives_the_same_frames():
    piece = Image.new("L", (400, 250), 255)
    for distortion in DISTORTIONS.values():
        one, other = (list(frames(piece, distortion, 2, seed=1)) for _ in range(2))
        assert [frame.tobytes() for frame in one] == [frame.tobytes() for frame in other]
        assert {frame.size for frame in one} == {(640, 480)}
