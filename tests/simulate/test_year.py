"""A short year: every exception befalls somebody, and the record says what the books say."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.extensions import db
from app.models.scan import Scan
from app.models.visit import Appointment, StepEvent, Visit, VisitText
from tests.cast import copy_instance
from tools.simulate.__main__ import tell
from tools.simulate.books import How
from tools.simulate.checking import check_invariants, differences
from tools.simulate.course import course_of
from tools.simulate.fates import FATES, TRAITS, Fate, Trait
from tools.simulate.guest import Guest
from tools.simulate.office import furnish, open_office
from tools.simulate.paper import write_slip
from tools.simulate.parts import live_through_parts, part_into
from tools.simulate.year import (
    FIRST_DAY,
    Agenda,
    Plan,
    live_through,
    take_a_call,
    working_days,
)

NINE = FIRST_DAY + timedelta(hours=2)
LONG_ENOUGH = timedelta(days=7)


@pytest.fixture(scope="module")
def furnished(template, tmp_path_factory):
    instance = copy_instance(template, tmp_path_factory.mktemp("simulated") / "instance")
    furnish(instance, FIRST_DAY)
    return instance


@pytest.fixture
def office(furnished, tmp_path):
    with open_office(copy_instance(furnished, tmp_path / "instance"), FIRST_DAY, seed=1) as office:
        yield office


def send(office, fate, *traits, party=1):
    """One guest's whole way, alone in the building."""
    agenda = Agenda(office)
    guest = Guest(office, fate, frozenset(traits))
    guest.account.party = party
    agenda.add(max(NINE, office.now), course_of(guest))
    agenda.run(office.now + LONG_ENOUGH)
    return guest.account


@pytest.mark.timeout(120)
def test_two_weeks_through_the_operations_agree_with_their_own_books(office):
    fates = live_through(office, Plan(days=10, visits_a_day=15))
    check_invariants(office)
    assert differences(office) == []
    accounts = list(office.books.written())
    assert len(accounts) == 10 * 15
    assert sum(fates.values()) == sum(not one.late_entry for one in accounts)
    assert {one.outcome for one in accounts} >= {
        "completed", "completed_short", "cancelled", "declined", "rescheduled"
    }  # fmt: skip


def marks(office):
    """What the year has left in the record: events and their reasons, words, answers to scans."""
    found = set()
    with office.read() as session:
        for columns in (
            (StepEvent.kind, StepEvent.reason_code, StepEvent.on_behalf_of),
            (VisitText.field,),
            (Scan.outcome, Scan.reason),
            (Visit.kind, Visit.priority),
        ):
            for row in session.execute(select(*columns)):
                found.update(filter(None, row))
        found |= {f"round {number}" for number in session.scalars(select(StepEvent.round))}
        found |= {"queued" for queued in session.scalars(select(Scan.queued)) if queued}
    return found


# What each leaves behind that a straight visit does not.
LEFT_BY_FATE = {
    Fate.STRAIGHT: "completed",
    Fate.DROP_OFF: "drop_off",
    Fate.CANCELLED: "cancelled",
    Fate.DECLINED: "public_reason",
    Fate.RESCHEDULED: "rescheduled",
    Fate.REDIRECTED: "redirected",
    Fate.REDIRECTED_IN_MID_RECEPTION: "round 2",
    Fate.FURTHER_DESTINATION: "round 2",
    Fate.DONE_ON_BEHALF: "secretary",
    Fate.STEP_SKIPPED: "skipped",
    Fate.GIVES_UP: "reason",
    Fate.RECEPTION_NOT_SCANNED: "not_scanned",
    Fate.ENDED_BY_RETURN: "ended_by_return",
    Fate.LEFT_UNREPORTED: "recovered",
    Fate.STAYS_OVERNIGHT: "after_hours",
    Fate.RETURN_UNDONE: "undone",
    Fate.REOPENED: "reopened",
}
LEFT_BY_TRAIT = {
    Trait.ARRIVAL_UNKNOWN: "arrival_unknown",
    Trait.ENTRY_CORRECTED: "corrected",
    Trait.GUEST_CORRECTED: "guest",
    Trait.PARTY_CORRECTED: "party_size",
    Trait.TIME_CORRECTED: "time",
    Trait.SCAN_UNDONE: "undone",
    Trait.SCAN_SENT_LATER: "queued",
    Trait.SCAN_OUT_OF_ORDER: "out_of_order",
    Trait.SCANNED_AT_WRONG_DESK: "wrong_role",
    Trait.SCANNED_TWICE: "repeated",
    Trait.BADGE_LOST: "badge_replaced",
    Trait.BADGE_BROKEN: "badge_replaced",
    Trait.BADGE_CARRIED_OFF: "badge_gone",
    Trait.MESSAGE_LEFT: "message",
    Trait.VOUCHED: "vouched",
    Trait.PRIORITY: "elderly",
}
TRACELESS = {
    Trait.ENTRY_SENT_TWICE,  # once in the book, as it should be
    Trait.SCAN_SENT_TWICE,
    Trait.BADGE_SWAPPED,  # takes two: a test of its own
}
OUTCOMES = {
    Fate.CANCELLED: {"cancelled"},
    Fate.DECLINED: {"declined"},
    Fate.RESCHEDULED: {"rescheduled"},
    Fate.GIVES_UP: {"completed_short", "cancelled", "declined"},
    Fate.LEFT_UNREPORTED: {"left_unreported"},
}


@pytest.mark.parametrize("fate", list(Fate))
def test_each_way_to_go_is_booked_as_it_is_recorded(office, fate):
    account = send(office, fate)
    assert LEFT_BY_FATE[fate] in marks(office)
    assert account.outcome in OUTCOMES.get(fate, {"completed"})
    check_invariants(office)
    assert differences(office) == []


AWAY = {
    Trait.BADGE_LOST: "lost",
    Trait.BADGE_BROKEN: "damaged",
    Trait.BADGE_CARRIED_OFF: "outstanding",
}


@pytest.mark.parametrize("trait", list(Trait))
def test_whatever_befalls_a_visit_is_booked_as_it_is_recorded(office, trait):
    send(office, Fate.STRAIGHT)
    before = marks(office)
    send(office, Fate.STRAIGHT, trait, party=3)
    left = LEFT_BY_TRAIT.get(trait)
    assert trait in TRACELESS or left in marks(office) - before
    state = AWAY.get(trait)
    assert state is None or state in office.rack.values()
    check_invariants(office)
    assert differences(office) == []


def test_each_fate_and_trait_has_its_odds():
    assert set(FATES) == set(Fate)
    assert set(TRAITS) == set(LEFT_BY_TRAIT) | TRACELESS == set(Trait)
    assert all(odds > 0 for odds in (*FATES.values(), *TRAITS.values()))


def test_slips_are_booked_as_they_are_recorded(office):
    for number in range(1, 13):
        office.clock.at = NINE + timedelta(hours=3)
        write_slip(office, NINE, number)
    assert {leg.how for one in office.books.accounts for leg in one.legs} == set(How)
    check_invariants(office)
    assert differences(office) == []


def test_a_call_about_an_appointment_is_booked_as_it_is_recorded(office):
    for _ in range(6):
        send(office, Fate.RESCHEDULED)
    with office.read() as session:
        asked = session.scalars(select(Appointment.id)).all()
    for appointment_id in asked:
        take_a_call(office, appointment_id)
    assert 0 < office.books.appointments_made < len(asked) == 6, "some are moved, some called off"
    check_invariants(office)
    assert differences(office) == []


def test_two_guests_swap_their_badges(office):
    agenda = Agenda(office)
    first = Guest(office, Fate.STRAIGHT, frozenset())
    second = Guest(office, Fate.STRAIGHT, frozenset({Trait.BADGE_SWAPPED}))
    agenda.add(NINE, course_of(first))
    agenda.add(NINE, course_of(second))
    agenda.run(NINE + LONG_ENOUGH)
    assert "badge_swapped" in marks(office)
    assert differences(office) == []


def test_what_is_sent_twice_is_written_once(office):
    send(office, Fate.STRAIGHT, Trait.ENTRY_SENT_TWICE, Trait.SCAN_SENT_TWICE)
    assert office.writes == 2 + 2 * 3 + 4  # the entry, steps 2 to 4, the badge and steps 5 and 6
    assert differences(office) == []


def test_the_same_seed_lives_the_same_year(office, furnished, tmp_path):
    plan = Plan(days=2, visits_a_day=6)
    live_through(office, plan)
    with open_office(copy_instance(furnished, tmp_path / "again"), FIRST_DAY, seed=1) as again:
        live_through(again, plan)
    assert again.books.accounts == office.books.accounts


def test_a_year_has_its_working_days():
    days = list(working_days(250))
    assert Counter(day.weekday() for day in days) == dict.fromkeys(range(5), 50)
    assert {day.year for day in days} == {2026, 2027}


def test_parts_make_up_the_whole_year_and_no_day_is_lived_twice():
    parts = part_into(Plan(seed=3), 4)
    days = [day for part in parts for day in working_days(part.days, part.first_day)]
    assert days == list(working_days(250))
    assert len({part.seed for part in parts}) == 4
    assert [part.days for part in part_into(Plan(days=2), 4)] == [1, 1]


@pytest.mark.timeout(120)
def test_the_parts_are_lived_through_side_by_side_and_told_as_one(tmp_path, capsys):
    plan = Plan(days=4, visits_a_day=5)
    parts = live_through_parts(tmp_path, plan, 2)
    assert [part.visits for part in parts] == [10, 10]
    tell(parts, plan, 7)
    told = capsys.readouterr().out
    assert told.startswith("4 days in 2 parts, 20 visits, ")
    assert told.endswith("\nevery invariant holds and the books agree\n")
    tell([replace(parts[0], wrong=["visit 1/2026"])], plan, 7)
    assert capsys.readouterr().out.endswith("\nWRONG: visit 1/2026\nwrong\n")


# --- The comparison sees what is wrong ------------------------------------------------------------


def wrongs(office, account, **changed):
    """What is found when the books say something else of one guest."""
    place = office.books.accounts.index(account)
    office.books.accounts[place] = replace(account, **changed)
    return differences(office)


@pytest.mark.parametrize(
    ("changed", "found"),
    [({"outcome": "declined"}, "visit 1/2026: "), ({"party": 99}, "visit 1/2026: "),
     ({"destination": 9}, "visit 1/2026: "), ({"legs": []}, "steps of 1/2026: "),
     ({"corrections": 1}, "visit 1/2026: "), ({"label": "2/2026"}, "visit 1/2026: ")],
)  # fmt: skip
def test_an_account_that_differs_is_told(office, changed, found):
    account = send(office, Fate.STRAIGHT)
    told = wrongs(office, account, **changed)
    assert any(sentence.startswith(found) for sentence in told), told


def test_a_scan_or_a_badge_that_differs_is_told(office):
    send(office, Fate.STRAIGHT)
    office.books.scans += 1
    office.rack[1] = "lost"
    assert [sentence.partition(":")[0] for sentence in differences(office)] == [
        "badge 1",
        "count of scans",
    ]


def test_a_projection_that_is_not_its_log_breaks_an_invariant(office):
    send(office, Fate.STRAIGHT)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE visit SET late_steps = late_steps + 1"))
    with pytest.raises(AssertionError):
        check_invariants(office)
