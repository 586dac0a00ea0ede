from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import create_app
from app.domain.events import EventKind
from app.domain.progress import fold
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.scan import Scan
from app.models.tables import Base
from app.models.visit import StepEvent, StepTime, Visit, Visitor, VisitText
from app.operations.log import projection
from app.operations.projecting import late_among, settled_times
from app.queries.visit_rows import event_of
from app.sample.acting import act_out
from app.sample.history import visits_of_day
from app.sample.scripts import Course, write_script
from app.sample.store import store_days, store_past_visits
from app.sample.words import NO_BADGE_LEFT
from tests.cast import MORNING, Clock, Office, copy_instance

TODAY = date(2026, 11, 24)
WRITTEN = (Visit, Visitor, VisitText, StepEvent, StepTime, Scan, Loan, BadgeEvent, Badge)


def open_office(instance: Path) -> Office:
    clock = Clock()
    return Office(create_app({"INSTANCE": instance, "NOW": clock}), clock)


def fill(office: Office, visits: int, days: int, **more) -> None:
    with office.app.app_context():
        store_past_visits(
            visits,
            days=days,
            before=TODAY,
            sop_sha256=office.app.config["SOP_SHA256"],
            **more,
        )


def all_rows(office: Office, model: type[Base]) -> list[dict[str, object]]:
    """A table as it stands; digests are keyed, and so no made-up one can be like the real one."""
    table = model.__table__
    columns = [column for column in table.columns if column.name != "content_digest"]
    rows = office.session.execute(select(*columns).order_by(*table.primary_key)).mappings()
    return [dict(row) for row in rows]


@pytest.fixture(scope="module")
def full(larger: Path, tmp_path_factory: pytest.TempPathFactory):
    """An office with past visits, which tests only read."""
    office = open_office(copy_instance(larger, tmp_path_factory.mktemp("full")))
    fill(office, 160, 8)
    yield office
    office.close()


@pytest.fixture
def twin(larger: Path, tmp_path: Path):
    twin = open_office(copy_instance(larger, tmp_path / "twin"))
    yield twin
    twin.close()


def test_what_is_stored_is_what_the_operations_would_have_written(office, twin, setting):
    rng = Random(5)
    scripts = visits_of_day(rng, setting, date(2026, 11, 23), 25)
    scripts += [write_script(rng, setting.sop, setting.staff, MORNING, course) for course in Course]
    scripts.sort(key=lambda script: script.saved_at)

    with office.app.app_context():
        store_days([scripts], setting=setting, seed=1)
    with twin.app.app_context():
        config = twin.app.config
        key = config["SECRET_KEY"].encode()
        act_out(scripts, sop=setting.sop, sop_sha256=config["SOP_SHA256"], key=key)

    for model in WRITTEN:
        stored, done = all_rows(office, model), all_rows(twin, model)
        assert stored == done, model.__tablename__
    assert len(all_rows(office, Visit)) == 25 + len(Course)


def test_as_many_visits_are_stored_as_were_asked_for_and_progress_is_told(office):
    told = []
    fill(office, 1100, 10, progress=told.append)

    assert told[-1] == 1100
    assert told == sorted(told)
    visits = office.session.scalars(select(Visit)).all()
    assert len(visits) == 1100
    days = {visit.arrived_on for visit in visits}
    assert (min(days), max(days), len(days)) == (date(2026, 11, 10), date(2026, 11, 23), 10)


def test_the_same_seed_fills_a_database_with_the_same_visits(office, twin):
    fill(office, 40, 2, seed=7)
    fill(twin, 40, 2, seed=7)
    for model in WRITTEN:
        assert all_rows(office, model) == all_rows(twin, model), model.__tablename__

    fill(twin, 40, 2, seed=8)
    names = [row["name"] for row in all_rows(twin, Visitor)]
    assert names[:40] != names[40:]


def test_each_visit_shows_just_what_its_log_and_its_times_say(full):
    sop, session = full.app.config["SOP_IN_FORCE"], full.session
    logs, times = defaultdict(list), defaultdict(dict)
    for row in session.scalars(select(StepEvent).order_by(StepEvent.seq)):
        logs[row.visit_id].append(row)
    for row in session.scalars(select(StepTime)):
        times[row.visit_id][row.step_key] = (row.standing, row.elapsed_s)
    for visit in session.scalars(select(Visit)):
        log = logs[visit.id]
        progress = fold(event_of(row) for row in log)
        columns = projection(sop, progress)
        assert {name: getattr(visit, name) for name in columns} == columns
        assert [row.seq for row in log] == list(range(1, visit.last_seq + 1))
        measured = settled_times(sop, progress)
        assert visit.late_steps == late_among(measured)
        assert times[visit.id] == {
            time.step.key: (time.standing, time.elapsed and time.elapsed.seconds)
            for time in measured
        }
        assert progress.is_closed


def test_each_event_was_written_by_somebody_who_held_the_role(full):
    session = full.session
    roles = {
        officer.person_id: officer.roles
        for officer in map(full.officer, ("fitri", "kasim", "sekar", "hadi", "hendra", "sari"))
    }
    scans = {scan.id: scan for scan in session.scalars(select(Scan))}
    for row in session.scalars(select(StepEvent)):
        assert row.acting_role in roles[row.actor_id]
        if row.scan_id is None:
            assert row.kind in {EventKind.OPENED, EventKind.CANCELLED, EventKind.CLOSED}
            continue
        scan = scans[row.scan_id]
        assert (scan.visit_id, scan.actor_id) == (row.visit_id, row.actor_id)
        assert (scan.method, scan.received_at) == (row.method, row.recorded_at)


def test_every_badge_is_back_and_its_log_tells_of_each_loan(full):
    session = full.session
    loans = {loan.id: loan for loan in session.scalars(select(Loan))}
    moves = defaultdict(list)
    for move in session.scalars(select(BadgeEvent).order_by(BadgeEvent.badge_id, BadgeEvent.seq)):
        moves[move.badge_id].append(move)
    assert {loan.ended_as for loan in loans.values()} == {"returned"}
    for badge in session.scalars(select(Badge)):
        log = moves[badge.id]
        assert badge.state == "available"
        assert [move.seq for move in log] == list(range(1, len(log) + 1))
        assert [move.from_state for move in log] == [None, *(move.to_state for move in log[:-1])]
        told = [(loans[m.loan_id].badge_id, m.at) for m in log[1:]]
        assert told == [
            (badge.id, at)
            for loan in loans.values()
            if loan.badge_id == badge.id
            for at in (loan.issued_at, loan.ended_at)
        ]
    assert len(loans) == sum(len(log) - 1 for log in moves.values()) / 2


def test_ids_follow_the_clock_and_numbers_the_guest_book(full):
    session = full.session
    for column in (Scan.received_at, Loan.issued_at):
        moments = session.scalars(select(column).order_by(column.class_.id)).all()
        assert moments == sorted(moments)
    numbers = session.scalars(select(Visit.number).order_by(Visit.id)).all()
    assert numbers == list(range(1, 161))


def test_numbers_and_badge_logs_go_on_where_the_office_left_off(office):
    label = office.bring_to_step(6)
    office.scan("fitri", "12")
    fill(office, 30, 1)

    visits = office.session.scalars(select(Visit).order_by(Visit.id)).all()
    assert label == "1/2026"
    assert [visit.number for visit in visits] == list(range(1, 32))
    seqs = office.session.scalars(
        select(BadgeEvent.seq).join(Badge).where(Badge.number == 12).order_by(BadgeEvent.id)
    ).all()
    assert seqs == list(range(1, len(seqs) + 1))


def test_a_badge_in_a_guests_hands_is_not_handed_out_again(office):
    office.bring_to_step(2, badge="1")
    fill(office, 30, 1)

    holders = office.session.scalars(
        select(Loan.visit_id).join(Badge).where(Badge.number == 1)
    ).all()
    assert holders == [1]


def test_without_enough_badges_guests_are_sent_away(office):
    fill(office, 2000, 1)

    reasons = Counter(
        office.session.scalars(select(VisitText.value).where(VisitText.field == "reason"))
    )
    assert reasons[NO_BADGE_LEFT] > 1000
    overlapping = text(
        "SELECT count(*) FROM loan a JOIN loan b ON a.badge_id = b.badge_id AND a.id < b.id "
        "AND b.issued_at < a.ended_at"
    )
    assert office.session.scalar(overlapping) == 0


def test_the_search_finds_each_guest_by_name_and_origin(full):
    with Session(full.session.get_bind()) as session:
        for visitor in session.scalars(select(Visitor).limit(12)):
            word = max(f"{visitor.name} {visitor.origin}".split(), key=len)
            expected = session.scalars(
                select(Visitor.visit_id).where(
                    Visitor.name.ilike(f"%{word}%") | Visitor.origin.ilike(f"%{word}%")
                )
            ).all()
            found = session.scalars(
                text("SELECT rowid FROM visitor_search WHERE visitor_search MATCH :word"),
                {"word": f'"{word}"'},
            ).all()
            assert sorted(found) == sorted(expected)
