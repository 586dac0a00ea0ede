"""All that an office's database says, read in one go."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.events import EventKind
from app.domain.progress import Progress, fold
from app.extensions import db
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.scan import Scan
from app.models.visit import StepEvent, StepTime, Visit, VisitText
from app.queries.visit_rows import event_of
from app.queries.visits import VisitView, open_visits


@dataclass(frozen=True)
class OnRecord:
    """The rows of every table that the log is about; `words` counts what was written down."""

    visits: dict[int, Visit]
    logs: dict[int, list[StepEvent]]
    scans: dict[int, Scan]
    badges: list[Badge]
    loans: list[Loan]
    moves: dict[int, list[BadgeEvent]]
    words: int
    inside: list[VisitView]
    codes: list[BadgeCode]
    times: dict[int, dict[tuple[str, int], tuple[str, int | None]]]

    @cached_property
    def progress(self) -> dict[int, Progress]:
        """How far each visit has come by its log."""
        return {visit_id: fold(map(event_of, log)) for visit_id, log in self.logs.items()}

    @property
    def events(self) -> int:
        return sum(len(log) for log in self.logs.values())

    @cached_property
    def ended(self) -> set[int]:
        """Visits whose log has an end that was not taken back."""
        return {
            visit_id
            for visit_id, log in self.logs.items()
            if any(row.kind == EventKind.CLOSED for row in counted(log))
        }

    @property
    def awaiting_print(self) -> set[int]:
        """Badges whose live code is not on paper, though an earlier one is dead."""
        dead = {code.badge_id for code in self.codes if code.revoked_at is not None}
        return {
            code.badge_id
            for code in self.codes
            if code.badge_id in dead and code.revoked_at is None and code.printed_at is None
        }

    def numbers(self, *states: str) -> list[int]:
        """The numbers of the badges that are there."""
        return [badge.number for badge in self.badges if badge.state in states]


def counted(log: list[StepEvent]) -> list[StepEvent]:
    """The events that were not undone."""
    undone = {row.undoes for row in log}
    return [row for row in log if row.seq not in undone]


def read_record() -> OnRecord:
    logs, moves, times = defaultdict(list), defaultdict(list), defaultdict(dict)
    with Session(db.engine) as session:
        for row in session.scalars(select(StepEvent).order_by(StepEvent.seq)):
            logs[row.visit_id].append(row)
        for move in session.scalars(select(BadgeEvent).order_by(BadgeEvent.seq)):
            moves[move.badge_id].append(move)
        for time in session.scalars(select(StepTime)):
            times[time.visit_id][time.step_key, time.round] = (time.standing, time.elapsed_s)
        return OnRecord(
            visits={visit.id: visit for visit in session.scalars(select(Visit))},
            logs=logs,
            scans={scan.id: scan for scan in session.scalars(select(Scan))},
            badges=list(session.scalars(select(Badge))),
            loans=list(session.scalars(select(Loan))),
            moves=moves,
            words=session.scalar(select(func.count()).select_from(VisitText)) or 0,
            inside=open_visits(session),
            codes=list(session.scalars(select(BadgeCode))),
            times=times,
        )
