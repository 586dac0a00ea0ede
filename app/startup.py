"""What every start does before the first request: the schema, the SOPs, derived columns."""

from flask import Flask

from app.backups.before_migration import back_up_before_migration
from app.clock import now
from app.models.migrate import upgrade_database
from app.operations.projecting import project_what_is_missing
from app.operations.sops import store_sops


def prepare_database(app: Flask) -> None:
    """Bring the schema up to date, store the SOP texts that are new, fill what is derived.

    Raises CannotBackUp, and changes nothing, when a database at work has to be migrated and
    cannot be backed up first.
    """
    back_up_before_migration(app)
    upgrade_database(app)
    store_office_sops(app)
    with app.app_context():
        project_what_is_missing()


def store_office_sops(app: Flask) -> None:
    """Store each version of the office's SOPs once (visits keep theirs)."""
    with app.app_context():
        store_sops(app.config["SOP_BODIES"], at=now())
