"""Scans that were sent later and moved nothing: their person decides about each."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.models.badge import Badge
from app.models.dialect import as_indexed
from app.models.scan import Scan, ScanDecision
from app.queries.visits import VisitView, view_by_id


@dataclass(frozen=True)
class LateScan:
    """A queued scan that is still to be decided upon, and how its visit stands now."""

    scan: Scan
    badge_number: int | None
    view: VisitView | None


def undecided_count(session: Session, person_id: int) -> int:
    """How many of a person's queued scans are still to be decided upon."""
    statement = select(func.count()).select_from(Scan).where(*_is_undecided(person_id))
    return session.scalar(statement) or 0


def undecided(session: Session, person_id: int) -> list[LateScan]:
    """A person's queued scans that are still to be decided upon, in the order they were made."""
    rows = session.execute(
        select(Scan, Badge.number)
        .outerjoin(Badge, Badge.id == Scan.badge_id)
        .where(*_is_undecided(person_id))
        .order_by(Scan.id)
    )
    return [LateScan(scan, number, _view(session, scan)) for scan, number in rows]


def is_undecided(session: Session, person_id: int, scan_id: int) -> bool:
    """Whether a scan is one of those."""
    statement = select(Scan.id).where(*_is_undecided(person_id), Scan.id == scan_id)
    return session.scalar(statement) is not None


def _is_undecided(person_id: int) -> tuple[ColumnElement[bool], ...]:
    is_decided = exists().where(ScanDecision.scan_id == Scan.id)
    moved_nothing = Scan.outcome.in_(("refused", "needs"))
    return (
        as_indexed("scan.queued"),
        Scan.actor_id == person_id,
        moved_nothing,
        ~is_decided,
    )


def _view(session: Session, scan: Scan) -> VisitView | None:
    if scan.visit_id is None:
        return None
    return view_by_id(session, scan.visit_id)
