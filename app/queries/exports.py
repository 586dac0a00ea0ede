"""The files that were handed out, newest first."""

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.period import Period
from app.models.export import Export
from app.models.visit import Visit
from app.queries.register import Filters

LISTED = 20


@dataclass(frozen=True)
class PastExport:
    """A file that was handed out; `visit_label` is the visit of a receipt."""

    export: Export
    filters: Filters
    visit_label: str | None


def latest_exports(session: Session, limit: int = LISTED) -> list[PastExport]:
    """The last files, each with what was asked of its visits."""
    rows = session.execute(
        select(Export, Visit)
        .outerjoin(Visit, Visit.id == Export.visit_id)
        .order_by(Export.at.desc(), Export.id.desc())
        .limit(limit)
    )
    return [PastExport(export, _filters(export), _label(visit)) for export, visit in rows]


def _label(visit: Visit | None) -> str | None:
    return f"{visit.number}/{visit.year}" if visit else None


def _filters(export: Export) -> Filters:
    codes = json.loads(export.filters)
    period = None
    if export.first_on is not None and export.last_on is not None:
        period = Period(export.first_on, export.last_on)
    return Filters(period=period, **codes)
