"""A guest's way through the office, from the guest book to the last badge."""

from tools.simulate.arriving import get_badges, sign_the_book
from tools.simulate.directing import get_direction, state_purpose
from tools.simulate.fates import Fate
from tools.simulate.guest import Course, Guest
from tools.simulate.leaving import give_up, leave
from tools.simulate.receiving import visit_the_host

GIVES_UP_AT_ONCE = 0.3  # of those who do


def course_of(guest: Guest) -> Course:
    yield from sign_the_book(guest)
    if guest.account.outcome is not None:
        return
    yield from get_badges(guest)
    if guest.fate is Fate.GIVES_UP and guest.happens(GIVES_UP_AT_ONCE):
        yield from give_up(guest)
        return
    yield from state_purpose(guest)
    if guest.account.verdict is None:
        yield from get_direction(guest)
    if guest.account.verdict is None:
        yield from visit_the_host(guest)
    if guest.account.outcome is None:
        yield from leave(guest)
