"""Janji temu: when a guest may be expected again, and which arrival keeps that."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.appointment import keeps_it, may_be_due

NINE = datetime(2026, 11, 24, 2, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (-A_SECOND, False),
        (timedelta(), False),
        (A_SECOND, True),
        (timedelta(days=366), True),
        (timedelta(days=366) + A_SECOND, False),
    ],
)
def test_a_guest_is_expected_later_and_within_a_year(later, expected):
    assert may_be_due(NINE + later, after=NINE) is expected


@pytest.mark.parametrize(
    ("later", "expected"), [(-A_SECOND, False), (timedelta(), True), (A_SECOND, True)]
)
def test_nobody_keeps_an_appointment_before_the_visit_it_was_made_in(later, expected):
    assert keeps_it(NINE + later, asked_in=NINE) is expected
