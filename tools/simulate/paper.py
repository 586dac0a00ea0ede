"""Guests who came while the power was off: kept on slips, typed in when it is back."""

from datetime import datetime, timedelta
from random import Random

from app.domain.events import Outcome
from app.domain.late_entry import ARRIVAL, OUTCOMES
from app.operations.guest_entries import GuestEntry
from app.operations.late_entries import LateEntry, enter_late_visit
from tools.simulate.books import OPEN_ENDED, STEPS, Account, How
from tools.simulate.office import Office

SEEN_OUT = OUTCOMES[:4]  # when somebody left who did not report is a guess
NOT_NOTED = 0.15


def write_slip(office: Office, arrived_at: datetime, number: int) -> None:
    """Type in one slip: its times to the minute, some blanks left empty."""
    chance = Random(office.chance.getrandbits(64))
    account = Account("umum", chance.choice([1, 1, 2]), chance.choice([None, 1, 2, 3]))
    account.late_entry = True
    office.books.accounts.append(account)
    noted = _noted(chance, arrived_at)
    outcome = chance.choices(SEEN_OUT, weights=[8, 1, 1, 1])[0]
    entry = LateEntry(
        GuestEntry(
            name="Tamu di kertas",
            origin="perorangan",
            position=None,
            phone=None,
            guest_kind=account.guest_kind,
            purpose="Izin usaha",
            destination_id=account.destination,
            party_size=account.party,
            identity_kind="ktp",
            identity_shown=True,
        ),
        noted,
        outcome,
        "Listrik padam.",
        f"{number:03}",
        due_at=_due_at(office, outcome),
    )
    opened = enter_late_visit(
        entry,
        officer=office.officer("ani"),
        sop_sha256=office.app.config["SOP_SHA256"],
        nonce=office.nonce(),
        at=office.now,
    )
    office.writes += 1
    account.arrive(opened.label, arrived_at)
    _book(account, noted, outcome)


def _due_at(office: Office, outcome: Outcome) -> datetime | None:
    """Guests on paper who are asked to come again are asked for the day after tomorrow."""
    if outcome is not Outcome.RESCHEDULED:
        return None
    office.books.appointments_made += 1
    return office.now + timedelta(days=2)


def _noted(chance: Random, arrived_at: datetime) -> dict[str, datetime]:
    """What stands on the slip; of the last step the end is always there."""
    noted, at = {ARRIVAL.name: arrived_at}, arrived_at
    for step in STEPS:
        is_blank = step != STEPS[-1] and chance.random() < NOT_NOTED
        if is_blank:
            continue
        if step == OPEN_ENDED and chance.random() > NOT_NOTED:
            at += timedelta(minutes=chance.randint(0, 10))
            noted[f"begin-{step}"] = at
        at += timedelta(minutes=chance.randint(0, 8))
        noted[f"end-{step}"] = at
    return noted


def _book(account: Account, noted: dict[str, datetime], outcome: Outcome) -> None:
    latest = noted[ARRIVAL.name]
    for step in STEPS:
        begin, end = noted.get(f"begin-{step}"), noted.get(f"end-{step}")
        if end is None:
            account.settle(step, latest, How.SKIPPED, is_guess=True)
            continue
        if begin is not None:
            account.begin(begin)
        is_without_begin = step == OPEN_ENDED and begin is None
        how = How.UNTIMED if is_without_begin else How.TIMED
        account.settle(step, end, how, is_guess=is_without_begin)
        latest = end
    account.outcome = outcome
