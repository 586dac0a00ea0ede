"""Two days of an office with every kind of visit, made through the operations themselves."""

from datetime import UTC, datetime

from app.domain.events import Outcome
from app.operations.visits import cancel_entry
from tests.cast import Office

DAY_BEFORE = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # Monday, 08.30 WIB


def mixed_days(office: Office) -> None:
    """Nine visits: seven today (Tuesday), one yesterday, one in the month before.

    The clock ends where a guest is inside, one is at the front desk, and five visits are closed.
    """
    today = office.clock.at
    office.clock.at = datetime(2026, 10, 30, 3, 0, tzinfo=UTC)
    complete(office)
    office.clock.at = DAY_BEFORE
    complete(office, late_at=3, party_size=3)
    office.clock.at = today
    complete(office, late_at=6)
    without_scan_of_host(office)
    close_early(office, Outcome.DECLINED)
    close_early(office, Outcome.COMPLETED_SHORT)
    cancelled(office)
    office.bring_to_step(4, "15", party_size=2)
    office.open_visit("Udin")


def complete(office: Office, badge: str = "12", *, late_at: int = 0, **fields: object) -> str:
    """A visit through all six steps, two minutes each; ten minutes at the step that is late."""
    acts = [
        ("kasim", {}),
        ("sekar", {"direction": "Antar.", "destination_id": 1}),
        ("kasim", {}),
        ("hadi", {}),
        ("hadi", {}),
        ("fitri", {}),
    ]
    label = office.open_visit(**{"purpose": "Izin usaha", **fields})
    office.clock.pass_time(minutes=2)
    office.scan("fitri", badge, visit=label)
    for number, (username, answers) in enumerate(acts, start=2):
        step = number if number < 6 else number - 1  # the host scans twice
        office.clock.pass_time(minutes=10 if step == late_at else 2)
        office.scan(username, badge, **answers)
    return label


def without_scan_of_host(office: Office, badge: str = "13") -> str:
    """A guest who was received, but whose host did not scan: the badge's return closes it."""
    label = office.bring_to_step(5, badge)
    office.clock.pass_time(minutes=20)
    office.scan("fitri", badge, wants_return=True, confirmed=True)
    return label


def close_early(office: Office, outcome: Outcome, badge: str = "14") -> str:
    """A guest who leaves from step 3, not received."""
    label = office.bring_to_step(3, badge)
    office.clock.pass_time(minutes=2)
    office.scan(
        "fitri",
        badge,
        wants_return=True,
        not_received=True,
        outcome=outcome,
        reason_text="Tamu pulang",
        confirmed=True,
    )
    return label


def cancelled(office: Office) -> str:
    """An entry that never got a badge."""
    label = office.open_visit("Salah")
    officer = office.officer("fitri")
    with office.app.app_context():
        cancel_entry(label, reason="Salah ketik", officer=officer, at=office.clock())
    return label
