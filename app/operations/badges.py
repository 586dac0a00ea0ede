"""Make badges and move them between their states; each move leaves an entry in their log."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.badge_life import KILLS_CODE, BadgeState, Move, Refusal, Wrong, state_after
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.base import table_of
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.queries.badges import open_loan, open_loans_of_visit

MOST_AT_ONCE = 1000
ENDED_AS = {
    Move.RETURN: "returned",
    Move.LEAVE: "outstanding",
    Move.LOSE: "lost",
    Move.BREAK: "damaged",
    Move.SWAP: "swapped",
}


_OF_BADGE: BindParameter[int] = bindparam("of_badge")
_NEWEST_SEQ = select(func.max(BadgeEvent.seq)).where(BadgeEvent.badge_id == _OF_BADGE)
_MOVES = insert(table_of(BadgeEvent))
_STATE = update(table_of(Badge)).where(Badge.id == _OF_BADGE)


class BadgeMoveRefused(Exception):
    """A badge cannot be moved like this; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


@dataclass(frozen=True)
class MadeBadges:
    """What a range of numbers came to: new badges, and numbers that were there already."""

    made: int
    existing: int


def make_badges(
    first: int,
    last: int,
    *,
    kind: str = "general",
    new_code: Callable[[], str],
    officer: Officer,
    at: datetime,
) -> MadeBadges:
    """Make the badges of a range of numbers that do not exist yet, each with a code of its own."""
    with write() as session:
        known = set(session.scalars(select(Badge.number).where(Badge.number.between(first, last))))
        missing = [number for number in range(first, last + 1) if number not in known]
        if missing:
            _add(session, missing, kind, new_code, officer, at)
        refresh_screens(session)
    return MadeBadges(made=len(missing), existing=len(known))


def note_print(codes: Collection[str], *, public_url: str, at: datetime) -> None:
    """Remember with which address these codes were put on paper; renewed badges are free by it."""
    with write() as session:
        session.execute(
            update(BadgeCode)
            .where(BadgeCode.code.in_(codes))
            .values(printed_url=public_url, printed_at=at)
        )
        refresh_screens(session)


def issue(session: Session, badge: Badge, visit_id: int, officer: Officer, at: datetime) -> Loan:
    """Put a free badge into a guest's hands (SOP step 1)."""
    loan = Loan(badge_id=badge.id, visit_id=visit_id, issued_at=at)
    session.add(loan)
    session.flush()
    move(session, badge, Move.ISSUE, officer=officer, at=at, loan=loan)
    return loan


def take_in(session: Session, visit_id: int, officer: Officer, at: datetime) -> None:
    """Take back every badge that a visit holds (SOP step 6)."""
    for loan in open_loans_of_visit(session, visit_id):
        end_loan(session, loan, Move.RETURN, officer=officer, at=at)


def take_in_one(session: Session, badge: Badge, officer: Officer, at: datetime) -> None:
    """Take back one of the badges that a visit holds."""
    loan = open_loan(session, badge.id)
    assert loan is not None, "a badge that comes back was out"
    end_loan(session, loan, Move.RETURN, officer=officer, at=at)


def recover(session: Session, badge: Badge, loan: Loan, officer: Officer, at: datetime) -> None:
    """Put a badge that was not back, and has turned up, into the rack again."""
    loan.recovered_at = at
    move(session, badge, Move.RECOVER, officer=officer, at=at, loan=loan)


def end_loan(
    session: Session,
    loan: Loan,
    how: Move,
    *,
    officer: Officer,
    at: datetime,
    reason: str | None = None,
) -> None:
    """End a loan by a move of its badge."""
    loan.ended_at, loan.ended_as = at, ENDED_AS[how]
    badge = session.get_one(Badge, loan.badge_id)
    move(session, badge, how, officer=officer, at=at, loan=loan, reason=reason)


def move(
    session: Session,
    badge: Badge,
    how: Move,
    *,
    officer: Officer,
    at: datetime,
    loan: Loan | None = None,
    reason: str | None = None,
) -> None:
    """Change a badge's state and log it; a badge that is out of use loses its code at once.

    Raises BadgeMoveRefused when the move cannot be made from where the badge is.
    """
    state = BadgeState(badge.state)
    to_state = state_after(how, state)
    if to_state is None:
        raise BadgeMoveRefused(Refusal(Wrong.WRONG_STATE, badge.number, state))
    if how in KILLS_CODE:
        session.execute(
            update(BadgeCode)
            .where(BadgeCode.badge_id == badge.id, BadgeCode.revoked_at.is_(None))
            .values(revoked_at=at, reason=to_state)
        )
    _log(session, badge, to_state, officer=officer, at=at, loan=loan, reason=reason)


def _log(
    session: Session,
    badge: Badge,
    to_state: BadgeState,
    *,
    officer: Officer,
    at: datetime,
    loan: Loan | None = None,
    reason: str | None = None,
) -> None:
    session.flush()
    newest = session.scalar(_NEWEST_SEQ, {"of_badge": badge.id}) or 0
    entry = {
        "badge_id": badge.id,
        "seq": newest + 1,
        "from_state": badge.state if newest else None,
        "to_state": to_state,
        "loan_id": loan.id if loan else None,
        "actor_id": officer.person_id,
        "at": at,
        "reason": reason,
    }
    session.execute(_MOVES, entry)
    session.execute(_STATE, {"of_badge": badge.id, "state": to_state})
    set_committed_value(badge, "state", to_state)


def _add(
    session: Session,
    numbers: Collection[int],
    kind: str,
    new_code: Callable[[], str],
    officer: Officer,
    at: datetime,
) -> None:
    """Write new badges, a statement a table: a thousand of them must not keep scans waiting."""
    state = BadgeState.AVAILABLE
    badges = [{"number": number, "kind": kind, "state": state} for number in numbers]
    session.execute(insert(Badge), badges)
    ids = session.scalars(
        select(Badge.id).where(Badge.number.in_(numbers)).order_by(Badge.number)
    ).all()
    codes = [{"code": new_code(), "badge_id": badge_id, "made_at": at} for badge_id in ids]
    session.execute(insert(BadgeCode), codes)
    begun = {"seq": 1, "from_state": None, "to_state": state, "actor_id": officer.person_id}
    events = [{**begun, "badge_id": badge_id, "at": at} for badge_id in ids]
    session.execute(insert(BadgeEvent), events)
