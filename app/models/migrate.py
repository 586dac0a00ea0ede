"""Bring the database's schema up to date, and tell whether it is."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from app.extensions import db

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def upgrade_database(app: Flask) -> None:
    """Run the migrations that the database lacks."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))


def schema_is_current(app: Flask) -> bool:
    """Whether the database stands at the newest migration."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
