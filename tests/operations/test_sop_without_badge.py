"""An SOP of five steps with a guest, a decision and no badge, end to end from its TOML alone."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import create_app
from app.domain.sop_toml import parse_sop
from app.domain.timing import Standing
from app.domain.turns import Wrong
from app.models.badge import Loan
from app.models.visit import StepEvent, Visit
from app.operations.scan_scene import Answers
from app.operations.turns import TurnRefused, decide_visit
from app.phrases import TURN_WRONGS
from app.queries.visits import view_by_label
from app.startup import prepare_database
from tests.cast import Office, copy_instance
from tests.views.reading import link, words

EXAMPLE = Path(__file__).parents[2] / "docs" / "sop-lima-langkah.toml"
PAGE = "/kunjungan/2026/1"
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


def choose(office, username, minutes, choice, **fields):
    """A choice of the step, after some minutes; the status of the answer."""
    office.clock.pass_time(minutes=minutes)
    sent = {"choice": choice, "stage": "verdict", **fields}
    return office.desk(username).post(f"{PAGE}/putusan", sent).status_code


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
        choose(office, "sekar", 16, "accept", destination="1"),
        tap(office, "hadi", 10, stage="meeting"),
        tap(office, "fitri", 4, stage="farewell"),
    ]

    assert outcomes == ["advanced", "advanced", 303, "advanced", "closed"]
    decided = office.session.execute(
        select(StepEvent.kind, StepEvent.step_key, StepEvent.reason_code, StepEvent.destination_id)
        .where(StepEvent.seq.in_([4, 5]))
        .order_by(StepEvent.seq)
    )
    assert [tuple(row) for row in decided] == [
        ("completed", "verdict", None, 1), ("decided", None, "accept", None)
    ]  # fmt: skip
    visit = office.session.scalars(select(Visit)).one()
    assert (visit.outcome, visit.closed_at, visit.step_key) == ("completed", office.clock(), None)
    assert office.session.scalars(select(Loan)).all() == []


def test_its_steps_are_judged_by_its_own_standards(office):
    go_to_the_verdict(office)
    choose(office, "sekar", 16, "accept", destination="1")
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


def test_the_deciding_step_has_a_button_for_each_of_its_ways(office):
    go_to_the_verdict(office)

    page = office.desk("sekar").get("/meja").text

    for label, key in (("Ya", "accept"), ("Tidak", "refuse")):
        assert link(page, label) == f"{PAGE}/tindakan?putusan={key}"
    assert "Selesaikan langkah 3" not in page
    form = office.desk("sekar").get(f"{PAGE}/tindakan?putusan=accept").text
    assert re.search(r'value="accept" checked', form)
    assert 'name="destination"' in form


def test_the_deciding_step_is_not_just_completed(office):
    go_to_the_verdict(office)
    before = len(office.session.scalars(select(StepEvent)).all())
    office.clock.pass_time(minutes=2)
    sent = {"nonce": str(uuid.uuid4()), "method": "tap", "visit": "1/2026", "destination": "1"}

    panel = office.desk("sekar").post("/pindai", sent, headers={"HX-Request": "true"}).text

    assert "Langkah ini perlu putusan" in words(panel)
    assert link(panel, "Ya") == f"{PAGE}/tindakan?putusan=accept"
    assert len(office.session.scalars(select(StepEvent)).all()) == before
    assert tap(office, "sekar", 2, stage="verdict", destination="1") == "refused"


def test_a_way_forward_asks_for_what_the_step_requires(office):
    go_to_the_verdict(office)

    answer = office.desk("sekar").post(f"{PAGE}/putusan", {"choice": "accept"})

    assert answer.status_code == 422
    assert "Pilih tujuan tamu." in words(answer.text)
    assert re.search(r'value="accept" checked', answer.text)
    assert view(office).step.key == "verdict"


def test_a_way_to_a_host_is_refused_without_a_destination(office):
    go_to_the_verdict(office)

    with office.app.app_context(), pytest.raises(TurnRefused) as refused:
        decide_visit(
            "1/2026",
            "accept",
            answers=Answers(),
            public_reason=None,
            private_note=None,
            due_at=None,
            officer=office.officer("sekar"),
            at=office.clock(),
        )

    assert refused.value.why == Wrong.NEEDS_DESTINATION
    assert TURN_WRONGS[refused.value.why] == "Pilih tujuan tamu, supaya penerimanya tahu."


def test_the_desk_decides_for_who_is_away_by_a_choice_alone(office):
    go_to_the_verdict(office)
    noted = {"how": "on_behalf", "destination": "1", "reason": "Rapat."}

    page = office.desk("fitri").get(f"{PAGE}/tindakan").text
    answer = office.desk("fitri").post(f"{PAGE}/wakili", noted)
    chosen = choose(office, "fitri", 2, "accept", destination="1")

    assert ('value="on_behalf"' in page, 'value="skip"' in page) == (False, True)
    assert answer.status_code == 409
    assert "pilih salah satu putusannya" in words(answer.text)
    assert chosen == 303
    decided = office.session.scalars(select(StepEvent).where(StepEvent.kind == "decided")).one()
    assert (decided.on_behalf_of, decided.actor_post) == ("secretary", "Resepsionis")


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


OF_BADGES = (
    "Menunggu tanda pengenal", "Papan tanda pengenal", "Tanda pengenal berikutnya",
    "Tanda pengenal belum", "Pindai F8", "Kartu: hilang", "tanpa kartu",
)  # fmt: skip


def test_no_page_speaks_of_badges(office):
    write_into_the_guest_book(office)
    desk = office.desk("fitri")

    for address in ("/meja", "/buku-tamu/baru", "/buku-tamu/baru?tersimpan=1/2026", PAGE):
        page = words(desk.get(address).text)
        assert [part for part in OF_BADGES if part in page] == []
    saved = words(desk.get("/buku-tamu/baru?tersimpan=1/2026").text)
    assert "Berikutnya: mengisi buku tamu, giliran Tamu." in saved


def test_in_the_evening_a_guest_can_have_gone_without_a_word(office):
    write_into_the_guest_book(office)
    office.clock.pass_time(hours=9)
    desk = office.sign_in("fitri")
    page = desk.get("/meja").text
    form = f"{PAGE}/kartu"

    assert link(page, "Pulang tanpa lapor") == f"{form}#leave-left-at"
    assert "Catat pulang tanpa lapor" in words(desk.get(form).text)
    answer = desk.post(f"{form}/pulang", {"left_at": "2026-11-24T16:30"})

    assert answer.status_code == 303, answer.text
    visit = office.session.scalars(select(Visit)).one()
    assert (visit.outcome, visit.closed_at) == (
        "left_unreported", office.clock().replace(hour=9, minute=30)
    )  # fmt: skip
