"""A backup a day by itself: a thread of the server's worker looks every ten minutes."""

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask

from app.backups.backing_up import back_up_and_log
from app.backups.making import Outcome
from app.backups.places import Busy, CannotBackUp, NoFile, places_of
from app.backups.shelf import Why, last_good
from app.backups.standing import is_late
from app.clock import now

LOOK_EVERY_S = 600
DUE_AFTER = timedelta(hours=23)  # so that the last one is never older than a day while it works

logger = logging.getLogger(__name__)


def start_daily_backups(app: Flask) -> None:
    """Look after the backups for as long as the process lives; it does not wait for the thread."""
    threading.Thread(target=_keep_looking, args=(app,), name="daily-backup", daemon=True).start()


def back_up_if_due(app: Flask, at: datetime) -> Outcome | None:
    """Make the daily backup unless the last good one is young enough, or one is being made."""
    try:
        if is_late(last_good(places_of(app).own, at), at, DUE_AFTER):
            return back_up_and_log(app, why=Why.DAILY, at=at)
    except (Busy, NoFile):
        pass
    return None


def look(app: Flask) -> None:
    """Look once; whatever goes wrong is logged, since the next look must come all the same."""
    try:
        with app.app_context():
            at = now()
        back_up_if_due(app, at)
    except CannotBackUp as error:
        logger.error("no backup was made: %s", error)  # noqa: TRY400  its text says it all
    except Exception:
        logger.exception("no backup was made")


def _keep_looking(app: Flask) -> None:
    pause = threading.Event()
    while True:
        look(app)
        pause.wait(LOOK_EVERY_S)
