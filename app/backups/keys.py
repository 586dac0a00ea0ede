"""The office's keys as files and as text for the safe; no backup ever holds one."""

import codecs
import re
import secrets
from pathlib import Path

from app.backups.files import sweep, write_whole
from app.backups.places import CannotBackUp
from app.backups.sealing import KEY_BYTES

SECRET_KEY = "secret-key"  # noqa: S105  a file's name
BACKUP_KEY = "backup-key"
EXPORTED = re.compile(rf"^{BACKUP_KEY}:(.*)$", re.MULTILINE)
EXPORTED_SECRET = re.compile(rf"^{SECRET_KEY}: *([0-9a-fA-F]{{64}})\s*$", re.MULTILINE)
KEY_OWNER = "key"
GROUP = 4  # letters, so that a key can be read out and typed


class BadKey(Exception):
    """The text is no key; what it says is for the person who gave it."""


def backup_key(instance: Path) -> bytes | None:
    """The key that seals this office's backups; None until one was needed."""
    try:
        text = (instance / BACKUP_KEY).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None
    return read_key(text)


def own_backup_key(instance: Path) -> bytes:
    """The office's backup key, made once; on the disk before anything is sealed with it."""
    try:
        known = backup_key(instance)
    except BadKey as error:
        raise CannotBackUp(f"Berkas {instance / BACKUP_KEY} rusak: {error}") from error
    if known is None:
        sweep(instance, KEY_OWNER)
        known = secrets.token_bytes(KEY_BYTES)
        keep_backup_key(instance, known)
    return known


def keep_backup_key(instance: Path, key: bytes) -> None:
    """Store the backup key, readable by the owner alone."""
    write_whole(instance / BACKUP_KEY, key.hex().encode("ascii"), KEY_OWNER)


def read_key(text: str) -> bytes:
    """The backup key in a text: alone, or as `tamu key export` prints it. Raises BadKey."""
    exported = EXPORTED.search(text)
    letters = re.sub(r"[\s-]", "", exported[1] if exported else text)
    if not re.fullmatch(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", letters):
        raise BadKey(
            f"Kunci cadangan terdiri atas {2 * KEY_BYTES} huruf 0–9 dan a–f, seperti dicetak oleh "
            "`tamu key export`."
        )
    return bytes.fromhex(letters)


def read_key_file(path: Path) -> bytes:
    """The backup key in a file; raises BadKey."""
    return read_key(_text_of(path))


def adopt_secret_key(instance: Path, path: Path) -> bool:
    """Store the office's secret key from what `tamu key export` printed, if there is none yet.

    Whether it was stored; a file without one is no error, one that cannot be read is (BadKey).
    """
    exported = EXPORTED_SECRET.search(_text_of(path))
    if exported is None or (instance / SECRET_KEY).exists():
        return False
    write_whole(instance / SECRET_KEY, exported[1].encode("ascii"), KEY_OWNER)
    return True


def _text_of(path: Path) -> str:
    """The text of a file, also of one that Windows wrote in its own way; raises BadKey."""
    try:
        data = path.read_bytes()
        is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKey(f"Berkas kunci {path} tidak dapat dibaca: {error}.") from error


def for_the_safe(instance: Path) -> str:
    """Both keys as text, a line each; what is not there has no line."""
    lines = []
    if (instance / SECRET_KEY).is_file():
        lines.append(f"{SECRET_KEY}: {(instance / SECRET_KEY).read_text(encoding='ascii').strip()}")
    key = backup_key(instance)
    if key is not None:
        letters = key.hex()
        groups = [letters[at : at + GROUP] for at in range(0, len(letters), GROUP)]
        lines.append(f"{BACKUP_KEY}: {' '.join(groups)}")
    return "\n".join(lines)
