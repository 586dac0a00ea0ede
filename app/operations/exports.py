"""Record who takes personal data out of the app, before it leaves (UU 27/2022)."""

import json
from dataclasses import fields
from datetime import datetime

from app.domain.sop import Sop
from app.models.export import Export
from app.operations.log import Authorship, add_text
from app.operations.officer import Officer
from app.operations.transaction import write
from app.queries.register import Filters
from app.queries.visits import NO_VISUM, view_by_label


def record_export(
    document: str,
    file_format: str,
    *,
    filters: Filters,
    row_count: int,
    officer: Officer,
    sop: Sop,
    at: datetime,
    visit_id: int | None = None,
) -> int:
    """Write down what is about to be handed out, and to whom; its id.

    Codes and dates are kept, never a guest's words.
    """
    period = filters.period
    with write() as session:
        export = Export(
            at=at,
            actor_id=officer.person_id,
            actor_name=officer.name,
            actor_post=officer.post_in(sop),
            document=document,
            format=file_format,
            first_on=period.first if period else None,
            last_on=period.last if period else None,
            filters=_codes(filters),
            visit_id=visit_id,
            row_count=row_count,
        )
        session.add(export)
        session.flush()
        return export.id


def note_visum(label: str, *, is_stamped: bool = True, officer: Officer, at: datetime) -> None:
    """Note that a guest's travel order (SPPD) was signed and stamped here, or take that back.

    Once is enough; each note stays on record.
    """
    with write() as session:
        view = view_by_label(session, label)
        assert view is not None, "the receipt is of a visit"
        if is_stamped != (view.visum is not None):
            by = Authorship(officer, officer.role_in(view.sop), officer.post_in(view.sop), at)
            words = "Ditandatangani & dicap" if is_stamped else NO_VISUM
            add_text(session, view.visit.id, "visum", words, by)


def _codes(filters: Filters) -> str:
    """The filters that are set, as JSON; the period has columns of its own."""
    names = [field.name for field in fields(filters) if field.name != "period"]
    codes = {name: getattr(filters, name) for name in names}
    return json.dumps({name: code for name, code in codes.items() if code is not None})
