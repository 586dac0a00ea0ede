"""Alembic's environment: the app's own engine and metadata."""

from alembic import context
from flask import current_app

from app.models import tables
from app.models.dialect import is_modelled

engine = current_app.extensions["migrate"].db.engine

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=tables.Base.metadata,
        transaction_per_migration=True,
        include_name=lambda name, kind, _parents: kind != "table" or is_modelled(name),
    )
    with context.begin_transaction():
        context.run_migrations()
