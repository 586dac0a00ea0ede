"""The summary of a period: what it counts, that each figure is a list of visits, what it costs."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from app.domain.events import Outcome
from app.domain.figures import StepFigures
from app.domain.period import Period, day_of, month_of, week_of
from app.domain.sop import Sop
from app.domain.timing import Standing
from app.extensions import db
from app.models.office import SopVersion
from app.models.person import Unit
from app.models.visit import StepTime, Visit
from app.operations.sops import store_sops
from app.operations.units import UnitData, save_unit
from app.queries.guest_book import count
from app.queries.register import CORRECTED, LATE_ENTRY, STILL_OPEN, Filters
from app.queries.register import UNTIMED as UNTIMED_ONES
from app.queries.sops import parsed
from app.queries.summary import Destination, Inside, Summary, first_day, step_rows, summary_of
from app.queries.timeliness import Timeliness
from tests.support.mixed_days import complete, mixed_days
from tests.support.standings import steps_standing

TODAY = date(2026, 11, 24)
NOVEMBER = month_of(TODAY)


def summary(office, period: Period = NOVEMBER, session: Session | None = None) -> Summary:
    return summary_of(session or office.session, period, office.app.config["SOP_IN_FORCE"])


@pytest.fixture
def mixed(office):
    mixed_days(office)
    return office


def test_a_month_counts_visits_people_and_how_they_ended(mixed):
    totals = summary(mixed).totals
    assert (totals.visits, totals.people) == (8, 11)
    assert totals.outcomes == {
        Outcome.COMPLETED: 3,
        Outcome.DECLINED: 1,
        Outcome.COMPLETED_SHORT: 1,
        Outcome.CANCELLED: 1,
        STILL_OPEN: 2,
    }
    assert (totals.with_late_step, totals.late_entries, totals.untimed) == (2, 0, 2)


def test_visits_are_counted_by_day_hour_and_destination(mixed):
    found = summary(mixed)
    assert found.by_day == {date(2026, 11, 23): 1, TODAY: 7}
    assert found.by_hour == {8: 1, 9: 4, 10: 3}
    assert found.destinations == [
        Destination(1, "Kepala Dinas", 4),
        Destination(None, None, 4),
    ]


def test_who_is_inside_is_of_now_whatever_the_period_and_the_front_desk_is_not_inside(mixed):
    periods = [NOVEMBER, day_of(date(2026, 10, 30)), day_of(date(2030, 1, 1))]
    assert [summary(mixed, period).inside for period in periods] == [Inside(1, 2)] * 3


def test_a_period_without_visits_counts_nothing_but_knows_the_steps(office):
    found = summary(office, week_of(date(2026, 10, 1)))
    assert (found.totals.visits, found.totals.people, found.totals.outcomes) == (0, 0, {})
    assert (found.by_day, found.by_hour, found.destinations) == ({}, {}, [])
    assert [(row.step.number, row.figures) for row in found.steps] == [
        (number, StepFigures(key))
        for number, key in enumerate(
            ["registration", "purpose", "direction", "escort", "reception", "return"], start=1
        )
    ]


def test_a_p90_beyond_the_standard_is_marked_and_one_within_is_not(office):
    complete(office, late_at=3)
    rows = {row.step.key: row.is_p90_over for row in summary(office).steps}
    assert rows == {
        "registration": False,
        "purpose": False,
        "direction": True,
        "escort": False,
        "reception": False,
        "return": False,
    }


def test_the_first_day_is_that_of_the_earliest_visit(mixed):
    assert first_day(mixed.session) == date(2026, 10, 30)


def test_there_is_no_first_day_without_visits(office):
    assert first_day(office.session) is None


# --- Steps of an earlier SOP ----------------------------------------------------------------------


def changed(sop_text: str) -> str:
    """The office's next SOP: a step more, and half the time at step 3."""
    extra = sop_text[sop_text.index('[[steps]]\nkey = "purpose"') :]
    extra = extra[: extra.index('[[steps]]\nkey = "direction"')]
    extra = extra.replace('key = "purpose"', 'key = "survey"').replace('["purpose"]', "[]")
    slower = sop_text.replace("limit_s = 300", "limit_s = 150")
    return slower.replace('[[steps]]\nkey = "direction"', extra + '[[steps]]\nkey = "direction"')


@pytest.fixture
def two_sops(office) -> tuple[Sop, Sop]:
    """The SOP in force and another one, both stored."""
    session = office.session
    body = session.scalars(select(SopVersion.body)).one()
    with office.app.app_context():
        store_sops([changed(body)], at=office.clock())
    bodies = office.session.scalars(select(SopVersion.body).order_by(SopVersion.id)).all()
    return parsed(bodies[0]), parsed(bodies[1])


def test_a_step_that_only_an_earlier_sop_has_is_shown_when_it_occurred(two_sops):
    old, extended = two_sops
    survey = StepFigures("survey", measured=1, on_time=1)
    rows = step_rows({"survey": survey}, old, [extended], [old, extended])
    assert [(row.step.key, row.is_former) for row in rows] == [
        ("registration", False),
        ("purpose", False),
        ("direction", False),
        ("escort", False),
        ("reception", False),
        ("return", False),
        ("survey", True),
    ]
    assert rows[-1].figures == survey


def test_an_earlier_step_that_did_not_occur_is_not_shown(two_sops):
    old, extended = two_sops
    assert [row.is_former for row in step_rows({}, old, [extended], [old, extended])] == [False] * 6


def test_another_standard_by_which_visits_were_judged_is_named(two_sops):
    old, extended = two_sops
    rows = step_rows({}, old, [old, extended], [old, extended])
    assert {row.step.key: row.other_limits for row in rows} == {
        "registration": (timedelta(seconds=150),),
        "purpose": (timedelta(seconds=150),),
        "direction": (timedelta(seconds=150),),
        "escort": (timedelta(seconds=150),),
        "reception": (),
        "return": (timedelta(seconds=150),),
    }
    rows = step_rows({}, old, [old], [old, extended])
    assert [row.other_limits for row in rows] == [()] * 6


# --- Every figure is a list of visits -------------------------------------------------------------

STEPS = ("registration", "purpose", "reception")
SOUGHT = {
    "measured": "measured",
    "on_time": Standing.ON_TIME,
    "late": Standing.LATE,
    "not_measured": Standing.NOT_MEASURABLE,
    "skipped": Standing.SKIPPED,
}
STANDINGS = st.sampled_from(
    [
        (Standing.ON_TIME, 60),
        (Standing.LATE, 400),
        (Standing.NOT_MEASURABLE, None),
        (Standing.OPEN_ENDED, 900),
        (Standing.SKIPPED, None),
    ]
)
VISITS = st.fixed_dictionaries(
    {
        "day": st.integers(min_value=-1, max_value=3),
        "hour": st.integers(min_value=0, max_value=23),
        "party_size": st.integers(min_value=1, max_value=9),
        "destination_id": st.sampled_from([None, 1, 2]),
        "outcome": st.sampled_from([None, *Outcome]),
        "late_entry": st.booleans(),
        "corrections": st.integers(min_value=0, max_value=2),
        "steps": st.dictionaries(st.sampled_from(STEPS), STANDINGS),
    }
)
PERIOD = Period(TODAY, TODAY + timedelta(days=2))


def store(session: Session, visits: list[dict]) -> None:
    """Rows as the projection would leave them; the test rolls them back."""
    for number, facts in enumerate(visits, start=1):
        day = TODAY + timedelta(days=facts["day"])
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=facts["hour"] - 7)
        outcome = facts["outcome"]
        session.add(
            Visit(
                id=number,
                year=2026,
                number=number,
                guest_kind="umum",
                sop_version_id=1,
                arrived_on=day,
                arrived_at=at,
                arrived_hour=facts["hour"],
                party_size=facts["party_size"],
                destination_id=facts["destination_id"],
                outcome=outcome,
                closed_at=at if outcome else None,
                late_entry=facts["late_entry"],
                corrections=facts["corrections"],
                late_steps=sum(
                    standing == Standing.LATE for standing, _ in facts["steps"].values()
                ),
            )
        )
        session.flush()
        for key, (standing, elapsed) in facts["steps"].items():
            session.add(
                StepTime(
                    visit_id=number, step_key=key, round=1, standing=standing, elapsed_s=elapsed
                )
            )
    session.flush()


@pytest.fixture
def second_unit(office):
    with office.app.app_context():
        save_unit(
            None,
            UnitData(
                name="Sekretariat",
                post="Sekretaris",
                active=True,
                is_default=False,
                host_ids=frozenset(),
                assistant_ids=frozenset(),
                host_role="host",
            ),
        )
    assert sorted(office.session.scalars(select(Unit.id))) == [1, 2]


# Counted, but left out of time rates (domain: declined and cancelled; a new date is no visit yet).
UNTIMED = {Outcome.CANCELLED, Outcome.DECLINED, Outcome.RESCHEDULED}


@given(visits=st.lists(VISITS, max_size=12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_figure_is_as_many_visits_as_the_guest_book_lists_for_it(office, second_unit, visits):
    with office.app.app_context(), Session(db.engine) as session:
        store(session, visits)
        found = summary(office, PERIOD, session)

        def listed(**filters) -> int:
            return count(session, Filters(**{"period": PERIOD, **filters}))

        within = [given for given in visits if 0 <= given["day"] <= 2]
        assert found.totals.visits == listed() == len(within)
        assert found.totals.people == sum(given["party_size"] for given in within)
        assert found.totals.with_late_step == listed(standing=Standing.LATE)
        outcomes = [STILL_OPEN, *Outcome]
        assert [found.totals.outcomes.get(code, 0) for code in outcomes] == [
            listed(outcome=code) for code in outcomes
        ]
        days = [PERIOD.first + timedelta(days=offset) for offset in range(3)]
        assert [found.by_day.get(day, 0) for day in days] == [
            listed(period=day_of(day)) for day in days
        ]
        assert [found.by_hour.get(hour, 0) for hour in range(24)] == [
            listed(hour=hour) for hour in range(24)
        ]
        assert {row.unit_id: row.visits for row in found.destinations} == Counter(
            given["destination_id"] for given in within
        )
        assert [row.visits for row in found.destinations if row.unit_id] == [
            listed(destination_id=row.unit_id) for row in found.destinations if row.unit_id
        ]
        for row in found.steps:
            figures = {name: getattr(row.figures, name) for name in SOUGHT}
            assert figures == {
                name: listed(step_key=row.step.key, standing=standing)
                for name, standing in SOUGHT.items()
            }
        stood = {name: sum(getattr(row.figures, name) for row in found.steps)
                 for name in ("on_time", "late", "not_measured")}  # fmt: skip
        whole = Timeliness(
            stood["on_time"], stood["on_time"] + stood["late"], stood["not_measured"]
        )
        for divided in (
            found.timeliness.by_day,
            found.timeliness.by_hour,
            found.timeliness.by_destination,
        ):
            assert sum(divided.values(), start=Timeliness()) == whole
        for day in days:
            stands = found.timeliness.by_day.get(day, Timeliness())
            for standing, steps in (
                ("on_time", stands.on_time),
                ("judged", stands.measured),
                ("not_measurable", stands.not_measured),
            ):
                filters = Filters(period=day_of(day), standing=standing)
                assert steps == steps_standing(session, filters)
        judged = [
            given for given in within if not given["late_entry"] and given["outcome"] not in UNTIMED
        ]
        assert found.totals.untimed == len(within) - len(judged)
        assert found.totals.untimed == listed(outcome=UNTIMED_ONES)
        assert found.totals.late_entries == sum(given["late_entry"] for given in within)
        assert found.totals.late_entries == listed(outcome=LATE_ENTRY)
        assert found.totals.corrected == sum(given["corrections"] > 0 for given in within)
        assert found.totals.corrected == listed(outcome=CORRECTED)
        session.rollback()


# --- What it costs --------------------------------------------------------------------------------

MANY = 400


@pytest.fixture
def four_hundred_days(office):
    """A visit a day, before and after the month that is asked for."""
    facts = {
        "hour": 9, "party_size": 1, "destination_id": 1, "late_entry": False, "corrections": 0,
    }  # fmt: skip
    steps = dict.fromkeys(STEPS, (Standing.ON_TIME, 60))
    visits = [
        facts | {"day": offset - MANY // 2, "outcome": Outcome.COMPLETED, "steps": steps}
        for offset in range(MANY)
    ]
    with office.app.app_context(), Session(db.engine) as session:
        store(session, visits)
        session.commit()
    return office


def asked(office, period):
    """The statements of a summary, with their parameters."""
    sent = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        sent.append((statement, parameters))

    with office.app.app_context(), Session(db.engine) as session:
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            summary(office, period, session)
            first_day(session)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return [(statement, given) for statement, given in sent if statement.startswith("SELECT")]


@pytest.mark.parametrize("is_analysed", [False, True])
def test_a_month_is_read_by_its_days_and_no_visit_beyond_it(four_hundred_days, is_analysed):
    office = four_hundred_days
    with office.app.app_context(), db.engine.begin() as connection:
        if is_analysed:
            connection.execute(text("ANALYZE"))
        plans = [
            row.detail
            for statement, given in asked(office, NOVEMBER)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    scanned = [plan for plan in plans if plan.startswith("SCAN ") and " visit" in plan]
    assert [plan for plan in scanned if "ix_visit_open" not in plan] == []
    by_day = [plan for plan in plans if "ix_visit_arrived_on (arrived_on>? AND" in plan]
    assert len(by_day) == 6
    assert not any(plan.startswith("SCAN step_time") for plan in plans)


def test_a_longer_period_needs_no_more_statements(four_hundred_days):
    day, year = day_of(TODAY), Period(date(2026, 5, 10), date(2027, 5, 10))
    assert len(asked(four_hundred_days, day)) == len(asked(four_hundred_days, year)) == 10
