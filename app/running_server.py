"""What the server that holds an instance folder wrote of itself, and whether it still holds it."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

SERVER_LOCK = "server.lock"
NOTE = "server.json"
NOTED_SETTINGS = ("TAMU_PUBLIC_URL", "TAMU_DOMAIN", "TAMU_BACKUP_FOLDER")  # none is a secret


@dataclass(frozen=True)
class RunningServer:
    """Where a server is reached on its own machine, what it listens on, and with which settings."""

    address: str
    host: str
    port: int
    lan: bool
    pid: int
    settings: Mapping[str, str]
    plain_port: int = 0  # of the door that leads plain HTTP to it; 0 when there is none


def note_server(folder: Path, server: RunningServer) -> None:
    """Leave a note for whoever finds the folder held."""
    (folder / NOTE).write_text(json.dumps(asdict(server), indent=1) + "\n", encoding="utf-8")


def forget_server(folder: Path) -> None:
    """Take the note away, once the server has stopped."""
    (folder / NOTE).unlink(missing_ok=True)


def noted_server(folder: Path) -> RunningServer | None:
    """The note in a folder; None when there is none, or none that can be understood.

    A server that was killed leaves its note behind: it counts only while the folder is held.
    """
    try:
        facts = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return RunningServer(
            address=str(facts["address"]),
            host=str(facts["host"]),
            port=int(facts["port"]),
            lan=bool(facts["lan"]),
            pid=int(facts["pid"]),
            settings={str(name): str(text) for name, text in dict(facts["settings"]).items()},
            plain_port=int(facts.get("plain_port", 0)),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def noted_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those settings that explain where the office is reached and backed up."""
    return {name: environ[name] for name in NOTED_SETTINGS if name in environ}


def is_held(folder: Path) -> bool:
    """Whether a server holds the folder; its lock is looked at without changing the file."""
    try:
        descriptor = os.open(folder / SERVER_LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        _try_lock(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # gone again with its descriptor
