from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.events import Event, EventKind, Note, Outcome
from app.domain.progress import Progress, fold
from app.domain.sop_toml import parse_sop
from app.domain.timing import Clock, Standing, measure, running_clock, whole_seconds
from app.sop_files import BUNDLED

SOP = parse_sop((BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8"))
KEYS = [step.key for step in SOP.steps]
T0 = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def visit(*moves: tuple, arrival: Note | None = None) -> Progress:
    """A visit that arrived at T0; each move is a kind, a step, its second, and perhaps a note."""
    log = [Event(1, EventKind.OPENED, T0, actor_id=1, reason_code=arrival)]
    for seq, (kind, key, second, *note) in enumerate(moves, start=2):
        reason = note[0] if note else None
        log.append(Event(seq, kind, after(second), 1, step_key=key, reason_code=reason))
    return fold(log)


def done(step: int, second: float, note: Note | None = None) -> tuple:
    return (EventKind.COMPLETED, KEYS[step - 1], second, note)


def times(*moves: tuple, **kwargs) -> list[tuple[Standing, timedelta | None]]:
    return [(time.standing, time.elapsed) for time in measure(SOP, visit(*moves, **kwargs))]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("second", "standing", "elapsed"),
    [
        pytest.param(0, Standing.ON_TIME, 0, id="0:00"),
        pytest.param(299, Standing.ON_TIME, 299, id="4:59"),
        pytest.param(300, Standing.ON_TIME, 300, id="5:00"),
        pytest.param(300.999, Standing.ON_TIME, 300, id="5:00 and a fraction"),
        pytest.param(301, Standing.LATE, 301, id="5:01"),
        pytest.param(86400, Standing.LATE, 86400, id="a day"),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 3, 4], ids=lambda step: f"step {step}")
def test_a_step_is_on_time_up_to_its_limit_to_the_second(step, second, standing, elapsed):
    before = [done(number, 100 * number) for number in range(1, step)]
    start = 100 * (step - 1)

    assert times(*before, done(step, start + second))[step - 1] == (standing, seconds(elapsed))


def test_fractions_are_cut_where_a_step_starts_and_ends_between_seconds():
    assert times(done(1, 0.9), done(2, 301.8))[1] == (Standing.ON_TIME, seconds(300))
    assert times(done(1, 0.9), done(2, 301.9))[1] == (Standing.LATE, seconds(301))


@pytest.mark.parametrize(
    ("duration", "whole"),
    [(0, 0), (0.999999, 0), (1, 1), (300.999999, 300), (-0.5, 0), (-1.5, -1)],
)
def test_whole_seconds_cut_the_fraction(duration, whole):
    assert whole_seconds(seconds(duration)) == seconds(whole)


def test_a_whole_visit_is_measured_step_by_step():
    assert times(
        done(1, 120),
        done(2, 400),
        done(3, 701),
        done(4, 750),
        (EventKind.STARTED, "reception", 900),
        (EventKind.ENDED, "reception", 2700),
        done(6, 2760),
        (EventKind.CLOSED, None, 2760, Outcome.COMPLETED),
    ) == [
        (Standing.ON_TIME, seconds(120)),
        (Standing.ON_TIME, seconds(280)),
        (Standing.LATE, seconds(301)),
        (Standing.ON_TIME, seconds(49)),
        (Standing.OPEN_ENDED, seconds(1800)),
        (Standing.ON_TIME, seconds(60)),
    ]


def test_the_last_step_is_timed_from_the_end_of_the_meeting():
    meeting = [*(done(n, n) for n in range(1, 5)), (EventKind.STARTED, "reception", 10)]
    end = (EventKind.ENDED, "reception", 5000)

    assert times(*meeting, end, done(6, 5300))[5] == (Standing.ON_TIME, seconds(300))
    assert times(*meeting, end, done(6, 5301))[5] == (Standing.LATE, seconds(301))


def test_a_meeting_is_timed_from_its_start_and_never_late():
    meeting = [*(done(n, n) for n in range(1, 5)), (EventKind.STARTED, "reception", 4000)]

    reception = measure(SOP, visit(*meeting, (EventKind.ENDED, "reception", 40000)))[4]

    assert (reception.standing, reception.elapsed) == (Standing.OPEN_ENDED, seconds(36000))
    assert (reception.started_at, reception.finished_at) == (after(4000), after(40000))


NOT_MEASURABLE = (Standing.NOT_MEASURABLE, None)


def test_an_unknown_arrival_leaves_only_the_first_step_unmeasured():
    assert times(done(1, 0), done(2, 60), arrival=Note.ARRIVAL_UNKNOWN)[:2] == [
        NOT_MEASURABLE,
        (Standing.ON_TIME, seconds(60)),
    ]


@pytest.mark.parametrize(
    ("moves", "reception"),
    [
        pytest.param([done(5, 900, Note.NOT_SCANNED)], NOT_MEASURABLE, id="never scanned"),
        pytest.param(
            [(EventKind.STARTED, "reception", 100),
             (EventKind.ENDED, "reception", 900, Note.ENDED_BY_RETURN)],
            NOT_MEASURABLE,
            id="ended by the badge's return",
        ),
        pytest.param([(EventKind.SKIPPED, "reception", 900)], (Standing.SKIPPED, None),
                     id="skipped"),
    ],
)  # fmt: skip
def test_a_meeting_without_its_scans_leaves_it_and_the_last_step_unmeasured(moves, reception):
    before = [done(number, number) for number in range(1, 5)]

    measured = times(*before, *moves, done(6, 900, Note.CLOCK_UNKNOWN))

    assert measured[4:] == [reception, NOT_MEASURABLE]


def test_a_skipped_step_is_skipped_and_the_next_is_timed_from_there():
    assert times(done(1, 0), (EventKind.SKIPPED, "purpose", 1000), done(3, 1200))[1:3] == [
        (Standing.SKIPPED, None),
        (Standing.ON_TIME, seconds(200)),
    ]


def test_a_missing_kelengkapan_says_nothing_of_the_time():
    measured = times(done(1, 0), done(2, 301, Note.NO_REQUIREMENT))

    assert measured[1] == (Standing.LATE, seconds(301))


def test_the_present_step_runs_and_those_after_it_are_pending():
    present = measure(SOP, visit(done(1, 60)))

    assert [time.standing for time in present] == [
        Standing.ON_TIME,
        Standing.RUNNING,
        *[Standing.PENDING] * 4,
    ]
    assert (present[1].started_at, present[1].finished_at) == (after(60), None)
    assert {time.started_at for time in present[2:]} == {None}


def test_nothing_runs_in_a_closed_visit():
    cancelled = visit((EventKind.CLOSED, None, 60, Outcome.CANCELLED))

    assert [time.standing for time in measure(SOP, cancelled)] == [Standing.PENDING] * 6
    assert running_clock(SOP, cancelled) is None


@pytest.mark.parametrize(
    ("moves", "clock"),
    [
        pytest.param([], Clock(T0, FIVE), id="from the arrival"),
        pytest.param([done(1, 90)], Clock(after(90), FIVE), id="from the end of the step before"),
        pytest.param([done(n, n) for n in range(1, 5)], Clock(after(4), None),
                     id="waiting for the host, without standard"),
        pytest.param([*(done(n, n) for n in range(1, 5)), (EventKind.STARTED, "reception", 700)],
                     Clock(after(700), None), id="being received, without standard"),
        pytest.param([*(done(n, n) for n in range(1, 5)), (EventKind.STARTED, "reception", 700),
                      (EventKind.ENDED, "reception", 900)],
                     Clock(after(900), FIVE), id="from the end of the meeting"),
        pytest.param([done(n, n) for n in range(1, 7)], None, id="none after the last step"),
    ],
)  # fmt: skip
def test_the_clock_that_runs_now(moves, clock):
    assert running_clock(SOP, visit(*moves)) == clock


def test_no_clock_runs_before_the_visit_is_opened():
    assert running_clock(SOP, Progress()) is None


def test_a_step_during_which_the_clock_was_set_back_is_not_measured_and_the_next_is():
    assert times(done(1, -3600), done(2, -3500)) == [
        NOT_MEASURABLE,
        (Standing.ON_TIME, seconds(100)),
        (Standing.RUNNING, None),
        *[(Standing.PENDING, None)] * 3,
    ]


NOTES = (None, Note.NOT_SCANNED, Note.ENDED_BY_RETURN, Note.CLOCK_UNKNOWN, Note.NO_REQUIREMENT)


@st.composite
def visits(draw):
    moves = [
        (
            draw(st.sampled_from([EventKind.COMPLETED, EventKind.ENDED, EventKind.SKIPPED])),
            key,
            draw(st.floats(-7200, 7200)),
            draw(st.sampled_from(NOTES)),
        )
        for key in KEYS[: draw(st.integers(0, 6))]
    ]
    return visit(*moves, arrival=draw(st.sampled_from([None, Note.ARRIVAL_UNKNOWN])))


@settings(deadline=None)
@given(visits())
def test_no_time_is_negative_and_only_a_measured_one_is_judged(progress):
    measured = measure(SOP, progress)

    assert [time.step for time in measured] == list(SOP.steps)
    for time in measured:
        judged = time.standing in {Standing.ON_TIME, Standing.LATE, Standing.OPEN_ENDED}
        assert (time.elapsed is not None) == judged
        assert (time.elapsed or timedelta()) >= timedelta()
        if time.standing in {Standing.ON_TIME, Standing.LATE}:
            assert (time.elapsed <= time.step.limit) == (time.standing is Standing.ON_TIME)


@settings(deadline=None)
@given(visits())
def test_exactly_one_step_runs_until_all_are_settled(progress):
    standings = [time.standing for time in measure(SOP, progress)]

    assert standings.count(Standing.RUNNING) == (1 if len(progress.settled) < 6 else 0)
    assert (running_clock(SOP, progress) is None) == (len(progress.settled) == 6)
