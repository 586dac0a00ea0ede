"""How long a sign-in must wait after failures: longer each time, never for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


def wait_left(
    failures: Sequence[datetime], now: datetime, free_failures: int = FREE_FAILURES
) -> timedelta:
    """The time until the next attempt may be made; zero when it may be made now.

    Five failures in 15 minutes are free; then the wait doubles with each further one, from 30 s
    to 15 minutes, counted from the latest failure. Failures recorded by a clock that ran ahead
    do not count: they would lock people out until that day comes.
    """
    recent = [at for at in failures if timedelta() <= now - at < WINDOW]
    excess = len(recent) - free_failures
    if excess < 0:
        return timedelta()
    doublings: int = 2 ** min(excess, 10)
    wait = min(FIRST_WAIT * doublings, LONGEST_WAIT)
    return max(max(recent) + wait - now, timedelta())
