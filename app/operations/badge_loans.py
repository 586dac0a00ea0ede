"""What happens to badges while a visit holds them: lost, replaced, swapped, carried home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.badge_life import BadgeState, Move, Refusal, Wrong
from app.domain.decision import Closed, Draft, Given
from app.domain.decisions import leave_unreported, take_back
from app.domain.events import EventKind
from app.domain.progress import Progress
from app.operations.badges import (
    ENDED_AS,
    BadgeMoveRefused,
    end_loan,
    issue,
    lend,
    move,
    write_end,
)
from app.operations.log import Authorship, add_text, append, as_registrar, drafted
from app.operations.officer import Officer
from app.operations.transaction import retrying, write
from app.queries.badges import needs_print
from app.queries.loans import BadgeRow, LoanRow, badge_by_number, loans_of_visit, open_loan
from app.queries.visits import VisitView, view_by_id, view_by_label


@dataclass(frozen=True)
class Held:
    """An open visit and the badges that it holds, inside a transaction."""

    session: Session
    view: VisitView
    loans: Sequence[LoanRow]
    by: Authorship

    @property
    def open_loans(self) -> list[LoanRow]:
        """The loans that have not ended."""
        return [loan for loan in self.loans if loan.ended_at is None]

    def write(self, drafts: Sequence[Draft], *, occurred_at: datetime | None = None) -> Progress:
        """Append events to the visit's log."""
        progress = self.view.progress
        events = drafted(progress, drafts, self.by, occurred_at=occurred_at)
        return append(self.session, self.view.visit.id, self.view.sop, progress, events, self.by)


def report_gone(
    label: str,
    number: int,
    how: Move,
    *,
    replacement: int | None,
    reason: str,
    left_at: datetime | None = None,
    officer: Officer,
    at: datetime,
) -> bool:
    """A badge is lost, damaged or carried off in mid-visit; its visit goes on with another one.

    `how` is LOSE, BREAK or LEAVE, `left_at` a guess about when somebody carried it off; a lost or
    damaged badge's code dies at once. Without a
    `replacement` the visit goes on with what it has left; it closes by itself when its other
    badges are back and nothing remains to be asked. Returns whether it has closed. Raises
    BadgeMoveRefused.
    """

    def attempt() -> bool:
        with write() as session:
            held = _held(session, label, officer, at)
            loan = _loan_of(held, number)
            if how is Move.LEAVE and _is_last(held):
                raise BadgeMoveRefused(Refusal(Wrong.LAST_BADGE, number))
            if left_at is not None:
                _check_guess(held, left_at, at)
            new = _free_badge(session, replacement, number) if replacement is not None else None
            code = end_loan(session, loan, how, officer=officer, at=at, reason=reason)
            if new is not None:
                issue(session, new, held.view.visit.id, officer, at, instead_of=loan)
            kind = EventKind.BADGE_REPLACED if new else EventKind.BADGE_GONE
            add_text(session, held.view.visit.id, "badge", reason, held.by)
            progress = held.write([Draft(kind, reason_code=code)], occurred_at=left_at)
            return _close_when_all_are_accounted_for(held, progress, officer, at)

    return retrying(attempt)


def leave_with_badge(
    label: str, *, left_at: datetime, reason: str | None, officer: Officer, at: datetime
) -> tuple[int, ...]:
    """Close the visit of a guest who has left without reporting; what they hold is not back.

    `left_at` is a guess and marked so. Returns the numbers of the badges that are out. Raises
    BadgeMoveRefused when the visit is closed or has not got the badge that its SOP gives, or when
    the time lies before what is on record, or ahead.
    """

    def attempt() -> tuple[int, ...]:
        with write() as session:
            held = _held(session, label, officer, at)
            if not held.loans and held.view.sop.returns_badge:
                raise BadgeMoveRefused(Refusal(Wrong.NOT_HANDED_OUT))
            _check_guess(held, left_at, at)
            for loan in held.open_loans:
                end_loan(session, loan, Move.LEAVE, officer=officer, at=at, reason=reason)
            if reason:
                add_text(session, held.view.visit.id, "reason", reason, held.by)
            drafts = leave_unreported(held.view.sop, held.view.progress)
            held.write(drafts, occurred_at=left_at)
            return held.view.held_numbers

    return retrying(attempt)


def swap_badges(
    label: str, number: int, other_number: int, *, reason: str, officer: Officer, at: datetime
) -> str:
    """Put right that two guests carry each other's badge; both histories show it.

    Returns the other visit's number. Raises BadgeMoveRefused.
    """

    def attempt() -> str:
        with write() as session:
            held = _held(session, label, officer, at)
            loan = _loan_of(held, number)
            if other_number == number:
                raise BadgeMoveRefused(Refusal(Wrong.SAME_BADGE, number))
            other_loan = _loan_out(session, other_number)
            if other_loan.visit_id == held.view.visit.id:
                raise BadgeMoveRefused(Refusal(Wrong.SAME_VISIT, other_number))
            other = _holding(session, view_by_id(session, other_loan.visit_id), officer, at)
            _cross(session, loan, other_loan, officer=officer, at=at, reason=reason)
            for one in (held, other):
                add_text(session, one.view.visit.id, "badge", reason, one.by)
                one.write([Draft(EventKind.BADGE_SWAPPED)])
            return other.view.label

    return retrying(attempt)


def _held(session: Session, label: str, officer: Officer, at: datetime) -> Held:
    view = view_by_label(session, label)
    if view is None:
        raise BadgeMoveRefused(Refusal(Wrong.NO_SUCH_VISIT))
    held = _holding(session, view, officer, at)
    if held.view.progress.is_closed:
        raise BadgeMoveRefused(Refusal(Wrong.VISIT_CLOSED))
    return held


def _holding(session: Session, view: VisitView, officer: Officer, at: datetime) -> Held:
    loans = loans_of_visit(session, view.visit.id)
    return Held(session, view, loans, as_registrar(view.sop, officer, at))


def _loan_of(held: Held, number: int) -> LoanRow:
    """The open loan of that badge to this visit."""
    badge = badge_by_number(held.session, number)
    if badge is None:
        raise BadgeMoveRefused(Refusal(Wrong.NO_SUCH_BADGE, number))
    for loan in held.open_loans:
        if loan.badge.id == badge.id:
            return loan
    raise BadgeMoveRefused(Refusal(Wrong.NOT_ITS_BADGE, number, badge.state))


def _free_badge(session: Session, number: int, instead_of: int) -> BadgeRow:
    badge = badge_by_number(session, number)
    if number == instead_of:
        raise BadgeMoveRefused(Refusal(Wrong.SAME_BADGE, number))
    if badge is None:
        raise BadgeMoveRefused(Refusal(Wrong.NO_SUCH_BADGE, number))
    if badge.state != BadgeState.AVAILABLE:
        raise BadgeMoveRefused(Refusal(Wrong.NOT_FREE, number, badge.state))
    if needs_print(session, badge.id):
        raise BadgeMoveRefused(Refusal(Wrong.NOT_PRINTED, number))
    return badge


def _check_guess(held: Held, left_at: datetime, at: datetime) -> None:
    """A guest leaves after what is on record, and not in time to come."""
    last_at = held.view.progress.last_at
    if left_at > at or (last_at is not None and left_at < last_at):
        raise BadgeMoveRefused(Refusal(Wrong.BAD_TIME))


def _is_last(held: Held) -> bool:
    """Whether nothing of this visit's badges stays or is back: its guests have all gone."""
    is_any_back = any(loan.ended_as == ENDED_AS[Move.RETURN] for loan in held.loans)
    return len(held.open_loans) == 1 and not is_any_back


def _loan_out(session: Session, number: int) -> LoanRow:
    """The open loan of a badge that some guest carries."""
    badge = badge_by_number(session, number)
    if badge is None:
        raise BadgeMoveRefused(Refusal(Wrong.NO_SUCH_BADGE, number))
    loan = open_loan(session, badge.id)
    if loan is None:
        raise BadgeMoveRefused(Refusal(Wrong.NOBODY_HAS_IT, number, badge.state))
    return loan


def _cross(
    session: Session, one: LoanRow, other: LoanRow, *, officer: Officer, at: datetime, reason: str
) -> None:
    """End both loans and lend each badge to the other visit."""
    for loan in (one, other):
        write_end(session, loan, Move.SWAP, at)
    for badge, visit_id in ((one.badge, other.visit_id), (other.badge, one.visit_id)):
        loan_id = lend(session, badge, visit_id, at)
        move(session, badge, Move.SWAP, officer=officer, at=at, loan_id=loan_id, reason=reason)


def _close_when_all_are_accounted_for(
    held: Held, progress: Progress, officer: Officer, at: datetime
) -> bool:
    """Close the visit of a group whose other badges are back, unless something has to be asked."""
    loans = loans_of_visit(held.session, held.view.visit.id)
    is_last = not any(loan.ended_at is None for loan in loans)
    if not is_last or not any(loan.ended_as == ENDED_AS[Move.RETURN] for loan in loans):
        return False
    given = Given(badges_out=0, follows_return=True)
    decision = take_back(held.view.sop, progress, actor=officer.actor, at=at, given=given)
    if not isinstance(decision, Closed):
        return False
    events = drafted(progress, decision.drafts, held.by)
    append(held.session, held.view.visit.id, held.view.sop, progress, events, held.by)
    return True
