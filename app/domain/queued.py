"""When a scan happened that was sent later: its device's time, put right and checked."""

from datetime import datetime, timedelta

AHEAD_TOLERATED = timedelta(minutes=2)


class ClockAhead(Exception):
    """The scan claims to come from the future: its device's clock cannot be believed."""


def happened_at(client_at: datetime, offset: timedelta, received_at: datetime) -> datetime:
    """The instant of a queued scan by the server's clock.

    `offset` is what the device measured at its last contact: the server's clock less its own. An
    instant up to two minutes ahead is taken for the moment it was received; raises ClockAhead for
    more.
    """
    try:
        happened = client_at + offset
    except OverflowError as error:
        raise ClockAhead from error
    if happened - received_at > AHEAD_TOLERATED:
        raise ClockAhead
    return min(happened, received_at)
