"""Move a badge that is in nobody's hands: lost, damaged, out of use, back with a new code."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.badge_life import Move, Refusal, Wrong, refuse_stock_move
from app.models.badge import BadgeCode
from app.operations.badges import BadgeMoveRefused, move
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.queries.loans import BadgeRow, badge_by_number


def write_off(number: int, how: Move, *, reason: str, officer: Officer, at: datetime) -> None:
    """Report a badge lost or damaged, or take it out of use; its code dies at once.

    Raises BadgeMoveRefused when it is in a guest's hands, or not where the move begins.
    """
    with write() as session:
        badge = movable_badge(session, number, how)
        move(session, badge, how, officer=officer, at=at, reason=reason)
        refresh_screens(session)


def renew(
    number: int, *, reason: str, new_code: Callable[[], str], officer: Officer, at: datetime
) -> None:
    """Put a badge that was lost, damaged or out of use back into the stock, with a new code.

    It has to be printed again. Raises BadgeMoveRefused when it is none of these.
    """
    with write() as session:
        badge = movable_badge(session, number, Move.RENEW)
        session.add(BadgeCode(code=new_code(), badge_id=badge.id, made_at=at))
        move(session, badge, Move.RENEW, officer=officer, at=at, reason=reason)
        refresh_screens(session)


def movable_badge(session: Session, number: int, how: Move) -> BadgeRow:
    """The badge of that number; raises BadgeMoveRefused when it cannot be moved from its page."""
    badge = badge_by_number(session, number)
    if badge is None:
        raise BadgeMoveRefused(Refusal(Wrong.NO_SUCH_BADGE, number))
    refusal = refuse_stock_move(how, number, badge.state)
    if refusal is not None:
        raise BadgeMoveRefused(refusal)
    return badge
