"""An SOP of five steps with a guest, a decision and no badge, end to end from its TOML alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import create_app
from app.domain.sop import parse_sop
from app.domain.timing import Standing
from app.models.badge import Loan
from app.models.visit import StepEvent, Visit
from app.queries.visits import view_by_label
from app.startup import prepare_database
from tests.cast import Office, copy_instance

EXAMPLE = Path(__file__).parents[2] / "docs" / "sop-lima-langkah.toml"
SOP = parse_sop(EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture
def office(template, tmp_path, clock):
    """The cast's office under that SOP."""
    instance = copy_instance(template, tmp_path / "kantor")
    (instance / "sop").mkdir()
    (instance / "sop" / "contoh.toml").write_bytes(EXAMPLE.read_bytes())
    app = create_app({"INSTANCE": instance, "NOW": clock})
    prepare_database(app)
    office = Office(app, clock)
    yield office
    office.close()


def write_into_the_guest_book(office):
    answer = office.desk("fitri").post("/buku-tamu/baru", {"name": "Tono", "origin": "perorangan"})
    assert answer.status_code == 303, answer.text


def tap(office, username, minutes, **fields):
    """The button on the row of this person's desk, after some minutes."""
    office.clock.pass_time(minutes=minutes)
    return office.desk(username).scan(method="tap", visit="1/2026", **fields)["outcome"]


def view(office):
    return view_by_label(office.session, "1/2026")


def go_to_the_verdict(office):
    write_into_the_guest_book(office)
    return [
        tap(office, "fitri", 14, stage="book"),
        tap(office, "fitri", 5, stage="purpose", purpose="Pengaduan"),
    ]


def test_a_visit_goes_through_it_by_taps_alone_and_ends_with_its_last_step(office):
    outcomes = [
        *go_to_the_verdict(office),
        tap(office, "sekar", 16, stage="verdict", destination="1"),
        tap(office, "hadi", 10, stage="meeting"),
        tap(office, "fitri", 4, stage="farewell"),
    ]

    assert outcomes == ["advanced", "advanced", "advanced", "advanced", "closed"]
    visit = office.session.scalars(select(Visit)).one()
    assert (visit.outcome, visit.closed_at, visit.step_key) == ("completed", office.clock(), None)
    assert office.session.scalars(select(Loan)).all() == []


def test_its_steps_are_judged_by_its_own_standards(office):
    go_to_the_verdict(office)
    tap(office, "sekar", 16, stage="verdict", destination="1")
    tap(office, "hadi", 10, stage="meeting")
    tap(office, "fitri", 4, stage="farewell")

    assert [(time.standing, time.elapsed) for time in view(office).times][1:] == [
        (Standing.ON_TIME, timedelta(minutes=5)),
        (Standing.LATE, timedelta(minutes=16)),
        (Standing.ON_TIME, timedelta(minutes=10)),
        (Standing.ON_TIME, timedelta(minutes=4)),
    ]


def test_the_desk_records_the_step_of_the_guest(office):
    go_to_the_verdict(office)

    rows = office.session.execute(
        select(StepEvent.step_key, StepEvent.acting_role, StepEvent.actor_post)
        .where(StepEvent.kind == "completed")
        .order_by(StepEvent.seq)
    )
    assert [tuple(row) for row in rows] == [
        ("book", "front_desk", "Resepsionis"),
        ("purpose", "front_desk", "Resepsionis"),
    ]


def test_nobody_can_be_given_the_role_of_a_guest(office):
    page = office.desk("adi").get("/petugas/baru").text

    assert 'value="front_desk"' in page
    assert 'value="guest"' not in page


def test_the_refusing_choice_ends_the_visit_at_once(office):
    go_to_the_verdict(office)
    office.clock.pass_time(minutes=3)

    shown = office.desk("sekar").get("/kunjungan/2026/1/tindakan").text
    answer = office.desk("sekar").post(
        "/kunjungan/2026/1/putusan",
        {"choice": "refuse", "public_reason": "Mohon maaf, belum dapat kami terima."},
    )

    assert ('value="accept"' in shown, 'value="refuse"' in shown) == (True, True)
    assert answer.status_code == 303, answer.text
    visit = office.session.scalars(select(Visit)).one()
    assert (visit.outcome, visit.closed_at) == ("declined", office.clock())
    kinds = office.session.execute(
        select(StepEvent.kind, StepEvent.step_key).where(StepEvent.seq > 3).order_by(StepEvent.seq)
    )
    assert [tuple(row) for row in kinds] == [
        ("completed", "verdict"),
        ("declined", None),
        ("skipped", "meeting"),
        ("skipped", "farewell"),
        ("closed", None),
    ]


def test_a_guest_who_gives_up_is_closed_early_with_the_reason(office):
    go_to_the_verdict(office)

    outcome = tap(
        office, "fitri", 20, intent="return", outcome_choice="cancelled", reason_text="Pulang."
    )

    assert outcome == "closed"
    kinds = office.session.execute(
        select(StepEvent.kind, StepEvent.step_key).where(StepEvent.seq > 3).order_by(StepEvent.seq)
    )
    assert [tuple(row) for row in kinds] == [
        ("skipped", "verdict"),
        ("skipped", "meeting"),
        ("skipped", "farewell"),
        ("closed", None),
    ]


def test_its_page_draws_the_decision_with_its_own_words(office):
    page = office.desk("sekar").get("/sop").text

    assert '<polygon class="flow-shape"' in page
    assert "tambahan aplikasi" not in page
    assert (">Ya</text>" in page, ">Tidak</text>" in page) == (True, True)
