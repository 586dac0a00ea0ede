"""Let go of a queued scan that moved nothing, with the reason why."""

from datetime import datetime
from enum import StrEnum

from app.models.scan import ScanDecision
from app.operations.officer import Officer
from app.operations.transaction import write
from app.queries.late_scans import is_undecided


class Verdict(StrEnum):
    """Why a queued scan is let go."""

    ELSEWHERE = "elsewhere"
    MISTAKEN = "mistaken"


class NothingToDecide(Exception):
    """The scan is not this person's, or has been decided upon already."""


def let_go(scan_id: int, verdict: Verdict, *, officer: Officer, at: datetime) -> None:
    """Store that a queued scan is not to be recorded; raises NothingToDecide."""
    with write() as session:
        if not is_undecided(session, officer.person_id, scan_id):
            raise NothingToDecide
        session.add(
            ScanDecision(
                scan_id=scan_id, decided_at=at, actor_id=officer.person_id, verdict=verdict
            )
        )
