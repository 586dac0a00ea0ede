"""The backup before a migration: without it the schema of an office at work is not touched."""

from flask import Flask

from app.backups.backing_up import back_up_and_log
from app.backups.making import Outcome
from app.backups.places import CannotBackUp, NoFile
from app.backups.shelf import Why
from app.clock import now
from app.extensions import db
from app.models.migrate import known_revisions, stored_revision
from app.queries.people import has_accounts

WAIT_S = 60  # for a daily backup that is just being made


def back_up_before_migration(app: Flask) -> Outcome | None:
    """Back up a database that has been set up and whose schema is older than the app's."""
    if not _would_lose_something(app):
        return None
    try:
        with app.app_context():
            at = now()
        return back_up_and_log(app, why=Why.BEFORE_MIGRATION, at=at, wait_s=WAIT_S)
    except NoFile:
        return None
    except CannotBackUp as error:
        raise CannotBackUp(
            f"Basis data perlu diperbarui, tetapi belum dapat dicadangkan. {error} Basis data "
            "tidak diubah."
        ) from error


def _would_lose_something(app: Flask) -> bool:
    if stored_revision(app) not in known_revisions()[:-1]:
        return False
    with app.app_context():
        return has_accounts(db.session())
