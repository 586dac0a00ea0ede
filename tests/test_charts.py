"""The geometry of charts: scales begin at zero, columns are as high as their values."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts import (
    BASELINE,
    HEADROOM,
    PLOT_HEIGHT,
    Band,
    Share,
    band,
    columns,
    row_width,
    share,
    tick_values,
)

VALUES = st.lists(st.integers(min_value=0, max_value=5_000), min_size=1, max_size=62)

SCALES = [
    (0, [0, 1]),
    (1, [0, 1]),
    (3, [0, 1, 2, 3]),
    (4, [0, 1, 2, 3, 4]),
    (5, [0, 2, 4, 6]),
    (9, [0, 5, 10]),
    (20, [0, 5, 10, 15, 20]),
    (21, [0, 10, 20, 30]),
    (99, [0, 50, 100]),
    (100, [0, 50, 100]),
    (101, [0, 50, 100, 150]),
    (2000, [0, 500, 1000, 1500, 2000]),
]


@pytest.mark.parametrize(("highest", "ticks"), SCALES)
def test_a_scale_counts_in_round_whole_steps(highest, ticks):
    assert tick_values(highest) == ticks


@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_scale_goes_from_zero_to_the_highest_value_in_at_most_four_equal_steps(highest):
    ticks = tick_values(highest)
    assert ticks[0] == 0
    assert ticks[-2] < max(highest, 1) <= ticks[-1]
    assert 2 <= len(ticks) <= 5
    assert len({after - before for before, after in pairwise(ticks)}) == 1


def test_four_columns_share_the_width_and_stand_on_the_baseline():
    drawn = columns([0, 1, 2, 4])
    assert [column.middle for column in drawn.columns] == [12.5, 37.5, 62.5, 87.5]
    assert [(column.x, column.width) for column in drawn.columns] == [
        (4.0, 17.0),
        (29.0, 17.0),
        (54.0, 17.0),
        (79.0, 17.0),
    ]
    assert [column.height for column in drawn.columns] == [0, 37.5, 75.0, PLOT_HEIGHT]
    assert [column.top for column in drawn.columns] == [BASELINE, 134.5, 97.0, HEADROOM]
    assert [(tick.value, tick.y) for tick in drawn.ticks] == [
        (0, BASELINE),
        (1, 134.5),
        (2, 97.0),
        (3, 59.5),
        (4, HEADROOM),
    ]


@given(VALUES)
def test_columns_keep_their_values_in_proportion_order_and_frame(values):
    drawn = columns(values)
    assert [column.value for column in drawn.columns] == values
    highest = drawn.ticks[-1].value
    for column in drawn.columns:
        assert column.height == pytest.approx(PLOT_HEIGHT * column.value / highest, abs=0.002)
        assert column.top + column.height == pytest.approx(BASELINE, abs=0.002)
        assert column.top >= HEADROOM - 0.002
        assert 0 <= column.x < column.middle < column.x + column.width <= 100
    ends = [column.x + column.width for column in drawn.columns]
    starts = [column.x for column in drawn.columns]
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))


def test_a_chart_of_nothing_has_a_scale_all_the_same():
    drawn = columns([])
    assert drawn.columns == ()
    assert [tick.value for tick in drawn.ticks] == [0, 1]


BANDS = [
    ((7.5, 16.0), {"start": 7, "slots": 10}, Band(5.0, 85.0)),
    ((7.5, 16.0), {"start": 10, "slots": 4}, Band(0.0, 100.0)),
    ((7.5, 16.0), {"start": 18, "slots": 4}, Band(0.0, 0.0)),
    ((20.0, 22.0), {"start": 10, "slots": 4}, Band(100.0, 0.0)),
    ((2, 7), {"start": 0, "slots": 10}, Band(20.0, 50.0)),
]


@pytest.mark.parametrize(("ends", "axis", "expected"), BANDS)
def test_a_band_lies_where_its_ends_are_and_is_cut_at_the_frame(ends, axis, expected):
    assert band(*ends, **axis) == expected


ROWS = [(0, 0, 0.0), (0, 4, 0.0), (1, 4, 25.0), (4, 4, 100.0), (1, 3, 33.333)]


@pytest.mark.parametrize(("value", "highest", "width"), ROWS)
def test_a_row_is_as_long_as_its_value(value, highest, width):
    assert row_width(value, highest) == width


SHARES = [
    (0, 0, None),
    (1, 0, Share(100.0, 0.0)),
    (0, 1, Share(0.0, 100.0)),
    (2, 1, Share(66.667, 33.333)),
]


@pytest.mark.parametrize(("first", "second", "expected"), SHARES)
def test_a_share_divides_the_whole_bar(first, second, expected):
    assert share(first, second) == expected
