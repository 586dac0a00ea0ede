"""Bring the database's schema up to date, and tell whether it is."""

from functools import cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def upgrade_database(app: Flask) -> None:
    """Run the migrations that the database lacks."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))


def schema_is_current(app: Flask) -> bool:
    """Whether the database stands at the newest migration."""
    return stored_revision(app) == _newest_revision()


def is_ready(app: Flask) -> bool:
    """Whether the database answers, and stands at the newest migration."""
    try:
        return schema_is_current(app)
    except SQLAlchemyError:
        return False


def stored_revision(app: Flask) -> str | None:
    """The migration that the database stands at; None while it is empty."""
    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def _newest_revision() -> str:
    return known_revisions()[-1]


def known_revisions() -> list[str]:
    """Every migration that this version of the app knows, oldest first."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [script.revision for script in reversed(list(scripts))]
