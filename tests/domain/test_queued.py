"""When a queued scan happened: its device's time, put right, never in the future."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.queued import AHEAD_TOLERATED, ClockAhead, happened_at

RECEIVED = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("client_at", "offset", "happened"),
    [
        (RECEIVED - timedelta(minutes=20), timedelta(), RECEIVED - timedelta(minutes=20)),
        (RECEIVED + HOUR - timedelta(minutes=20), -HOUR, RECEIVED - timedelta(minutes=20)),
        (RECEIVED - HOUR - timedelta(minutes=20), HOUR, RECEIVED - timedelta(minutes=20)),
        (RECEIVED, timedelta(), RECEIVED),
        (RECEIVED + timedelta(seconds=1), timedelta(), RECEIVED),
        (RECEIVED + timedelta(minutes=2), timedelta(), RECEIVED),
        (RECEIVED - timedelta(days=3), timedelta(), RECEIVED - timedelta(days=3)),
    ],
)
def test_the_measured_offset_puts_the_devices_time_right(client_at, offset, happened):
    assert happened_at(client_at, offset, RECEIVED) == happened


@pytest.mark.parametrize(
    ("client_at", "offset"),
    [
        (RECEIVED + timedelta(minutes=2, milliseconds=1), timedelta()),
        (RECEIVED, timedelta(minutes=2, milliseconds=1)),
        (RECEIVED + HOUR, timedelta()),
        (datetime.max.replace(tzinfo=UTC), timedelta(days=1)),
        (datetime.min.replace(tzinfo=UTC), -timedelta(days=1)),
    ],
)
def test_more_than_two_minutes_ahead_cannot_be_believed(client_at, offset):
    with pytest.raises(ClockAhead):
        happened_at(client_at, offset, RECEIVED)


moments = st.timedeltas(-timedelta(days=9000), timedelta(days=9000)).map(lambda d: RECEIVED + d)


@given(
    client_at=moments,
    received_at=moments,
    offset=st.timedeltas(-timedelta(days=9), timedelta(days=9)),
)
def test_no_scan_happens_after_it_was_received_and_none_is_moved_by_more_than_is_tolerated(
    client_at, received_at, offset
):
    try:
        happened = happened_at(client_at, offset, received_at)
    except ClockAhead:
        assert client_at + offset - received_at > AHEAD_TOLERATED
        return
    assert happened <= received_at
    assert timedelta() <= client_at + offset - happened <= AHEAD_TOLERATED
