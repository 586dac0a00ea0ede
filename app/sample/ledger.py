"""The rows that made-up visits are in the database, with the ids that they will have."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.events import EventKind
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.base import Base
from app.models.scan import Scan
from app.models.visit import StepEvent, StepTime, Visit, Visitor, VisitText
from app.operations.log import event_columns, projection
from app.operations.projecting import late_among, settled_times, step_time_columns
from app.sample.bulk import Bulk
from app.sample.history import Setting
from app.sample.playing import Performance, Played, play
from app.sample.scripts import Script
from app.sample.shelf import Card, given_badges

IN_ORDER = (Visit, Visitor, VisitText, Loan, Scan, StepEvent, StepTime, BadgeEvent)


@dataclass
class _Stay:
    """One visit while its rows are written."""

    performance: Performance
    visit_id: int
    card: Card | None
    loan: dict[str, Any] = field(default_factory=dict)
    texts: int = 0


class Ledger:
    """The rows of some days, table by table, with the ids that they will have."""

    def __init__(self, session: Session, setting: Setting, rng: Random) -> None:
        self.setting, self.rng = setting, rng
        self.rows: dict[type[Base], list[dict[str, Any]]] = {model: [] for model in IN_ORDER}
        self.visit_id = _highest(session, Visit.id)
        self.scan_id = _highest(session, Scan.id)
        self.loan_id = _highest(session, Loan.id)
        years = session.execute(select(Visit.year, func.max(Visit.number)).group_by(Visit.year))
        self.numbers: dict[int, int] = defaultdict(
            int, ((year, highest) for year, highest in years)
        )
        self.cards = _free_cards(session)

    def add_day(self, scripts: Sequence[Script]) -> None:
        """Write a day, in the order in which things happened in the office."""
        stays: list[_Stay] = []
        for script, card in given_badges(scripts, self.cards):
            performance = play(script, self.setting.sop, self.setting.staff)
            self.visit_id += 1
            stays.append(_Stay(performance, self.visit_id, card))
            self._write_visit(stays[-1])
        happened = ((played, stay) for stay in stays for played in stay.performance.played)
        for played, stay in sorted(happened, key=lambda pair: pair[0].at):
            self._write(played, stay)

    def store(self, session: Session) -> None:
        """Insert everything."""
        bulk = Bulk(session.connection())
        for model in IN_ORDER:
            table = model.__table__
            assert isinstance(table, Table)
            bulk.insert(table, self.rows[model])

    def _write_visit(self, stay: _Stay) -> None:
        script, progress = stay.performance.script, stay.performance.progress
        local = script.arrived_at.astimezone(self.setting.zone)
        self.numbers[local.year] += 1
        times = settled_times(self.setting.sop, progress)
        columns = {
            "id": stay.visit_id,
            "year": local.year,
            "number": self.numbers[local.year],
            "guest_kind": script.entry.guest_kind,
            "sop_version_id": self.setting.sop_version_id,
            "arrived_on": local.date(),
            "arrived_at": script.arrived_at,
            "arrived_hour": local.hour,
            "party_size": script.entry.party_size,
            "entry_nonce": script.entry_nonce,
            "late_steps": late_among(times),
        }
        self.rows[Visit].append(columns | projection(self.setting.sop, progress))
        self.rows[StepTime].extend(step_time_columns(stay.visit_id, time) for time in times)
        self._write_visitor(stay)

    def _write_visitor(self, stay: _Stay) -> None:
        leader = stay.performance.script.entry.leader
        self.rows[Visitor].append(leader | {"visit_id": stay.visit_id})

    def _write(self, played: Played, stay: _Stay) -> None:
        if played.move is not None:
            self._write_scan(played, stay)
        self._write_texts(played, stay)
        scan_id = None if played.move is None else self.scan_id
        for event in played.events:
            columns = event_columns(stay.visit_id, event, played.by)
            columns["scan_id"] = scan_id
            self.rows[StepEvent].append(columns)
            if event.kind is EventKind.ISSUED:
                self._write_loan(played, stay)
            elif event.kind is EventKind.RETURNED:
                self._end_loan(played, stay)

    def _write_texts(self, played: Played, stay: _Stay) -> None:
        for name, value in played.texts:
            stay.texts += 1
            self.rows[VisitText].append(
                {
                    "visit_id": stay.visit_id,
                    "seq": stay.texts,
                    "field": name,
                    "value": value,
                    "actor_id": played.by.officer.person_id,
                    "actor_name": played.by.officer.name,
                    "actor_post": played.by.post,
                    "at": played.at,
                }
            )

    def _write_scan(self, played: Played, stay: _Stay) -> None:
        move, said, card = played.move, played.said, stay.card
        assert move is not None, "asked only for a scan"
        assert said is not None, "every scan has its answer"
        self.scan_id += 1
        by_code = card is not None and move.method not in {"tap", "typed"}
        self.rows[Scan].append(
            {
                "id": self.scan_id,
                "nonce": move.nonce,
                "content_digest": f"{self.rng.getrandbits(256):064x}",
                "actor_id": move.officer.person_id,
                "received_at": move.at,
                "client_at": move.client_at,
                "method": move.method,
                "badge_code": card.code if by_code and card else None,
                "badge_id": card.badge_id if card and (stay.loan or move.method != "tap") else None,
                "visit_id": stay.visit_id,
                "outcome": said.outcome,
                "reason": said.reason,
                "act": said.act,
                "acted_step_key": said.acted.key if said.acted else None,
                "step_key": said.step.key if said.step else None,
                "expected_role": said.step.role if said.step else None,
            }
        )

    def _write_loan(self, played: Played, stay: _Stay) -> None:
        assert stay.card is not None, "a badge was handed over"
        self.loan_id += 1
        stay.loan = {
            "id": self.loan_id,
            "badge_id": stay.card.badge_id,
            "visit_id": stay.visit_id,
            "issued_at": played.at,
            "ended_at": None,
            "ended_as": None,
        }
        self.rows[Loan].append(stay.loan)
        self._move_badge(stay, "available", "in_use", played)

    def _end_loan(self, played: Played, stay: _Stay) -> None:
        stay.loan["ended_at"] = played.at
        stay.loan["ended_as"] = "returned"
        self._move_badge(stay, "in_use", "available", played)

    def _move_badge(self, stay: _Stay, before: str, after: str, played: Played) -> None:
        card = stay.card
        assert card is not None, "a badge was handed over"
        card.moves += 1
        self.rows[BadgeEvent].append(
            {
                "badge_id": card.badge_id,
                "seq": card.moves,
                "from_state": before,
                "to_state": after,
                "loan_id": stay.loan["id"],
                "actor_id": played.by.officer.person_id,
                "at": played.at,
            }
        )


def _highest(session: Session, column: InstrumentedAttribute[int]) -> int:
    return session.scalar(select(func.max(column))) or 0


def _free_cards(session: Session) -> list[Card]:
    moves = (
        select(BadgeEvent.badge_id, func.max(BadgeEvent.seq).label("n"))
        .group_by(BadgeEvent.badge_id)
        .subquery()
    )
    rows = session.execute(
        select(Badge.id, BadgeCode.code, moves.c.n)
        .join(BadgeCode, BadgeCode.badge_id == Badge.id)
        .join(moves, moves.c.badge_id == Badge.id)
        .where(Badge.state == "available", BadgeCode.revoked_at.is_(None))
        .order_by(Badge.number)
    )
    return [Card(badge_id, code, place, n) for place, (badge_id, code, n) in enumerate(rows)]
