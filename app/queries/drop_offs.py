"""Titipan: documents that were dropped at the desk."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.dialect import as_indexed
from app.models.visit import Visit
from app.queries.visits import VisitView, views_by_id

_IS_DROP_OFF = as_indexed("visit.kind = 'drop_off'")


def latest_drop_offs(session: Session, limit: int) -> Sequence[VisitView]:
    """The newest ones first."""
    newest_first = (Visit.arrived_at.desc(), Visit.id.desc())
    ids = session.scalars(
        select(Visit.id).where(_IS_DROP_OFF).order_by(*newest_first).limit(limit)
    ).all()
    return list(views_by_id(session, ids).values())
