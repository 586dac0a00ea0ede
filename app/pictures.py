"""Pictures that somebody sends: what may go wrong with one, and bounds on what it may cost us."""

import re
import struct
import threading

UNREADABLE = (
    EOFError,
    MemoryError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)  # all that Pillow raises for a picture made to break it (fuzzed)
MOST_SCANS = 100  # a progressive JPEG has ten or so; each costs the time of the whole picture
MARKER = re.compile(rb"\xff+([^\x00\x01\xd0-\xd8\xff])")  # those with a length behind them
SCAN, END = b"\xda", b"\xd9"

few_at_once = threading.BoundedSemaphore(2)  # decoding one may take 250 MB


def has_too_many_scans(data: bytes) -> bool:
    """Whether a JPEG is made to be decoded for hours: a scan needs no more than eleven bytes."""
    scans, place = 0, 0
    while (marker := MARKER.search(data, place)) is not None and marker[1] != END:
        scans += marker[1] == SCAN
        if scans > MOST_SCANS:
            return True
        length = int.from_bytes(data[marker.end() : marker.end() + 2], "big")
        place = marker.end() + max(length, 2)
    return False
