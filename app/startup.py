"""What every start does before the first request: the schema, and the SOPs of the office."""

from flask import Flask

from app.clock import now
from app.models.migrate import upgrade_database
from app.operations.sops import store_sops


def prepare_database(app: Flask) -> None:
    """Bring the schema up to date and store the SOP texts that are new."""
    upgrade_database(app)
    store_office_sops(app)


def store_office_sops(app: Flask) -> None:
    """Store each version of the office's SOPs once (visits keep theirs)."""
    with app.app_context():
        store_sops(app.config["SOP_BODIES"], at=now())
