"""A paper slip: which times may stand beside each other, and the log they make."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.events import EventKind, Manner, Outcome
from app.domain.late_entry import ARRIVAL, Fault, Wrong, late_log, slots_of, wrongs_of
from app.domain.progress import fold
from app.domain.sop import Field
from app.domain.sop_toml import parse_sop
from app.domain.timing import Standing, measure
from app.operations.log import Authorship, drafted
from app.operations.officer import Officer
from tests.support.sops import sop_of

SOP = parse_sop(Path("app/sop/pelayanan-tamu.toml").read_text(encoding="utf-8"))
FIVE_TEXT = Path("docs/sop-lima-langkah.toml").read_text(encoding="utf-8")
FIVE = parse_sop(FIVE_TEXT)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
WHOLE = {
    "arrival": "0900",
    "end-registration": "0903",
    "end-purpose": "0907",
    "end-direction": "0910",
    "end-escort": "0914",
    "begin-reception": "0920",
    "end-reception": "0940",
    "end-return": "0942",
}


def moment(clock):
    return MIDNIGHT + timedelta(hours=int(clock[:2]), minutes=int(clock[2:]))


def noted(**changes):
    """The times of a slip; `arrival=None` leaves one out."""
    typed = WHOLE | {name.replace("_", "-"): clock for name, clock in changes.items()}
    return {name: moment(clock) for name, clock in typed.items() if clock}


def wrongs(**changes):
    found = wrongs_of(SOP, noted(**changes), at=NOON)
    return {
        name: (wrong.fault, wrong.other.name if wrong.other else None)
        for name, wrong in found.items()
    }


def log(times, outcome=Outcome.COMPLETED, recorded=frozenset(Field), sop=SOP):
    return [
        (dated.draft.kind, dated.draft.step_key, dated.draft.reason_code, f"{dated.at:%H%M}")
        for dated in late_log(sop, times, outcome=outcome, recorded=recorded)
    ]


def test_a_slip_has_a_time_for_the_arrival_each_steps_end_and_the_begin_of_the_open_ended_one():
    assert [slot.name for slot in slots_of(SOP)] == list(WHOLE)
    assert [slot.name for slot in slots_of(SOP) if slot.is_needed] == ["arrival", "end-return"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"end_purpose": None, "end_direction": None}, {}),
        ({"end_purpose": "0903", "end_direction": "0903"}, {}),
        ({"arrival": None}, {"arrival": (Fault.MISSING, None)}),
        ({"end_return": None}, {"end-return": (Fault.MISSING, None)}),
        ({"begin_reception": None, "end_reception": None}, {}),
        ({"begin_reception": None}, {}),
        ({"end_reception": None}, {"end-reception": (Fault.NO_END, "begin-reception")}),
        ({"end_purpose": "0902"}, {"end-purpose": (Fault.BEFORE, "end-registration")}),
        (
            {"end_registration": None, "end_purpose": "0859"},
            {"end-purpose": (Fault.BEFORE, "arrival")},
        ),
        ({"end_return": "0939"}, {"end-return": (Fault.BEFORE, "end-reception")}),
        ({"end_return": "1200"}, {}),
        ({"end_return": "1201"}, {"end-return": (Fault.AHEAD, None)}),
        (
            {"end_purpose": "0901", "end_direction": "0902"},
            {
                "end-purpose": (Fault.BEFORE, "end-registration"),
                "end-direction": (Fault.BEFORE, "end-registration"),
            },
        ),
    ],
)
def test_the_times_of_a_slip_follow_each_other_and_have_happened(changes, expected):
    assert wrongs(**changes) == expected


@pytest.mark.parametrize(("days", "expected"), [(366, {}), (367, Fault.TOO_LONG_AGO)])
def test_a_slip_is_at_most_a_year_old(days, expected):
    times = {name: when - timedelta(days=days) for name, when in noted(arrival="1200").items()}
    found = wrongs_of(SOP, {"arrival": times["arrival"]}, at=NOON)
    found.pop("end-return")
    assert found == (expected and {"arrival": Wrong(expected)})


def test_a_whole_slip_is_the_log_that_scans_would_have_written():
    assert log(noted()) == [
        ("opened", None, None, "0900"),
        ("completed", "registration", None, "0903"),
        ("completed", "purpose", None, "0907"),
        ("completed", "direction", None, "0910"),
        ("completed", "escort", None, "0914"),
        ("started", "reception", None, "0920"),
        ("ended", "reception", None, "0940"),
        ("completed", "return", None, "0942"),
        ("closed", None, "completed", "0942"),
    ]


def test_what_was_not_noted_is_skipped_at_the_time_before_it():
    slip = {"arrival": moment("0900"), "end-purpose": moment("0910"), "end-return": moment("0915")}
    assert log(slip, Outcome.DECLINED) == [
        ("opened", None, None, "0900"),
        ("skipped", "registration", "not_noted", "0900"),
        ("completed", "purpose", None, "0910"),
        ("declined", None, None, "0910"),
        ("skipped", "direction", "not_noted", "0910"),
        ("skipped", "escort", "not_noted", "0910"),
        ("skipped", "reception", "not_noted", "0910"),
        ("completed", "return", None, "0915"),
        ("closed", None, "declined", "0915"),
    ]


@pytest.mark.parametrize(
    ("ended", "outcome", "expected"),
    [
        ("purpose escort", Outcome.RESCHEDULED, ("escort", "rescheduled")),
        ("purpose reception", Outcome.DECLINED, ("reception", "declined")),
        ("", Outcome.DECLINED, (None, "declined")),
        ("purpose escort", Outcome.CANCELLED, None),
        ("purpose escort reception", Outcome.COMPLETED, None),
    ],
)
def test_a_verdict_fell_at_the_last_step_that_was_noted(ended, outcome, expected):
    times = {f"end-{key}": moment("0910") for key in ended.split()}
    dated = late_log(
        SOP,
        {"arrival": moment("0900"), **times, "end-return": moment("0915")},
        outcome=outcome,
        recorded=frozenset(),
    )
    found = [(one.step.key if one.step else None, one.draft.kind) for one in dated]
    verdicts = [row for row in found if row[1] in {EventKind.DECLINED, EventKind.RESCHEDULED}]
    assert verdicts == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("ended", "outcome", "expected"),
    [
        ("verdict meeting", Outcome.COMPLETED, [("verdict", "decided", "accept")]),
        ("verdict", Outcome.DECLINED, [("verdict", "declined", None)]),
        ("verdict meeting", Outcome.DECLINED, [("verdict", "declined", None)]),
        ("meeting", Outcome.DECLINED, [("meeting", "declined", None)]),
        ("verdict meeting", Outcome.LEFT_UNREPORTED, [("verdict", "decided", "accept")]),
        ("verdict", Outcome.LEFT_UNREPORTED, []),
        ("verdict", Outcome.COMPLETED, []),
        ("meeting", Outcome.COMPLETED, []),
    ],
)
def test_where_the_office_chose_a_way_the_rest_of_the_slip_tells_which(ended, outcome, expected):
    times = {f"end-{key}": moment("0910") for key in ended.split()}
    last = FIVE.steps[-1].key
    dated = late_log(
        FIVE,
        {"arrival": moment("0900"), **times, f"end-{last}": moment("0915")},
        outcome=outcome,
        recorded=frozenset(),
    )
    assert [
        (one.step.key, one.draft.kind, one.draft.reason_code)
        for one in dated
        if one.draft.kind in {EventKind.DECIDED, EventKind.DECLINED}
    ] == expected


def test_a_guess_when_a_guest_left_tells_no_way():
    text = FIVE_TEXT.replace('outcome = "declined"', 'goto = "farewell"')
    dated = late_log(
        parse_sop(text),
        {name: moment("0910") for name in ("arrival", "end-verdict", "end-farewell")},
        outcome=Outcome.LEFT_UNREPORTED,
        recorded=frozenset(),
    )
    assert EventKind.DECIDED not in {one.draft.kind for one in dated}


def test_a_reception_without_its_begin_is_done_but_not_measured():
    (reception,) = [row for row in log(noted(begin_reception=None)) if row[1] == "reception"]
    assert reception == ("completed", "reception", "not_noted", "0940")


def test_a_missing_kelengkapan_is_recorded_as_missing():
    rows = log(noted(), recorded=frozenset())
    notes = {key: note for _, key, note, _ in rows if note and key}
    assert notes == {"purpose": "no_requirement", "direction": "no_requirement"}


def test_the_log_of_another_sop_folds_to_a_closed_visit_with_every_step_settled():
    sop = sop_of([0, 1, 2, 0])
    times = {"arrival": moment("0900"), "end-s1": moment("0904"), "end-s3": moment("0909")}
    by = Authorship(Officer(1, "Fitri", frozenset({"p0"})), "p0", "Tamu", NOON)
    events = []
    progress = fold(events)
    for dated in late_log(sop, times, outcome=Outcome.COMPLETED, recorded=frozenset()):
        events += drafted(progress, [dated.draft], by, occurred_at=dated.at)
        progress = fold(events)
    assert (progress.outcome, progress.arrived_at) == ("completed", times[ARRIVAL.name])
    assert [settled.manner for settled in progress.settled] == [
        Manner.SKIPPED, Manner.DONE, Manner.SKIPPED, Manner.DONE
    ]  # fmt: skip
    assert [time.standing for time in measure(sop, progress)] == [
        Standing.SKIPPED, Standing.NOT_MEASURABLE, Standing.SKIPPED, Standing.NOT_MEASURABLE
    ]  # fmt: skip
