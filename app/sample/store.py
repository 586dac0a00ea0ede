"""Fills a database with past visits in bulk, just as the operations would have written them."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from app.domain.hours import DayHours
from app.operations.transaction import refresh_screens, write
from app.queries.office import office, office_hours
from app.queries.sops import sop_of_version, version_id_of
from app.sample.history import Setting, past_visits, working_days
from app.sample.ledger import Ledger
from app.sample.scripts import Script
from app.sample.staff import read_staff

AT_ONCE = 500  # visits a transaction


def store_past_visits(
    visits: int,
    *,
    days: int,
    before: date,
    sop_sha256: str,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Add that many visits on so many working days, the last of them before a day.

    `progress` hears how many are stored, after each transaction. Badges that are free now are
    handed out; on a day that has too few of them, guests are sent away.
    """
    setting = read_setting(sop_sha256)
    calendar = working_days(setting.hours, before, days)
    stored = 0
    with _uncollected():
        for batch in _batches(past_visits(seed, setting, calendar, visits)):
            store_days(batch, setting=setting, seed=seed + stored)
            stored += sum(map(len, batch))
            if progress is not None:
                progress(stored)


def read_setting(sop_sha256: str) -> Setting:
    """The office as it is now: its people, destinations, hours and time zone."""
    with write() as session:
        own_office = office(session)
        assert own_office is not None, "the set-up comes before the first guest"
        version_id = version_id_of(session, sop_sha256)
        sop = sop_of_version(session, version_id)
        hours = {
            weekday: DayHours(row.opens_at, row.closes_at, row.break_from, row.break_until)
            for weekday, row in office_hours(session).items()
        }
        zone = ZoneInfo(own_office.timezone)
        return Setting(sop, version_id, read_staff(session, sop), hours, zone)


def store_days(days: Sequence[Sequence[Script]], *, setting: Setting, seed: int) -> None:
    """Write the visits of whole days, the earliest first, in one transaction."""
    with write() as session:
        ledger = Ledger(session, setting, Random(f"digests {seed}"))  # noqa: S311
        for scripts in days:
            ledger.add_day(scripts)
        ledger.store(session)
        refresh_screens(session)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles, a tenth of the time: rows are many and hold none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _batches(days: Iterator[list[Script]]) -> Iterator[list[list[Script]]]:
    batch: list[list[Script]] = []
    for scripts in days:
        batch.append(scripts)
        if sum(map(len, batch)) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
