"""What the database itself forbids: no log is rewritten, no row contradicts the rules."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.base import Base
from app.models.dialect import APPEND_ONLY_TABLES, ERASE_ONLY_TABLES, is_modelled
from app.models.export import Export
from app.models.migrate import schema_is_current, upgrade_database
from app.models.office import Office as OfficeRow
from app.models.office import ScreenVersion, SopVersion
from app.models.person import Person, PersonRole, Unit, UnitMember
from app.models.scan import Scan, ScanDecision
from app.models.visit import StepEvent, Visit, Visitor, VisitText
from app.operations.transaction import write
from tests.cast import MORNING, Clock, Office, copy_instance

ERASED = "2028-11-23 02:00:00.000000"


@pytest.fixture(scope="module")
def engine(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The app's own engine, for writing, on an office that has had a whole visit."""
    instance = copy_instance(template, tmp_path_factory.mktemp("visited"))
    clock = Clock()
    office = Office(create_app({"INSTANCE": instance, "NOW": clock}), clock)
    office.bring_to_step(6)
    clock.pass_time(minutes=2)
    assert office.scan("fitri", "12").outcome == "closed"
    with office.app.app_context(), write() as session:
        session.add_all([an_export(), a_decision()])
    with office.app.app_context():
        engine = db.engine.execution_options(write=True)
    yield engine
    office.close()


def an_export() -> Export:
    return Export(
        at=MORNING, actor_id=1, actor_name="Adi", actor_post="Admin", document="guest_book",
        format="pdf", first_on=None, last_on=None, filters="{}", visit_id=None, row_count=1,
    )  # fmt: skip


def a_decision() -> ScanDecision:
    return ScanDecision(scan_id=1, decided_at=MORNING, actor_id=1, verdict="mistaken")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back at the end."""
    with engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session whose commits end with the test."""
    connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


def rows_of(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


# --- Append-only ----------------------------------------------------------------------------------


def test_the_triggers_are_these_and_no_others(connection):
    triggers = connection.execute(
        text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    ).all()
    assert triggers == [
        ("badge_event_no_delete", "badge_event"),
        ("badge_event_no_update", "badge_event"),
        ("export_no_delete", "export"),
        ("export_no_update", "export"),
        ("scan_decision_no_delete", "scan_decision"),
        ("scan_decision_no_update", "scan_decision"),
        ("scan_no_delete", "scan"),
        ("scan_no_update", "scan"),
        ("step_event_no_delete", "step_event"),
        ("step_event_no_update", "step_event"),
        ("visit_text_erase_only", "visit_text"),
        ("visit_text_no_delete", "visit_text"),
        ("visitor_erase_only", "visitor"),
        ("visitor_no_delete", "visitor"),
        ("visitor_search_erased", "visitor"),
        ("visitor_searched", "visitor"),
    ]


def test_the_logs_and_the_words_are_these_tables():
    assert APPEND_ONLY_TABLES == (
        "badge_event",
        "export",
        "scan",
        "scan_decision",
        "step_event",
    )
    assert ERASE_ONLY_TABLES == {
        "visitor": ("name", "origin", "position", "phone", "identity_kind"),
        "visit_text": ("value",),
    }


UNIQUE = {
    "badge_event": "badge_id, seq",
    "step_event": "visit_id, seq",
    "scan": "nonce",
}
REWRITES = {
    "update": "UPDATE {table} SET actor_id = 2",
    "update that changes nothing": "UPDATE {table} SET id = id",
    "update or ignore": "UPDATE OR IGNORE {table} SET actor_id = 2",
    "update or replace": "UPDATE OR REPLACE {table} SET actor_id = 2",
    "delete": "DELETE FROM {table} WHERE id = {id}",
    "delete of all": "DELETE FROM {table}",
    "replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {id}",
    "replace by what is unique": (
        "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = {id}"
    ),
    "upsert": (
        "INSERT INTO {table} SELECT * FROM {table} WHERE id = {id} "
        "ON CONFLICT (id) DO UPDATE SET actor_id = 2"
    ),
    "upsert by what is unique": (
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = {id} "
        "ON CONFLICT ({unique}) DO UPDATE SET actor_id = 2"
    ),
}


@pytest.mark.parametrize(
    ("rewrite", "table"),
    [
        (rewrite, table)
        for rewrite in REWRITES
        for table in APPEND_ONLY_TABLES
        if table in UNIQUE or "unique" not in rewrite  # an export has nothing unique but its id
    ],
)
def test_a_log_refuses(connection, table, rewrite):
    before = rows_of(connection, table)
    assert before, "there is something to lose"
    last = before[-1][0]
    columns = ", ".join(
        column.name for column in Base.metadata.tables[table].c if column.name != "id"
    )
    statement = REWRITES[rewrite].format(
        table=table, id=last, columns=columns, unique=UNIQUE.get(table)
    )
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        connection.execute(text(statement))
    assert rows_of(connection, table) == before


@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
def test_a_log_takes_a_further_row(connection, table):
    before = rows_of(connection, table)
    values = {"nonce": "NULL", "seq": "99", "scan_id": "scan_id + 1"}
    columns = [column.name for column in Base.metadata.tables[table].c if column.name != "id"]
    selected = ", ".join(values.get(name, name) for name in columns)
    connection.execute(
        text(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {selected} FROM {table} LIMIT 1")
    )
    after = rows_of(connection, table)
    assert after[:-1] == before
    assert len(after) == len(before) + 1


# --- Erase-only -----------------------------------------------------------------------------------


def erasing(table: str, *columns: str) -> str:
    words = "".join(f"{column} = NULL, " for column in columns)
    return f"UPDATE {table} SET {words}erased_at = '{ERASED}'"


@pytest.mark.parametrize("table", ERASE_ONLY_TABLES)
def test_a_guests_words_can_be_erased_and_then_nothing_else(connection, table):
    before = rows_of(connection, table)
    words = ERASE_ONLY_TABLES[table]
    connection.execute(text(erasing(table, *words)))
    names = [column["name"] for column in inspect(connection).get_columns(table)]
    emptied = dict.fromkeys(words) | {"erased_at": ERASED}
    erased = [tuple((dict(zip(names, row, strict=True)) | emptied).values()) for row in before]
    assert rows_of(connection, table) == erased


def test_a_guests_words_can_be_erased_one_after_the_other(connection):
    connection.execute(text(erasing("visitor", "origin")))
    guest = text("SELECT name, origin, erased_at FROM visitor")
    assert connection.execute(guest).all() == [("Tono", None, ERASED)]
    later = "2029-01-01 00:00:00.000000"
    connection.execute(text(erasing("visitor", "name").replace(ERASED, later)))
    assert connection.execute(guest).all() == [(None, None, later)]


@pytest.mark.parametrize("table", ERASE_ONLY_TABLES)
def test_the_time_of_erasing_is_never_written_without_an_erased_word(connection, table):
    for is_erased in (False, True):
        if is_erased:
            connection.execute(text(erasing(table, *ERASE_ONLY_TABLES[table])))
        before = rows_of(connection, table)
        with pytest.raises(IntegrityError, match=f"{table} may only be erased"):
            connection.execute(text(f"UPDATE {table} SET erased_at = '2030-01-01 00:00:00'"))
        assert rows_of(connection, table) == before


def changed(value: object) -> object:
    return "lain" if value is None or isinstance(value, str) else 99


ERASE_ONLY_COLUMNS = [
    (table, column.name)
    for table in ERASE_ONLY_TABLES
    for column in Base.metadata.tables[table].c
    if column.name != "erased_at"
]


@pytest.mark.parametrize(("table", "column"), ERASE_ONLY_COLUMNS)
@pytest.mark.parametrize("erased_at", ["", f", erased_at = '{ERASED}'"], ids=["alone", "erased"])
def test_no_word_and_no_fact_is_changed_into_another(connection, table, column, erased_at):
    before = rows_of(connection, table)
    value = connection.execute(text(f"SELECT {column} FROM {table} LIMIT 1")).scalar()
    with pytest.raises(IntegrityError, match=f"{table} may only be erased"):
        connection.execute(
            text(f"UPDATE {table} SET {column} = :value{erased_at}"), {"value": changed(value)}
        )
    assert rows_of(connection, table) == before


WORDS = [(table, column) for table, columns in ERASE_ONLY_TABLES.items() for column in columns]
KEPT = [pair for pair in ERASE_ONLY_COLUMNS if pair not in WORDS]


@pytest.mark.parametrize(("table", "column"), WORDS)
def test_no_word_is_erased_without_the_time(connection, table, column):
    before = rows_of(connection, table)
    with pytest.raises(IntegrityError, match=f"{table} may only be erased"):
        connection.execute(text(f"UPDATE {table} SET {column} = NULL"))
    assert rows_of(connection, table) == before


@pytest.mark.parametrize(("table", "column"), WORDS)
def test_no_word_comes_back(connection, table, column):
    connection.execute(text(erasing(table, *ERASE_ONLY_TABLES[table])))
    before = rows_of(connection, table)
    for again in ("", ", erased_at = NULL", f", erased_at = '{ERASED}'"):
        with pytest.raises(IntegrityError, match=f"{table} may only be erased"):
            connection.execute(text(f"UPDATE {table} SET {column} = 'kembali'{again}"))
    with pytest.raises(IntegrityError, match=f"{table} may only be erased"):
        connection.execute(text(f"UPDATE {table} SET erased_at = NULL"))
    assert rows_of(connection, table) == before


@pytest.mark.parametrize("table", ERASE_ONLY_TABLES)
@pytest.mark.parametrize("is_erased", [False, True])
@pytest.mark.parametrize(
    "rewrite",
    [
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE id = 1",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1",
        "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = 1",
    ],
)
def test_no_row_of_words_is_deleted_or_replaced(connection, table, is_erased, rewrite):
    if is_erased:
        connection.execute(text(erasing(table, *ERASE_ONLY_TABLES[table])))
    before = rows_of(connection, table)
    columns = ", ".join(
        column.name for column in Base.metadata.tables[table].c if column.name != "id"
    )
    with pytest.raises(IntegrityError, match=f"{table} may only be erased"):
        connection.execute(text(rewrite.format(table=table, columns=columns)))
    assert rows_of(connection, table) == before


def test_what_was_erased_is_gone_from_the_file(office):
    office.open_visit("Ratnasari " * 12, origin="Singkawang", purpose="Perkara rahasia. " * 20)
    office.open_visit("Tono")
    office.close()
    file = office.app.config["INSTANCE"] / "tamu.db"
    secrets = (b"Ratnasari", b"Singkawang", b"rahasia")
    assert [word for word in secrets if word in file.read_bytes()] == list(secrets)
    with office.app.app_context():
        with db.engine.execution_options(write=True).begin() as connection:
            connection.execute(text(erasing("visitor", *ERASE_ONLY_TABLES["visitor"])))
            connection.execute(text(erasing("visit_text", "value")))
        db.engine.dispose()  # the last connection folds the write-ahead log into the file
    assert list(file.parent.glob("tamu.db*")) == [file]
    assert [word for word in secrets if word in file.read_bytes()] == []


# --- Connections ----------------------------------------------------------------------------------

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "busy_timeout": 10_000,
}


@pytest.mark.parametrize("is_write", [False, True])
def test_every_pooled_connection_is_durable_and_strict(app, is_write):
    with app.app_context():
        engine = db.engine.execution_options(write=is_write)
        opened = [engine.raw_connection() for _ in range(25)]  # beyond the pool's 20
        try:
            for connection in opened:
                cursor = connection.cursor()
                found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
                assert found == PRAGMAS
                assert connection.driver_connection.isolation_level is None
        finally:
            for connection in opened:
                connection.close()
            engine.dispose()


@pytest.mark.parametrize(("is_write", "begun"), [(False, "BEGIN"), (True, "BEGIN IMMEDIATE")])
def test_a_write_takes_its_turn_before_it_reads(app, is_write, begun):
    statements: list[str] = []
    with app.app_context():
        engine = db.engine.execution_options(write=is_write)
        with engine.connect() as connection:
            connection.connection.driver_connection.set_trace_callback(statements.append)
            connection.execute(text("SELECT n FROM screen_version"))
            connection.rollback()
            connection.connection.driver_connection.set_trace_callback(None)
        db.engine.dispose()
    assert statements == [begun, "SELECT n FROM screen_version", "ROLLBACK"]


# --- Constraints ----------------------------------------------------------------------------------


def a_visit(session: Session, **changes: Any) -> Visit:
    """A visit that breaks no rule, apart from the changes."""
    version = session.scalars(select(SopVersion)).first()
    assert version is not None
    fields = {
        "year": 2026, "number": 500, "guest_kind": "umum", "sop_version_id": version.id,
        "arrived_on": date(2026, 11, 24), "arrived_at": MORNING, "party_size": 1, "last_seq": 0,
    }  # fmt: skip
    return Visit(**{**fields, **changes})


def a_loan(visit: Visit, **changes: Any) -> Loan:
    return Loan(**{"badge_id": 12, "visit_id": visit.id, "issued_at": MORNING, **changes})


def an_event(visit: Visit, **changes: Any) -> StepEvent:
    fields = {
        "visit_id": visit.id, "seq": 1, "kind": "opened", "occurred_at": MORNING,
        "recorded_at": MORNING, "actor_id": 1, "actor_name": "Adi", "actor_post": "Admin",
        "acting_role": "admin",
    }  # fmt: skip
    return StepEvent(**{**fields, **changes})


def a_scan(**changes: Any) -> Scan:
    fields = {"nonce": "n", "content_digest": "", "actor_id": 1, "received_at": MORNING,
              "method": "typed", "outcome": "refused"}  # fmt: skip
    return Scan(**{**fields, **changes})


def refused(session: Session, *rows: Base) -> str:
    """What the database says to these rows."""
    session.add_all(rows)
    with pytest.raises(IntegrityError) as error:
        session.flush()
    session.rollback()
    return str(error.value.orig)


CLOSED = {"closed_at": MORNING, "outcome": "completed", "step_state": "closed"}


def test_a_closed_visit_has_an_outcome_and_an_open_one_has_none(session):
    broken = "CHECK constraint failed: ck_visit_closed_has_outcome"
    assert refused(session, a_visit(session, closed_at=MORNING)) == broken
    assert refused(session, a_visit(session, outcome="completed")) == broken
    session.add_all([a_visit(session, **CLOSED), a_visit(session, number=501)])
    session.flush()


@pytest.mark.parametrize("size", [-1, 0, 1000])
def test_a_party_is_of_one_to_999(session, size):
    broken = "CHECK constraint failed: ck_visit_party_size"
    assert refused(session, a_visit(session, party_size=size)) == broken
    session.add_all(a_visit(session, number=500 + size, party_size=size) for size in (1, 999))
    session.flush()


def test_a_visits_number_is_given_once_a_year(session):
    session.add_all([a_visit(session), a_visit(session, year=2027), a_visit(session, number=501)])
    session.commit()
    assert refused(session, a_visit(session)) == (
        "UNIQUE constraint failed: visit.year, visit.number"
    )


def test_an_entry_counts_once(session):
    session.add_all([a_visit(session, entry_nonce="a"), a_visit(session, number=501)])
    session.add(a_visit(session, number=502))
    session.commit()
    assert refused(session, a_visit(session, number=503, entry_nonce="a")) == (
        "UNIQUE constraint failed: visit.entry_nonce"
    )


def test_a_badge_is_lent_to_one_visit_at_a_time_and_a_visit_may_hold_several(session):
    first, second = a_visit(session), a_visit(session, number=501)
    session.add_all([first, second])
    session.flush()
    back = {"ended_at": MORNING, "ended_as": "returned"}
    session.add_all([a_loan(first, **back), a_loan(second, **back), a_loan(first)])
    session.add(a_loan(first, badge_id=13))
    session.commit()
    for visit in (first, second):
        assert refused(session, a_loan(visit)) == "UNIQUE constraint failed: loan.badge_id"


def test_a_loan_ends_at_a_time_and_in_a_known_way(session):
    visit = a_visit(session)
    session.add(visit)
    session.commit()
    ended = "CHECK constraint failed: ck_loan_ended"
    assert refused(session, a_loan(visit, ended_at=MORNING)) == ended
    assert refused(session, a_loan(visit, ended_as="returned")) == ended
    assert refused(session, a_loan(visit, ended_at=MORNING, ended_as="eaten")) == (
        "CHECK constraint failed: ck_loan_ended_as"
    )
    ways = ("returned", "outstanding", "lost", "damaged", "replaced", "swapped")
    session.add_all(a_loan(visit, ended_at=MORNING, ended_as=way) for way in ways)
    session.flush()


def test_a_badge_has_one_live_code_and_any_number_of_dead_ones(session):
    dead = {"made_at": MORNING, "revoked_at": MORNING, "reason": "lost"}
    session.add_all(BadgeCode(code=code, badge_id=12, **dead) for code in ("A", "B"))
    session.commit()
    assert refused(session, BadgeCode(code="C", badge_id=12, made_at=MORNING)) == (
        "UNIQUE constraint failed: badge_code.badge_id"
    )


@pytest.mark.parametrize("number", [-1, 0, 10_000])
def test_a_badges_number_is_from_1_to_9999(session, number):
    broken = "CHECK constraint failed: ck_badge_number"
    assert refused(session, Badge(number=number)) == broken
    session.add(Badge(number=9999))
    session.flush()


def test_a_badges_number_is_given_once(session):
    assert refused(session, Badge(number=12)) == "UNIQUE constraint failed: badge.number"


def test_a_badges_state_is_a_known_one(session):
    broken = "CHECK constraint failed: ck_badge_state"
    assert refused(session, Badge(number=100, state="eaten")) == broken
    states = ("available", "in_use", "outstanding", "lost", "damaged", "retired")
    session.add_all(Badge(number=100 + n, state=state) for n, state in enumerate(states))
    session.flush()


def test_a_place_in_a_log_is_taken_once(session):
    visit = a_visit(session)
    session.add(visit)
    session.flush()
    session.add(an_event(visit))
    session.commit()
    assert refused(session, an_event(visit, kind="issued")) == (
        "UNIQUE constraint failed: step_event.visit_id, step_event.seq"
    )
    move = {"badge_id": 12, "seq": 1, "to_state": "lost", "actor_id": 1, "at": MORNING}
    assert refused(session, BadgeEvent(**move)) == (
        "UNIQUE constraint failed: badge_event.badge_id, badge_event.seq"
    )


def test_an_event_is_undone_once(session):
    visit = a_visit(session)
    session.add(visit)
    session.flush()
    undone = {"kind": "undone", "undoes": 1}
    session.add_all([an_event(visit), an_event(visit, seq=2, **undone), an_event(visit, seq=4)])
    session.commit()
    assert refused(session, an_event(visit, seq=3, **undone)) == (
        "UNIQUE constraint failed: step_event.visit_id, step_event.undoes"
    )


def test_a_nonce_counts_once_and_conflicts_have_none(session):
    first = a_scan()
    session.add(first)
    session.flush()
    session.add_all(a_scan(nonce=None, conflicts_with=first.id) for _ in range(2))
    session.commit()
    assert refused(session, a_scan()) == "UNIQUE constraint failed: scan.nonce"


def test_a_version_of_words_and_a_guest_have_one_place_in_their_visit(session):
    visit = a_visit(session)
    session.add(visit)
    session.flush()
    words = {"visit_id": visit.id, "seq": 1, "field": "purpose", "value": "Izin", "actor_id": 1,
             "actor_name": "Adi", "actor_post": "Admin", "at": MORNING}  # fmt: skip
    guest = {"visit_id": visit.id, "ordinal": 1, "is_leader": True, "identity_shown": False}
    session.add_all([VisitText(**words), Visitor(**guest)])
    session.commit()
    assert refused(session, VisitText(**words)) == (
        "UNIQUE constraint failed: visit_text.visit_id, visit_text.seq"
    )
    assert refused(session, Visitor(**guest)) == (
        "UNIQUE constraint failed: visitor.visit_id, visitor.ordinal"
    )


def test_there_is_one_office_one_counter_and_one_default_destination(session):
    office = {"name": "Lain", "unit": "", "address": "", "timezone": "Asia/Pontianak"}
    assert refused(session, OfficeRow(id=2, **office)) == (
        "CHECK constraint failed: ck_office_only_one"
    )
    assert refused(session, ScreenVersion(id=2, n=1)) == (
        "CHECK constraint failed: ck_screen_version_only_one"
    )
    assert refused(session, Unit(name="Lain", post="Lain", is_default=True)) == (
        "UNIQUE constraint failed: unit.is_default"
    )
    session.add_all(Unit(name=name, post=name) for name in ("Lain", "Lain lagi"))
    session.flush()


def test_names_that_people_go_by_are_given_once(session):
    person = {"username": "fitri", "name": "Fitri", "password_hash": "", "created_at": MORNING}
    assert refused(session, Person(**person)) == "UNIQUE constraint failed: person.username"
    assert refused(session, Unit(name="Kepala Dinas", post="")) == (
        "UNIQUE constraint failed: unit.name"
    )


def test_a_member_of_a_unit_is_host_or_assistant(session):
    assert refused(session, UnitMember(unit_id=1, person_id=1, kind="guest")) == (
        "CHECK constraint failed: ck_unit_member_kind"
    )


def test_an_sop_text_is_stored_once(session):
    (first,) = session.scalars(select(SopVersion)).all()
    again = {"sop_code": "lain", "sha256": first.sha256, "body": "", "status": ""}
    assert refused(session, SopVersion(**again, loaded_at=MORNING)) == (
        "UNIQUE constraint failed: sop_version.sha256"
    )


@pytest.mark.parametrize(
    "row",
    [
        PersonRole(person_id=99, role="host"),
        BadgeCode(code="A", badge_id=99, made_at=MORNING),
        Loan(badge_id=12, visit_id=99, issued_at=MORNING),
        a_scan(actor_id=99),
        a_scan(conflicts_with=99),
        UnitMember(unit_id=99, person_id=1, kind="host"),
        Visitor(visit_id=99, ordinal=1, is_leader=True, identity_shown=False),
    ],
    ids=lambda row: type(row).__name__,
)
def test_no_row_points_to_nothing(session, row):
    assert refused(session, row) == "FOREIGN KEY constraint failed"


@pytest.mark.parametrize("table", ["person", "visit", "badge", "unit", "sop_version"])
def test_what_the_record_names_cannot_be_deleted(connection, table):
    with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
        connection.execute(text(f"DELETE FROM {table}"))


# --- Instants -------------------------------------------------------------------------------------


def test_a_naive_instant_is_refused(session):
    session.add(a_visit(session, arrived_at=datetime(2026, 11, 24, 9, 0)))  # noqa: DTZ001  the point
    with pytest.raises(StatementError, match="an instant must be aware"):
        session.flush()


def test_a_naive_instant_is_refused_in_a_question_too(session):
    naive = datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001  the point
    with pytest.raises(StatementError, match="an instant must be aware"):
        session.scalars(select(Visit).where(Visit.arrived_at < naive)).all()


def test_instants_of_any_zone_come_back_aware_and_in_utc(session):
    wib = timezone(timedelta(hours=7))
    session.add(a_visit(session, arrived_at=datetime(2026, 11, 24, 9, 0, 0, 123456, tzinfo=wib)))
    session.commit()
    session.expire_all()
    visit = session.scalars(select(Visit).where(Visit.number == 500)).one()
    assert visit.arrived_at == datetime(2026, 11, 24, 2, 0, 0, 123456, tzinfo=UTC)
    assert visit.arrived_at.tzinfo is UTC
    assert visit.closed_at is None
    stored = session.execute(text("SELECT arrived_at FROM visit WHERE number = 500")).scalar()
    assert stored == "2026-11-24 02:00:00.123456"


def test_every_instant_of_the_tables_is_of_that_kind():
    plain = [
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.c
        if re.search(r"datetime", str(column.type), re.IGNORECASE)
        and type(column.type).__name__ != "UtcDateTime"
    ]
    assert plain == []
    assert type(Visit.__table__.c.arrived_at.type).__name__ == "UtcDateTime"


# --- Migrations -----------------------------------------------------------------------------------


def schema(connection: Connection) -> dict[str, dict[str, Any]]:
    """What the database knows of each table: columns, keys, checks and indexes."""
    found = inspect(connection)
    return {
        table: {
            "columns": [{**column, "type": str(column["type"])}
                        for column in found.get_columns(table)],
            "primary key": found.get_pk_constraint(table),
            "foreign keys": by_columns(found.get_foreign_keys(table)),
            "unique": by_name(found.get_unique_constraints(table)),
            "checks": by_name(found.get_check_constraints(table)),
            "indexes": {
                index["name"]: (index["column_names"], index["unique"],
                                str(index["dialect_options"].get("sqlite_where")))
                for index in found.get_indexes(table)
            },
        }
        for table in found.get_table_names()
        if table != "alembic_version" and is_modelled(table)
    }  # fmt: skip


def by_columns(keys: list[Any]) -> dict[tuple[str, ...], Any]:
    """Without their names: SQLAlchemy cannot read that of a key which came with its column."""
    return {tuple(key["constrained_columns"]): {**key, "name": None} for key in keys}


def by_name(constraints: list[Any]) -> dict[str, Any]:
    return {constraint["name"]: constraint for constraint in constraints}


def everything(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    """The whole schema as SQLite keeps it."""
    rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master"))
    return sorted((tuple(row) for row in rows), key=lambda row: row[:2])


def test_models_and_migrations_agree(connection):
    options = {"include_name": lambda name, kind, _: kind != "table" or is_modelled(name)}
    context = MigrationContext.configure(connection, opts=options)
    assert compare_metadata(context, Base.metadata) == []


def test_models_and_migrations_agree_on_checks_keys_and_conditions_too(connection):
    by_models = create_engine("sqlite://")
    Base.metadata.create_all(by_models)
    with by_models.connect() as other:
        assert schema(connection) == schema(other)
    by_models.dispose()


def test_an_empty_database_is_brought_up_to_date_and_a_second_time_changes_nothing(tmp_path):
    app = create_app({"INSTANCE": tmp_path})
    assert not schema_is_current(app)
    upgrade_database(app)
    assert schema_is_current(app)
    with app.app_context():
        with db.engine.connect() as connection:
            first = everything(connection)
            assert connection.execute(text("SELECT id, n FROM screen_version")).all() == [(1, 1)]
        upgrade_database(app)
        with db.engine.connect() as connection:
            assert everything(connection) == first
            assert connection.execute(text("SELECT id, n FROM screen_version")).all() == [(1, 1)]
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        db.engine.dispose()
    assert schema_is_current(app)


def test_the_upgrade_keeps_what_is_there(office):
    office.bring_to_step(6)
    office.close()
    tables = list(Base.metadata.tables)

    def rows() -> dict[str, list[tuple[Any, ...]]]:
        with office.app.app_context(), db.engine.connect() as connection:
            found = {table: connection.execute(text(f"SELECT * FROM {table}")) for table in tables}
            return {table: [tuple(row) for row in rows] for table, rows in found.items()}

    before = rows()
    upgrade_database(office.app)
    assert rows() == before
