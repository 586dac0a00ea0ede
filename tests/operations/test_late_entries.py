"""Entri susulan: what is stored of a slip, and what it is left out of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.events import Outcome
from app.domain.period import month_of
from app.models.badge import Loan
from app.models.scan import Scan
from app.models.visit import Appointment, StepEvent, StepTime, Visit, Visitor, VisitText
from app.operations.guest_entries import GuestEntry, OpenedVisit
from app.operations.late_entries import LateEntry, SlipTyped, enter_late_visit
from app.operations.rectify import NotRectified, reopen_visit
from app.queries.appointments import appointments
from app.queries.step_figures import step_figures
from app.queries.visits import open_visits, view_by_id
from tests.views.reading import count, row, rows

ARRIVED = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 07.30 WIB
MINUTES = {
    "arrival": 0,
    "end-registration": 3,
    "end-purpose": 9,
    "end-direction": 10,
    "end-escort": 14,
    "begin-reception": 20,
    "end-reception": 40,
    "end-return": 42,
}
NONCE = "00000000-0000-4000-8000-000000000001"


def enter(office, name="Siti", *, arrived_at=ARRIVED, minutes=MINUTES, nonce=None, **changes):
    guest = GuestEntry(
        name=name, origin="perorangan", position=None, phone=None, guest_kind="umum",
        purpose="Izin usaha", destination_id=1, party_size=2, identity_kind=None,
        identity_shown=False,
    )  # fmt: skip
    entry = LateEntry(
        guest=guest,
        noted={slot: arrived_at + timedelta(minutes=after) for slot, after in minutes.items()},
        outcome=changes.get("outcome", Outcome.COMPLETED),
        reason="Listrik padam",
        slip=changes.get("slip", "12"),
        is_other_slip=changes.get("is_other_slip", False),
        due_at=changes.get("due_at"),
    )
    officer = office.officer("fitri")
    with office.app.app_context():
        return enter_late_visit(
            entry,
            officer=officer,
            sop_sha256=office.app.config["SOP_SHA256"],
            nonce=nonce,
            at=office.clock(),
        )


def test_the_visit_is_marked_numbered_and_dated_as_on_paper(office):
    office.clock.pass_time(hours=5)
    assert enter(office) == OpenedVisit("1/2026", is_repeat=False)
    visit, guest = row(office, Visit), row(office, Visitor)
    assert (visit.late_entry, visit.arrived_at, visit.arrived_on, visit.arrived_hour) == (
        True, ARRIVED, date(2026, 11, 24), 7
    )  # fmt: skip
    assert (visit.outcome, visit.closed_at, visit.step_key, visit.step_state) == (
        "completed", ARRIVED + timedelta(minutes=42), None, "closed"
    )  # fmt: skip
    assert (visit.destination_id, visit.party_size, guest.name) == (1, 2, "Siti")
    assert list(open_visits(office.session)) == []


def test_each_event_has_the_time_on_paper_and_the_time_it_was_typed_in(office):
    office.clock.pass_time(hours=5)
    enter(office)
    events = rows(office, StepEvent)
    told = [(event.kind, (event.occurred_at - ARRIVED) // timedelta(minutes=1)) for event in events]
    assert told == [
        ("opened", 0), ("completed", 3), ("completed", 9), ("completed", 10), ("completed", 14),
        ("started", 20), ("ended", 40), ("completed", 42), ("closed", 42),
    ]  # fmt: skip
    assert {event.recorded_at for event in events} == {office.clock()}
    assert {(event.actor_name, event.actor_post, event.acting_role) for event in events} == {
        ("Fitri", "Petugas Front Desk", "front_desk")
    }
    assert [event.on_behalf_of for event in events] == [
        None, None, "general_affairs", "secretary", "general_affairs", "host", "host", None, None
    ]  # fmt: skip


def test_who_typed_it_in_and_why_and_from_which_slip_is_kept(office):
    enter(office)
    texts = rows(office, VisitText)
    assert [(text.field, text.value, text.actor_name, text.at) for text in texts] == [
        ("purpose", "Izin usaha", "Fitri", office.clock()),
        ("late_reason", "Listrik padam", "Fitri", office.clock()),
        ("slip", "12", "Fitri", office.clock()),
    ]  # fmt: skip


def test_it_moves_no_badge_and_is_no_scan(office):
    enter(office)
    assert (count(office, Loan), count(office, Scan)) == (0, 0)
    assert {(event.method, event.scan_id) for event in rows(office, StepEvent)} == {(None, None)}


def test_its_times_are_kept_but_left_out_of_the_time_rates(office):
    enter(office)
    times = office.session.execute(
        select(StepTime.step_key, StepTime.standing, StepTime.elapsed_s).order_by(
            StepTime.elapsed_s
        )
    ).all()
    assert ("purpose", "late", 360) in [tuple(time) for time in times]
    assert len(times) == 6
    assert step_figures(office.session, month_of(date(2026, 11, 1))) == {}
    office.bring_to_step(2)
    assert set(step_figures(office.session, month_of(date(2026, 11, 1)))) == {"registration"}


def test_a_step_that_was_not_noted_is_skipped(office):
    enter(office, minutes={"arrival": 0, "end-return": 30}, outcome=Outcome.CANCELLED, slip=None)
    view = view_by_id(office.session, row(office, Visit).id)
    assert view.progress.outcome == "cancelled"
    assert [settled.manner for settled in view.progress.settled] == [*["skipped"] * 5, "done"]
    assert "slip" not in view.texts


def test_a_guest_who_was_asked_to_come_again_stands_among_the_appointments(office):
    office.clock.pass_time(hours=5)
    due_at = office.clock() + timedelta(days=2)
    minutes = {"arrival": 0, "end-purpose": 9, "end-return": 12}
    enter(office, minutes=minutes, outcome=Outcome.RESCHEDULED, due_at=due_at)
    made = row(office, Appointment)
    assert (made.visit_id, made.due_at, made.destination_id, made.made_at) == (
        1, due_at, 1, office.clock()
    )  # fmt: skip
    [expected] = appointments(office.session, office.clock(), due_at + timedelta(minutes=1))
    assert appointments(office.session, office.clock(), due_at) == []
    assert (expected.view.name, expected.arrived) == ("Siti", None)
    progress = expected.view.progress
    assert (progress.outcome, progress.verdict, progress.verdict_at) == (
        "rescheduled", "rescheduled", ARRIVED + timedelta(minutes=9)
    )  # fmt: skip


def test_a_visit_of_last_year_has_a_number_of_last_year(office):
    office.open_visit()
    last_year = datetime(2025, 12, 31, 10, 0, tzinfo=UTC)
    assert enter(office, arrived_at=last_year).label == "1/2025"
    assert enter(office).label == "2/2026"


def test_a_form_that_is_sent_twice_makes_one_visit_and_another_guest_another(office):
    assert enter(office, nonce=NONCE) == OpenedVisit("1/2026", is_repeat=False)
    assert enter(office, nonce=NONCE) == OpenedVisit("1/2026", is_repeat=True)
    assert enter(office, "Budi", nonce=NONCE, slip="13") == OpenedVisit("2/2026", is_repeat=False)
    assert count(office, Visit) == 2


def test_a_slip_of_the_same_number_and_day_is_refused_unless_it_is_another(office):
    enter(office)
    with pytest.raises(SlipTyped) as refused:
        enter(office, "Budi")
    assert (refused.value.label, count(office, Visit)) == ("1/2026", 1)
    assert enter(office, "Budi", is_other_slip=True).label == "2/2026"
    assert enter(office, "Tini", arrived_at=ARRIVED - timedelta(days=1)).label == "3/2026"


def test_it_is_not_opened_again_since_its_guest_has_gone(office):
    enter(office)
    kasim = office.officer("kasim")
    with office.app.app_context(), pytest.raises(NotRectified) as refused:
        reopen_visit("1/2026", reason="Keliru", officer=kasim, at=office.clock())
    assert refused.value.why == "late_entry"
    assert row(office, Visit).outcome == "completed"
    assert [text.field for text in rows(office, VisitText)] == ["purpose", "late_reason", "slip"]
