"""Encryption of a backup: AES-256-GCM a mebibyte at a time, so that any change of it is noticed.

A file has a key of its own, derived from the office's backup key and a random id in its header; the
nonce is the number of the chunk and whether it is the last. Hence no chunk can be cut off, added,
moved or taken from another file.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TAMUSEAL"
VERSION = 1
KEY_BYTES = 32
CHUNK = 2**20
TAG = 16
COUNTER_BYTES = 11
HEADER = Struct(">8sB8s16s")

Write = Callable[[bytes], object]


class BrokenSeal(Exception):
    """The file is not whole, not of this version, or not what was sealed."""


class OtherKey(Exception):
    """The file was sealed with another key."""


class Header(NamedTuple):
    """The beginning of a sealed file: which key opens it, and its own id."""

    magic: bytes
    version: int
    key_mark: bytes
    file_id: bytes


def key_mark(key: bytes) -> bytes:
    """What tells one key from another without telling anything of either."""
    return _derive(key, b"", b"tamu backup: which key", 8)


def is_sealed(path: Path) -> bool:
    """Whether a file begins like a sealed backup."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def is_sealed_with(path: Path, key: bytes) -> bool:
    """Whether this is the key of a sealed backup."""
    with path.open("rb") as file:
        return _read_header(file.read(HEADER.size)).key_mark == key_mark(key)


def seal(source: BinaryIO, write: Write, key: bytes) -> None:
    """Encrypt everything that the source holds."""
    header = HEADER.pack(MAGIC, VERSION, key_mark(key), os.urandom(16))
    cipher = _cipher(key, header)
    write(header)
    for nonce, chunk in _numbered(source, CHUNK):
        write(cipher.encrypt(nonce, chunk, header))


def unseal(source: BinaryIO, write: Write, key: bytes) -> None:
    """Decrypt a whole sealed file; raises BrokenSeal or OtherKey.

    What was written before that is as it was sealed, but not all of it: throw it away.
    """
    packed = source.read(HEADER.size)
    if _read_header(packed).key_mark != key_mark(key):
        raise OtherKey
    cipher = _cipher(key, packed)
    for nonce, chunk in _numbered(source, CHUNK + TAG):
        try:
            write(cipher.decrypt(nonce, chunk, packed))
        except InvalidTag as error:
            raise BrokenSeal from error


def _read_header(packed: bytes) -> Header:
    if len(packed) < HEADER.size:
        raise BrokenSeal
    header = Header(*HEADER.unpack(packed))
    if (header.magic, header.version) != (MAGIC, VERSION):
        raise BrokenSeal
    return header


def _cipher(key: bytes, packed: bytes) -> AESGCM:
    file_id = _read_header(packed).file_id
    return AESGCM(_derive(key, file_id, b"tamu backup: one file", KEY_BYTES))


def _derive(key: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, purpose).derive(key)


def _numbered(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The source's chunks, each with its nonce; an empty source is one empty chunk."""
    number, chunk, following = 0, source.read(size), source.read(size)
    while following:
        yield _nonce(number, is_last=False), chunk
        number, chunk, following = number + 1, following, source.read(size)
    yield _nonce(number, is_last=True), chunk


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])
