"""Where a badge can be, which moves lead from there, and when one move is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class BadgeState(StrEnum):
    """Where a badge is; the words for each are in `phrases.py`."""

    AVAILABLE = "available"
    IN_USE = "in_use"
    OUTSTANDING = "outstanding"
    LOST = "lost"
    DAMAGED = "damaged"
    RETIRED = "retired"


class Move(StrEnum):
    """What can happen to a badge once it is made."""

    ISSUE = "issue"
    RETURN = "return"
    SWAP = "swap"
    LEAVE = "leave"
    RECOVER = "recover"
    LOSE = "lose"
    BREAK = "break"
    RENEW = "renew"
    RETIRE = "retire"


_S = BadgeState
MOVES: Mapping[Move, Mapping[BadgeState, BadgeState]] = {
    Move.ISSUE: {_S.AVAILABLE: _S.IN_USE},
    Move.RETURN: {_S.IN_USE: _S.AVAILABLE},
    Move.SWAP: {_S.IN_USE: _S.IN_USE},
    Move.LEAVE: {_S.IN_USE: _S.OUTSTANDING},
    Move.RECOVER: {_S.OUTSTANDING: _S.AVAILABLE},
    Move.LOSE: {_S.AVAILABLE: _S.LOST, _S.IN_USE: _S.LOST, _S.OUTSTANDING: _S.LOST},
    Move.BREAK: {_S.AVAILABLE: _S.DAMAGED, _S.IN_USE: _S.DAMAGED},
    Move.RENEW: {_S.LOST: _S.AVAILABLE, _S.DAMAGED: _S.AVAILABLE, _S.RETIRED: _S.AVAILABLE},
    Move.RETIRE: {_S.AVAILABLE: _S.RETIRED, _S.LOST: _S.RETIRED, _S.DAMAGED: _S.RETIRED},
}
KILLS_CODE = frozenset({Move.LOSE, Move.BREAK, Move.RETIRE})
STOCK_MOVES = (Move.LOSE, Move.BREAK, Move.RETIRE, Move.RENEW)
DEAD_STATES = frozenset({_S.LOST, _S.DAMAGED, _S.RETIRED})
AWAY_STATES = frozenset({_S.IN_USE, _S.OUTSTANDING, _S.LOST})
REPRINT = "reprint"  # free, but the card at hand shows a dead code
UNPRINTED = "unprinted"  # in stock, but its card is not on paper yet
SHOWN_STATES = (
    _S.AVAILABLE,
    UNPRINTED,
    REPRINT,
    *(state for state in _S if state is not _S.AVAILABLE),
)


class Wrong(StrEnum):
    """Why a badge does not move; the words for each are in `phrases.py`."""

    NO_SUCH_BADGE = "no_such_badge"
    IN_HANDS = "in_hands"
    WRONG_STATE = "wrong_state"
    NO_SUCH_VISIT = "no_such_visit"
    VISIT_CLOSED = "visit_closed"
    NOT_ITS_BADGE = "not_its_badge"
    NOT_FREE = "not_free"
    NOT_PRINTED = "not_printed"
    SAME_BADGE = "same_badge"
    SAME_VISIT = "same_visit"
    NOBODY_HAS_IT = "nobody_has_it"
    NOT_HANDED_OUT = "not_handed_out"
    LAST_BADGE = "last_badge"
    BAD_TIME = "bad_time"


@dataclass(frozen=True)
class Refusal:
    """A move that cannot be made: why, of which badge, and where that is."""

    why: Wrong
    number: int | None = None
    state: BadgeState | None = None


def state_after(move: Move, state: BadgeState) -> BadgeState | None:
    """Where the move leads from there; None when it cannot be made."""
    return MOVES[move].get(state)


def shown_state(state: str, *, is_printed: bool, awaits_print: bool) -> str:
    """Where a badge is, as people are told: what is not on paper is no card to hand out.

    One that `awaits_print` has a card all the same, with a dead code.
    """
    if state != BadgeState.AVAILABLE:
        return state
    if awaits_print:
        return REPRINT
    return state if is_printed else UNPRINTED


def stock_moves(state: BadgeState) -> tuple[Move, ...]:
    """What can be done to a badge that is in nobody's hands, from its own page."""
    if state is BadgeState.IN_USE:
        return ()
    return tuple(move for move in STOCK_MOVES if state in MOVES[move])


def refuse_stock_move(move: Move, number: int, state: BadgeState) -> Refusal | None:
    """Why a badge in that state cannot be moved from its own page; None when it can.

    What is in a guest's hands is moved by the visit that holds it.
    """
    if state is BadgeState.IN_USE:
        return Refusal(Wrong.IN_HANDS, number, state)
    if move not in stock_moves(state):
        return Refusal(Wrong.WRONG_STATE, number, state)
    return None
