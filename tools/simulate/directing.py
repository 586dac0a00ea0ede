"""Steps 2 and 3: the purpose, the direction, and what may be decided instead."""

from datetime import datetime, timedelta

from app.domain.events import EventKind
from app.domain.rectify import standing_events
from app.domain.turns import StandIn
from app.operations.rectify import correct_time
from app.operations.scanning import Answers
from app.operations.turns import decide_visit
from app.queries.visits import log_events, view_by_label
from tools.simulate.books import OPEN_ENDED, How
from tools.simulate.fates import Fate, Trait
from tools.simulate.guest import DESTINATIONS, Course, Guest, expect
from tools.simulate.mishaps import WHOLE, do, mishaps_of_badges, stand_in

DECIDED_BY_KASUBBAG = 0.4
DECIDED_BY_SEKRETARIS = 0.5  # of the others; the rest learn at steps 4 and 5 that the host is away
DAYS_AHEAD = (1, 7, 14)


def state_purpose(guest: Guest) -> Course:
    """Step 2; here some are turned away or asked to come again."""
    yield guest.step_time()
    name = guest.one_of("general_affairs")
    if guest.has(Trait.SCANNED_AT_WRONG_DESK):
        wrong = guest.office.scan("hendra", guest.badge)
        expect(wrong, "refused")
    if is_decided_here(guest):
        decide(guest, name)
        return
    yield from do(guest, "purpose", name, purpose="Izin usaha", confirmed=True)
    yield from mishaps_of_badges(guest)


def is_decided_here(guest: Guest) -> bool:
    return has_verdict_to_come(guest) and guest.happens(DECIDED_BY_KASUBBAG)


def has_verdict_to_come(guest: Guest) -> bool:
    return guest.fate in {Fate.DECLINED, Fate.RESCHEDULED}


def decide(guest: Guest, name: str) -> None:
    """Turned away, or asked to come again on another working day."""
    account, step = guest.account, guest.account.missing[0]
    is_declined = guest.fate is Fate.DECLINED
    due_at = None if is_declined else day_ahead(guest)
    decide_visit(
        account.label,
        "decline" if is_declined else "reschedule",
        answers=Answers(purpose="Izin usaha"),
        public_reason="Mohon maaf, beliau dinas luar." if is_declined else None,
        private_note="Sudah dua kali." if is_declined else None,
        due_at=due_at,
        officer=guest.office.officer(name),
        at=guest.now,
    )
    guest.office.writes += 1
    account.settle(step, guest.now, How.SKIPPED if step == OPEN_ENDED else How.TIMED)
    account.skip(account.missing[:-1], guest.now)
    account.verdict = "declined" if is_declined else "rescheduled"
    guest.office.books.appointments_made += not is_declined


def day_ahead(guest: Guest) -> datetime:
    days = guest.chance.choice(DAYS_AHEAD)
    return guest.now.replace(hour=3, minute=guest.chance.choice([0, 30])) + timedelta(days=days)


def get_direction(guest: Guest) -> Course:
    """Step 3, by the Sekretaris, their deputy, or on their behalf."""
    yield guest.step_time()
    account, destination = guest.account, guest.chance.choice(DESTINATIONS)
    if has_verdict_to_come(guest) and guest.happens(DECIDED_BY_SEKRETARIS):
        decide(guest, guest.one_of("secretary"))
    elif guest.fate is Fate.DONE_ON_BEHALF:
        stand_in(guest, StandIn.ON_BEHALF)
        account.destination = WHOLE.destination_id
        account.settle("direction", guest.now)
    elif guest.fate is Fate.STEP_SKIPPED:
        stand_in(guest, StandIn.SKIP)
        account.settle("direction", guest.now, How.SKIPPED)
    else:
        name = guest.one_of("secretary")
        yield from do(
            guest, "direction", name, direction="Antar ke tujuan.", destination_id=destination
        )
        account.destination = destination
    if guest.has(Trait.TIME_CORRECTED) and account.verdict is None:
        yield 60
        correct_the_purpose(guest)


def correct_the_purpose(guest: Guest) -> None:
    """Step 2 was over half as early as it was scanned."""
    place, leg = 1, guest.account.legs[1]
    assert leg.began is not None, "step 1 has an end"
    right = leg.began + (leg.ended - leg.began) / 2
    right = right.replace(microsecond=0)
    with guest.office.read() as session:
        visit = view_by_label(session, guest.account.label).visit
        assert visit is not None, "it is in the book"
        (seq,) = [
            event.seq
            for event in standing_events(log_events(session, visit.id))
            if (event.kind, event.step_key) == (EventKind.COMPLETED, leg.step)
        ]
    correct_time(
        guest.account.label,
        seq,
        right,
        reason="Terlambat dipindai.",
        officer=guest.office.officer("kasim"),
        at=guest.now,
    )
    guest.office.writes += 1
    guest.account.put_right(place, right)
