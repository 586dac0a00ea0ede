"""Jinja filters and globals: times, durations, numbers as Indonesian readers know them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask

from app import phrases
from app.domain.nip import show_nip
from app.domain.period import Period
from app.domain.phone import mask_phone, show_phone
from app.own_office import timezone

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
        full_day,
        period_words,
        minutes,
        words,
        seconds,
        badge,
        phone,
        masked,
        thousands,
        percent,
        round_words,
        file_size,
        ago,
    ):
        app.add_template_filter(filter_)
    app.add_template_filter(clock, "hhmm")
    app.add_template_filter(phrases.note, "note")
    app.add_template_filter(show_nip, "nip")
    app.jinja_env.globals["phrases"] = phrases


def zone() -> ZoneInfo:
    """The office's time zone."""
    return ZoneInfo(timezone() or DEFAULT_ZONE)


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


def full_day(at: datetime | date) -> str:
    """As in 24 November 2026."""
    return format_date(_date(at), "d MMMM y", locale=LOCALE)


def weekday(at: datetime | date) -> str:
    """As in Selasa."""
    return format_date(_date(at), "EEEE", locale=LOCALE)


def short_weekday(at: datetime | date) -> str:
    """As in Sel."""
    return format_date(_date(at), "EEE", locale=LOCALE)


def month_name(at: datetime | date) -> str:
    """As in Nov."""
    return format_date(_date(at), "MMM", locale=LOCALE)


def period_words(period: Period) -> str:
    """As in November 2026, 24 November 2026, 1–24 November 2026, 28 Oktober – 3 November 2026."""
    first, last = period.first, period.last
    if period.is_month:
        return format_date(first, "MMMM y", locale=LOCALE)
    if period.is_day:
        return full_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{full_day(last)}"
    if first.year == last.year:
        return f"{format_date(first, 'd MMMM', locale=LOCALE)} – {full_day(last)}"
    return f"{full_day(first)} – {full_day(last)}"


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


def ranges(numbers: Sequence[int]) -> str:
    """Badge numbers in ascending order, runs drawn together: "001–012, 015"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        badge(run[0]) if len(run) == 1 else f"{badge(run[0])}–{badge(run[-1])}" for run in runs
    )


def phone(number: str | None) -> str:
    """As in 0812-3456-7890."""
    return show_phone(number) if number else "–"


def masked(number: str | None) -> str:
    """As in 0812••••678."""
    return mask_phone(number) if number else "–"


def thousands(number: int) -> str:
    """As in 1.700."""
    return f"{number:,}".replace(",", ".")


def percent(share: float | None) -> str:
    """As in 92,4 %; all and nothing are said only where they are true, never by rounding."""
    if share is None:
        return "–"
    tenths = floor(share * 1000 + 0.5)
    if 0 < share < 1:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10},{tenths % 10}\u00a0%"


def file_size(size: int) -> str:
    """As in 240 KB, 1,2 MB or 3,4 GB."""
    for limit, unit in ((10**9, "GB"), (10**6, "MB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}".replace(".", ",")
    return f"{-(-size // 1000)} KB"


def ago(duration: timedelta) -> str:
    """As in 5 menit lalu, 8 jam lalu, 3 hari lalu."""
    whole = int(duration.total_seconds())
    for length, unit, least in ((86400, "hari", 2), (3600, "jam", 1), (60, "menit", 1)):
        if whole >= least * length:
            return f"{whole // length} {unit} lalu"
    return "baru saja"


def _date(at: datetime | date) -> date:
    return local(at).date() if isinstance(at, datetime) else at
