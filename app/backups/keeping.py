"""Which backups to keep: the newest of each of the last 7 days, 4 weeks and 12 months.

Counted are days, weeks and months that have a backup, never the clock: a clock set wrong for an
hour lets nothing go, and an office that was closed finds what it had.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS, DAY = 7, "%Y-%m-%d"
WEEKS, WEEK = 4, "%G-%V"
MONTHS, MONTH = 12, "%Y-%m"


class Made(NamedTuple):
    """A backup as far as keeping it goes, the number telling those made at one instant apart."""

    at: datetime
    number: int
    why: str


def kept(made: Iterable[Made], zone: ZoneInfo) -> set[Made]:
    """Those to keep, by the office's own calendar.

    On each of the last seven days the first and the last of each kind: tonight's daily backup does
    not push out the one made before a migration, nor does that of its second attempt.
    """
    newest_first = sorted(made, reverse=True)
    last_days = {_period(one, zone, DAY) for one in _first(newest_first, zone, DAY)[:DAYS]}
    recent = [one for one in newest_first if _period(one, zone, DAY) in last_days]
    found = {
        *_first(newest_first, zone, WEEK)[:WEEKS],
        *_first(newest_first, zone, MONTH)[:MONTHS],
    }
    for why in {one.why for one in recent}:
        of_a_kind = [one for one in recent if one.why == why]
        found.update(_first(of_a_kind, zone, DAY), _first(of_a_kind[::-1], zone, DAY))
    return found


def _first(made: Iterable[Made], zone: ZoneInfo, form: str) -> list[Made]:
    """The first of each period, in the order in which they come."""
    found: dict[str, Made] = {}
    for one in made:
        found.setdefault(_period(one, zone, form), one)
    return list(found.values())


def _period(one: Made, zone: ZoneInfo, form: str) -> str:
    return one.at.astimezone(zone).strftime(form)
