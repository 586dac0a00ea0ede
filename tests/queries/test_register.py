"""The register's queries: by which way SQLite finds the visits, and in which order they come."""

from datetime import date, timedelta

import pytest

from app.domain.period import Period, day_of, month_of
from app.queries.guest_book import count, guest_book, in_order_of_arrival, parse_cursor
from app.queries.register import Filters

NOVEMBER = month_of(date(2026, 11, 24))
CURSOR = parse_cursor("1795485600000000-2")


def page(session, filters=Filters(), *, after=None):  # noqa: B008  frozen
    return guest_book(session, search="", after=after, filters=filters)


@pytest.mark.parametrize("after", [None, CURSOR], ids=["first page", "later page"])
def test_the_whole_book_is_walked_along_its_index(plan_of, after):
    (step,) = plan_of(lambda session: page(session, after=after))
    assert "USING COVERING INDEX ix_visit_arrived" in step


@pytest.mark.parametrize("after", [None, CURSOR], ids=["first page", "later page"])
@pytest.mark.parametrize("period", [NOVEMBER, day_of(date(2026, 11, 24))], ids=["month", "day"])
def test_a_period_is_searched_in_the_index_that_orders_it(plan_of, period, after):
    (step,) = plan_of(lambda session: page(session, Filters(period=period), after=after))
    assert step.startswith("SEARCH visit USING INDEX ix_visit_arrived (arrived_at>")


def test_late_visits_are_walked_along_an_index_of_their_own(plan_of):
    (step,) = plan_of(lambda session: page(session, Filters(standing="late")))
    assert "USING INDEX ix_visit_late" in step


@pytest.mark.parametrize(
    "filters",
    [
        Filters(step_key="purpose", standing="late"),
        Filters(period=NOVEMBER, step_key="purpose", standing="measured"),
        Filters(period=NOVEMBER, destination_id=1, outcome="completed", hour=9),
    ],
)
def test_no_filter_makes_the_page_sort_the_book(plan_of, filters):
    steps = plan_of(lambda session: page(session, filters))
    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert not [step for step in steps if step == "SCAN visit"]


def test_a_period_is_counted_by_an_index(plan_of):
    (step,) = plan_of(lambda session: count(session, Filters(period=NOVEMBER)))
    assert step.startswith("SEARCH visit USING")


def test_a_report_reads_a_month_by_an_index_without_sorting(plan_of):
    (step,) = plan_of(lambda session: list(in_order_of_arrival(session, Filters(period=NOVEMBER))))
    assert step.startswith("SEARCH visit USING INDEX ix_visit_arrived (arrived_at>")


def test_a_report_lists_every_visit_once_in_order_of_arrival(office, monkeypatch):
    monkeypatch.setattr("app.queries.guest_book.AT_ONCE", 3)
    for _ in range(8):
        office.open_visit()
        office.clock.pass_time(minutes=-1)
    views = list(in_order_of_arrival(office.session, Filters(period=NOVEMBER)))
    assert [view.label for view in views] == [f"{number}/2026" for number in range(8, 0, -1)]


def test_the_counts_of_the_pages_add_up(office):
    for _ in range(30):
        office.open_visit()
    session, filters = office.session, Filters(period=NOVEMBER)
    first = guest_book(session, search="", after=None, filters=filters)
    assert count(session, filters) == 30
    assert count(session, filters, until=first.following) == 25


def test_days_are_those_of_the_office_s_clock_not_of_utc(office):
    office.clock.pass_time(hours=-9, minutes=-1)  # 23.59 WIB of the day before
    office.open_visit("Malam")
    office.clock.pass_time(minutes=2)
    office.open_visit("Dini hari")
    monday, tuesday = day_of(date(2026, 11, 23)), day_of(date(2026, 11, 24))
    for period, label in ((monday, "1/2026"), (tuesday, "2/2026")):
        found = guest_book(office.session, search="", after=None, filters=Filters(period=period))
        assert [view.label for view in found.views] == [label]


def test_the_widest_period_is_no_overflow(office):
    office.open_visit()
    wide = Filters(period=Period(date(2000, 1, 1), date(2100, 12, 31)))
    assert count(office.session, wide) == 1
    assert wide.period.days > timedelta(days=36_000).days
