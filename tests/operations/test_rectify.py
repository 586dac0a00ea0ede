"""Second thoughts: undo, a time or a name put right, a visit reopened; and why not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.rectify import Unfit
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.visit import StepEvent, StepTime, Visit, VisitText
from app.operations.rectify import (
    NotRectified,
    correct_guest,
    correct_time,
    reopen_visit,
    undo_own,
)
from app.queries.visits import view_by_label


def view(office, label):
    return view_by_label(office.session, label)


def undo(office, username, label):
    with office.app.app_context():
        undo_own(label, officer=office.officer(username), at=office.clock())


def reopen(office, username, label, reason="Kartu salah dipindai."):
    with office.app.app_context():
        reopen_visit(label, reason=reason, officer=office.officer(username), at=office.clock())


def put_right(office, label, seq, right, username="kasim"):
    with office.app.app_context():
        correct_time(
            label,
            seq,
            right,
            reason="Baru dipindai kemudian.",
            officer=office.officer(username),
            at=office.clock(),
        )


def name_right(office, label, **words):
    with office.app.app_context():
        return correct_guest(
            label,
            words,
            reason="Salah ketik.",
            officer=office.officer("kasim"),
            at=office.clock(),
        )


def kinds(office):
    return office.session.scalars(select(StepEvent.kind).order_by(StepEvent.seq)).all()


def states(office, *numbers):
    rows = office.session.execute(
        select(Badge.state).where(Badge.number.in_(numbers)).order_by(Badge.number)
    )
    return [state for (state,) in rows]


def seq_of(office, kind, step_key):
    return office.session.scalars(
        select(StepEvent.seq).where(StepEvent.kind == kind, StepEvent.step_key == step_key)
    ).one()


def test_an_own_step_is_undone_and_both_stay_in_the_log(office):
    label = office.bring_to_step(3)
    before = kinds(office)
    office.clock.pass_time(minutes=3)

    undo(office, "kasim", label)

    assert kinds(office) == [*before, "undone"]
    assert view(office, label).step.key == "purpose"
    rows = office.session.scalars(select(StepTime.step_key)).all()
    assert rows == ["registration"]


def test_who_holds_no_post_any_more_undoes_as_nobody(office):
    label = office.bring_to_step(3)
    kasim = replace(office.officer("kasim"), roles=frozenset())
    with office.app.app_context():
        undo_own(label, officer=kasim, at=office.clock())

    undone = office.session.scalars(select(StepEvent).where(StepEvent.kind == "undone")).one()
    assert (undone.acting_role, undone.actor_post) == ("", "Pegawai")


def test_after_an_undoing_the_step_is_done_again_with_a_time_of_its_own(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=1)
    undo(office, "kasim", label)
    office.clock.pass_time(minutes=1)

    assert office.scan("kasim", "12").outcome == "advanced"

    elapsed = office.session.scalars(
        select(StepTime.elapsed_s).where(StepTime.step_key == "purpose")
    ).one()
    assert elapsed == 240


def test_a_badge_handed_out_by_mistake_is_free_again(office):
    label = office.bring_to_step(2)

    undo(office, "fitri", label)

    assert states(office, 12) == ["available"]
    assert office.session.scalars(select(Loan.ended_as)).all() == ["returned"]
    assert view(office, label).waits_for_badge


def test_two_badges_handed_out_at_one_instant_are_taken_back_once_each(office):
    label = office.open_visit(party_size=2)
    office.scan("fitri", "12", visit=label)
    office.scan("fitri", "13", visit=label, adds_badge=True)

    undo(office, "fitri", label)

    assert states(office, 12, 13) == ["available", "available"]
    back = select(BadgeEvent.badge_id).where(BadgeEvent.from_state == "in_use")
    moved = office.session.scalars(back).all()
    assert len(moved) == len(set(moved)) == 2
    assert view(office, label).waits_for_badge


def test_a_badge_taken_back_by_mistake_is_the_guests_again_and_the_visit_open(office):
    label = office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.clock.pass_time(minutes=5)

    undo(office, "fitri", label)

    standing = view(office, label)
    assert (standing.step.key, standing.held_numbers) == ("return", (12,))
    visit = office.stored_visit(label)
    assert (visit.outcome, visit.closed_at) == (None, None)
    assert states(office, 12) == ["in_use"]


def test_a_return_is_not_undone_once_the_badge_is_with_the_next_guest(office):
    label = office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.clock.pass_time(minutes=2)
    other = office.open_visit("Rini")
    office.scan("fitri", "12", visit=other)

    with pytest.raises(NotRectified) as refused:
        undo(office, "fitri", label)

    assert refused.value.why == Unfit.BADGE_MOVED_ON
    assert office.stored_visit(label).outcome == "completed"


@pytest.mark.parametrize(
    ("username", "minutes", "why"),
    [
        ("sekar", 1, Unfit.NOTHING_OF_YOURS),
        ("fitri", 1, Unfit.MOVED_ON),
        ("kasim", 16, Unfit.TOO_LATE),
    ],
)
def test_an_undoing_is_refused_with_its_reason(office, username, minutes, why):
    label = office.bring_to_step(3)
    before = kinds(office)
    office.clock.pass_time(minutes=minutes)

    with pytest.raises(NotRectified) as refused:
        undo(office, username, label)

    assert refused.value.why == why
    assert kinds(office) == before


def test_what_was_undone_is_not_undone_twice(office):
    label = office.bring_to_step(3)
    undo(office, "kasim", label)

    with pytest.raises(NotRectified) as refused:
        undo(office, "kasim", label)

    assert refused.value.why == Unfit.NOTHING_OF_YOURS


def test_a_visit_closed_by_mistake_stands_again_where_it_stood(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12", wants_return=True, outcome="cancelled", reason_text="Pulang.")
    office.clock.pass_time(hours=3)

    reopen(office, "sekar", label)

    standing = view(office, label)
    assert (standing.step.key, office.stored_visit(label).outcome, standing.held_numbers) == (
        "direction", None, ()
    )  # fmt: skip
    assert office.session.scalars(
        select(VisitText.value).where(VisitText.field == "reopen_reason")
    ).all() == ["Kartu salah dipindai."]
    assert set(office.session.scalars(select(StepTime.step_key))) == {"registration", "purpose"}


def test_what_came_before_a_reopening_is_not_undone(office):
    label = office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.clock.pass_time(minutes=1)
    reopen(office, "sekar", label)
    before = kinds(office)

    with pytest.raises(NotRectified) as refused:
        undo(office, "fitri", label)

    assert refused.value.why == Unfit.MOVED_ON
    assert (kinds(office), states(office, 12)) == (before, ["available"])


def test_an_open_or_unknown_visit_is_not_reopened(office):
    label = office.bring_to_step(3)

    for one, why in ((label, Unfit.NOT_CLOSED), ("99/2026", Unfit.NO_SUCH_VISIT)):
        with pytest.raises(NotRectified) as refused:
            reopen(office, "sekar", one)
        assert refused.value.why == why


def test_a_time_put_right_counts_in_the_reports_and_the_old_one_stays(office):
    label = office.bring_to_step(2)
    office.clock.pass_time(minutes=9)
    office.scan("kasim", "12")
    seq = seq_of(office, "completed", "purpose")
    recorded = office.clock()
    office.clock.pass_time(minutes=2)

    put_right(office, label, seq, recorded - timedelta(minutes=6))

    row = office.session.scalars(select(StepTime).where(StepTime.step_key == "purpose")).one()
    assert (row.standing, row.elapsed_s) == ("on_time", 180)
    visit = office.stored_visit(label)
    assert (visit.late_steps, visit.corrections) == (0, 1)
    assert office.session.scalars(
        select(StepEvent.occurred_at).where(StepEvent.seq == seq)
    ).one() == recorded  # fmt: skip


def test_an_arrival_put_right_moves_the_visit_to_its_day(office):
    label = office.bring_to_step(2)
    right = office.clock() - timedelta(hours=12)

    put_right(office, label, 1, right)

    visit = office.stored_visit(label)
    assert (visit.arrived_at, visit.arrived_on.isoformat(), visit.arrived_hour) == (
        right, "2026-11-23", 21
    )  # fmt: skip
    assert visit.late_steps == 1


@pytest.mark.parametrize(
    ("minutes", "why"),
    [
        (-30, Unfit.BEFORE_THE_ONE_BEFORE),
        (3, Unfit.AHEAD),
        (0, Unfit.SAME_TIME),
        (1.5, Unfit.AFTER_THE_ONE_AFTER),
    ],
)
def test_a_time_out_of_order_is_refused_with_its_reason(office, minutes, why):
    label = office.bring_to_step(3)
    seq = seq_of(office, "completed", "purpose")
    recorded = office.clock()
    office.clock.pass_time(minutes=1)
    office.scan("sekar", "12", direction="Antar.", destination_id=1)
    office.clock.pass_time(minutes=1)

    with pytest.raises(NotRectified) as refused:
        put_right(office, label, seq, recorded + timedelta(minutes=minutes))

    assert refused.value.why == why
    assert office.session.scalars(select(Visit.corrections)).one() == 0


def test_the_guests_name_is_put_right_also_after_the_visit_and_the_old_one_stays(office):
    label = office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.clock.pass_time(hours=1)

    assert name_right(office, label, name="Tono Subekti", origin="perorangan")

    standing = view(office, label)
    assert (standing.name, standing.leader.name, standing.progress.corrections) == (
        "Tono Subekti", "Tono", 1
    )  # fmt: skip


def test_the_same_words_again_change_nothing(office):
    label = office.bring_to_step(2)
    before = kinds(office)

    assert not name_right(office, label, name="Tono", origin="perorangan")

    assert kinds(office) == before
