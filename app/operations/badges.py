"""Make badges and move them between their states; each move leaves an entry in their log."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.domain.badge_life import KILLS_CODE, BadgeState, Move, Refusal, Wrong, state_after
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.base import table_of
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.queries.loans import BadgeRow, LoanRow, open_loan, open_loans_of_visit

MOST_AT_ONCE = 1000
ENDED_AS = {
    Move.RETURN: "returned",
    Move.LEAVE: "outstanding",
    Move.LOSE: "lost",
    Move.BREAK: "damaged",
    Move.SWAP: "swapped",
}

_BADGE, _LOAN, _MOVE = table_of(Badge), table_of(Loan), table_of(BadgeEvent)
_NEXT_SEQ = (
    select(func.coalesce(func.max(_MOVE.c.seq), 0) + 1)
    .where(_MOVE.c.badge_id == bindparam("of_badge"))
    .scalar_subquery()
)
_MOVES = insert(_MOVE).values(seq=_NEXT_SEQ)
_STATE = update(_BADGE).where(_BADGE.c.id == bindparam("of_badge"))
_LOANS = insert(_LOAN).returning(_LOAN.c.id)
_OF_LOAN = update(_LOAN).where(_LOAN.c.id == bindparam("of_loan"))


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


def issue(
    session: Session,
    badge: BadgeRow,
    visit_id: int,
    officer: Officer,
    at: datetime,
    *,
    instead_of: LoanRow | None = None,
) -> None:
    """Put a free badge into a guest's hands (SOP step 1), `instead_of` one that is gone."""
    replaces_id = instead_of.id if instead_of else None
    loan_id = lend(session, badge, visit_id, at, replaces_id=replaces_id)
    move(session, badge, Move.ISSUE, officer=officer, at=at, loan_id=loan_id)


def lend(
    session: Session, badge: BadgeRow, visit_id: int, at: datetime, replaces_id: int | None = None
) -> int:
    """Write that a visit holds a badge; the id of the loan. Its move is the caller's."""
    loan = {"badge_id": badge.id, "visit_id": visit_id, "issued_at": at, "replaces_id": replaces_id}
    loan_id: int = session.execute(_LOANS, loan).scalar_one()
    return loan_id


def take_in(session: Session, visit_id: int, officer: Officer, at: datetime) -> None:
    """Take back every badge that a visit holds (SOP step 6)."""
    for loan in open_loans_of_visit(session, visit_id):
        end_loan(session, loan, Move.RETURN, officer=officer, at=at)


def take_in_one(session: Session, badge: BadgeRow, officer: Officer, at: datetime) -> None:
    """Take back one of the badges that a visit holds."""
    loan = open_loan(session, badge.id)
    assert loan is not None, "a badge that comes back was out"
    end_loan(session, loan, Move.RETURN, officer=officer, at=at)


def recover(session: Session, loan: LoanRow, officer: Officer, at: datetime) -> None:
    """Put a badge that was not back, and has turned up, into the rack again."""
    session.execute(_OF_LOAN, {"of_loan": loan.id, "recovered_at": at})
    move(session, loan.badge, Move.RECOVER, officer=officer, at=at, loan_id=loan.id)


def end_loan(
    session: Session,
    loan: LoanRow,
    how: Move,
    *,
    officer: Officer,
    at: datetime,
    reason: str | None = None,
) -> BadgeState:
    """End a loan by a move of its badge, which then is where this tells."""
    write_end(session, loan, how, at)
    return move(session, loan.badge, how, officer=officer, at=at, loan_id=loan.id, reason=reason)


def write_end(session: Session, loan: LoanRow, how: Move, at: datetime) -> None:
    """Write that a loan has ended; the move of its badge is the caller's."""
    session.execute(_OF_LOAN, {"of_loan": loan.id, "ended_at": at, "ended_as": ENDED_AS[how]})


def move(
    session: Session,
    badge: BadgeRow,
    how: Move,
    *,
    officer: Officer,
    at: datetime,
    loan_id: int | None = None,
    reason: str | None = None,
) -> BadgeState:
    """Change a badge's state and log it; a badge that is out of use loses its code at once.

    Returns where it is now. Raises BadgeMoveRefused when the move cannot be made from where the
    badge is.
    """
    to_state = state_after(how, badge.state)
    if to_state is None:
        raise BadgeMoveRefused(Refusal(Wrong.WRONG_STATE, badge.number, badge.state))
    if how in KILLS_CODE:
        session.execute(
            update(BadgeCode)
            .where(BadgeCode.badge_id == badge.id, BadgeCode.revoked_at.is_(None))
            .values(revoked_at=at, reason=to_state)
        )
    entry = {
        "badge_id": badge.id,
        "from_state": badge.state,
        "to_state": to_state,
        "loan_id": loan_id,
        "actor_id": officer.person_id,
        "at": at,
        "reason": reason,
    }
    session.execute(_MOVES, entry | {"of_badge": badge.id})
    session.execute(_STATE, {"of_badge": badge.id, "state": to_state})
    return to_state


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
