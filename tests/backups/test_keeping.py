"""Which backups are kept: 7 days, 4 weeks, 12 months, by the office's own calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.backups.keeping import Made, kept

PONTIANAK = ZoneInfo("Asia/Pontianak")
ZONES = [ZoneInfo(name) for name in ("Asia/Pontianak", "Asia/Jayapura", "UTC", "Europe/London")]
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def daily(at: datetime, number: int = 1, why: str = "daily") -> Made:
    return Made(at, number, why)


def dates(made: set[Made]) -> list[str]:
    return sorted(str(one.at.astimezone(PONTIANAK).date()) for one in made)


histories = st.lists(
    st.builds(
        Made,
        st.integers(-1000, 400).map(lambda hours: NOON + timedelta(hours=hours * 17.3)),
        st.integers(1, 3),
        st.sampled_from(["daily", "by_hand", "before_migration"]),
    ),
    max_size=60,
    unique=True,
)
zones = st.sampled_from(ZONES)


def test_two_years_of_daily_backups_leave_days_weeks_and_months():
    made = [daily(NOON - timedelta(days=days)) for days in range(730)]
    assert dates(kept(made, PONTIANAK)) == [
        "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
        "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31",
        "2026-11-08", "2026-11-15",
        "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23",
        "2026-11-24",
    ]  # fmt: skip


def test_a_day_ends_at_midnight_of_the_office_not_of_greenwich():
    last_of_the_23rd = daily(datetime(2026, 11, 23, 16, 59, tzinfo=UTC))  # 23.59 WIB
    first_of_the_24th = daily(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))  # 00.00 WIB
    later = daily(NOON)
    newest_of_each_day = {last_of_the_23rd, later}
    assert newest_of_each_day <= kept([last_of_the_23rd, first_of_the_24th, later], PONTIANAK)


@pytest.mark.parametrize("why", ["by_hand", "before_migration"])
def test_the_daily_backup_does_not_push_out_another_of_its_day(why):
    special, tonight = daily(NOON, why=why), daily(NOON + timedelta(hours=6))
    assert kept([special, tonight], PONTIANAK) == {special, tonight}


def test_of_many_of_a_kind_on_one_day_the_first_and_the_last_stay():
    attempts = [daily(NOON + timedelta(minutes=n), why="before_migration") for n in range(200)]
    assert kept(attempts, PONTIANAK) == {attempts[0], attempts[-1]}


def test_of_two_in_one_second_the_later_counts_as_newer():
    first, *_, last = same = [daily(NOON, number) for number in (1, 2, 10)]
    assert kept(same, PONTIANAK) == {first, last}


def test_a_clock_that_ran_ahead_for_a_moment_lets_nothing_go():
    made = {daily(NOON - timedelta(days=days)) for days in range(6)}
    ahead = daily(NOON + timedelta(days=365 * 70))
    assert kept(made | {ahead}, PONTIANAK) == made | {ahead}


def test_after_a_month_without_a_server_one_day_and_one_week_go_as_on_any_day():
    made = kept([daily(NOON - timedelta(days=days)) for days in range(60)], PONTIANAK)
    later = daily(NOON + timedelta(days=40))
    gone = made - kept(made | {later}, PONTIANAK)
    assert dates(gone) == ["2026-11-08", "2026-11-18"]  # of the fifth week and the eighth day


@given(histories, zones)
def test_the_newest_is_always_kept_and_nothing_comes_from_nowhere(made, zone):
    left = kept(made, zone)
    assert left <= set(made)
    assert not made or max(made) in left
    assert len(left) <= 7 * 3 * 2 + 4 + 12


@given(histories, zones)
def test_keeping_again_changes_nothing(made, zone):
    left = kept(made, zone)
    assert kept(left, zone) == left


@given(histories, zones)
@example([daily(NOON - timedelta(days=days)) for days in range(400)], PONTIANAK)
def test_letting_go_each_time_leaves_what_letting_go_at_the_end_would(made, zone):
    day_by_day: set[Made] = set()
    for one in sorted(made):
        day_by_day = kept(day_by_day | {one}, zone)
    assert day_by_day == kept(made, zone)


@given(histories, zones, st.sampled_from(["%Y-%m-%d", "%G-%V", "%Y-%m"]))
def test_the_newest_of_each_of_the_last_periods_is_kept(made, zone, period):
    last = {"%Y-%m-%d": 7, "%G-%V": 4, "%Y-%m": 12}[period]
    newest: dict[str, Made] = {}
    for one in sorted(made):
        newest[one.at.astimezone(zone).strftime(period)] = one
    assert {newest[name] for name in sorted(newest)[-last:]} <= kept(made, zone)


def test_the_years_around_new_year_share_a_week():
    days = [date(2026, 12, 28) + timedelta(days=n) for n in range(7)]  # ISO week 53 of 2026
    made = [daily(datetime(d.year, d.month, d.day, 5, tzinfo=UTC)) for d in days]
    later = [daily(datetime(2027, 1, 4, 5, tzinfo=UTC) + timedelta(days=n)) for n in range(21)]
    assert "2027-01-03" in dates(kept(made + later, PONTIANAK))
    assert "2027-01-02" not in dates(kept(made + later, PONTIANAK))
