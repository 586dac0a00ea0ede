"""What may go wrong with a scan or a badge, and who acts for whom."""

from datetime import timedelta

from app.domain.badge_life import Move
from app.domain.decision import Reason
from app.domain.turns import StandIn
from app.operations.badge_loans import report_gone, swap_badges
from app.operations.rectify import NotRectified, undo_own
from app.operations.scanning import Answers
from app.operations.turns import stand_in_for
from tools.simulate.fates import Trait
from tools.simulate.guest import MINUTE, Course, Guest, expect

WHOLE = Answers("Izin usaha", "Antar ke tujuan.", destination_id=1, confirmed=True)


def do(guest: Guest, step: str, name: str, **answers: object) -> Course:
    """A scan that completes a step, and what may go wrong with one."""
    account = guest.account
    before = account.snapshot() if guest.has(Trait.SCAN_UNDONE) else account
    is_late = guest.has(Trait.SCAN_SENT_LATER)
    scan = scan_later if is_late else scan_now
    yield from scan(guest, step, name, **answers)
    if step == "purpose" and guest.has(Trait.SCANNED_TWICE) and not is_late:
        yield 2
        expect(guest.office.scan(name, guest.badge), "repeated")
    if step == "purpose" and guest.has(Trait.SCAN_UNDONE):
        yield 40
        if undo(guest, name):
            account.restore(before)
            yield 62
            yield from scan_now(guest, step, name, **answers)
    if step == "escort" and guest.has(Trait.SCAN_OUT_OF_ORDER) and not is_late:
        yield 30
        earlier = guest.now - timedelta(minutes=5)
        stale = guest.office.scan(name, guest.badge, made_at=earlier)
        expect(stale, "refused")
        assert stale.reason is Reason.OUT_OF_ORDER, stale.reason


def scan_now(guest: Guest, step: str, name: str, **answers: object) -> Course:
    times = 1 + guest.has(Trait.SCAN_SENT_TWICE)
    expect(guest.office.scan(name, guest.badge, times=times, **answers), "advanced")
    guest.account.settle(step, guest.now)
    yield 1


def scan_later(guest: Guest, step: str, name: str, **answers: object) -> Course:
    """Made while the line was cut; a guest who wears another badge by then is moved by a tap."""
    made_at = guest.now
    yield guest.minutes(5, 40)
    recorded = guest.office.scan(name, guest.badge, made_at=made_at, **answers)
    if recorded.reason is Reason.OUT_OF_ORDER:
        yield MINUTE
        made_at = guest.now
        recorded = guest.office.scan(name, None, visit=guest.account.label, **answers)
    expect(recorded, "advanced")
    guest.account.settle(step, made_at)


def undo(guest: Guest, name: str) -> bool:
    guest.office.writes += 1
    try:
        undo_own(guest.account.label, officer=guest.office.officer(name), at=guest.now)
    except NotRectified:
        return False
    return True


def stand_in(guest: Guest, how: StandIn) -> None:
    stand_in_for(
        guest.account.label,
        how,
        answers=WHOLE,
        reason="Tidak di tempat.",
        officer=guest.office.officer("kasim"),
        at=guest.now,
    )
    guest.office.writes += 1


def mishaps_of_badges(guest: Guest) -> Course:
    account, desk = guest.account, guest.office.officer("fitri")
    if guest.has(Trait.BADGE_LOST) or guest.has(Trait.BADGE_BROKEN):
        yield 60
        how = Move.LOSE if guest.has(Trait.BADGE_LOST) else Move.BREAK
        replacement = yield from guest.wait_for_badge()
        gone = account.badges[0]
        report_gone(
            account.label, gone, how, replacement=replacement, reason="Rusak atau hilang.",
            officer=desk, at=guest.now,
        )  # fmt: skip
        guest.office.writes += 1
        account.badges[0] = replacement
        guest.office.rack[replacement] = "in_use"
        guest.office.rack[gone] = "lost" if how is Move.LOSE else "damaged"
    if guest.has(Trait.BADGE_SWAPPED) and (other := guest.office.somebody_else(account)):
        yield 60
        if not other.badges or other.outcome is not None:
            return
        mine, theirs = account.badges[0], other.badges[0]
        swap_badges(account.label, mine, theirs, reason="Tertukar.", officer=desk, at=guest.now)
        guest.office.writes += 1
        account.badges[0], other.badges[0] = theirs, mine
