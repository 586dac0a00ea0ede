"""A sealed file opens with its key, whole and unchanged, or not at all."""

import io
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backups import sealing
from app.backups.sealing import BrokenSeal, OtherKey, is_sealed, is_sealed_with, seal, unseal

KEY = bytes(range(32))
HEADER = sealing.HEADER.size
SMALL = 16  # bytes in a chunk, so that short files have many
SMALL_SEALED = SMALL + sealing.TAG


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target.write, key)
    return target.getvalue()


def opened(content: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    unseal(io.BytesIO(content), target.write, key)
    return target.getvalue()


@pytest.fixture(autouse=True, scope="module")
def small_chunks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "CHUNK", SMALL)
        yield


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20 + 5])
def test_what_was_sealed_comes_back(size, monkeypatch):
    monkeypatch.setattr(sealing, "CHUNK", 2**20)
    content = os.urandom(size)
    assert opened(sealed(content)) == content


@given(st.binary(max_size=100))
def test_any_content_comes_back_and_is_not_to_be_read(content):
    closed = sealed(content)
    assert opened(closed) == content
    assert len(content) < 8 or content not in closed[HEADER:]
    assert sealed(content) != closed, "the same content twice tells nobody so"


@given(st.binary(max_size=100), st.data())
def test_a_changed_bit_is_noticed_wherever_it_is(content, data):
    closed = bytearray(sealed(content))
    closed[data.draw(st.integers(0, len(closed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((BrokenSeal, OtherKey)):
        opened(bytes(closed))


@given(st.binary(max_size=100), st.data())
def test_a_file_that_was_cut_is_noticed(content, data):
    closed = sealed(content)
    with pytest.raises(BrokenSeal):
        opened(closed[: data.draw(st.integers(0, len(closed) - 1))])


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_file_that_was_cut_between_two_chunks_is_noticed(chunks):
    closed = sealed(bytes(4 * SMALL))
    with pytest.raises(BrokenSeal):
        opened(closed[: HEADER + chunks * SMALL_SEALED])


@given(st.binary(max_size=100), st.binary(min_size=1, max_size=50))
def test_what_was_added_at_the_end_is_noticed(content, more):
    with pytest.raises(BrokenSeal):
        opened(sealed(content) + more)


def chunks_of(closed: bytes) -> list[bytes]:
    body = closed[HEADER:]
    return [body[at : at + SMALL_SEALED] for at in range(0, len(body), SMALL_SEALED)]


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2), (0, 0, 1, 2), (2,), (0, 1, 1, 2), ()])
def test_chunks_that_changed_places_are_noticed(order):
    closed = sealed(bytes(3 * SMALL))
    parts = chunks_of(closed)
    with pytest.raises(BrokenSeal):
        opened(closed[:HEADER] + b"".join(parts[number] for number in order))


def test_a_chunk_of_another_file_of_the_same_key_is_noticed():
    one, other = sealed(bytes(3 * SMALL)), sealed(bytes(3 * SMALL))
    mixed = [chunks_of(one)[0], chunks_of(other)[1], chunks_of(one)[2]]
    with pytest.raises(BrokenSeal):
        opened(one[:HEADER] + b"".join(mixed))


def test_the_header_of_another_file_of_the_same_key_is_noticed():
    one, other = sealed(bytes(SMALL)), sealed(bytes(SMALL))
    with pytest.raises(BrokenSeal):
        opened(other[:HEADER] + one[HEADER:])


def test_another_key_is_told_apart_from_a_broken_file(tmp_path):
    with pytest.raises(OtherKey):
        opened(sealed(b"tamu"), key=bytes(32))
    path = tmp_path / "sealed"
    path.write_bytes(sealed(b"tamu"))
    assert (is_sealed_with(path, KEY), is_sealed_with(path, bytes(32))) == (True, False)


@pytest.mark.parametrize(
    "content", [b"", b"TAMUSEA", b"SQLite format 3\0", b"TAMUSEAL", b"TAMUSEAL\2" + bytes(60)]
)
def test_what_is_no_sealed_file_of_this_version_is_refused(content):
    with pytest.raises(BrokenSeal):
        opened(content)


def test_a_sealed_file_is_known_by_its_beginning(tmp_path):
    path = tmp_path / "file"
    for content, expected in [(sealed(b""), True), (b"SQLite format 3\0", False), (b"", False)]:
        path.write_bytes(content)
        assert is_sealed(path) is expected


class Zeros(io.RawIOBase):
    """So many bytes that only a flood would hold them all."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


def test_a_large_file_needs_no_more_memory_than_a_small_one(monkeypatch, tmp_path):
    monkeypatch.setattr(sealing, "CHUNK", 2**20)
    path = tmp_path / "sealed"
    tracemalloc.start()
    try:
        with path.open("wb") as target:
            seal(Zeros(64 * 2**20), target.write, KEY)
        with path.open("rb") as source:
            unseal(source, len, KEY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 64 * 2**20
    assert peak < 8 * 2**20
