"""Turns off the straight line: choices of the SOP, other destinations, steps for who is away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.turns import StandIn, Wrong
from app.models.visit import Appointment, StepEvent, StepTime, Visit, VisitText
from app.operations.scan_scene import Answers
from app.operations.turns import TurnRefused, decide_visit, redirect_visit, stand_in_for
from app.operations.units import UnitData, save_unit
from app.queries.visits import view_by_label


def view(office, label):
    return view_by_label(office.session, label)


def log(office, label, after=0):
    """Kind, step, reason and destination of each event, in order."""
    visit = view_by_label(office.session, label).visit
    rows = office.session.execute(
        select(StepEvent.kind, StepEvent.step_key, StepEvent.reason_code, StepEvent.destination_id)
        .where(StepEvent.visit_id == visit.id, StepEvent.seq > after)
        .order_by(StepEvent.seq)
    )
    return [tuple(row) for row in rows]


def texts(office):
    rows = office.session.execute(select(VisitText.field, VisitText.value, VisitText.actor_post))
    return [tuple(row) for row in rows]


def decide(office, username, label, choice, *, due_at=None, stage=None, **words):
    with office.app.app_context():
        decide_visit(
            label,
            choice,
            answers=Answers(stage=stage),
            public_reason=words.get("public"),
            private_note=words.get("private"),
            due_at=due_at,
            officer=office.officer(username),
            at=office.clock(),
        )


def redirect(office, username, label, destination_id, reason="Pejabatnya dinas luar."):
    with office.app.app_context():
        redirect_visit(
            label,
            destination_id,
            reason=reason,
            officer=office.officer(username),
            at=office.clock(),
        )


def stand_in(office, username, label, how, reason="Sekretaris rapat di luar.", **answers):
    with office.app.app_context():
        stand_in_for(
            label,
            how,
            answers=Answers(**answers),
            reason=reason,
            officer=office.officer(username),
            at=office.clock(),
        )


@pytest.fixture
def field_office(office):
    """A second destination, where Sekar receives; its id."""
    with office.app.app_context():
        return save_unit(
            None,
            UnitData(
                name="Bidang Koperasi",
                post="Kepala Bidang Koperasi",
                active=True,
                is_default=False,
                host_ids=frozenset({office.officer("sekar").person_id}),
                assistant_ids=frozenset(),
                host_role="host",
            ),
        ).id


def test_a_guest_is_declined_at_step_2_and_only_the_badge_remains(office):
    label = office.bring_to_step(2)
    office.clock.pass_time(minutes=2)

    decide(office, "kasim", label, "decline", public="Mohon maaf, belum dapat.", private="Calo.")

    assert log(office, label, after=3) == [
        ("completed", "purpose", None, None),
        ("declined", None, None, None),
        ("skipped", "direction", None, None),
        ("skipped", "escort", None, None),
        ("skipped", "reception", None, None),
    ]
    standing = view(office, label)
    assert (standing.step.key, standing.progress.verdict, office.stored_visit(label).closed_at) == (
        "return", "declined", None
    )  # fmt: skip
    assert texts(office)[1:] == [
        ("public_reason", "Mohon maaf, belum dapat.", "Kasubbag UMPAR"),
        ("private_note", "Calo.", "Kasubbag UMPAR"),
    ]


def test_the_declined_guests_badge_closes_the_visit_with_that_outcome(office):
    label = office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    decide(office, "kasim", label, "decline", public="Mohon maaf.")
    office.clock.pass_time(minutes=2)

    assert office.scan("fitri", "12").outcome == "closed"

    visit = office.stored_visit(label)
    assert (visit.outcome, visit.closed_at) == ("declined", office.clock())


def test_a_guest_is_asked_to_come_again_and_stands_on_that_days_list(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=2)
    due_at = office.clock() + timedelta(days=2)

    decide(office, "sekar", label, "reschedule", public="Silakan kembali Kamis.", due_at=due_at)

    rows = office.session.execute(
        select(Appointment.due_at, Appointment.arrived_visit_id, Visit.number).join(
            Visit, Visit.id == Appointment.visit_id
        )
    ).all()
    assert [tuple(row) for row in rows] == [(due_at, None, 1)]
    assert view(office, label).progress.verdict == "rescheduled"


def test_whoever_comes_by_appointment_keeps_it_once(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=2)
    due_at = office.clock() + timedelta(days=2)
    decide(office, "sekar", label, "reschedule", public="Kembali Kamis.", due_at=due_at)
    office.clock.pass_time(hours=48)

    first = office.open_visit("Tono", appointment_id=1)
    office.open_visit("Tono", appointment_id=1)

    arrived = office.session.scalars(select(Appointment.arrived_visit_id)).one()
    assert arrived == view_by_label(office.session, first).visit.id


@pytest.mark.parametrize(
    ("step", "username", "post", "on_behalf_of", "settled"),
    [
        (4, "kasim", "Kasubbag UMPAR", None, ("completed", "escort")),
        (5, "hadi", "Kepala Dinas", None, ("skipped", "reception")),
        (5, "fitri", "Petugas Front Desk", "host", ("skipped", "reception")),
        (5, "kasim", "Kasubbag UMPAR", "host", ("skipped", "reception")),
    ],
)
def test_a_guest_whose_host_turns_out_to_be_away_is_asked_to_come_again(
    office, step, username, post, on_behalf_of, settled
):
    label = office.bring_to_step(step)
    office.clock.pass_time(minutes=2)
    due_at = office.clock() + timedelta(days=1)

    decide(office, username, label, "reschedule", public="Beliau dinas luar.", due_at=due_at)

    written = office.session.execute(
        select(StepEvent.kind, StepEvent.step_key, StepEvent.actor_post, StepEvent.on_behalf_of)
        .where(StepEvent.kind.in_(["completed", "skipped", "rescheduled"]))
        .order_by(StepEvent.seq)
    ).all()[step - 1 :][:2]
    assert written == [(*settled, post, on_behalf_of), ("rescheduled", None, post, on_behalf_of)]
    assert office.session.scalars(select(Appointment.due_at)).all() == [due_at]
    assert (view(office, label).step.key, view(office, label).badges_out) == ("return", 1)
    office.clock.pass_time(minutes=2)
    assert office.scan("fitri", "12").outcome == "closed"
    assert view(office, label).progress.outcome == "rescheduled"


def test_a_reception_that_is_broken_off_with_a_verdict_ends_then(office):
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=2)

    decide(office, "hadi", label, "decline", public="Mohon maaf.")

    assert log(office, label, after=7) == [
        ("ended", "reception", None, None), ("declined", None, None, None)
    ]  # fmt: skip


@pytest.mark.parametrize(("step", "username"), [(4, "fitri"), (4, "hadi"), (5, "sekar")])
def test_a_verdict_about_a_host_who_is_away_is_not_everybodys(office, step, username):
    label = office.bring_to_step(step)
    before = log(office, label)

    with pytest.raises(TurnRefused) as refused:
        decide(office, username, label, "decline", public="Maaf.")

    assert refused.value.why == Wrong.NOT_YOURS
    assert log(office, label) == before


@pytest.mark.parametrize(
    ("username", "choice", "stage", "why"),
    [
        ("sekar", "decline", None, Wrong.NOT_YOURS),
        ("fitri", "decline", None, Wrong.NOT_YOURS),
        ("kasim", "accept", None, Wrong.NO_SUCH_CHOICE),
        ("kasim", "decline", "direction", Wrong.OVERTAKEN),
    ],
)
def test_a_choice_is_refused_with_its_reason_and_writes_nothing(
    office, username, choice, stage, why
):
    label = office.bring_to_step(2)

    with pytest.raises(TurnRefused) as refused:
        decide(office, username, label, choice, public="Maaf.", stage=stage)

    assert refused.value.why == why
    assert log(office, label, after=3) == []


def test_a_closed_or_unknown_visit_takes_no_turn(office):
    label = office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")

    for visit, why in ((label, Wrong.VISIT_CLOSED), ("99/2026", Wrong.NO_SUCH_VISIT)):
        for act in (
            lambda: decide(office, "kasim", visit, "decline", public="Maaf."),  # noqa: B023
            lambda: redirect(office, "kasim", visit, 1),  # noqa: B023
            lambda: stand_in(office, "fitri", visit, StandIn.SKIP),  # noqa: B023
        ):
            with pytest.raises(TurnRefused) as refused:
                act()
            assert refused.value.why == why


def test_no_host_redirects_a_guest_of_whom_nobody_has_said_where_they_go(office, field_office):
    label = office.bring_to_step(2)
    before = log(office, label)

    with pytest.raises(TurnRefused) as refused:
        redirect(office, "hadi", label, field_office)

    assert refused.value.why == Wrong.NOT_YOURS
    assert log(office, label) == before


def test_a_redirect_before_the_reception_moves_no_clock(office, field_office):
    label = office.bring_to_step(4)
    before = view(office, label)
    office.clock.pass_time(minutes=1)

    redirect(office, "kasim", label, field_office)

    after = view(office, label)
    assert after.destination.name == "Bidang Koperasi"
    assert (after.clock, after.step, after.progress.round) == (before.clock, before.step, 1)
    assert log(office, label, after=5) == [("redirected", None, None, field_office)]
    assert texts(office)[-1] == ("redirect_reason", "Pejabatnya dinas luar.", "Kasubbag UMPAR")


def test_the_new_host_sees_the_guest_at_once_and_the_old_one_no_longer(office, field_office):
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=1)

    redirect(office, "hadi", label, field_office)
    office.clock.pass_time(minutes=2)

    assert office.scan("hadi", "12").reason == "wrong_host"
    assert office.scan("sekar", "12").outcome == "started"


def test_a_guest_who_was_received_goes_on_to_another_destination_in_a_new_round(
    office, field_office
):
    label = office.bring_to_step(6)
    office.clock.pass_time(minutes=3)

    redirect(office, "kasim", label, field_office)
    office.clock.pass_time(minutes=2)
    office.scan("sekar", "12")
    office.clock.pass_time(minutes=7)
    office.scan("sekar", "12")

    standing = view(office, label)
    assert (standing.step.key, standing.progress.round, office.stored_visit(label).round) == (
        "return",
        2,
        2,
    )
    rows = office.session.execute(
        select(StepTime.round, StepTime.elapsed_s)
        .where(StepTime.step_key == "reception")
        .order_by(StepTime.round)
    )
    assert [tuple(row) for row in rows] == [(1, 120), (2, 420)]


def test_each_event_is_noted_in_its_round(office, field_office):
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    redirect(office, "hadi", label, field_office)
    visit = view_by_label(office.session, label).visit
    rows = office.session.execute(
        select(StepEvent.kind, StepEvent.round)
        .where(StepEvent.visit_id == visit.id, StepEvent.seq > 6)
        .order_by(StepEvent.seq)
    )
    assert [tuple(row) for row in rows] == [("started", 1), ("ended", 1), ("redirected", 2)]


def test_a_redirect_in_the_middle_of_a_reception_ends_it(office, field_office):
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=4)

    redirect(office, "hadi", label, field_office)

    assert log(office, label, after=7) == [
        ("ended", "reception", None, None),
        ("redirected", "reception", None, field_office),
    ]
    standing = view(office, label)
    assert (standing.step.key, standing.is_running, standing.clock.since) == (
        "reception", False, office.clock()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("username", "destination_id", "why"),
    [("kasim", 1, Wrong.SAME_DESTINATION), ("wati", 2, Wrong.NOT_YOURS),
     ("kasim", None, Wrong.NEEDS_DESTINATION)],
)  # fmt: skip
def test_a_redirect_is_refused_with_its_reason(office, field_office, username, destination_id, why):
    label = office.bring_to_step(4)

    with pytest.raises(TurnRefused) as refused:
        redirect(office, username, label, destination_id)

    assert refused.value.why == why
    assert log(office, label, after=5) == []


def test_the_front_desk_records_a_step_for_a_secretary_who_is_away(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=2)

    stand_in(office, "fitri", label, StandIn.ON_BEHALF, direction="Antar.", destination_id=1)

    row = office.session.scalars(select(StepEvent).order_by(StepEvent.seq.desc()).limit(1)).one()
    assert (row.kind, row.step_key, row.on_behalf_of, row.acting_role, row.actor_post) == (
        "completed", "direction", "secretary", "front_desk", "Petugas Front Desk"
    )  # fmt: skip
    assert view(office, label).step.key == "escort"
    assert ("stand_in_reason", "Sekretaris rapat di luar.", "Petugas Front Desk") in texts(office)


def test_a_step_that_was_left_out_shows_as_skipped(office):
    label = office.bring_to_step(3)
    office.clock.pass_time(minutes=2)

    stand_in(office, "kasim", label, StandIn.SKIP)

    row = office.session.scalars(select(StepTime).where(StepTime.step_key == "direction")).one()
    assert (row.standing, row.elapsed_s) == ("skipped", None)
    assert log(office, label, after=4) == [("skipped", "direction", None, None)]


def test_a_reception_is_recorded_for_a_host_who_does_not_scan(office):
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    stand_in(office, "kasim", label, StandIn.ON_BEHALF)
    office.clock.pass_time(minutes=9)
    stand_in(office, "kasim", label, StandIn.ON_BEHALF)

    assert [row[:2] for row in log(office, label, after=6)] == [
        ("started", "reception"), ("ended", "reception")
    ]  # fmt: skip
    assert view(office, label).step.key == "return"


@pytest.mark.parametrize(
    ("step", "username", "how", "why"),
    [
        (3, "hadi", StandIn.SKIP, Wrong.NOT_YOURS),
        (3, "sekar", StandIn.ON_BEHALF, Wrong.NOT_YOURS),
        (1, "kasim", StandIn.SKIP, Wrong.BADGE_STEP),
        (6, "kasim", StandIn.ON_BEHALF, Wrong.BADGE_STEP),
        (3, "fitri", StandIn.ON_BEHALF, Wrong.NEEDS_DESTINATION),
    ],
)
def test_standing_in_is_refused_with_its_reason(office, step, username, how, why):
    label = office.bring_to_step(step)
    before = log(office, label)

    with pytest.raises(TurnRefused) as refused:
        stand_in(office, username, label, how)

    assert refused.value.why == why
    assert log(office, label) == before
