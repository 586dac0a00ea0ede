from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.decision import (
    Act,
    Actor,
    Advanced,
    Closed,
    Draft,
    Ended,
    Given,
    Needs,
    Reason,
    Receivers,
    Refused,
    Repeated,
    Returned,
    Started,
)
from app.domain.decisions import (
    EARLY_OUTCOMES,
    acting_role,
    advance,
    current_step,
    leave_unreported,
    stage_of,
)
from app.domain.events import Event, EventKind, Manner, Note, Outcome
from app.domain.progress import Progress, extend, fold
from app.domain.sop import Effect, Field
from app.domain.sop_toml import parse_sop
from app.sop_files import BUNDLED

SOP = parse_sop((BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8"))
REGISTRATION, PURPOSE, DIRECTION, ESCORT, RECEPTION, RETURN = SOP.steps
T0 = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

FITRI = Actor(1, frozenset({"front_desk"}))
KASIM = Actor(2, frozenset({"general_affairs"}))
SEKAR = Actor(3, frozenset({"secretary"}))
HADI = Actor(4, frozenset({"host"}))
WATI = Actor(5, frozenset())
ADI = Actor(6, frozenset({"admin"}))
ANI = Actor(7, frozenset({"front_desk"}))  # Fitri's colleague
KARTINI = Actor(8, frozenset({"general_affairs"}))  # Kasim's
HENDRA = Actor(9, frozenset({"host"}))  # receives for another unit
SARI = Actor(10, frozenset({"front_desk", "general_affairs", "secretary", "host"}))  # does it all
FAHMI = Actor(11, frozenset({"front_desk", "host"}))  # receives, and keeps badges
PEOPLE = (FITRI, KASIM, SEKAR, HADI, WATI, ADI, ANI, KARTINI, HENDRA, SARI, FAHMI)

RECEIVERS = Receivers(frozenset({HADI.person_id, SARI.person_id, FAHMI.person_id}), "host")
ALL_FIELDS = frozenset(Field)
ANSWERS = ("outcome_choice", "reason_text")

# Where a visit can stand: steps settled, and whether the reception is under way.
POSITIONS = {"1": (0, False), "2": (1, False), "3": (2, False), "4": (3, False),
             "5": (4, False), "5 running": (4, True), "6": (5, False)}  # fmt: skip
PERFORMERS = (FITRI, KASIM, SEKAR, KASIM, HADI, FITRI)


def progress_at(position: str, *, by: Actor | None = None, skipped: Sequence[int] = ()) -> Progress:
    """A visit that stands there since T0, two minutes a step; `by` made the latest scan."""
    settled, is_running = POSITIONS[position]
    moves = [(EventKind.SKIPPED if n in skipped else EventKind.COMPLETED, SOP.steps[n].key,
              PERFORMERS[n]) for n in range(settled)]  # fmt: skip
    if is_running:
        moves.append((EventKind.STARTED, RECEPTION.key, HADI))
    if by is not None:
        moves[-1] = (*moves[-1][:2], by)
    opened = T0 - timedelta(minutes=2 * len(moves))
    log = [Event(1, EventKind.OPENED, opened, FITRI.person_id)]
    for seq, (kind, key, actor) in enumerate(moves, start=2):
        at = opened + timedelta(minutes=2 * (seq - 1))
        log.append(Event(seq, kind, at, actor.person_id, by_scan=True, step_key=key))
    return fold(log)


def decide(position: str | Progress, actor: Actor, seconds: float = 600, **answers):
    """What a scan comes to, that long after the visit came to stand where it does."""
    progress = position if isinstance(position, Progress) else progress_at(position)
    step = current_step(SOP, progress)
    known = {"recorded": ALL_FIELDS}
    if step is not None and Effect.BY_HOST in step.effects:
        known["receivers"] = RECEIVERS
    answers = {key: frozenset(value) if key in {"recorded", "answered"} else value
               for key, value in answers.items()}  # fmt: skip
    at = T0 + timedelta(seconds=seconds)
    return advance(SOP, progress, actor=actor, at=at, given=Given(**(known | answers)))


def written(progress: Progress, decision, actor: Actor, seconds: float) -> Progress:
    """The visit once the decision is in its log."""
    at = T0 + timedelta(seconds=seconds)
    events = [
        Event(
            seq=progress.last_seq + number,
            kind=draft.kind,
            occurred_at=at,
            actor_id=actor.person_id,
            by_scan=True,
            step_key=draft.step_key,
            reason_code=draft.reason_code,
        )
        for number, draft in enumerate(decision.drafts, start=1)
    ]
    return extend(progress, events)


def completed(step, role, note=None):
    return Advanced(step, role, (Draft(EventKind.COMPLETED, step.key, note),))


def closed(outcome=Outcome.COMPLETED, *before):
    """The visit is closed with the events before the return; if any, step 6 has no clock."""
    note = Note.CLOCK_UNKNOWN if before else None
    return Closed(
        RETURN,
        "front_desk",
        (
            *before,
            Draft(EventKind.RETURNED),
            Draft(EventKind.COMPLETED, "return", note),
            Draft(EventKind.CLOSED, reason_code=outcome),
        ),
        outcome,
    )


def skipped(*steps):
    return [Draft(EventKind.SKIPPED, step.key) for step in steps]


STARTED = Started(RECEPTION, "host", (Draft(EventKind.STARTED, "reception"),))
ENDED = Ended(RECEPTION, "host", (Draft(EventKind.ENDED, "reception"),))
BY_RETURN = Draft(EventKind.ENDED, "reception", Note.ENDED_BY_RETURN)
UNSCANNED = Draft(EventKind.COMPLETED, "reception", Note.NOT_SCANNED)
EARLY = Needs(Reason.FORM, Act.RETURN_EARLY, RETURN, ANSWERS)
CONFIRM_RETURN = Needs(Reason.CONFIRM, Act.RETURN, RETURN)
CONFIRM_UNSCANNED = Needs(Reason.CONFIRM, Act.RETURN_UNSCANNED, RETURN)


def wrong_role(step):
    return Refused(Reason.WRONG_ROLE, step)


def already(step):
    return Refused(Reason.ALREADY_DONE, step)


def needs_scan(step):
    return Refused(Reason.NEEDS_SCAN, step)


def confirm(act, step):
    return Needs(Reason.CONFIRM, act, step)


def form(step):
    return Needs(Reason.FORM, Act.COMPLETE, step, tuple(step.requires))


# --- Who may do what, where -----------------------------------------------------------------------

TURNS = {
    # position: Fitri, Kasim, Sekar, Hadi, Wati and Adi
    "1": (needs_scan(REGISTRATION), *[wrong_role(REGISTRATION)] * 4),
    "2": (EARLY, completed(PURPOSE, "general_affairs"), *[wrong_role(PURPOSE)] * 3),
    "3": (EARLY, wrong_role(DIRECTION), completed(DIRECTION, "secretary"),
          *[wrong_role(DIRECTION)] * 2),
    "4": (EARLY, completed(ESCORT, "general_affairs"), *[wrong_role(ESCORT)] * 3),
    "5": (CONFIRM_UNSCANNED, *[wrong_role(RECEPTION)] * 2, STARTED, wrong_role(RECEPTION)),
    "5 running": (closed(Outcome.COMPLETED, BY_RETURN), *[wrong_role(RECEPTION)] * 2, ENDED,
                  wrong_role(RECEPTION)),
    "6": (closed(), *[wrong_role(RETURN)] * 4),
}  # fmt: skip
NAMES = ("Fitri", "Kasim", "Sekar", "Hadi", "Wati")


@pytest.mark.parametrize(
    ("position", "actor", "decision"),
    [
        pytest.param(position, actor, decision, id=f"{name} at {position}")
        for position, decisions in TURNS.items()
        for name, actor, decision in zip(NAMES, PEOPLE, decisions, strict=False)
    ],
)
def test_each_person_does_what_is_theirs_and_is_told_whose_turn_it_is(position, actor, decision):
    assert decide(position, actor) == decision


@pytest.mark.parametrize("position", POSITIONS)
def test_an_admin_without_a_role_of_the_sop_moves_nothing(position):
    progress = progress_at(position)

    assert decide(progress, ADI) == wrong_role(current_step(SOP, progress))


@pytest.mark.parametrize("position", ["5", "5 running"])
def test_a_host_of_another_unit_is_told_that_the_guest_is_not_theirs(position):
    assert decide(position, HENDRA) == Refused(Reason.WRONG_HOST, RECEPTION)


def test_a_person_with_every_role_does_the_step_that_is_due():
    decisions = [decide(position, SARI) for position in POSITIONS]

    assert decisions == [
        needs_scan(REGISTRATION),
        completed(PURPOSE, "general_affairs"),
        completed(DIRECTION, "secretary"),
        completed(ESCORT, "general_affairs"),
        STARTED,
        ENDED,
        closed(),
    ]


def test_the_one_who_stands_in_for_the_host_acts_in_the_role_that_the_group_has():
    stand_in = Receivers(frozenset({KASIM.person_id}), "general_affairs")

    assert decide("5", KASIM, receivers=stand_in) == replace(STARTED, role="general_affairs")
    assert decide("5", HADI, receivers=stand_in) == Refused(Reason.WRONG_HOST, RECEPTION)


@pytest.mark.parametrize(
    ("step", "actor", "receivers", "role"),
    [
        pytest.param(ESCORT, KASIM, None, "general_affairs", id="whose role it is"),
        pytest.param(ESCORT, SARI, RECEIVERS, "general_affairs", id="who has that role too"),
        pytest.param(ESCORT, HADI, RECEIVERS, None, id="a receiver, at another's step"),
        pytest.param(RECEPTION, HADI, RECEIVERS, "host", id="a receiver"),
        pytest.param(RECEPTION, HENDRA, RECEIVERS, None, id="a host of another unit"),
        pytest.param(RECEPTION, HENDRA, None, "host", id="a host, when no unit is known"),
        pytest.param(RECEPTION, WATI, Receivers(frozenset({5}), "host"), "host",
                     id="a receiver without the role"),
    ],
)  # fmt: skip
def test_the_acting_role_is_the_one_the_step_expects(step, actor, receivers, role):
    assert acting_role(step, actor, receivers) == role


# --- The order of the checks ----------------------------------------------------------------------


def is_closed(by: Actor = FITRI) -> Progress:
    progress = progress_at("6", by=by)
    return written(progress, closed(), by, 0)


@pytest.mark.parametrize("actor", [FITRI, HADI, WATI, SARI], ids=["Fitri", "Hadi", "Wati", "Sari"])
@pytest.mark.parametrize("seconds", [0, 5, 600])
@pytest.mark.parametrize(
    "answers",
    [{}, {"confirmed": True}, {"stage": "purpose"}, {"by_tap": True},
     {"outcome": Outcome.CANCELLED, "has_reason": True}, {"wants_return": True}],
    ids=["plain", "confirmed", "for a stage", "tapped", "with an outcome", "to take back"],
)  # fmt: skip
def test_first_of_all_a_closed_visit_is_closed(actor, seconds, answers):
    assert decide(is_closed(), actor, seconds, **answers) == Refused(Reason.VISIT_CLOSED, None)


def test_a_cancelled_entry_is_closed_though_its_steps_are_not():
    cancelled = extend(
        progress_at("1"), [Event(2, EventKind.CLOSED, T0, 1, reason_code=Outcome.CANCELLED)]
    )

    assert current_step(SOP, cancelled) is None
    assert decide(cancelled, FITRI) == Refused(Reason.VISIT_CLOSED, None)


def case(name, position, actor, seconds, decision, **answers):
    return pytest.param(position, actor, seconds, answers, decision, id=name)


REPEATS = [
    case("at once", "3", KASIM, 0, Repeated()),
    case("after 5 s", "3", KASIM, 5, Repeated()),
    case("after 5.001 s", "3", KASIM, 5.001, already(DIRECTION)),
    case("by somebody else", "3", SEKAR, 0, completed(DIRECTION, "secretary")),
    case("of a start", "5 running", HADI, 5, Repeated()),
    case("of a start, after 5.001 s", "5 running", HADI, 5.001, confirm(Act.END, RECEPTION)),
    case("though it is a tap", "3", KASIM, 1, Repeated(), by_tap=True),
    case("though the badge is to be taken back", "2", FITRI, 1, Repeated(), wants_return=True),
    case("though it was made for an earlier stage", "3", KASIM, 1, Repeated(), stage="purpose"),
    case("though it answers another step", "3", KASIM, 1, Repeated(), answered={Field.PURPOSE}),
    case("unless it was made for this stage", "3", KASIM, 1, already(DIRECTION), stage="direction"),
    case("unless it is confirmed", "3", KASIM, 1, already(DIRECTION), confirmed=True),
    case("unless it says how the visit ended", "2", FITRI, 1,
         closed(Outcome.CANCELLED, *skipped(PURPOSE, DIRECTION, ESCORT, RECEPTION)),
         outcome=Outcome.CANCELLED, has_reason=True),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), REPEATS)
def test_then_a_scan_is_a_repeat_of_ones_own(position, actor, seconds, answers, decision):
    assert decide(position, actor, seconds, **answers) == decision


@pytest.mark.parametrize(
    ("seconds", "answers", "decision"),
    [
        pytest.param(0, {}, Repeated(), id="at once"),
        pytest.param(5, {}, Repeated(), id="after 5 s"),
        pytest.param(5.001, {}, confirm(Act.COMPLETE, ESCORT), id="after 5.001 s"),
        pytest.param(1, {"confirmed": True}, completed(ESCORT, "general_affairs"), id="confirmed"),
        pytest.param(1, {"stage": "escort"}, confirm(Act.COMPLETE, ESCORT), id="for this stage"),
        pytest.param(59.9, {}, confirm(Act.COMPLETE, ESCORT), id="after 59.9 s"),
        pytest.param(60, {}, completed(ESCORT, "general_affairs"), id="after 60 s"),
    ],
)
def test_a_badge_in_view_moves_one_step_even_for_a_person_with_every_role(
    seconds, answers, decision
):
    assert decide(progress_at("4", by=SARI), SARI, seconds, **answers) == decision


@pytest.mark.parametrize(
    ("seconds", "decision"),
    [
        pytest.param(-1, Repeated(), id="by a second"),
        pytest.param(-30, confirm(Act.COMPLETE, ESCORT), id="by half a minute"),
        pytest.param(-3600, completed(ESCORT, "general_affairs"), id="by an hour"),
    ],
)
def test_a_clock_that_was_set_back_stops_nobody_for_long(seconds, decision):
    assert decide(progress_at("4", by=SARI), SARI, seconds) == decision


def test_a_clock_that_was_set_back_makes_nobody_come_too_late():
    assert decide("3", KARTINI, -30) == already(DIRECTION)
    assert decide("3", KARTINI, -3600) == wrong_role(DIRECTION)


def test_a_scan_is_no_repeat_when_a_colleague_has_moved_the_visit_since():
    progress = progress_at("4", by=SEKAR)
    progress = replace(progress, last_scan_by={**progress.last_scan_by, KASIM.person_id: T0})

    assert decide(progress, KASIM, 2) == confirm(Act.COMPLETE, ESCORT)


def test_an_answer_within_five_seconds_is_no_repeat():
    progress = progress_at("3", by=SARI)
    answered = {Field.DIRECTION, Field.DESTINATION}

    assert decide(progress, SARI, 1, recorded=(), answered=answered) == completed(
        DIRECTION, "secretary"
    )


OVERTAKEN = [
    case("a step behind", "3", KASIM, 600, already(DIRECTION), stage="purpose"),
    case("a step ahead", "3", SEKAR, 600, already(DIRECTION), stage="escort"),
    case("a start made already", "5 running", HADI, 600, already(RECEPTION), stage="reception"),
    case("an end, not started yet", "5", HADI, 600, already(RECEPTION), stage="reception:running"),
    case("no stage of the SOP", "3", SEKAR, 600, already(DIRECTION), stage="lunch"),
    case("before the role is looked at", "3", WATI, 600, already(DIRECTION), stage="purpose"),
    case("before the badge is taken back", "3", FITRI, 600, already(DIRECTION), stage="purpose",
         wants_return=True, outcome=Outcome.CANCELLED, has_reason=True),
    case("confirmed all the same", "3", SEKAR, 600, already(DIRECTION), stage="purpose",
         confirmed=True),
    case("not: this stage", "3", SEKAR, 600, completed(DIRECTION, "secretary"), stage="direction"),
    case("not: the start", "5", HADI, 600, STARTED, stage="reception"),
    case("not: the end", "5 running", HADI, 600, ENDED, stage="reception:running"),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), OVERTAKEN)
def test_then_an_answer_for_another_stage_never_does_the_present_one(
    position, actor, seconds, answers, decision
):
    assert decide(position, actor, seconds, **answers) == decision


COLLEAGUES = [
    case("Kartini, at once after Kasim", "3", KARTINI, 0, already(DIRECTION)),
    case("Kartini, 60 s after Kasim", "3", KARTINI, 60, already(DIRECTION)),
    case("Kartini, 60.001 s after Kasim", "3", KARTINI, 60.001, wrong_role(DIRECTION)),
    case("Kasim himself, 60 s later", "3", KASIM, 60, already(DIRECTION)),
    case("Hendra, 60 s after Hadi", "6", HENDRA, 60, already(RETURN)),
    case("Hendra, 60.001 s after Hadi", "6", HENDRA, 60.001, wrong_role(RETURN)),
    case("Wati, at once after Kasim", "3", WATI, 0, wrong_role(DIRECTION)),
    case("Hendra, at once after the escort", "5", HENDRA, 0, Refused(Reason.WRONG_HOST, RECEPTION)),
    case("Ani, at once after Fitri", "2", ANI, 0, already(PURPOSE)),
    case("Ani, 60 s after Fitri", "2", ANI, 60, already(PURPOSE)),
    case("Ani, 60.001 s after Fitri", "2", ANI, 60.001, EARLY),
    case("Fitri herself, 60 s later", "2", FITRI, 60, already(PURPOSE)),
    case("Fitri herself, 60.001 s later", "2", FITRI, 60.001, EARLY),
    case("Ani, who means to take it back", "2", ANI, 1, EARLY, wants_return=True),
    case("Ani, who confirms", "2", ANI, 1, EARLY, confirmed=True),
    case("Ani, who says how it ended", "2", ANI, 1,
         closed(Outcome.DECLINED, *skipped(PURPOSE, DIRECTION, ESCORT, RECEPTION)),
         outcome=Outcome.DECLINED, has_reason=True),
    case("Fitri, at once after Kasim", "3", FITRI, 0, EARLY),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), COLLEAGUES)
def test_then_who_came_for_the_step_before_hears_that_a_colleague_was_first(
    position, actor, seconds, answers, decision
):
    assert decide(position, actor, seconds, **answers) == decision


AT_ONCE = [
    case("for a start, within 5 s", "5 running", FAHMI, 5, already(RECEPTION)),
    case("for a start, after 5.001 s", "5 running", FAHMI, 5.001, ENDED),
    case("for a step, though able to do the next", "3", SARI, 5, already(DIRECTION)),
    case("for a step, after 5.001 s", "3", SARI, 5.001, completed(DIRECTION, "secretary")),
    case("but this one is confirmed", "3", SARI, 5, completed(DIRECTION, "secretary"),
         confirmed=True),
    case("but this one answers the next step", "3", SARI, 5, completed(DIRECTION, "secretary"),
         recorded=(), answered={Field.DIRECTION, Field.DESTINATION}),
    case("but this one was made for the next stage", "3", SARI, 5,
         completed(DIRECTION, "secretary"), stage="direction"),
    case("but this one takes the badge back", "3", SARI, 5, EARLY, wants_return=True),
    case("but this one only does the next step", "4", KASIM, 0,
         completed(ESCORT, "general_affairs")),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), AT_ONCE)
def test_of_two_scans_at_once_only_the_first_counts(position, actor, seconds, answers, decision):
    assert decide(position, actor, seconds, **answers) == decision


# --- Forms, confirmations, taps -------------------------------------------------------------------

FORMS = [
    case("no purpose", "2", KASIM, 600, form(PURPOSE), recorded=()),
    case("purpose answered", "2", KASIM, 600, completed(PURPOSE, "general_affairs"),
         recorded=(), answered={Field.PURPOSE}),
    case("purpose in the book", "2", KASIM, 600, completed(PURPOSE, "general_affairs"),
         recorded={Field.PURPOSE}),
    case("another field answered", "2", KASIM, 600, form(PURPOSE),
         recorded=(), answered={Field.DIRECTION, Field.DESTINATION}),
    case("no direction", "3", SEKAR, 600, form(DIRECTION), recorded={Field.PURPOSE}),
    case("a direction without destination", "3", SEKAR, 600, form(DIRECTION),
         recorded={Field.PURPOSE}, answered={Field.DIRECTION}),
    case("a destination without direction", "3", SEKAR, 600, form(DIRECTION),
         recorded={Field.PURPOSE, Field.DESTINATION}),
    case("direction answered, destination in the book", "3", SEKAR, 600,
         completed(DIRECTION, "secretary"),
         recorded={Field.DESTINATION}, answered={Field.DIRECTION}),
    case("a confirmation is no answer", "2", KASIM, 600, form(PURPOSE),
         recorded=(), confirmed=True),
    case("a step that requires nothing", "4", KASIM, 600, completed(ESCORT, "general_affairs"),
         recorded=()),
    case("a form is asked of a tap too", "2", KASIM, 600, form(PURPOSE), recorded=(), by_tap=True),
    case("not of who may not act", "2", SEKAR, 600, wrong_role(PURPOSE), recorded=()),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), FORMS)
def test_a_step_asks_for_its_kelengkapan_and_only_for_that(
    position, actor, seconds, answers, decision
):
    assert decide(position, actor, seconds, **answers) == decision


CONFIRMATIONS = [
    case("a step, after 59.9 s", "4", SARI, 59.9, confirm(Act.COMPLETE, ESCORT)),
    case("a step, after 60 s", "4", SARI, 60, completed(ESCORT, "general_affairs")),
    case("a step, by tap", "4", SARI, 10, confirm(Act.COMPLETE, ESCORT), by_tap=True),
    case("a step, confirmed", "4", SARI, 10, completed(ESCORT, "general_affairs"), confirmed=True),
    case("a start, after 59.9 s", "5", SARI, 59.9, confirm(Act.START, RECEPTION)),
    case("a start, after 60 s", "5", SARI, 60, STARTED),
    case("a start, confirmed", "5", SARI, 10, STARTED, confirmed=True),
    case("an end, after 59.9 s", "5 running", SARI, 59.9, confirm(Act.END, RECEPTION)),
    case("an end, after 60 s", "5 running", SARI, 60, ENDED),
    case("an end, confirmed", "5 running", SARI, 10, ENDED, confirmed=True),
    case("the return, after 59.9 s", "6", SARI, 59.9, CONFIRM_RETURN),
    case("the return, after 60 s", "6", SARI, 60, closed()),
    case("the return, confirmed", "6", SARI, 10, closed(), confirmed=True),
    case("the return while she receives", "5 running", SARI, 30, CONFIRM_RETURN, wants_return=True),
    case("the return while she receives, confirmed", "5 running", SARI, 30,
         closed(Outcome.COMPLETED, BY_RETURN), wants_return=True, confirmed=True),
    case("the return while she receives, after 60 s", "5 running", SARI, 60,
         closed(Outcome.COMPLETED, BY_RETURN), wants_return=True),
    case("a form, which is asked first", "3", SARI, 10, form(DIRECTION), recorded={Field.PURPOSE}),
    case("not an answered form", "3", SARI, 10, completed(DIRECTION, "secretary"), recorded=(),
         answered={Field.DIRECTION, Field.DESTINATION}),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), CONFIRMATIONS)
def test_two_in_a_row_by_one_person_need_a_confirmation(
    position, actor, seconds, answers, decision
):
    assert decide(progress_at(position, by=actor), actor, seconds, **answers) == decision


def test_a_colleagues_scan_a_moment_ago_needs_no_confirmation():
    assert decide("4", KARTINI, 1) == completed(ESCORT, "general_affairs")


TAPS = [
    case("hands out no badge", "1", FITRI, 600, needs_scan(REGISTRATION)),
    case("takes no badge back", "6", FITRI, 600, needs_scan(RETURN)),
    case("takes none back when asked", "6", FITRI, 600, needs_scan(RETURN), wants_return=True),
    case("takes none back early", "2", FITRI, 600, wrong_role(PURPOSE)),
    case("takes none back with an outcome", "3", FITRI, 600, wrong_role(DIRECTION),
         outcome=Outcome.CANCELLED, has_reason=True),
    case("takes none back from a meeting", "5 running", FITRI, 600, wrong_role(RECEPTION),
         confirmed=True),
    case("completes a step", "2", KASIM, 600, completed(PURPOSE, "general_affairs")),
    case("starts", "5", HADI, 600, STARTED),
    case("ends", "5 running", HADI, 600, ENDED),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), TAPS)
def test_a_tap(position, actor, seconds, answers, decision):
    assert decide(position, actor, seconds, by_tap=True, **answers) == decision


# --- The badge comes back -------------------------------------------------------------------------

MISSED = {
    "2": (PURPOSE, DIRECTION, ESCORT, RECEPTION),
    "3": (DIRECTION, ESCORT, RECEPTION),
    "4": (ESCORT, RECEPTION),
    "5": (RECEPTION,),
    "6": (),
}


@pytest.mark.parametrize("outcome", EARLY_OUTCOMES)
@pytest.mark.parametrize("position", MISSED)
def test_an_early_return_closes_the_visit_and_records_the_missing_steps(position, outcome):
    decision = decide(position, FITRI, outcome=outcome, has_reason=True)

    assert decision == closed(outcome, *skipped(*MISSED[position]))


@pytest.mark.parametrize("outcome", EARLY_OUTCOMES)
def test_an_early_return_from_a_meeting_ends_the_meeting(outcome):
    decision = decide("5 running", FITRI, outcome=outcome, has_reason=True)

    assert decision == closed(outcome, BY_RETURN)


@pytest.mark.parametrize("outcome", EARLY_OUTCOMES)
@pytest.mark.parametrize("position", [*MISSED, "5 running"])
def test_an_early_return_needs_a_reason(position, outcome):
    assert decide(position, FITRI, outcome=outcome) == EARLY


@pytest.mark.parametrize("position", ["2", "3", "4"])
def test_a_reason_alone_is_no_outcome(position):
    assert decide(position, FITRI, has_reason=True, wants_return=True) == EARLY


RETURNS = [
    case("not met yet", "5", FITRI, 600, CONFIRM_UNSCANNED),
    case("met, but not scanned", "5", FITRI, 600, closed(Outcome.COMPLETED, UNSCANNED),
         confirmed=True),
    case("left without being met", "5", FITRI, 600, EARLY, wants_return=True, not_received=True),
    case("left without being met, and why", "5", FITRI, 600,
         closed(Outcome.CANCELLED, *skipped(RECEPTION)), wants_return=True, not_received=True,
         outcome=Outcome.CANCELLED, has_reason=True),
    case("in the meeting", "5 running", FITRI, 600, closed(Outcome.COMPLETED, BY_RETURN)),
    case("after the meeting", "6", FITRI, 600, closed()),
    case("after the meeting, at once", "6", FITRI, 0, closed()),
    case("after the meeting, by a colleague", "6", ANI, 0, closed()),
    case("by nobody else", "6", HADI, 600, wrong_role(RETURN), wants_return=True),
    case("early by nobody else", "2", KASIM, 600, completed(PURPOSE, "general_affairs"),
         outcome=Outcome.CANCELLED, has_reason=True),
    case("by somebody who receives and keeps badges: at the door", "5", FAHMI, 600, STARTED),
    case("by somebody who receives and keeps badges: when asked", "5", FAHMI, 600,
         CONFIRM_UNSCANNED, wants_return=True),
    case("by somebody with every role: when asked", "2", SARI, 600, EARLY, wants_return=True),
]  # fmt: skip


@pytest.mark.parametrize(("position", "actor", "seconds", "answers", "decision"), RETURNS)
def test_the_keeper_takes_the_badge_back(position, actor, seconds, answers, decision):
    assert decide(position, actor, seconds, **answers) == decision


@pytest.mark.parametrize(
    ("position", "actor", "step", "role"),
    [
        pytest.param("2", KASIM, PURPOSE, "general_affairs", id="purpose"),
        pytest.param("3", SEKAR, DIRECTION, "secretary", id="direction"),
    ],
)
def test_after_a_skip_a_missing_kelengkapan_is_recorded_as_missing_and_never_blocks(
    position, actor, step, role
):
    progress = progress_at(position, skipped=[0])

    assert decide(progress, actor, recorded=()) == completed(step, role, Note.NO_REQUIREMENT)
    assert decide(progress, actor) == completed(step, role)


def test_after_a_skip_a_second_scan_in_a_row_still_needs_a_confirmation():
    progress = progress_at("3", by=SARI, skipped=[0])

    assert decide(progress, SARI, 30, recorded=()) == confirm(Act.COMPLETE, DIRECTION)


@pytest.mark.parametrize(
    ("position", "stage"),
    [("1", "registration"), ("2", "purpose"), ("5", "reception"),
     ("5 running", "reception:running"), ("6", "return")],
)  # fmt: skip
def test_a_stage_names_the_step_and_whether_it_is_under_way(position, stage):
    assert stage_of(SOP, progress_at(position)) == stage


def test_a_closed_visit_has_no_stage():
    assert stage_of(SOP, is_closed()) is None


# --- What holds for every scan --------------------------------------------------------------------

MOVED = (Advanced, Started, Ended, Closed)
actors = st.sampled_from(PEOPLE)
seconds = st.one_of(st.sampled_from([0, 5, 5.001, 59.9, 60, 60.001]), st.floats(0, 7200))


@st.composite
def progresses(draw):
    position = draw(st.sampled_from(list(POSITIONS)))
    settled = POSITIONS[position][0]
    by = draw(actors) if position != "1" else None
    skips = draw(st.sets(st.integers(0, settled - 1))) if settled else set()
    return progress_at(position, by=by, skipped=tuple(skips))


fields = st.frozensets(st.sampled_from(Field))
plain_scans = st.fixed_dictionaries(
    {"recorded": fields, "wants_return": st.booleans(), "by_tap": st.booleans()}
)
any_answers = st.fixed_dictionaries(
    {
        "recorded": fields,
        "answered": fields,
        "confirmed": st.booleans(),
        "wants_return": st.booleans(),
        "not_received": st.booleans(),
        "has_reason": st.booleans(),
        "by_tap": st.booleans(),
        "outcome": st.sampled_from([None, *EARLY_OUTCOMES]),
        "stage": st.sampled_from([None, None, *[s.key for s in SOP.steps], "reception:running"]),
    }
)


def scenes(actor, answers):
    return st.tuples(progresses(), actor, seconds, answers)


def answers_with(**fixed):
    return any_answers.map(lambda answers: answers | {"stage": None, "by_tap": False} | fixed)


any_scenes = scenes(actors, any_answers)
moving_scenes = any_scenes | scenes(
    st.sampled_from([SARI, FITRI]), answers_with(confirmed=True, recorded=ALL_FIELDS)
)
closing_scenes = scenes(
    st.sampled_from([FITRI, ANI, SARI, FAHMI]), answers_with(confirmed=True, wants_return=True)
)
asking_scenes = scenes(
    st.sampled_from([FITRI, SARI]), answers_with(recorded=frozenset(), answered=frozenset())
)
steady = settings(deadline=None)


@steady
@given(moving_scenes)
def test_whatever_is_written_the_settled_steps_are_the_first_of_the_sop(scene):
    progress, actor, after, answers = scene
    decision = decide(progress, actor, after, **answers)
    if not isinstance(decision, MOVED):
        return

    then = written(progress, decision, actor, after)

    keys = [settled.key for settled in then.settled]
    assert keys == [step.key for step in SOP.steps[: len(keys)]]
    assert len(then.settled) - len(progress.settled) == {
        Advanced: 1, Started: 0, Ended: 1, Closed: 6 - len(progress.settled)
    }[type(decision)]  # fmt: skip
    assert then.is_closed == isinstance(decision, Closed)
    assert (then.running_since is not None) == isinstance(decision, Started)


@steady
@given(progresses(), actors, st.floats(0, 59.999), plain_scans)
def test_within_a_minute_of_ones_own_scan_a_plain_one_moves_nothing(
    progress, actor, after, answers
):
    progress = replace(progress, last_scan_by={**progress.last_scan_by, actor.person_id: T0})

    assert not isinstance(decide(progress, actor, after, **answers), MOVED)


@steady
@given(progresses(), actors, seconds, any_answers)
def test_a_tap_never_closes_a_visit(progress, actor, after, answers):
    assert not isinstance(decide(progress, actor, after, **(answers | {"by_tap": True})), Closed)


@steady
@given(progresses(), seconds, any_answers)
def test_nobody_moves_a_visit_without_a_role(progress, after, answers):
    progress = replace(progress, last_scanner=None)

    assert isinstance(decide(progress, WATI, after, **answers), Refused)


@steady
@given(progresses(), actors, seconds, any_answers)
def test_an_answer_moves_only_the_stage_it_was_made_for(progress, actor, after, answers):
    decision = decide(progress, actor, after, **answers)

    if answers["stage"] not in {None, stage_of(SOP, progress)}:
        step = current_step(SOP, progress)
        assert decision in (Repeated(), already(step))


@steady
@given(moving_scenes)
def test_the_role_that_is_recorded_is_held(scene):
    progress, actor, after, answers = scene
    decision = decide(progress, actor, after, **answers)
    if not isinstance(decision, MOVED):
        return

    assert decision.role in actor.roles


@steady
@given(closing_scenes | any_scenes)
def test_only_the_keeper_closes_a_visit_and_only_with_a_reason_when_steps_are_missing(scene):
    progress, actor, after, answers = scene
    decision = decide(progress, actor, after, **answers)
    if not isinstance(decision, Closed):
        return

    assert "front_desk" in actor.roles
    if decision.outcome is not Outcome.COMPLETED:
        assert (decision.outcome, True) == (answers["outcome"], answers["has_reason"])
    else:
        then = written(progress, decision, actor, after)
        fresh = then.settled[len(progress.settled) :]
        assert all(settled.manner is not Manner.SKIPPED for settled in fresh)


@steady
@given(asking_scenes | any_scenes)
def test_a_question_once_answered_is_not_asked_again(scene):
    progress, actor, after, answers = scene
    decision = decide(progress, actor, after, **answers)
    if not isinstance(decision, Needs):
        return

    answered = answers | {"confirmed": True, "answered": ALL_FIELDS, "has_reason": True}
    if decision.act is Act.RETURN_EARLY:
        answered["outcome"] = answers["outcome"] or Outcome.CANCELLED
    if decision.act in {Act.RETURN, Act.RETURN_UNSCANNED}:
        answered["wants_return"] = True

    assert isinstance(decide(progress, actor, after, **answered), MOVED)


# --- Several badges, and none ---------------------------------------------------------------------

ONE_BACK = Returned(RETURN, "front_desk", (Draft(EventKind.RETURNED),))


@pytest.mark.parametrize("position", ["2", "3", "4", "5", "5 running", "6"])
def test_of_several_badges_the_keeper_takes_each_back_by_itself(position):
    assert decide(position, FITRI, badges_out=2) == ONE_BACK


@pytest.mark.parametrize(
    ("position", "actor", "seconds", "answers", "decision"),
    [
        case("another performer moves the group on", "2", KASIM, 600,
             completed(PURPOSE, "general_affairs"), badges_out=3),
        case("a badge just handed out, seen again", "2", FITRI, 3, Repeated(), badges_out=2),
        case("within a minute of it", "2", FITRI, 30, already(PURPOSE), badges_out=2),
        case("in haste, asked for", "2", FITRI, 30, CONFIRM_RETURN,
             badges_out=2, wants_return=True),
        case("in haste, confirmed", "2", FITRI, 30, ONE_BACK,
             badges_out=2, wants_return=True, confirmed=True),
        case("the next one laid on the desk", "2", FITRI, 2, ONE_BACK,
             badges_out=2, follows_return=True),
        case("the last one of them", "6", FITRI, 2, closed(), follows_return=True),
        case("the last one, steps missing", "3", FITRI, 2, EARLY, follows_return=True),
        case("the last one, in a meeting", "5 running", FITRI, 2,
             closed(Outcome.COMPLETED, BY_RETURN), follows_return=True),
        case("who does every step goes on with the step", "3", SARI, 600, form(DIRECTION),
             badges_out=2, follows_return=True, recorded=()),
        case("a tap brings no badge back", "6", FITRI, 600, needs_scan(RETURN),
             badges_out=2, follows_return=True),
    ],
)  # fmt: skip
def test_a_group_returns_badge_after_badge(position, actor, seconds, answers, decision):
    is_tap = decision == needs_scan(RETURN)
    assert decide(position, actor, seconds, by_tap=is_tap, **answers) == decision


@pytest.mark.parametrize(
    ("position", "answers", "decision"),
    [
        ("6", {}, replace(closed(), drafts=closed().drafts[1:])),
        ("3", {"wants_return": True}, EARLY),
        ("5", {"wants_return": True}, Needs(Reason.CONFIRM, Act.RETURN_UNSCANNED, RETURN)),
    ],
)  # fmt: skip
def test_a_visit_whose_badge_is_lost_is_closed_by_a_tap(position, answers, decision):
    assert decide(position, FITRI, by_tap=True, badges_out=0, **answers) == decision


@pytest.mark.parametrize("position", POSITIONS)
def test_a_guest_who_left_without_a_word_leaves_every_open_step_undone(position):
    settled, is_running = POSITIONS[position]
    left = [Draft(EventKind.SKIPPED, step.key) for step in SOP.steps[settled:]]
    if is_running:
        left[0] = Draft(EventKind.ENDED, RECEPTION.key, Note.ESTIMATED)
    assert leave_unreported(SOP, progress_at(position)) == (
        *left,
        Draft(EventKind.LEFT_UNREPORTED, reason_code=Note.ESTIMATED),
        Draft(EventKind.CLOSED, reason_code=Outcome.LEFT_UNREPORTED),
    )


def test_the_meeting_that_ends_at_a_guessed_time_is_not_measured():
    progress = progress_at("5 running")
    drafts = leave_unreported(SOP, progress)
    after = written(progress, Closed(RETURN, "front_desk", drafts, Outcome.COMPLETED), FITRI, 600)
    assert after.outcome == Outcome.LEFT_UNREPORTED
    assert [(one.key, one.measurable) for one in after.settled[-2:]] == [
        (RECEPTION.key, False),
        (RETURN.key, False),
    ]
