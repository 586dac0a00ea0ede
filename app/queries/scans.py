"""The scans a person made last."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.badge import Badge
from app.models.office import SopVersion
from app.models.person import Person
from app.models.scan import Scan
from app.models.visit import Visit
from app.queries.sops import parsed

SHOWN = 10


@dataclass(frozen=True)
class PastScan:
    """One line of the list beneath the scanner."""

    scan: Scan
    badge_number: int | None
    step_number: int | None


def last_scans(session: Session, person_id: int) -> list[PastScan]:
    """A person's ten latest scans, newest first."""
    rows = session.execute(
        select(Scan, Badge.number, SopVersion.body)
        .outerjoin(Badge, Badge.id == Scan.badge_id)
        .outerjoin(Visit, Visit.id == Scan.visit_id)
        .outerjoin(SopVersion, SopVersion.id == Visit.sop_version_id)
        .where(Scan.actor_id == person_id)
        .order_by(Scan.id.desc())
        .limit(SHOWN)
    )
    return [PastScan(scan, number, _step_number(scan, body)) for scan, number, body in rows]


def last_scan_of_visit(session: Session, visit_id: int, person_id: int) -> Scan | None:
    """A person's latest scan of a visit."""
    return session.scalars(
        select(Scan)
        .where(Scan.visit_id == visit_id, Scan.actor_id == person_id)
        .order_by(Scan.id.desc())
        .limit(1)
    ).one_or_none()


def _step_number(scan: Scan, body: str | None) -> int | None:
    if body is None or scan.acted_step_key is None:
        return None
    return parsed(body).step(scan.acted_step_key).number


def scans_of_visit(session: Session, visit_id: int) -> list[tuple[Scan, str]]:
    """The scans of a visit that moved nothing, with the name of who made them, oldest first."""
    rows = session.execute(
        select(Scan, Person.name)
        .join(Person, Person.id == Scan.actor_id)
        .where(Scan.visit_id == visit_id, Scan.outcome.in_(("needs", "repeated", "refused")))
        .order_by(Scan.id)
    )
    return [(scan, name) for scan, name in rows]
