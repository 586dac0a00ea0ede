"""The visits of this very day, so that every desk has something to do, whatever the hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from app.sample.history import Setting
from app.sample.scripts import Course, Script, write_script

OVER = (Course.WHOLE, Course.WHOLE, Course.NOT_SCANNED, Course.WHOLE, Course.DECLINED)
JUST_OVER, APART = timedelta(minutes=9), timedelta(minutes=21)
# How many stages are behind the guest, how long ago the latest was, and which destination.
HERE = (
    (0, timedelta(seconds=50), 0),  # in the book, waiting for a badge
    (1, timedelta(seconds=95), 0),  # asked for the purpose within the standard
    (2, timedelta(seconds=380), 0),  # waiting for the direction: late
    (3, timedelta(seconds=130), 2),  # being led to the destination
    (4, timedelta(seconds=200), 1),  # in front of the host's door
    (5, timedelta(minutes=17), 0),  # in the meeting
)


def visits_of_today(rng: Random, setting: Setting, at: datetime) -> list[Script]:
    """Visits that are over by then, and guests who are at different steps."""
    over = [
        write_script(rng, setting.sop, setting.staff, at, course).ending(at - JUST_OVER - APART * n)
        for n, course in enumerate(OVER)
    ]
    return over + [
        _to_unit(rng, setting, at, place).until(stages).ending(at - ago)
        for stages, ago, place in HERE
    ]


def _to_unit(rng: Random, setting: Setting, at: datetime, place: int) -> Script:
    """A whole visit that is directed to the destination at that place in the list."""
    units: Sequence[int] = setting.staff.unit_ids
    wanted = units[place % len(units)]
    while True:
        script = write_script(rng, setting.sop, setting.staff, at, Course.WHOLE)
        if wanted in {move.answers.destination_id for move in script.moves}:
            return script
