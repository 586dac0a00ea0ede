"""Step 6: the badges come back, or do not; the end that was none; what is put right later."""

from datetime import datetime

from app.domain.badge_life import Move
from app.domain.decisions import EARLY_OUTCOMES
from app.operations.badge_loans import leave_with_badge, report_gone
from app.operations.badges import BadgeMoveRefused
from app.operations.rectify import correct_guest, reopen_visit
from app.operations.turns import leave_message
from tools.simulate.books import Account, How
from tools.simulate.fates import Fate, Trait
from tools.simulate.guest import MINUTE, Course, Guest, expect
from tools.simulate.mishaps import undo

A_DAY = 24 * 60 * MINUTE


def leave(guest: Guest) -> Course:
    """Step 6; the last badge that comes back closes the visit."""
    yield guest.step_time()
    account = guest.account
    desk = guest.one_of("front_desk")
    is_unscanned = account.missing[0] != "return"
    before = account.snapshot()
    yield from give_back_all_but_one(guest, desk, wants_return=is_unscanned)
    is_carried_off = len(before.badges) > 1 and guest.has(Trait.BADGE_CARRIED_OFF)
    if is_carried_off and not is_unscanned:
        carry_off(guest, desk)
    else:
        number = account.badges[0]
        closed = guest.office.scan(desk, str(number), confirmed=True, wants_return=is_unscanned)
        expect(closed, "closed")
        guest.hang_up(number)
    if is_unscanned:
        account.settle("reception", guest.now, How.UNTIMED)
    account.settle("return", guest.now, How.UNTIMED if is_unscanned else How.TIMED)
    account.outcome = account.verdict or "completed"
    if len(before.badges) == 1 and not is_carried_off:
        yield from after_the_end(guest, desk, before, number)
    yield from afterwards(guest)


def give_back_all_but_one(guest: Guest, desk: str, **answers: object) -> Course:
    while len(guest.account.badges) > 1:
        number = guest.account.badges[-1]
        returned = guest.office.scan(desk, str(number), confirmed=True, **answers)
        expect(returned, "returned")
        guest.hang_up(number)
        yield 6


def carry_off(guest: Guest, desk: str) -> None:
    """Somebody of the group went home with the last one; the visit closes all the same."""
    number = guest.account.badges.pop()
    is_closed = report_gone(
        guest.account.label, number, Move.LEAVE, replacement=None, reason="Terbawa.",
        officer=guest.office.officer(desk), at=guest.now,
    )  # fmt: skip
    guest.office.writes += 1
    assert is_closed
    guest.office.rack[number] = "outstanding"


def after_the_end(guest: Guest, desk: str, before: Account, number: int) -> Course:
    """Closed by mistake: undone at once, or opened again later with another badge."""
    account = guest.account
    if guest.fate is Fate.RETURN_UNDONE:
        yield 50
        if undo(guest, desk):
            account.restore(before)
            guest.take(number)
            yield 70
            yield from close_again(guest, desk)
    elif guest.fate is Fate.REOPENED:
        yield guest.minutes(2, 20)
        officer = guest.office.officer("sekar")
        reopen_visit(account.label, reason="Keliru.", officer=officer, at=guest.now)
        guest.office.writes += 1
        account.restore(before)
        another = yield from guest.wait_for_badge()
        issued = guest.office.scan(desk, str(another), visit=account.label, adds_badge=True)
        expect(issued, "issued")
        guest.take(another)
        yield 70
        yield from close_again(guest, desk)


def close_again(guest: Guest, desk: str) -> Course:
    number = guest.account.badges[0]
    closed = guest.office.scan(desk, str(number), confirmed=True)
    expect(closed, "closed")
    guest.hang_up(number)
    guest.account.settle("return", guest.now)
    guest.account.outcome = "completed"
    yield 1


def give_up(guest: Guest) -> Course:
    """The guest goes before having been received, and says so."""
    desk, account = guest.one_of("front_desk"), guest.account
    yield from give_back_all_but_one(guest, desk, wants_return=True)
    outcome = guest.chance.choice(EARLY_OUTCOMES)
    number = account.badges[0]
    closed = guest.office.scan(
        desk,
        str(number),
        outcome=outcome,
        reason_text="Tamu lelah menunggu.",
        wants_return=True,
        confirmed=True,
    )
    expect(closed, "closed")
    guest.hang_up(number)
    account.skip(account.missing[:-1], guest.now)
    account.settle("return", guest.now, How.UNTIMED)
    account.outcome = outcome


def vanish(guest: Guest) -> Course:
    """The guest goes home with the badge, which is found out later and may turn up again."""
    account, left_at = guest.account, guest.now
    yield guest.minutes(20, 90)
    desk = guest.one_of("front_desk")
    try:
        report_gone_home(guest, desk, left_at)
    except BadgeMoveRefused:  # somebody has swapped badges with them since: it was later
        left_at = guest.now
        report_gone_home(guest, desk, left_at)
    if account.begun is not None:
        account.settle("reception", left_at, How.UNTIMED, is_guess=True)
    account.skip(account.missing, left_at)
    account.outcome = "left_unreported"
    taken, account.badges = account.badges, []
    for number in taken:
        guest.office.rack[number] = "outstanding"
    yield guest.chance.randint(1, 4) * A_DAY
    for number in taken:
        if guest.office.rack[number] == "outstanding":
            found = guest.office.scan(desk, str(number))
            expect(found, "recovered")
            guest.office.rack[number] = "available"


def report_gone_home(guest: Guest, desk: str, left_at: datetime) -> None:
    guest.office.writes += 1
    leave_with_badge(
        guest.account.label,
        left_at=left_at,
        reason="Tidak melapor.",
        officer=guest.office.officer(desk),
        at=guest.now,
    )


def afterwards(guest: Guest) -> Course:
    account = guest.account
    if guest.has(Trait.MESSAGE_LEFT):
        yield 60
        officer = guest.office.officer("fitri")
        leave_message(account.label, "Mohon ditelepon.", officer=officer, at=guest.now)
        guest.office.writes += 1
        guest.office.books.messages += 1
    if guest.has(Trait.GUEST_CORRECTED):
        yield 60
        words = {"name": "Nama yang benar"}
        officer = guest.office.officer("kasim")
        assert correct_guest(
            account.label, words, reason="Salah tulis.", officer=officer, at=guest.now
        )
        guest.office.writes += 1
        account.corrections += 1
