from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.events import Event, EventKind, Manner, Note, Outcome
from app.domain.progress import Progress, Settled, extend, fold

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SETTLING = (EventKind.COMPLETED, EventKind.ENDED, EventKind.SKIPPED)
NOTES = (None, *Note, *Outcome, "purpose")


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def event(seq: int, kind: EventKind, **given) -> Event:
    if kind in SETTLING:
        given.setdefault("step_key", f"step-{seq}")
    return Event(**{"seq": seq, "kind": kind, "occurred_at": minute(seq), "actor_id": 1} | given)


@st.composite
def logs(draw, kinds=tuple(kind for kind in EventKind if kind is not EventKind.UNDONE)):
    """A log that could be written: seqs from 1 without gaps, an undoing names an earlier entry."""
    events: list[Event] = []
    for seq in range(1, draw(st.integers(0, 14)) + 1):
        kind = draw(st.sampled_from(kinds))
        if kind is EventKind.UNDONE and seq == 1:
            kind = EventKind.OPENED
        events.append(
            event(
                seq,
                kind,
                occurred_at=minute(draw(st.integers(0, 60))),
                actor_id=draw(st.sampled_from([None, 1, 2, 3])),
                by_scan=draw(st.booleans()),
                destination_id=draw(st.sampled_from([None, None, 1, 2])),
                reason_code=draw(st.sampled_from(NOTES)),
                undoes=draw(st.integers(1, seq - 1)) if kind is EventKind.UNDONE else None,
            )
        )
    return events


def a_visit_under_way() -> list[Event]:
    return [
        event(1, EventKind.OPENED),
        event(2, EventKind.COMPLETED, step_key="registration"),
        event(3, EventKind.STARTED, step_key="reception"),
    ]


SETTLES = {"settled", "running_since", "running_seq"}
CHANGES = {
    EventKind.OPENED: {"arrived_at"},
    EventKind.ISSUED: set(),
    EventKind.COMPLETED: SETTLES,
    EventKind.STARTED: {"running_since", "running_seq"},
    EventKind.ENDED: SETTLES,
    EventKind.SKIPPED: SETTLES,
    EventKind.REDIRECTED: set(),
    EventKind.DECIDED: set(),
    EventKind.DECLINED: {"verdict", "verdict_at"},
    EventKind.RESCHEDULED: {"verdict", "verdict_at"},
    EventKind.CANCELLED: set(),
    EventKind.LEFT_UNREPORTED: set(),
    EventKind.RETURNED: set(),
    EventKind.CLOSED: {"outcome", "closed_at"},
    EventKind.REOPENED: set(),
    EventKind.CORRECTED: set(),
    EventKind.UNDONE: set(),
    EventKind.BADGE_REPLACED: set(),
    EventKind.BADGE_SWAPPED: set(),
    EventKind.BADGE_GONE: set(),
}


@pytest.mark.parametrize("kind", EventKind)
def test_each_kind_of_event_changes_just_its_part_of_the_progress(kind):
    before = fold(a_visit_under_way())
    latest = event(4, kind, reason_code=Outcome.COMPLETED)

    after = fold([*a_visit_under_way(), latest])

    changed = {
        f.name for f in fields(Progress) if getattr(before, f.name) != getattr(after, f.name)
    }
    assert changed == CHANGES[kind] | {"last_seq", "last_at"}
    assert after.last_seq == 4


@pytest.mark.parametrize("kind", EventKind)
def test_any_kind_may_come_first(kind):
    assert fold([event(1, kind)]).last_seq == 1


def test_an_unknown_kind_fails():
    with pytest.raises(ValueError, match="'teleported' is not a valid EventKind"):
        EventKind("teleported")
    with pytest.raises(TypeError):
        fold([event(1, "teleported")])


def test_an_empty_log_is_a_visit_that_has_not_begun():
    assert fold([]) == Progress()
    assert Progress().clock_from is None
    assert not Progress().is_closed


def test_a_whole_visit_folds_to_its_steps_with_their_times():
    progress = fold(
        [
            event(1, EventKind.OPENED, destination_id=7),
            event(2, EventKind.ISSUED, by_scan=True),
            event(3, EventKind.COMPLETED, step_key="registration", by_scan=True),
            event(4, EventKind.STARTED, step_key="reception", actor_id=4, by_scan=True),
            event(5, EventKind.ENDED, step_key="reception", actor_id=4, by_scan=True),
            event(6, EventKind.RETURNED),
            event(7, EventKind.COMPLETED, step_key="return"),
            event(8, EventKind.CLOSED, reason_code=Outcome.COMPLETED),
        ]
    )

    timed = {"measurable": True}
    assert progress == Progress(
        last_seq=8,
        last_at=minute(8),
        arrived_at=minute(1),
        settled=(
            Settled("registration", Manner.DONE, minute(1), minute(3), 1, 3, **timed),
            Settled("reception", Manner.DONE, minute(4), minute(5), 4, 5, **timed),
            Settled("return", Manner.DONE, minute(5), minute(7), 1, 7, **timed),
        ),
        destination_id=7,
        outcome="completed",
        closed_at=minute(8),
        last_scan_by={1: minute(3), 4: minute(5)},
        last_scanner=4,
    )  # fmt: skip
    assert progress.is_closed


@pytest.mark.parametrize(
    ("kind", "note", "manner", "measurable"),
    [
        pytest.param(EventKind.COMPLETED, None, Manner.DONE, True, id="completed"),
        pytest.param(EventKind.ENDED, None, Manner.DONE, True, id="ended"),
        pytest.param(EventKind.SKIPPED, None, Manner.SKIPPED, False, id="skipped"),
        pytest.param(EventKind.COMPLETED, Note.NOT_SCANNED, Manner.NOT_SCANNED, False,
                     id="not scanned"),
        pytest.param(EventKind.ENDED, Note.ENDED_BY_RETURN, Manner.DONE, False,
                     id="ended by the badge's return"),
        pytest.param(EventKind.COMPLETED, Note.CLOCK_UNKNOWN, Manner.DONE, False,
                     id="no start is known"),
        pytest.param(EventKind.COMPLETED, Note.NO_REQUIREMENT, Manner.DONE, True,
                     id="without kelengkapan"),
    ],
)  # fmt: skip
def test_a_settled_step_tells_how_it_was_done_and_whether_its_time_counts(
    kind, note, manner, measurable
):
    latest = event(3, kind, step_key="purpose", reason_code=note)
    log = [event(1, EventKind.OPENED), event(2, EventKind.COMPLETED), latest]

    settled = fold(log).settled[-1]
    is_guessed = note is Note.CLOCK_UNKNOWN
    expected = Settled("purpose", manner, minute(2), minute(3), 1, 3, measurable, is_guessed)
    assert settled == expected


def test_a_step_after_one_whose_end_is_guessed_cannot_be_measured_but_a_meeting_can():
    progress = fold(
        [
            event(1, EventKind.OPENED),
            event(2, EventKind.COMPLETED, step_key="a", reason_code=Note.CLOCK_UNKNOWN),
            event(3, EventKind.COMPLETED, step_key="b"),
            event(4, EventKind.COMPLETED, step_key="c", reason_code=Note.CLOCK_UNKNOWN),
            event(5, EventKind.STARTED, step_key="d"),
            event(6, EventKind.ENDED, step_key="d"),
            event(7, EventKind.COMPLETED, step_key="e"),
        ]
    )

    assert [settled.measurable for settled in progress.settled] == [False, False, False, True, True]


def test_only_the_first_step_suffers_from_an_unknown_arrival():
    progress = fold(
        [
            event(1, EventKind.OPENED, reason_code=Note.ARRIVAL_UNKNOWN),
            event(2, EventKind.COMPLETED),
            event(3, EventKind.COMPLETED),
        ]
    )

    assert not progress.arrival_known
    assert [settled.measurable for settled in progress.settled] == [False, True]


def test_the_clock_of_a_step_starts_when_the_step_before_it_ends():
    assert fold([event(1, EventKind.OPENED)]).clock_from == minute(1)
    assert fold(a_visit_under_way()[:2]).clock_from == minute(2)


def test_the_newest_destination_stands():
    progress = fold(
        [
            event(1, EventKind.OPENED, destination_id=1),
            event(2, EventKind.CORRECTED, destination_id=2),
            event(3, EventKind.COMPLETED),
        ]
    )

    assert progress.destination_id == 2


def test_a_reopened_visit_has_no_outcome():
    closed = [event(1, EventKind.OPENED), event(2, EventKind.CLOSED, reason_code="completed")]

    reopened = fold([*closed, event(3, EventKind.REOPENED)])

    assert (reopened.is_closed, reopened.outcome, reopened.closed_at) == (False, None, None)


def test_only_a_scan_counts_as_a_scan_of_its_person():
    by_form = fold([event(1, EventKind.OPENED, actor_id=1), event(2, EventKind.CORRECTED)])
    by_scan = fold(
        [event(1, EventKind.OPENED, by_scan=True), event(2, EventKind.ISSUED, actor_id=2)]
    )

    assert (by_form.last_scan_by, by_form.last_scanner) == ({}, None)
    assert (by_scan.last_scan_by, by_scan.last_scanner) == ({1: minute(1)}, 1)


def test_an_undone_step_is_open_again_and_its_clock_runs_on():
    log = [*a_visit_under_way()[:2], event(3, EventKind.COMPLETED, by_scan=True, destination_id=5)]

    undone = fold([*log, event(4, EventKind.UNDONE, undoes=3)])

    assert undone == replace(fold(log[:2]), last_seq=4, last_at=minute(4))
    assert undone.clock_from == minute(2)


def test_an_undone_undoing_lets_the_step_stand():
    log = [*a_visit_under_way()[:2], event(3, EventKind.UNDONE, undoes=2)]

    redone = fold([*log, event(4, EventKind.UNDONE, undoes=3)])

    assert redone == replace(fold(log[:2]), last_seq=4, last_at=minute(4))


def test_an_undone_end_leaves_the_step_under_way():
    log = [*a_visit_under_way(), event(4, EventKind.ENDED, step_key="reception")]

    undone = fold([*log, event(5, EventKind.UNDONE, undoes=4)])

    assert (undone.running_since, undone.running_seq) == (minute(3), 3)


def test_a_progress_cannot_be_extended_by_an_undoing():
    with pytest.raises(AssertionError, match="has to be folded anew"):
        extend(Progress(), [event(1, EventKind.UNDONE, undoes=1)])


def test_going_back_to_a_step_begins_a_new_round_there():
    log = a_visit_under_way()
    back = event(4, EventKind.DECIDED, step_key="registration")

    after = fold([*log, back])

    assert (after.settled, after.round, after.running_since) == ((), 2, None)
    assert [settled.key for settled in after.every_settled] == ["registration"]
    assert after.clock_from == back.occurred_at


def test_a_step_of_the_new_round_is_timed_from_the_going_back():
    back = event(4, EventKind.DECIDED, step_key="registration")
    again = event(5, EventKind.COMPLETED, step_key="registration")

    settled = fold([*a_visit_under_way(), back, again]).settled[-1]

    assert (settled.round, settled.started_at, settled.finished_at, settled.measurable) == (
        2, back.occurred_at, again.occurred_at, True
    )  # fmt: skip


def test_a_time_put_right_counts_as_if_it_had_been_then_and_the_latest_stands():
    log = a_visit_under_way()
    first = event(4, EventKind.CORRECTED, corrects=2, corrected_to=minute(1))
    second = event(5, EventKind.CORRECTED, corrects=2, corrected_to=minute(2))

    after = fold([*log, first, second])

    assert (after.settled[0].finished_at, after.corrections) == (minute(2), 1)


def test_a_correction_that_is_undone_counts_no_more():
    log = a_visit_under_way()
    wrong = event(4, EventKind.CORRECTED, corrects=2, corrected_to=minute(1))

    after = fold([*log, wrong, event(5, EventKind.UNDONE, undoes=4)])

    assert (after.settled, after.corrections) == (fold(log).settled, 0)


def test_a_settling_event_without_a_step_fails():
    with pytest.raises(AssertionError, match="names its step"):
        fold([event(1, EventKind.COMPLETED, step_key=None)])


def that_count(log: list[Event]) -> list[Event]:
    """The events that no later one undoes that counts itself, found one by one."""

    def counts(entry: Event) -> bool:
        return not any(later.undoes == entry.seq and counts(later) for later in log)

    return [entry for entry in log if counts(entry)]


@settings(deadline=None)
@given(logs(kinds=(*SETTLING, EventKind.STARTED, EventKind.CLOSED, *[EventKind.UNDONE] * 5)))
def test_undone_events_count_as_never_written(log):
    standing = [entry._replace(undoes=None) for entry in that_count(log)]

    last_at = log[-1].occurred_at if log else None
    assert fold(log) == replace(fold(standing), last_seq=len(log), last_at=last_at)


@settings(deadline=None)
@given(logs(), st.integers(0, 14))
def test_extending_a_progress_is_folding_the_whole_log(log, cut):
    assert extend(fold(log[:cut]), log[cut:]) == fold(log)


@settings(deadline=None)
@given(logs(kinds=tuple(EventKind)))
def test_every_log_folds_and_ends_at_its_last_entry(log):
    assert fold(log).last_seq == len(log)


@settings(deadline=None)
@given(logs())
def test_the_settled_steps_are_those_of_the_log_in_its_order(log):
    assert [s.seq for s in fold(log).settled] == [e.seq for e in log if e.kind in SETTLING]


@settings(deadline=None)
@given(logs())
def test_a_step_is_under_way_only_when_its_start_is_the_newest_news_of_a_step(log):
    of_steps = [e for e in log if e.kind in {*SETTLING, EventKind.STARTED}]
    starts = of_steps and of_steps[-1].kind is EventKind.STARTED

    progress = fold(log)

    assert progress.running_seq == (of_steps[-1].seq if starts else None)
    assert progress.running_since == (of_steps[-1].occurred_at if starts else None)


@settings(deadline=None)
@given(logs())
def test_the_outcome_is_that_of_the_newest_closing_unless_it_was_reopened(log):
    progress = fold(log)

    latest = [e for e in log if e.kind in {EventKind.CLOSED, EventKind.REOPENED}][-1:]
    assert progress.closed_at == next(
        (e.occurred_at for e in latest if e.kind is EventKind.CLOSED), None
    )
    assert progress.outcome == next(
        (e.reason_code for e in latest if e.kind is EventKind.CLOSED), None
    )
