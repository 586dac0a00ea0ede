"""A migration of an office at work comes after a backup, or not at all."""

import sqlite3
from contextlib import closing

import pytest
from flask_migrate import upgrade

from app import create_app
from app.backups.places import CannotBackUp, one_at_a_time
from app.backups.shelf import Why, backups_in
from app.extensions import db
from app.models.migrate import MIGRATIONS, known_revisions, stored_revision
from app.startup import prepare_database
from tests.support.rows import rows_of
from tests.support.shelves import database_of, put_back, with_sql

AT_WORK = (
    "INSERT INTO office VALUES (1, 'Dinas', 'UMPAR', 'Jl. Sutan Syahrir', 'Asia/Pontianak')",
    "INSERT INTO person VALUES (1, 'adi', 'Adi', NULL, 'x', 1, 0, '2026-01-05 01:00:00')",
    "INSERT INTO badge VALUES (1, 7, 'guest', 'available')",
)


@pytest.fixture
def old(tmp_path, clock):
    """An instance whose database stands at the first migration, as yet without an office."""
    app = create_app({"INSTANCE": tmp_path / "instance", "NOW": clock})
    with app.app_context():
        upgrade(directory=str(MIGRATIONS), revision="0001")
        db.engine.dispose()
    return app


@pytest.fixture
def at_work(old):
    with_sql(*AT_WORK)(database_of(old))
    return old


def shelf(app):
    return backups_in(database_of(app).parent / "backups")


def test_the_first_schema_is_migrated_after_a_backup_that_restores(at_work, tmp_path):
    before = rows_of(database_of(at_work))
    assert before["badge"] == [(1, 7, b"guest", b"available")]
    prepare_database(at_work)
    assert stored_revision(at_work) == known_revisions()[-1]
    (backup,) = shelf(at_work)
    assert (backup.manifest.why, backup.manifest.schema) == (Why.BEFORE_MIGRATION, "0001")
    restored, database = put_back(backup.file, tmp_path / "elsewhere")
    assert restored.is_outdated
    assert rows_of(database) == before


def test_what_was_restored_is_migrated_when_it_is_served_again(at_work, tmp_path, clock):
    prepare_database(at_work)
    migrated = rows_of(database_of(at_work))
    _, database = put_back(shelf(at_work)[0].file, tmp_path / "elsewhere")
    again = create_app({"INSTANCE": database.parent, "NOW": clock})
    prepare_database(again)
    assert rows_of(database) == migrated
    assert [it.manifest.schema for it in shelf(again)] == ["0001"]


def test_a_schema_that_is_up_to_date_needs_no_backup(app):
    prepare_database(app)
    assert shelf(app) == []


def test_a_fresh_database_needs_no_backup(tmp_path, clock):
    app = create_app({"INSTANCE": tmp_path / "instance", "NOW": clock})
    prepare_database(app)
    assert stored_revision(app) == known_revisions()[-1]
    assert shelf(app) == []


def test_a_database_that_was_never_set_up_needs_no_backup(old):
    prepare_database(old)
    assert stored_revision(old) == known_revisions()[-1]
    assert shelf(old) == []


def refuse_the_folder(app):
    (database_of(app).parent / "backups").write_text("a file where the folder should be")


def damage_the_database(app):
    """Lose the entries of an index."""
    with closing(sqlite3.connect(database_of(app))) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_badge_state'"
        )
        (size,) = database.execute("PRAGMA page_size")
    with database_of(app).open("rb+") as file:
        file.seek((page[0] - 1) * size[0] + 1)
        file.write(bytes(100))


@pytest.mark.parametrize("spoil", [refuse_the_folder, damage_the_database])
def test_without_its_backup_nothing_is_migrated(at_work, spoil):
    spoil(at_work)
    before = database_of(at_work).read_bytes()
    with pytest.raises(
        CannotBackUp, match=r"^Basis data perlu diperbarui, .+ Basis data tidak diubah\.$"
    ):
        prepare_database(at_work)
    assert stored_revision(at_work) == "0001"
    assert database_of(at_work).read_bytes() == before


def test_while_another_backup_is_made_the_start_waits_and_then_refuses(at_work, monkeypatch):
    monkeypatch.setattr("app.backups.before_migration.WAIT_S", 0.05)
    instance = database_of(at_work).parent
    with one_at_a_time(instance), pytest.raises(CannotBackUp, match="sedang dibuat"):
        prepare_database(at_work)
    assert stored_revision(at_work) == "0001"
    prepare_database(at_work)
    assert len(shelf(at_work)) == 1
