"""Backs up the office as it is set up: makes the backup, and lets go of those no longer kept."""

import logging
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask

from app.backups.keeping import Made, kept
from app.backups.making import Outcome, make_backup
from app.backups.places import Places, places_of
from app.backups.shelf import Backup, Why, backups_in, manifest_path
from app.extensions import db
from app.formatting import DEFAULT_ZONE
from app.queries.office import timezone_of

logger = logging.getLogger(__name__)


def back_up(
    app: Flask, *, why: Why, at: datetime, seals: bool | None = None, wait_s: float = 0
) -> Outcome:
    """Make a backup in each place; raises CannotBackUp when not even the first could be made."""
    places = places_of(app)
    seals = places.is_sealed if seals is None else seals
    outcome = make_backup(places, why=why, at=at, seals=seals, wait_s=wait_s)
    try:
        let_old_ones_go(places, zone_of(app))
    except OSError as error:
        logger.error("old backups could not be removed: %s", error)  # noqa: TRY400  no trace needed
    return outcome


def back_up_and_log(app: Flask, *, why: Why, at: datetime, wait_s: float = 0) -> Outcome:
    """The same where nobody may be at a terminal: a missing second place goes to the log."""
    outcome = back_up(app, why=why, at=at, wait_s=wait_s)
    if outcome.problem:
        logger.error("the second place has no copy: %s", outcome.problem)
    return outcome


def zone_of(app: Flask) -> ZoneInfo:
    """The office's time zone, outside of a request."""
    with app.app_context():
        return ZoneInfo(timezone_of(db.session()) or DEFAULT_ZONE)


def let_old_ones_go(places: Places, zone: ZoneInfo) -> None:
    """Remove what need not be kept; in the second place only what is this office's."""
    _let_go(backups_in(places.own), zone)
    if places.second is not None:
        _let_go(backups_in(places.second, places.origin), zone)


def _let_go(backups: list[Backup], zone: ZoneInfo) -> None:
    by_made = {Made(it.manifest.made_at, it.number, it.manifest.why): it.file for it in backups}
    for made in by_made.keys() - kept(by_made, zone):
        _remove(by_made[made])


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    manifest_path(file).unlink(missing_ok=True)
