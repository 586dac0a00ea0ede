from datetime import date, datetime, time

import pytest

from app.domain.hours import (
    ClockError,
    DayHours,
    HoursFault,
    fault_of,
    has_outstayed,
    is_after_closing,
    read_clock,
)

READ = {
    "07.30": time(7, 30),
    "7:30": time(7, 30),
    "7,30": time(7, 30),
    "0730": time(7, 30),
    "730": time(7, 30),
    " 07.30 ": time(7, 30),
    "7": time(7),
    "16": time(16),
    "00.00": time(0),
    "23.59": time(23, 59),
}


@pytest.mark.parametrize("text", READ)
def test_a_time_is_read_as_people_write_it(text):
    assert read_clock(text) == READ[text]


@pytest.mark.parametrize(
    "text",
    ["", "pagi", "24.00", "07.60", "7.3", "07.30.00", "-7.30", "7 30", "07.30 WIB", "9" * 5000],
)
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(ClockError):
        read_clock(text)


def hours(opens, closes, start=None, end=None):
    return DayHours(
        *(None if hour is None else read_clock(hour) for hour in (opens, closes, start, end))
    )


@pytest.mark.parametrize(
    "sound",
    [hours("07.30", "16.00"), hours("07.30", "16.30", "11.30", "13.00"), hours("0", "23.59")],
)
def test_sound_hours_have_no_fault(sound):
    assert fault_of(sound) is None


FAULTS = {
    ("16.00", "07.30", None, None): HoursFault.ORDER,
    ("07.30", "07.30", None, None): HoursFault.ORDER,
    ("16.00", "07.30", "12.00", None): HoursFault.ORDER,
    ("07.30", "16.00", "12.00", None): HoursFault.HALF_BREAK,
    ("07.30", "16.00", None, "13.00"): HoursFault.HALF_BREAK,
    ("07.30", "16.00", "13.00", "12.00"): HoursFault.BREAK_ORDER,
    ("07.30", "16.00", "12.00", "12.00"): HoursFault.BREAK_ORDER,
    ("07.30", "16.00", "07.00", "08.00"): HoursFault.BREAK_OUTSIDE,
    ("07.30", "16.00", "07.30", "08.00"): HoursFault.BREAK_OUTSIDE,
    ("07.30", "16.00", "15.00", "16.00"): HoursFault.BREAK_OUTSIDE,
}


@pytest.mark.parametrize("day", FAULTS)
def test_the_first_fault_of_a_day_is_named(day):
    assert fault_of(hours(*day)) == FAULTS[day]


# By the day's closing time: a moment, and whether the office is closed by then.
CLOSING = {
    ("16.00", "06.00"): False,
    ("16.00", "15.59"): False,
    ("16.00", "16.00"): True,
    ("16.00", "23.59"): True,
    (None, "00.00"): True,
    (None, "12.00"): True,
}


@pytest.mark.parametrize("day", CLOSING)
def test_an_office_is_closed_from_its_closing_time_on_and_all_of_a_day_without_hours(day):
    closes, moment = day
    assert is_after_closing(closes and read_clock(closes), read_clock(moment)) is CLOSING[day]


# A guest of the 24th: the closing time of the day it is now, the day and the time, the answer.
OUTSTAYED = {
    ("16.00", 24, "15.59"): False,
    ("16.00", 24, "16.00"): True,
    ("16.00", 24, "07.00"): False,
    (None, 24, "09.00"): True,
    ("16.00", 25, "00.05"): True,
    ("16.00", 25, "10.00"): True,
}


@pytest.mark.parametrize("case", OUTSTAYED)
def test_whoever_stays_past_a_closing_has_outstayed_it_also_on_the_next_morning(case):
    closes, day, moment = case
    local = datetime.combine(date(2026, 11, day), read_clock(moment))
    found = has_outstayed(closes and read_clock(closes), date(2026, 11, 24), local)
    assert found is OUTSTAYED[case]
