"""Jinja filters and globals: times, durations, numbers as Indonesian readers know them."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, current_app, g, url_for

from app import phrases
from app.domain.phone import mask_phone, show_phone

LOCALE = "id"
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA",
              "Asia/Jayapura": "WIT"}  # fmt: skip
DEFAULT_ZONE = "Asia/Pontianak"


def init_app(app: Flask) -> None:
    """Give the templates their filters and globals."""
    for filter_ in (
        clock,
        clock_zone,
        day,
        long_day,
        minutes,
        words,
        seconds,
        badge,
        phone,
        masked,
    ):
        app.add_template_filter(filter_)
    app.add_template_filter(clock, "hhmm")
    app.add_template_filter(phrases.note, "note")
    app.add_template_global(asset)
    app.jinja_env.globals["phrases"] = phrases


def zone() -> ZoneInfo:
    """The office's time zone."""
    return ZoneInfo(g.get("timezone") or DEFAULT_ZONE)


def local(at: datetime) -> datetime:
    """The instant on the office's clock."""
    return at.astimezone(zone())


def clock(at: datetime | None) -> str:
    """As in 09.42."""
    return "–" if at is None else f"{local(at):%H.%M}"


def clock_zone(at: datetime) -> str:
    """As in 09.42 WIB."""
    return f"{clock(at)} {ZONE_NAMES.get(zone().key, '')}".rstrip()


def day(at: datetime | date) -> str:
    """As in 24 Nov 2026."""
    return format_date(_date(at), "d MMM y", locale=LOCALE)


def short_day(at: datetime | date) -> str:
    """As in Selasa, 24 Nov 2026."""
    return format_date(_date(at), "EEEE, d MMM y", locale=LOCALE)


def long_day(at: datetime | date) -> str:
    """As in Selasa, 24 November 2026."""
    return format_date(_date(at), "EEEE, d MMMM y", locale=LOCALE)


def minutes(duration: timedelta | None) -> str:
    """3:08, or 1:02:09 from an hour on."""
    if duration is None:
        return "–"
    total = int(duration.total_seconds())
    hours, rest = divmod(total, 3600)
    minute, second = divmod(rest, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def words(duration: timedelta | None) -> str:
    """As in 3 mnt 12 dtk."""
    if duration is None:
        return "tidak terukur"
    hours, rest = divmod(int(duration.total_seconds()), 3600)
    minute, second = divmod(rest, 60)
    if hours:
        return f"{hours} jam {minute} mnt"
    return f"{minute} mnt {second} dtk" if minute else f"{second} dtk"


def round_words(duration: timedelta) -> str:
    """As in 5 menit; a standard that is not whole minutes as in 2 mnt 30 dtk."""
    whole, rest = divmod(int(duration.total_seconds()), 60)
    return words(duration) if rest else f"{whole} menit"


def seconds(at: datetime) -> int:
    """Seconds since the epoch, for scripts."""
    return int(at.astimezone(UTC).timestamp())


def badge(number: int | None) -> str:
    """As in 012."""
    return "" if number is None else f"{number:03}"


def phone(number: str | None) -> str:
    """As in 0812-3456-7890."""
    return show_phone(number) if number else "–"


def masked(number: str | None) -> str:
    """As in 0812••••678."""
    return mask_phone(number) if number else "–"


def asset(path: str) -> str:
    """A static file's address with a digest of its content, so that caches never go stale."""
    folder = Path(current_app.static_folder or "")
    file = folder / path
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return url_for("static", filename=path)
    return url_for("static", filename=path, v=_digest(file, stamp))


@lru_cache(maxsize=256)
def _digest(file: Path, _stamp: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _date(at: datetime | date) -> date:
    return local(at).date() if isinstance(at, datetime) else at
