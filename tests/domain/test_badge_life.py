"""Where each move of a badge leads, and which are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.badge_life import (
    DEAD_STATES,
    KILLS_CODE,
    MOVES,
    BadgeState,
    Move,
    Refusal,
    Wrong,
    refuse_stock_move,
    state_after,
    stock_moves,
)

AVAILABLE, IN_USE, OUTSTANDING, LOST, DAMAGED, RETIRED = BadgeState
# Rows: moves; columns: from available, in_use, outstanding, lost, damaged, retired.
TABLE = {
    Move.ISSUE: (IN_USE, None, None, None, None, None),
    Move.RETURN: (None, AVAILABLE, None, None, None, None),
    Move.SWAP: (None, IN_USE, None, None, None, None),
    Move.LEAVE: (None, OUTSTANDING, None, None, None, None),
    Move.RECOVER: (None, None, AVAILABLE, None, None, None),
    Move.LOSE: (LOST, LOST, LOST, None, None, None),
    Move.BREAK: (DAMAGED, DAMAGED, None, None, None, None),
    Move.RENEW: (None, None, None, AVAILABLE, AVAILABLE, AVAILABLE),
    Move.RETIRE: (RETIRED, None, None, RETIRED, RETIRED, None),
}
STOCK = {
    AVAILABLE: (Move.LOSE, Move.BREAK, Move.RETIRE),
    IN_USE: (),
    OUTSTANDING: (Move.LOSE,),
    LOST: (Move.RETIRE, Move.RENEW),
    DAMAGED: (Move.RETIRE, Move.RENEW),
    RETIRED: (Move.RENEW,),
}


@pytest.mark.parametrize("move", Move)
def test_each_move_leads_from_each_state_to_one_place_or_nowhere(move):
    assert tuple(state_after(move, state) for state in BadgeState) == TABLE[move]


@pytest.mark.parametrize("state", BadgeState)
def test_from_its_own_page_a_badge_moves_only_while_nobody_holds_it(state):
    assert stock_moves(state) == STOCK[state]


@pytest.mark.parametrize("state", BadgeState)
@pytest.mark.parametrize("move", Move)
def test_every_other_move_from_that_page_is_refused_with_the_reason(move, state):
    why = Wrong.IN_HANDS if state is IN_USE else Wrong.WRONG_STATE
    expected = None if move in STOCK[state] else Refusal(why, 12, state)
    assert refuse_stock_move(move, 12, state) == expected


@given(st.lists(st.sampled_from(Move)))
def test_a_badge_has_a_live_code_exactly_while_it_is_in_use_or_could_be(moves):
    state, is_live = AVAILABLE, True
    for move in moves:
        if state not in MOVES[move]:
            continue
        state = MOVES[move][state]
        is_live = (is_live or move is Move.RENEW) and move not in KILLS_CODE
        assert is_live == (state not in DEAD_STATES)
