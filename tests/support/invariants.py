"""What always holds of the record, whatever people do: for the state machine and the simulation."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta

from app.domain.badge_life import DEAD_STATES
from app.domain.events import EventKind
from app.domain.sop import Sop
from app.domain.timing import Standing, measure_settled
from app.models.badge import Loan
from app.models.visit import StepEvent
from app.operations.log import projection
from tests.support.record import OnRecord, counted

MOVING = frozenset(
    {EventKind.STARTED, EventKind.ENDED, EventKind.COMPLETED, EventKind.SKIPPED, EventKind.CLOSED}
)
ENDS_IN = {
    "returned": "available",
    "outstanding": "outstanding",
    "lost": "lost",
    "damaged": "damaged",
}
MOVED = {"issued", "advanced", "started", "ended", "returned", "closed", "recovered"}
Roles = Mapping[int, frozenset[str]]


def check_record(seen: OnRecord, sop: Sop, roles: Roles) -> None:
    """Every invariant; `roles` has what each person has ever held, for others too."""
    each_log_is_a_beginning_of_the_sop_and_its_visit_shows_just_that(seen, sop)
    the_step_times_are_those_of_the_log(seen, sop)
    each_event_was_written_by_somebody_who_held_the_role(seen, roles)
    a_badge_is_in_use_exactly_while_one_open_visit_holds_it(seen)
    a_badges_log_tells_where_it_is(seen)
    each_loan_ends_with_one_move_of_its_badge(seen)
    a_replacement_is_in_the_visits_log_and_names_what_it_replaces(seen)
    a_badge_has_one_live_code_unless_it_is_out_of_use(seen)
    no_guest_holds_a_badge_that_needs_its_print(seen)
    who_is_inside_are_those_whose_log_has_no_end(seen)
    no_badge_stands_for_two_guests_inside(seen)
    visits_are_numbered_from_one_in_each_year(seen)


def each_log_is_a_beginning_of_the_sop_and_its_visit_shows_just_that(
    seen: OnRecord, sop: Sop
) -> None:
    keys = [step.key for step in sop.steps]
    for visit in seen.visits.values():
        log = seen.logs[visit.id]
        progress = seen.progress[visit.id]
        settled = [step.key for step in progress.settled]
        assert settled == keys[: len(settled)]
        assert [row.seq for row in log] == list(range(1, visit.last_seq + 1))
        instants = [row.occurred_at for row in log]
        assert instants == sorted(instants), "nothing was slipped in before what had happened"
        columns = projection(sop, progress)
        assert {name: getattr(visit, name) for name in columns} == columns
        assert visit.step_state == _state_of(counted(log))
        assert visit.step_key == (None if visit.step_state == "closed" else keys[len(settled)])
        assert log[-1].round == progress.round


def _state_of(log: list[StepEvent]) -> str:
    kinds = [row.kind for row in log if row.kind in MOVING]
    if EventKind.CLOSED in kinds:
        return "closed"
    return "running" if kinds and kinds[-1] == EventKind.STARTED else "waiting"


def the_step_times_are_those_of_the_log(seen: OnRecord, sop: Sop) -> None:
    for visit in seen.visits.values():
        progress = seen.progress[visit.id]
        settled = [measure_settled(sop, one) for one in progress.every_settled]
        assert seen.times[visit.id] == {
            (time.step.key, time.round): (time.standing, seconds_of(time.elapsed))
            for time in settled
        }
        assert visit.corrections == progress.corrections
        late = [time for time in settled if time.standing is Standing.LATE]
        assert visit.late_steps == len(late)


def seconds_of(elapsed: timedelta | None) -> int | None:
    return None if elapsed is None else int(elapsed.total_seconds())


def each_event_was_written_by_somebody_who_held_the_role(seen: OnRecord, roles: Roles) -> None:
    for row in (row for log in seen.logs.values() for row in log):
        assert row.acting_role in roles[row.actor_id]
        assert row.scan_id is None or row.method is not None
        if row.scan_id is not None:
            scan = seen.scans[row.scan_id]
            assert (scan.visit_id, scan.actor_id) == (row.visit_id, row.actor_id)
            assert scan.outcome in MOVED


def a_badge_is_in_use_exactly_while_one_open_visit_holds_it(seen: OnRecord) -> None:
    open_loans = [loan for loan in seen.loans if loan.ended_at is None]
    held = Counter(loan.badge_id for loan in open_loans)
    for badge in seen.badges:
        assert held[badge.id] == (1 if badge.state == "in_use" else 0)
    assert not {loan.visit_id for loan in open_loans} & seen.ended


def a_badges_log_tells_where_it_is(seen: OnRecord) -> None:
    latest = {loan.badge_id: loan for loan in sorted(seen.loans, key=lambda one: one.id)}
    issued = defaultdict(set)
    for loan in seen.loans:
        issued[loan.badge_id].add(loan.id)
    for badge in seen.badges:
        moves = seen.moves[badge.id]
        assert [move.seq for move in moves] == list(range(1, len(moves) + 1))
        assert [move.from_state for move in moves] == [
            None, *(move.to_state for move in moves[:-1])
        ]  # fmt: skip
        assert moves[-1].to_state == badge.state
        loan = latest.get(badge.id)
        is_out = loan is not None and loan.ended_as == "outstanding" and not loan.recovered_at
        assert badge.state != "outstanding" or is_out
        assert not is_out or badge.state in {"outstanding", "lost", "available", "retired"}
        assert {move.loan_id for move in moves if move.to_state == "in_use"} == issued[badge.id]


def each_loan_ends_with_one_move_of_its_badge(seen: OnRecord) -> None:
    for loan in seen.loans:
        moves = seen.moves[loan.badge_id]
        own = [move for move in moves if move.loan_id == loan.id]
        ends = [
            (move.to_state, move.at) for move in own if move.from_state == "in_use" != move.to_state
        ]
        if loan.ended_as in ENDS_IN:
            assert ends == [(ENDS_IN[loan.ended_as], loan.ended_at)]
        else:
            assert (ends, loan.ended_as in {None, "swapped"}) == ([], True)
        if loan.ended_as == "swapped":
            after = _next_loan(seen, loan)
            assert [
                move.at
                for move in moves
                if move.from_state == "in_use" == move.to_state and move.loan_id == after.id
            ] == [loan.ended_at]
        turned_up = [move.at for move in own if move.from_state == "outstanding"]
        assert turned_up == ([] if loan.recovered_at is None else [loan.recovered_at])


def _next_loan(seen: OnRecord, loan: Loan) -> Loan:
    later = (one for one in seen.loans if one.badge_id == loan.badge_id and one.id > loan.id)
    return min(later, key=lambda one: one.id)


def a_replacement_is_in_the_visits_log_and_names_what_it_replaces(seen: OnRecord) -> None:
    loans = {loan.id: loan for loan in seen.loans}
    told, named = [], []
    for visit_id, log in seen.logs.items():
        told += [
            (visit_id, row.recorded_at, row.reason_code)
            for row in log
            if row.kind == EventKind.BADGE_REPLACED
        ]
    for loan in seen.loans:
        if loan.replaces_id is not None:
            before = loans[loan.replaces_id]
            assert (before.visit_id, before.ended_at) == (loan.visit_id, loan.issued_at)
            named.append((loan.visit_id, loan.issued_at, before.ended_as))
    assert sorted(told) == sorted(named)


def a_badge_has_one_live_code_unless_it_is_out_of_use(seen: OnRecord) -> None:
    live = Counter(code.badge_id for code in seen.codes if code.revoked_at is None)
    for badge in seen.badges:
        assert live[badge.id] == (0 if badge.state in DEAD_STATES else 1)


def no_guest_holds_a_badge_that_needs_its_print(seen: OnRecord) -> None:
    held = {loan.badge_id for loan in seen.loans if loan.ended_at is None}
    assert not held & seen.awaiting_print


def who_is_inside_are_those_whose_log_has_no_end(seen: OnRecord) -> None:
    inside = {view.visit.id for view in seen.inside}
    assert inside == set(seen.visits) - seen.ended
    for view in seen.inside:
        assert view.badge_numbers or view.waits_for_badge
        assert not (view.badges_out and view.waits_for_badge)


def no_badge_stands_for_two_guests_inside(seen: OnRecord) -> None:
    held = Counter(number for view in seen.inside for number in view.held_numbers)
    assert set(held.values()) <= {1}
    assert sum(held.values()) == sum(loan.ended_at is None for loan in seen.loans)
    for view in seen.inside:
        assert view.badge_number in (view.held_numbers or (None,))


def visits_are_numbered_from_one_in_each_year(seen: OnRecord) -> None:
    numbers = defaultdict(list)
    for visit in seen.visits.values():
        numbers[visit.year].append(visit.number)
    for sequence in numbers.values():
        assert sequence == list(range(1, len(sequence) + 1))
