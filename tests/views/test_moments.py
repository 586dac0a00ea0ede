"""Instants of forms: by the office's clock, and nothing that no calendar or guest can mean."""

from datetime import UTC, datetime, timedelta

import pytest

from app.views.moments import read_due, read_moment, shown_moment

NINE = datetime(2026, 11, 24, 2, tzinfo=UTC)  # 09.00 WIB


@pytest.fixture(autouse=True)
def at_the_office(office):
    with office.app.app_context():
        yield


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T09:00", NINE),
        ("2026-11-24T09:00+08:00", NINE - timedelta(hours=1)),
        ("", None),
        ("besok", None),
        ("0001-01-01T00:00", None),
        ("9999-12-31T23:59-10:00", None),
    ],
)
def test_a_moment_is_read_by_the_offices_clock(text, expected):
    assert read_moment(text, not_before=None) == expected


@pytest.mark.parametrize(("seconds", "kept"), [(59, True), (60, False), (-1, False)])
def test_within_the_minute_of_what_is_on_record_counts_as_that_moment(seconds, kept):
    on_record = NINE + timedelta(seconds=seconds)
    found = read_moment("2026-11-24T09:00", not_before=on_record)
    assert found == (on_record if kept else NINE)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(), None),
        (timedelta(minutes=1), NINE),
        (timedelta(days=366), NINE),
        (timedelta(days=367), None),
        (-timedelta(hours=1), None),
    ],
)
def test_a_guest_is_expected_later_and_within_a_year(after, expected):
    assert read_due("2026-11-24T09:00", after=NINE - after) == expected


def test_a_moment_is_shown_as_it_is_read():
    assert read_moment(shown_moment(NINE), not_before=None) == NINE
