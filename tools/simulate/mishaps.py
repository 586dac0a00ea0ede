"""What may go wrong with a scan or a badge, and who acts for whom."""

from datetime import timedelta

from app.domain.badge_life import Move
from app.domain.decisions import Reason
from app.domain.turns import StandIn
from app.operations.badge_loans import report_gone, swap_badges
from app.operations.rectify import NotRectified, undo_own
from app.operations.scanning import Answers, IncomingScan, Recorded
from app.operations.turns import stand_in_for
from tools.simulate.fates import Trait
from tools.simulate.guest import MINUTE, Course, Guest, expect

WHOLE = Answers("Izin usaha", "Antar ke tujuan.", destination_id=1, confirmed=True)


def do(guest: Guest, step: str, name: str, **answers: object) -> Course:
    """A scan that completes a step, and what may go wrong with one."""
    account = guest.account
    before = account.snapshot() if guest.has(Trait.SCAN_UNDONE) else account
    made_at = guest.now if guest.has(Trait.SCAN_SENT_LATER) else None
    if made_at is not None:
        yield guest.minutes(5, 40)
        recorded = guest.office.scan(name, guest.badge, made_at=made_at, **answers)
        if recorded.reason is Reason.OUT_OF_ORDER:  # meanwhile the badge has changed hands
            yield MINUTE
            recorded, made_at = tap(guest, name, **answers), guest.now
        account.settle(step, made_at)
    else:
        recorded = send(guest, name, **answers)
        account.settle(step, guest.now)
    expect(recorded, "advanced")
    is_online = made_at is None
    if step == "purpose" and guest.has(Trait.SCANNED_TWICE) and is_online:
        yield 2
        again = guest.office.scan(name, guest.badge)
        expect(again, "repeated")
    if step == "purpose" and guest.has(Trait.SCAN_UNDONE):
        yield 40
        if undo(guest, name):
            account.restore(before)
            yield 62
            yield from do_again(guest, step, name, **answers)
    if step == "escort" and guest.has(Trait.SCAN_OUT_OF_ORDER) and is_online:
        yield 30
        earlier = guest.now - timedelta(minutes=5)
        stale = guest.office.scan(name, guest.badge, made_at=earlier)
        expect(stale, "refused")
        assert stale.reason is Reason.OUT_OF_ORDER, stale.reason


def tap(guest: Guest, name: str, **answers: object) -> Recorded:
    """The guest's row instead of the badge."""
    return guest.office.scan(name, None, visit=guest.account.label, **answers)


def do_again(guest: Guest, step: str, name: str, **answers: object) -> Course:
    recorded = guest.office.scan(name, guest.badge, **answers)
    expect(recorded, "advanced")
    guest.account.settle(step, guest.now)
    yield 1


def send(guest: Guest, name: str, **answers: object) -> Recorded:
    """One scan; a phone that got no answer sends it again."""
    incoming = IncomingScan(
        guest.office.nonce(),
        "typed",
        guest.badge,
        None,
        Answers(**answers),  # type: ignore[arg-type]
    )
    recorded = guest.office.send(incoming, name)
    guest.office.books.scans += 1
    if guest.has(Trait.SCAN_SENT_TWICE):
        again = guest.office.send(incoming, name)
        assert again.is_replay
        expect(again, recorded.outcome)
    return recorded


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
