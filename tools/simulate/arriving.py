"""Step 1: the guest book with its second thoughts, and the badges."""

from app.operations.guest_entries import GuestEntry
from app.operations.party import note_party
from app.operations.visits import cancel_entry, correct_visit, open_visit
from tools.simulate.fates import Fate, Trait
from tools.simulate.guest import DESTINATIONS, Course, Guest, expect

NAMES = ("Tono", "Siti Aminah", "Bambang", "Wulan", "Yohanes", "Dewi", "Udin", "Rahmat", "Lestari")
ORIGINS = ("perorangan", "KSP Maju", "CV Karya", "Dinas Koperasi Sambas", "DPRD", "Bank Kalbar")
FOREIGN = 0.02
MOST_BADGES = 3  # of a group
ANOTHER_BADGE = 0.3


def sign_the_book(guest: Guest) -> Course:
    """Step 1, its first half; documents and those who think better of it go no further."""
    desk, account = guest.one_of("front_desk"), guest.account
    is_drop_off = guest.fate is Fate.DROP_OFF
    arrived_at = guest.now
    if not is_drop_off:
        yield guest.chance.randint(20, 90)
    is_known = not guest.has(Trait.ARRIVAL_UNKNOWN) or is_drop_off
    entry = entry_of(guest)
    nonce = guest.office.nonce()
    for _ in range(1 + guest.has(Trait.ENTRY_SENT_TWICE)):
        opened = open_visit(
            entry,
            officer=guest.office.officer(desk),
            sop_sha256=guest.office.app.config["SOP_SHA256"],
            nonce=nonce,
            arrived_at=arrived_at if is_known else None,
            at=guest.now,
        )
        guest.office.writes += 1
    account.arrive(opened.label, arrived_at if is_known else guest.now, is_known=is_known)
    account.kind, account.destination = entry.kind, entry.destination_id
    if guest.appointment is not None:
        guest.office.books.appointments_kept += 1
    if is_drop_off:
        account.outcome = "completed"
        return
    yield from second_thoughts(guest, desk)


def entry_of(guest: Guest) -> GuestEntry:
    destination = guest.chance.choice([None, None, *DESTINATIONS])
    appointment_id = None
    if guest.appointment is not None:
        appointment_id, destination = guest.appointment
    is_foreign = guest.happens(FOREIGN)
    is_vouched = guest.has(Trait.VOUCHED)
    return GuestEntry(
        name=guest.chance.choice(NAMES),
        origin=guest.chance.choice(ORIGINS),
        position=None,
        phone="+6281255501234",
        guest_kind=guest.account.guest_kind,
        purpose=guest.chance.choice([None, "Izin usaha", "Konsultasi"]),
        destination_id=destination,
        party_size=guest.account.party,
        identity_kind=None if is_vouched else "paspor" if is_foreign else "ktp",
        identity_shown=not is_vouched,
        appointment_id=appointment_id,
        priority="elderly" if guest.has(Trait.PRIORITY) else "",
        kind="drop_off" if guest.fate is Fate.DROP_OFF else "visit",
        vouched=is_vouched,
    )


def second_thoughts(guest: Guest, desk: str) -> Course:
    account, officer = guest.account, guest.office.officer(desk)
    if guest.has(Trait.ENTRY_CORRECTED):
        yield 30
        account.destination = guest.chance.choice(DESTINATIONS)
        correct_visit(
            account.label,
            purpose="Urusan lain",
            destination_id=account.destination,
            officer=officer,
            at=guest.now,
        )
        guest.office.writes += 1
    if guest.has(Trait.PARTY_CORRECTED):
        yield 10
        account.party += 1
        note_party(account.label, size=account.party, names=(), officer=officer, at=guest.now)
        guest.office.writes += 1
    if guest.fate is Fate.CANCELLED:
        yield 60
        cancel_entry(account.label, reason="Urung.", officer=officer, at=guest.now)
        guest.office.writes += 1
        account.outcome = "cancelled"


def get_badges(guest: Guest) -> Course:
    """Step 1, its second half: a badge each for up to three of a group."""
    yield guest.step_time()
    desk, account = guest.one_of("front_desk"), guest.account
    number = yield from guest.wait_for_badge()
    issued = guest.office.scan(desk, str(number), visit=account.label)
    expect(issued, "issued")
    guest.take(number)
    account.settle("registration", guest.now)
    for _ in range(min(account.party, MOST_BADGES) - 1):
        another = guest.office.free_badge()
        is_asked_for = guest.has(Trait.BADGE_CARRIED_OFF) or guest.happens(ANOTHER_BADGE)
        if another is None or not is_asked_for:
            break
        more = guest.office.scan(desk, str(another), visit=account.label, adds_badge=True)
        expect(more, "issued")
        guest.take(another)
