"""The SOP files an office runs on: those of the product, then those in its instance folder."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.sop import Sop, SopError
from app.domain.sop_toml import parse_sop

BUNDLED = Path(__file__).parent / "sop"


class SopFileError(ValueError):
    """An SOP file that stops the start; the message names file, key and what is wrong."""


@dataclass(frozen=True)
class SopFile:
    """One SOP file, read and checked."""

    path: Path
    body: str
    sop: Sop


def read_sop_files(instance: Path) -> list[SopFile]:
    """Every SOP file; one of the instance replaces the bundled one of the same code."""
    files: dict[str, SopFile] = {}
    for folder in (BUNDLED, instance / "sop"):
        for path in sorted(folder.glob("*.toml")):
            file = _read(path)
            files.pop(file.sop.code, None)
            files[file.sop.code] = file
    return list(files.values())


def sop_in_force(files: list[SopFile], code: str) -> SopFile:
    """The SOP for new visits: the one of that code, else the last read (the office's own)."""
    if not code:
        return files[-1]
    for file in files:
        if file.sop.code == code:
            return file
    known = ", ".join(file.sop.code for file in files)
    raise SopFileError(f"TAMU_SOP={code!r}: tidak ada SOP berkode itu; yang ada: {known}")


def _read(path: Path) -> SopFile:
    try:
        body = path.read_text(encoding="utf-8-sig")  # Notepad writes a mark first
        return SopFile(path, body, parse_sop(body))
    except (SopError, UnicodeDecodeError) as error:
        raise SopFileError(f"Berkas SOP {path} tidak dapat dipakai. {error}") from error
