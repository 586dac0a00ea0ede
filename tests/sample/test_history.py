from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from statistics import mean

import pytest

from app import phrases
from app.domain.events import Manner
from app.domain.hours import DayHours
from app.domain.phone import normalise_phone
from app.domain.timing import Standing, measure
from app.sample.history import past_visits, shared_out, visits_of_day, working_days
from app.sample.playing import play
from app.sample.scripts import Course, write_script
from app.sample.words import CIRCLES
from tests.cast import MORNING

TODAY = date(2026, 11, 24)  # a Tuesday
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)


@pytest.fixture
def played(setting):
    """Six hundred visits as they went."""
    rng = Random(3)
    scripts = visits_of_day(rng, setting, MONDAY, 600)
    return [play(script, setting.sop, setting.staff) for script in scripts]


def outcome_of(setting, course: Course, seed: int = 1):
    script = write_script(Random(seed), setting.sop, setting.staff, MORNING, course)
    return script, play(script, setting.sop, setting.staff).progress


def standings(setting, played, key: str) -> Counter[Standing]:
    times = (time for one in played for time in measure(setting.sop, one.progress))
    return Counter(time.standing for time in times if time.step.key == key)


def test_the_same_seed_tells_the_same_history(setting):
    days = working_days(setting.hours, TODAY, 3)
    first = list(past_visits(4, setting, days, 60))
    assert list(past_visits(4, setting, days, 60)) == first
    assert list(past_visits(5, setting, days, 60)) != first


def test_working_days_are_those_on_which_the_office_is_open(setting):
    assert working_days(setting.hours, TODAY, 3) == [date(2026, 11, 19), FRIDAY, MONDAY]
    assert working_days({2: DayHours(time(8), time(12))}, TODAY, 2) == [
        date(2026, 11, 11), date(2026, 11, 18)
    ]  # fmt: skip


def test_days_differ_and_fridays_are_quieter_and_together_they_are_as_many_as_asked_for(setting):
    days = working_days(setting.hours, TODAY, 100)
    counts = shared_out(Random(1), 2500, days)

    assert sum(counts) == 2500
    assert 10 < min(counts) < 20 < max(counts) < 40
    fridays = [n for day, n in zip(days, counts, strict=True) if day.weekday() == 4]
    others = [n for day, n in zip(days, counts, strict=True) if day.weekday() != 4]
    assert 0.7 < mean(fridays) / mean(others) < 0.9


@pytest.mark.parametrize(("day", "closes"), [(MONDAY, time(16)), (FRIDAY, time(16, 30))])
def test_guests_come_within_office_hours(setting, day, closes):
    scripts = visits_of_day(Random(2), setting, day, 400)
    arrivals = [script.arrived_at.astimezone(setting.zone) for script in scripts]
    last = datetime.combine(day, closes, setting.zone) - timedelta(minutes=40)
    assert datetime.combine(day, time(7, 30), setting.zone) <= min(arrivals)
    assert max(arrivals) < last
    assert all(script.ends_at.astimezone(setting.zone).date() == day for script in scripts)


def test_guests_prefer_nine_to_ten_and_one_to_two_and_shun_the_break(setting):
    scripts = visits_of_day(Random(2), setting, MONDAY, 1500)
    by_hour = Counter(script.arrived_at.astimezone(setting.zone).hour for script in scripts)
    assert {hour for hour, _ in by_hour.most_common(2)} == {9, 13}
    assert min((hour for hour in range(8, 14)), key=by_hour.__getitem__) == 12

    friday = visits_of_day(Random(2), setting, FRIDAY, 1500)
    in_break = [
        script
        for script in friday
        if time(11, 30) <= script.arrived_at.astimezone(setting.zone).time() < time(13)
    ]
    assert 0 < len(in_break) < 80


def test_nine_of_ten_visits_are_completed_and_all_have_an_outcome(played):
    outcomes = Counter(one.progress.outcome for one in played)
    assert 0.88 < outcomes["completed"] / len(played) < 0.96
    assert set(outcomes) == {"completed", "completed_short", "cancelled", "declined"}


def test_most_steps_are_on_time_and_the_direction_takes_longest(setting, played):
    shares = {}
    for key in ("registration", "purpose", "direction", "escort", "return"):
        found = standings(setting, played, key)
        shares[key] = found[Standing.ON_TIME] / (found[Standing.ON_TIME] + found[Standing.LATE])
    assert all(0.8 <= share <= 0.97 for share in shares.values()), shares
    assert min(shares, key=shares.__getitem__) == "direction"


def test_some_arrivals_are_unknown_so_that_the_first_step_is_not_measured(setting, played):
    unmeasured = standings(setting, played, "registration")[Standing.NOT_MEASURABLE]
    assert 0 < unmeasured < 0.1 * len(played)
    assert unmeasured == sum(not one.progress.arrival_known and bool(one.progress.settled)
                             for one in played)  # fmt: skip


def test_a_meeting_lasts_from_five_minutes_to_an_hour(setting, played):
    lengths = [
        time.elapsed.total_seconds() / 60
        for one in played
        for time in measure(setting.sop, one.progress)
        if time.standing is Standing.OPEN_ENDED
    ]
    assert 5 <= min(lengths) < 8
    assert 45 < max(lengths) <= 60


def test_each_course_comes_to_its_own_end(setting):
    for course, outcome, settled in [
        (Course.WHOLE, "completed", 6),
        (Course.NOT_SCANNED, "completed", 6),
        (Course.ENDED_BY_RETURN, "completed", 6),
        (Course.CUT_SHORT, "completed_short", 6),
        (Course.GAVE_UP, "cancelled", 6),
        (Course.DECLINED, "declined", 6),
        (Course.NO_BADGE, "cancelled", 0),
    ]:
        for seed in range(30):
            _, progress = outcome_of(setting, course, seed)
            assert (progress.outcome, len(progress.settled)) == (outcome, settled), course


def test_a_reception_without_a_scan_is_told_from_one_that_the_return_ended(setting):
    for course, manner, has_start in [
        (Course.NOT_SCANNED, Manner.NOT_SCANNED, False),
        (Course.ENDED_BY_RETURN, Manner.DONE, True),
    ]:
        script, progress = outcome_of(setting, course)
        reception = progress.settled[4]
        assert (reception.manner, reception.measurable) == (manner, False)
        assert len(script.stages) == (6 if has_start else 5)


def test_a_visit_can_be_shown_half_way_and_at_another_time(setting):
    script, _ = outcome_of(setting, Course.WHOLE)
    at = MORNING + timedelta(days=3)
    half = script.until(3).ending(at)
    progress = play(half, setting.sop, setting.staff).progress

    assert [settled.key for settled in progress.settled] == ["registration", "purpose", "direction"]
    assert half.ends_at == at
    gaps = [later.at - earlier.at for earlier, later in pairwise(half.moves)]
    assert gaps == [later.at - earlier.at for earlier, later in pairwise(script.until(3).moves)]


def test_guests_are_written_down_as_the_front_desk_would(setting, played):
    entries = [one.script.entry for one in played]
    assert set(CIRCLES) == set(phrases.GUEST_KINDS)
    assert {entry.identity_kind for entry in entries} <= {*phrases.IDENTITY_KINDS, None}
    assert {entry.party_size for entry in entries} == set(range(1, 9))
    assert 0.1 < mean(" " not in entry.name for entry in entries) < 0.4
    phones = [entry.phone for entry in entries if entry.phone]
    assert [normalise_phone(phone) for phone in phones] == phones
    assert any(entry.purpose is None for entry in entries)
    assert {entry.destination_id for entry in entries} == {None, 1, 2, 3}


def test_every_scan_is_answered_and_some_are_refused_repeated_or_ask_for_more(played):
    answers = Counter(
        act.said.outcome for one in played for act in one.played if act.said is not None
    )
    assert set(answers) == {
        "issued", "advanced", "started", "ended", "closed", "needs", "refused", "repeated"
    }  # fmt: skip
    assert answers["refused"] + answers["repeated"] < 0.05 * answers.total()
    assert {act.move.method for one in played for act in one.played if act.move} == set(
        phrases.METHODS
    )
