"""Eight clients scan at once: how long each waits, and whether what was answered is stored once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Reads

from app import create_app
from app.extensions import db
from app.models.scan import Scan
from app.models.visit import StepEvent
from benchmarks.clients import Sent, serve
from benchmarks.desks import running, sign_in
from benchmarks.figures import Effort, Figure, milliseconds, percentile
from tools.driving.guests import EVENTS, WAY

CLIENTS = 8


def measure(office: Path, *, effort: Effort) -> Iterator[Figure]:
    """Whole requests over HTTP; raises AssertionError when a scan is refused."""
    guests = effort.crowd_scans // len(WAY) // CLIENTS
    with running(office) as server:
        sessions = {name: browser.session for name, browser in sign_in(server).items()}
        instance = server.folder / "instance"
        before = _newest(instance)
        with ProcessPoolExecutor(CLIENTS, get_context("spawn")) as pool:
            work = [pool.submit(serve, server.port, sessions, client + 1, guests)
                    for client in range(CLIENTS)]  # fmt: skip
            sent = [one for done in work for one in done.result()]
        wrong = _wrong(instance, before, sent) + server.log.read_text("utf-8").count("locked")
    middle = median(one.seconds for one in sent)
    slow = percentile([one.seconds for one in sent], 0.99)
    detail = f"{milliseconds(slow)} ÷ {milliseconds(middle)}"
    name = f"p99 ÷ p50 of {len(sent)} scans by {CLIENTS} clients at once"
    yield Figure(name, slow / middle, 4, detail=detail)
    yield Figure("Of these lost, doubled or met by a locked database", wrong, 0, unit="scans")


def _newest(instance: Path) -> int:
    """The last scan before the crowd came."""
    app = create_app({"INSTANCE": instance})
    with app.app_context(), Reads(db.engine) as session:
        return session.scalar(select(func.max(Scan.id))) or 0


def _wrong(instance: Path, before: int, sent: list[Sent]) -> int:
    """How many scans or events are stored other than they were answered."""
    app = create_app({"INSTANCE": instance})
    with app.app_context(), Reads(db.engine) as session:
        rows = session.execute(select(Scan.nonce, Scan.outcome).where(Scan.id > before)).all()
        kinds = session.scalars(select(StepEvent.kind).where(StepEvent.scan_id > before)).all()
        stored, logged = Counter(map(tuple, rows)), Counter(kinds)
    answered = Counter((one.nonce, one.outcome) for one in sent)
    expected = Counter(kind for one in sent for kind in EVENTS[one.outcome])
    return _differing(stored, answered) + _differing(logged, expected)


def _differing(one: Counter, other: Counter) -> int:
    return (one - other).total() + (other - one).total()
