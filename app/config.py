"""Every setting: its default and what it means. Read from `TAMU_*` in the environment."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

DEMO_MARKER = "demo"  # a file in the instance folder: pages say that nothing in it is real
DOMAIN_NAME = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}")
QR_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]*")  # what a small QR symbol can hold


class SettingError(ValueError):
    """A setting that cannot be used; the message says which one and what it should be."""


@dataclass(frozen=True)
class Setting:
    """One setting: `TAMU_<name>` in the environment, `<name>` in the app's config."""

    name: str
    default: str
    parse: Callable[[str], object]
    meaning: str


def _public_url(text: str) -> str:
    address = text.rstrip("/")
    parts = urlsplit(address)
    is_complete = parts.scheme in {"http", "https"} and bool(parts.netloc)
    is_printable = QR_ALPHANUMERIC.fullmatch(address.upper()) is not None
    if address and (not is_complete or parts.path or parts.query or not is_printable):
        raise ValueError(
            "harus alamat seperti https://tamu.kantor.lan, tanpa bagian di belakangnya"
        )
    return address


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise ValueError("harus bilangan bulat di atas nol")
    return int(text)


def _domain(text: str) -> str:
    domain = text.strip().strip(".").lower()
    if domain and not DOMAIN_NAME.fullmatch(domain):
        raise ValueError("harus nama domain seperti dinas.go.id, tanpa https:// di depannya")
    return domain


def _addresses(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(str(ip_address(part)) for part in parts)
    except ValueError as error:
        raise ValueError("harus alamat IP, dipisah koma, misalnya 127.0.0.1") from error


def _flag(text: str) -> bool:
    if text.strip() not in {"", "0", "1"}:
        raise ValueError("harus 1 (ya) atau 0 (tidak)")
    return text.strip() == "1"


def _folder(text: str) -> Path | None:
    folder = Path(text.strip()).expanduser()
    if text.strip() and not folder.is_absolute():
        raise ValueError("harus alamat folder lengkap, misalnya /media/cadangan")
    return folder.resolve() if text.strip() else None


def _word(text: str) -> str:
    return text.strip()


SETTINGS = (
    Setting("PUBLIC_URL", "", _public_url, "Alamat yang dicetak pada QR tanda pengenal."),
    Setting("DOMAIN", "", _domain, "Domain kantor sendiri, untuk sertifikat tamu run --lan."),
    Setting(
        "TRUSTED_PROXY",
        "",
        _addresses,
        "Alamat IP proxy di depan server ini, dipisah koma.",
    ),
    Setting(
        "DATABASE_URL", "", _word, "Basis data lain; kosong berarti SQLite di folder instance."
    ),
    Setting("SOP", "", _word, "Kode SOP untuk kunjungan baru; kosong berarti dari instance/sop."),
    Setting("SESSION_HOURS", "12", _whole, "Lama sesi sejak masuk, dalam jam."),
    Setting("UPLOAD_MB", "12", _whole, "Ukuran terbesar foto yang dikirim, dalam megabita."),
    Setting("BUSY_MS", "10000", _whole, "Lama menunggu basis data yang terkunci, milidetik."),
    Setting("SCANS_PER_MINUTE", "1200", _whole, "Pindaian terbanyak per petugas per menit."),
    Setting("SILENT_S", "60", _whole, "Sambungan yang diam sekian detik ditutup (Linux)."),
    Setting(
        "STALLED_S", "20", _whole, "Sambungan yang kirimannya macet sekian detik ditutup (Linux)."
    ),
    Setting("BADGES_LOW", "3", _whole, "Ingatkan front desk bila kartu yang bebas tinggal sekian."),
    Setting("BACKUP_FOLDER", "", _folder, "Tempat kedua cadangan, misalnya drive USB."),
    Setting("BACKUP_SEALED", "0", _flag, "1: cadangan dienkripsi dengan instance/backup-key."),
)


def read_settings(environ: Mapping[str, str]) -> dict[str, object]:
    """All settings with their values; raises SettingError for a bad one."""
    values: dict[str, object] = {}
    for setting in SETTINGS:
        text = environ.get(f"TAMU_{setting.name}", setting.default)
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            raise SettingError(f"TAMU_{setting.name}={text!r}: {error}") from error
    return values


def instance_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the database and the keys live: `TAMU_INSTANCE`, else `instance` right here."""
    return Path(environ.get("TAMU_INSTANCE") or "instance").resolve()


def flask_config(settings: Mapping[str, object], instance: Path) -> dict[str, object]:
    """The settings as Flask and its extensions want them."""
    database = settings["DATABASE_URL"] or f"sqlite:///{instance / 'tamu.db'}"
    hours = settings["SESSION_HOURS"]
    assert isinstance(hours, int), "parsed as a whole number"
    upload = settings["UPLOAD_MB"]
    assert isinstance(upload, int), "parsed as a whole number"
    second = settings["BACKUP_FOLDER"]
    if isinstance(second, Path) and second.is_relative_to(instance):
        raise SettingError(f"TAMU_BACKUP_FOLDER={second}: harus di luar folder data {instance}")
    return {
        **settings,
        "INSTANCE": instance,
        "DEMO": (instance / DEMO_MARKER).is_file(),
        "SECRET_KEY": _secret_key(instance),
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 20,
            "max_overflow": 20,
            "pool_use_lifo": True,  # the connection used last has its pages and statements at hand
            "hide_parameters": True,  # an error's text holds nothing that was typed
        },
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=hours),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_COOKIE_NAME": "tamu_session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "MAX_CONTENT_LENGTH": upload * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "BABEL_DEFAULT_LOCALE": "id",
        "RATELIMIT_STORAGE_URI": "steady-memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "NOW": lambda: datetime.now(UTC),
    }


def _secret_key(instance: Path) -> str:
    """The key of sessions and digests, made once and readable by the owner alone."""
    path = instance / "secret-key"
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
