"""What the database holds afterwards, compared with what the devices were told."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Reads

from app import create_app
from app.extensions import db
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit
from app.operations.log import projection
from app.queries.visits import view_by_id
from tools.driving.guests import EVENTS
from tools.soak.phone import Sent


def differences(instance: Path, before: int, scans: Sequence[Sent], guests: int) -> list[str]:
    """A sentence for each thing that is not as it was told; nothing when all is well.

    `before` is the last scan from before the devices came, `guests` how many they led.
    """
    app = create_app({"INSTANCE": instance})
    with app.app_context(), Reads(db.engine) as session:
        found = [
            *_lost_or_doubled(session, before, scans),
            *_wrong_events(session, before),
            *_wrong_visits(session, guests),
        ]
    with app.app_context():
        db.engine.dispose()
    return found


def newest_scan(instance: Path) -> int:
    """The last scan that is stored."""
    app = create_app({"INSTANCE": instance})
    with app.app_context(), Reads(db.engine) as session:
        newest = session.scalar(select(func.max(Scan.id))) or 0
    with app.app_context():
        db.engine.dispose()
    return newest


def _lost_or_doubled(session: Reads, before: int, scans: Sequence[Sent]) -> list[str]:
    rows = session.execute(select(Scan.nonce, Scan.outcome).where(Scan.id > before)).all()
    stored = Counter((nonce, outcome) for nonce, outcome in rows)
    told = Counter((scan.fields["nonce"], scan.answer) for scan in scans)
    lost = [f"told {what} and not stored" for what in (told - stored).elements()]
    return lost + [f"stored {what} and not told" for what in (stored - told).elements()]


def _wrong_events(session: Reads, before: int) -> list[str]:
    """Each scan that moved a visit has left its events, once."""
    outcomes = session.scalars(select(Scan.outcome).where(Scan.id > before)).all()
    kinds = Counter(session.scalars(select(StepEvent.kind).where(StepEvent.scan_id > before)))
    expected = Counter(kind for outcome in outcomes for kind in EVENTS.get(outcome, ()))
    return [f"{kinds[kind]} × {kind}, not {n}" for kind, n in expected.items() if kinds[kind] != n]


def _wrong_visits(session: Reads, guests: int) -> list[str]:
    """Each guest has one visit, led to its end, and its columns are its folded log."""
    visits = session.scalars(select(Visit)).all()
    wrong = [] if len(visits) == guests else [f"{len(visits)} visits of {guests} guests"]
    for visit in visits:
        view = view_by_id(session, visit.id)
        columns = projection(view.sop, view.progress)
        stored = {name: getattr(visit, name) for name in columns}
        if stored != columns or visit.outcome != "completed":
            wrong.append(f"visit {view.label}: {stored}, folded {columns}")
    return wrong
