"""What a check answers: how something stands, in words, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


class Subject(StrEnum):
    """What is looked at; programs know it by its value, people by its words (the command)."""

    PYTHON = "python"
    SETTINGS = "settings"
    FRONT_END = "front_end"
    INSTANCE = "instance"
    DISK = "disk"
    BACKUP_DISK = "backup_disk"
    DATABASE = "database"
    SCHEMA = "schema"
    WRITING = "writing"
    CLOCK = "clock"
    TIME_ZONE = "time_zone"
    PORTS = "ports"
    CERTIFICATE = "certificate"
    TRUST = "trust"
    CAMERA = "camera"
    PUBLIC_URL = "public_url"
    BADGES = "badges"
    BACKUP = "backup"
    BACKUP_COPY = "backup_copy"


@dataclass(frozen=True)
class Finding:
    """How one subject stands; the advice is empty only when all is well."""

    subject: Subject
    state: State
    said: str
    advice: str = ""


def ok(subject: Subject, said: str) -> Finding:
    """Nothing has to be done."""
    return Finding(subject, State.OK, said)


def warn(subject: Subject, said: str, advice: str) -> Finding:
    """The office works, and something should be done."""
    return Finding(subject, State.WARN, said, advice)


def fault(subject: Subject, said: str, advice: str) -> Finding:
    """Something has to be done now."""
    return Finding(subject, State.FAULT, said, advice)
