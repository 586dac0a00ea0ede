"""Visits as they stand: the row, the guest, the words, the badge and the folded log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.decisions import current_step, stage_of
from app.domain.events import Event, Outcome
from app.domain.progress import Progress, fold
from app.domain.sop import Effect, Sop, Step
from app.domain.timing import Clock, StepTime, measure, running_clock
from app.models.badge import Loan
from app.models.base import table_of
from app.models.visit import StepEvent, Visit, Visitor, VisitText
from app.queries.sops import sop_of_version
from app.queries.visit_rows import (
    HEADS,
    AnySelect,
    Destination,
    GuestRow,
    VisitRow,
    Words,
    badge_numbers_of,
    head_of,
    logs_of,
    newest_words_of,
)

NO_VISUM = "Dibatalkan"  # what takes a visum back that was noted by mistake
LABEL = re.compile(r"(?P<number>[0-9]{1,9})/(?P<year>[0-9]{4})")


@dataclass(frozen=True)
class VisitView:
    """One visit with all that a row, a panel or a page says about it."""

    visit: VisitRow
    leader: GuestRow
    sop: Sop
    progress: Progress
    badge_numbers: tuple[int, ...]
    texts: dict[str, Words]
    destination: Destination | None
    badges_out: int = 0

    @property
    def label(self) -> str:
        """The visit's number as people say it: 123/2026."""
        return f"{self.visit.number}/{self.visit.year}"

    @property
    def name(self) -> str:
        """The leader's name; a dash once it has been erased."""
        return self.said("name") or "–"

    @property
    def origin(self) -> str:
        """Where the guest comes from; a dash once it has been erased."""
        return self.said("origin") or "–"

    @property
    def badge_number(self) -> int | None:
        """The first badge the visit holds; once it is closed, one that it held.

        A badge that an open visit no longer holds may be in another guest's hands by now.
        """
        shown = self.badge_numbers if self.progress.is_closed else self.held_numbers
        return shown[0] if shown else None

    @property
    def held_numbers(self) -> tuple[int, ...]:
        """The badges that the visit holds now; `badge_numbers` begins with them."""
        return self.badge_numbers[: self.badges_out]

    @cached_property
    def step(self) -> Step | None:
        """The step at which the visit stands."""
        return current_step(self.sop, self.progress)

    @property
    def left_at_a_guess(self) -> bool:
        """Whether the guest left without a word, so that the time of leaving is an estimate."""
        return self.progress.outcome == Outcome.LEFT_UNREPORTED

    @property
    def stage(self) -> str | None:
        """The step, and whether it is under way: what a tap is made for."""
        return stage_of(self.sop, self.progress)

    @property
    def is_running(self) -> bool:
        """Whether an open-ended step is under way."""
        return self.progress.running_since is not None

    @property
    def waits_for_badge(self) -> bool:
        """Whether the guest is in the book but has no badge yet (SOP step 1)."""
        return self.step is not None and Effect.ISSUES_BADGE in self.step.effects

    @property
    def clock(self) -> Clock | None:
        """The clock that runs now."""
        return running_clock(self.sop, self.progress)

    @cached_property
    def times(self) -> tuple[StepTime, ...]:
        """Each step's time against its standard."""
        return measure(self.sop, self.progress)

    def said(self, field: str) -> str | None:
        """What is on record of the leader: the guest book's words, or those that put them right."""
        if field in self.texts:
            return self.texts[field].value
        words: str | None = getattr(self.leader, field)
        return words

    @property
    def visum(self) -> Words | None:
        """That a travel order (SPPD) was signed and stamped; None when that was taken back."""
        found = self.texts.get("visum")
        return None if found is None or found.value == NO_VISUM else found

    def text(self, field: str) -> str | None:
        """The newest words for a field, e.g. the purpose."""
        found = self.texts.get(field)
        return found.value if found else None

    def verdict_text(self, field: str) -> str | None:
        """What was written with the verdict that stands; an undone one leaves its words to the log.

        A verdict and its words are written at one instant.
        """
        found = self.texts.get(field)
        is_of_it = found is not None and found.at == self.progress.verdict_at
        return found.value if found and is_of_it else None


_VISIT, _LOAN = table_of(Visit).c, table_of(Loan).c

# Made once: every scan asks these, and building a statement takes as long as running it.
_BY_ID = HEADS.where(_VISIT.id == bindparam("visit_id"))
_BY_IDS = HEADS.where(_VISIT.id.in_(bindparam("ids", expanding=True)))
_BY_LABEL = HEADS.where(_VISIT.year == bindparam("year"), _VISIT.number == bindparam("number"))
_OPEN = select(_VISIT.id).where(_VISIT.closed_at.is_(None))
_HOLDING = select(_LOAN.visit_id).where(_LOAN.ended_at.is_(None))
_OPEN_WITHOUT_BADGE = _OPEN.where(_VISIT.id.not_in(_HOLDING))


def view_by_label(session: Session, label: str) -> VisitView | None:
    """The visit of that number as it stands, e.g. "123/2026"; None for anything else."""
    match = LABEL.fullmatch(label.strip())
    if match is None:
        return None
    number, year = int(match["number"]), int(match["year"])
    views = _views(session, _BY_LABEL, year=year, number=number)
    return views[0] if views else None


def view_by_id(session: Session, visit_id: int) -> VisitView:
    """The visit with that id as it stands."""
    [view] = _views(session, _BY_ID, visit_id=visit_id)
    return view


def views_by_id(session: Session, ids: Sequence[int]) -> dict[int, VisitView]:
    """Visits as they stand, by id and in that order, in a fixed number of queries."""
    if not ids:
        return {}
    views = {view.visit.id: view for view in _views(session, _BY_IDS, ids=ids)}
    return {visit_id: views[visit_id] for visit_id in ids}


def _views(session: Session, statement: AnySelect, **which: object) -> list[VisitView]:
    heads = [head_of(row) for row in session.execute(statement, which)]
    if not heads:
        return []
    ids = [visit.id for visit, _, _ in heads]
    logs = logs_of(session, ids)
    badges, held = badge_numbers_of(session, ids)
    texts = newest_words_of(session, ids)
    versions = {visit.sop_version_id for visit, _, _ in heads}
    sops = {version_id: sop_of_version(session, version_id) for version_id in versions}
    return [
        VisitView(
            visit=visit,
            leader=leader,
            sop=sops[visit.sop_version_id],
            progress=fold(logs[visit.id]),
            badge_numbers=badges[visit.id],
            badges_out=held[visit.id],
            texts=texts[visit.id],
            destination=destination,
        )
        for visit, leader, destination in heads
    ]


def open_visits(session: Session) -> list[VisitView]:
    """Every visit that is not closed, in order of arrival: who is inside or at the front desk."""
    return _in_order_of_arrival(session, _OPEN)


def waiting_for_badge(session: Session) -> list[VisitView]:
    """Guests in the book who have no badge yet: who goes first, then the longest waiting."""
    views = _in_order_of_arrival(session, _OPEN_WITHOUT_BADGE)
    waiting = [view for view in views if view.waits_for_badge]
    return sorted(waiting, key=lambda view: not view.visit.priority)


def _in_order_of_arrival(session: Session, open_ids: Select[int]) -> list[VisitView]:
    """The few visits that are open, in order of arrival.

    They are found first, and put in order here: SQLite would walk the guests or the arrivals of
    all years.
    """
    views = views_by_id(session, session.scalars(open_ids).all()).values()
    return sorted(views, key=lambda view: (view.visit.arrived_at, view.visit.id))


def log_of(session: Session, visit_id: int) -> Sequence[StepEvent]:
    """The whole log of a visit, oldest first."""
    return session.scalars(
        select(StepEvent).where(StepEvent.visit_id == visit_id).order_by(StepEvent.seq)
    ).all()


def log_events(session: Session, visit_id: int) -> list[Event]:
    """The whole log of a visit as the values the fold works on."""
    return logs_of(session, [visit_id])[visit_id]


def members_of(session: Session, visit_id: int) -> Sequence[str]:
    """The names of those who came with the leader, as far as they were asked, in that order."""
    names = session.scalars(
        select(Visitor.name)
        .where(Visitor.visit_id == visit_id, Visitor.is_leader.is_(False))
        .order_by(Visitor.ordinal)
    )
    return [name for name in names if name is not None]


def texts_of(session: Session, visit_id: int) -> Sequence[VisitText]:
    """Every version of every text of a visit, oldest first."""
    return session.scalars(
        select(VisitText).where(VisitText.visit_id == visit_id).order_by(VisitText.seq)
    ).all()
