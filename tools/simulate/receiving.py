"""Steps 4 and 5: to the host, who receives; on to others; over night."""

from app.domain.turns import StandIn
from app.operations.after_hours import note_stay
from app.operations.turns import redirect_visit
from tools.simulate.directing import decide, has_verdict_to_come
from tools.simulate.fates import Fate
from tools.simulate.guest import DESTINATIONS, MINUTE, Course, Guest, expect
from tools.simulate.leaving import give_up, vanish
from tools.simulate.mishaps import do, stand_in

KNOWN_BEFORE_ESCORT = 0.5  # that the host is away
LEFT_BEFORE_RECEPTION = 0.5  # of those who leave without a word
TAPS = 0.3  # of the receptions


def visit_the_host(guest: Guest) -> Course:
    """Steps 4 and 5, once for each destination."""
    yield guest.step_time()
    if guest.fate is Fate.GIVES_UP:
        yield from give_up(guest)
        return
    if has_verdict_to_come(guest) and guest.happens(KNOWN_BEFORE_ESCORT):
        decide(guest, guest.one_of("general_affairs"))
        return
    yield from do(guest, "escort", guest.one_of("general_affairs"))
    if has_verdict_to_come(guest):
        yield guest.minutes(2, 30)
        decide(guest, guest.pick((host(guest), guest.one_of("front_desk"))))
        return
    if guest.fate is Fate.REDIRECTED:
        yield 90
        redirect(guest, "sekar")
    if guest.fate is Fate.LEFT_UNREPORTED and guest.happens(LEFT_BEFORE_RECEPTION):
        yield from vanish(guest)
        return
    if guest.fate is Fate.RECEPTION_NOT_SCANNED:
        yield guest.minutes(5, 40)
        return
    yield from be_received(guest)


def be_received(guest: Guest) -> Course:
    """Step 5; a further destination is another round of it."""
    yield guest.minutes(2, 30)
    if guest.fate is Fate.DONE_ON_BEHALF:
        stand_in(guest, StandIn.ON_BEHALF)
    else:
        tap_or_scan(guest, host(guest))
    guest.account.begin(guest.now)
    yield guest.minutes(3, 45)
    if guest.fate is Fate.REDIRECTED_IN_MID_RECEPTION:
        redirect(guest, host(guest))
        yield from be_received_there(guest)
        return
    if guest.fate is Fate.STAYS_OVERNIGHT:
        yield from stay_overnight(guest)
    if guest.fate is Fate.LEFT_UNREPORTED:
        yield from vanish(guest)
        return
    if guest.fate is Fate.ENDED_BY_RETURN:
        return
    end_reception(guest)
    if guest.fate is Fate.FURTHER_DESTINATION:
        yield 3 * MINUTE
        redirect(guest, guest.one_of("general_affairs"))
        yield from be_received_there(guest)


def be_received_there(guest: Guest) -> Course:
    yield guest.minutes(2, 10)
    tap_or_scan(guest, host(guest))
    guest.account.begin(guest.now)
    yield guest.minutes(3, 30)
    end_reception(guest)


def end_reception(guest: Guest) -> None:
    if guest.fate is Fate.DONE_ON_BEHALF:
        stand_in(guest, StandIn.ON_BEHALF)
    else:
        tap_or_scan(guest, host(guest))
    guest.account.settle("reception", guest.now)


def host(guest: Guest) -> str:
    return guest.pick(guest.office.hosts(guest.account.destination))


def tap_or_scan(guest: Guest, name: str) -> None:
    """A host without a camera taps the guest's row."""
    is_tap = guest.happens(TAPS)
    recorded = guest.office.scan(
        name, None if is_tap else guest.badge, visit=guest.account.label, confirmed=True
    )
    expect(recorded, "started", "ended")


def redirect(guest: Guest, name: str) -> None:
    """On to another host; after a reception has begun it begins anew there."""
    account = guest.account
    others = [one for one in DESTINATIONS if one != account.destination]
    account.destination = guest.chance.choice(others)
    redirect_visit(
        account.label,
        account.destination,
        reason="Urusan bidang lain.",
        officer=guest.office.officer(name),
        at=guest.now,
    )
    guest.office.writes += 1
    if account.begun is not None:
        account.settle("reception", guest.now)
        account.go_back(guest.now)
    elif account.missing[0] == "return":
        account.go_back(guest.now)


def stay_overnight(guest: Guest) -> Course:
    """Still received after closing time, which is noted; the reception ends next morning."""
    yield guest.office.seconds_until(hour=17)
    desk = guest.office.officer(guest.one_of("front_desk"))
    assert note_stay(guest.account.label, officer=desk, at=guest.now)
    guest.office.writes += 1
    yield guest.office.seconds_until(hour=8)
