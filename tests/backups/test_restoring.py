"""Restoring: checked first, never over something without being told, nothing lost on the way."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app import create_app
from app.backups import restoring
from app.backups.keys import backup_key
from app.backups.places import CannotRestore
from app.backups.restoring import restore
from app.backups.shelf import manifest_path
from app.models.migrate import known_revisions, stored_revision
from app.operations.transaction import write
from app.startup import prepare_database
from tests.cast import MORNING, copy_instance
from tests.support.rows import rows_of
from tests.support.shelves import (
    backed_up,
    carried,
    change_byte,
    cut,
    database_of,
    put_back,
    with_sql,
)

ASIDE = "tamu-lama-20261124-020000Z.db"
KEY = bytes(range(32))


@pytest.fixture
def backup(app):
    return backed_up(app).file


@pytest.fixture
def place(tmp_path) -> Path:
    """An instance folder with a database of another content, and a manifest of nothing."""
    folder = tmp_path / "place"
    folder.mkdir()
    database = folder / "tamu.db"
    with_sql("CREATE TABLE note (words)", "INSERT INTO note VALUES ('yang sekarang')")(database)
    return database


def over(file: Path, database: Path, key: bytes | None = None):
    return restore(file, database, key=key, overwrite=True, at=MORNING)


def bare(file: Path) -> None:
    """A backup that somebody copied without its manifest."""
    manifest_path(file).unlink()


def newer_schema(file: Path) -> None:
    bare(file)
    with_sql("UPDATE alembic_version SET version_num = '9999'")(file)


def of_another_program(file: Path) -> None:
    bare(file)
    file.unlink()
    with_sql("CREATE TABLE alembic_version (version_num)", "CREATE TABLE visit (id)",
             "INSERT INTO alembic_version VALUES ('0001')")(file)  # fmt: skip


def without_schema(file: Path) -> None:
    bare(file)
    with_sql("DELETE FROM alembic_version")(file)


def written(content: bytes):
    def write_it(file: Path) -> None:
        bare(file)
        file.write_bytes(content)

    return write_it


def bare_and(spoil):
    def spoil_it(file: Path) -> None:
        bare(file)
        spoil(file)

    return spoil_it


def lose_an_index_page(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_badge_state'"
        )
        (size,) = database.execute("PRAGMA page_size")
    with file.open("rb+") as opened:
        opened.seek((page[0] - 1) * size[0] + 1)
        opened.write(bytes(100))


SPOILT = {
    "one byte changed": (lambda it: change_byte(it, 100_000), "sudah bukan berkas yang dibuat"),
    "one byte changed, no manifest": (bare_and(lose_an_index_page), "Isi cadangan rusak"),
    "cut": (lambda it: cut(it, 5000), "sudah bukan berkas yang dibuat"),
    "cut, no manifest": (bare_and(lambda it: cut(it, 5000)), "Isi cadangan rusak"),
    "cut at a page, no manifest": (bare_and(lambda it: cut(it, 8192)), "Isi cadangan rusak"),
    "swapped": (with_sql("UPDATE office SET name = 'Lain'"), "sudah bukan berkas"),
    "empty": (written(b""), "bukan cadangan Pelayanan Tamu"),
    "a text": (written(b"Halo"), "bukan cadangan Pelayanan Tamu"),
    "only a header": (written(b"SQLite format 3\0"), "rusak"),
    "another program's": (of_another_program, "bukan basis data Pelayanan Tamu"),
    "no schema": (without_schema, "bukan basis data Pelayanan Tamu"),
    "a newer schema": (newer_schema, "Perbarui Pelayanan Tamu di komputer ini"),
    "orphans": (
        bare_and(with_sql("INSERT INTO unit_member (unit_id, person_id, kind) "
                          "VALUES (1, 999, 'assistant')")),
        "unit_member",
    ),
    "a broken manifest": (lambda it: manifest_path(it).write_text("{"), "Keterangan .* rusak"),
    "gone": (lambda it: it.unlink(), "Tidak ada berkas"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_what_is_not_good_is_refused_and_nothing_changes(backup, place, tmp_path, case):
    spoil, sentence = SPOILT[case]
    file = carried(backup, tmp_path / "carried")
    spoil(file)
    before = place.read_bytes()
    with pytest.raises(CannotRestore, match=sentence):
        over(file, place)
    assert [path.name for path in place.parent.iterdir()] == ["tamu.db"]
    assert place.read_bytes() == before


SEALED_SPOILT = {
    "no key": (bare, None, "terenkripsi"),
    "another key": (bare, KEY, "bukan kunci cadangan ini"),
    "one byte changed": (bare_and(lambda it: change_byte(it, 100_000)), "own", "diubah"),
    "cut": (bare_and(lambda it: cut(it, 5000)), "own", "terpotong"),
    "only a header": (bare_and(lambda it: cut(it, it.stat().st_size - 33)), "own", "terpotong"),
    "half a header": (bare_and(lambda it: cut(it, it.stat().st_size - 20)), "own", "terpotong"),
}


@pytest.mark.parametrize("case", SEALED_SPOILT)
def test_a_sealed_one_that_is_not_good_is_refused_and_nothing_changes(app, place, tmp_path, case):
    spoil, key, sentence = SEALED_SPOILT[case]
    file = carried(backed_up(app, seals=True).file, tmp_path / "carried")
    spoil(file)
    before = place.read_bytes()
    with pytest.raises(CannotRestore, match=sentence):
        over(file, place, backup_key(database_of(app).parent) if key == "own" else key)
    assert [path.name for path in place.parent.iterdir()] == ["tamu.db"]
    assert place.read_bytes() == before


def test_a_database_is_not_overwritten_without_being_told(backup, place):
    before = place.read_bytes()
    with pytest.raises(CannotRestore, match="--overwrite"):
        restore(backup, place, key=None, overwrite=False, at=MORNING)
    assert [path.name for path in place.parent.iterdir()] == ["tamu.db"]
    assert place.read_bytes() == before


def test_told_to_overwrite_it_keeps_the_old_one_aside(app, backup, place):
    before = rows_of(place)
    restored = over(backup, place)
    assert restored.set_aside == place.with_name(ASIDE)
    assert rows_of(place) == rows_of(database_of(app))
    assert rows_of(place.with_name(ASIDE)) == before
    assert sorted(path.name for path in place.parent.iterdir()) == [ASIDE, "tamu.db"]


def test_restoring_twice_keeps_both_that_were_there(backup, place):
    first = over(backup, place)
    second = over(backup, place)
    assert first.set_aside is not None
    assert second.set_aside is not None
    assert second.set_aside.name == "tamu-lama-20261124-020000Z-2.db"
    assert rows_of(first.set_aside) == {"note": [(b"yang sekarang",)]}
    assert rows_of(second.set_aside) == rows_of(place)


def killed_server_in(folder: Path, template: Path, clock) -> Path:
    """A database as a killed server leaves it: its last writes are in the write-ahead log only."""
    app = create_app({"INSTANCE": copy_instance(template, folder / "before"), "NOW": clock})
    with app.app_context(), write() as session:
        session.execute(text("UPDATE office SET name = 'Nama di catatan tulis'"))
    left = folder / "left"
    left.mkdir()
    for file in (folder / "before").glob("tamu.db*"):
        shutil.copy(file, left)
    assert (left / "tamu.db-wal").stat().st_size > 0
    return left / "tamu.db"


def name_in(database: Path) -> str:
    with closing(sqlite3.connect(database)) as opened:
        return str(opened.execute("SELECT name FROM office").fetchone()[0])


def test_what_only_the_write_ahead_log_held_is_kept_aside_too(
    backup, app, template, tmp_path, clock
):
    killed = killed_server_in(tmp_path, template, clock)
    restored = over(backup, killed)
    assert rows_of(killed) == rows_of(database_of(app))
    assert restored.set_aside is not None
    assert name_in(restored.set_aside) == "Nama di catatan tulis"
    assert not list(killed.parent.glob("*-wal"))


def test_a_database_copied_by_hand_with_its_log_is_restored_with_what_the_log_holds(
    template, tmp_path, clock, place
):
    over(killed_server_in(tmp_path, template, clock), place)
    assert name_in(place) == "Nama di catatan tulis"


@pytest.mark.parametrize("content", [b"", b"rusak", b"SQLite format 3\0" + bytes(9000)])
def test_a_broken_database_is_kept_aside_as_it_is_with_all_that_lies_beside_it(
    backup, app, place, content
):
    place.write_bytes(content)
    for companion in ("-wal", "-shm", "-journal"):
        place.with_name(f"tamu.db{companion}").write_bytes(b"?" + companion.encode())
    before = {path.name: path.read_bytes() for path in place.parent.iterdir()}
    over(backup, place)
    assert rows_of(place) == rows_of(database_of(app))
    aside = {
        path.name.replace(ASIDE, "tamu.db"): path.read_bytes()
        for path in place.parent.glob(f"{ASIDE}*")
    }
    assert aside["tamu.db"] == content
    assert aside == before, content
    assert not [path.name for path in place.parent.glob("tamu.db-*")]


def test_a_log_without_its_database_is_something_that_is_there(backup, place):
    place.rename(place.with_name("tamu.db-wal"))
    with pytest.raises(CannotRestore, match="--overwrite"):
        restore(backup, place, key=None, overwrite=False, at=MORNING)
    over(backup, place)
    assert {path.name for path in place.parent.iterdir()} == {"tamu.db", f"{ASIDE}-wal"}


def test_a_database_that_another_program_has_open_is_left_alone(backup, template, tmp_path, clock):
    instance = copy_instance(template, tmp_path / "in use")
    app = create_app({"INSTANCE": instance, "NOW": clock})
    before = rows_of(instance / "tamu.db")
    with app.app_context(), write() as session:
        session.execute(text("SELECT 1 FROM office"))
        with pytest.raises(CannotRestore, match="sedang dipakai program lain"):
            over(backup, instance / "tamu.db")
    assert rows_of(instance / "tamu.db") == before
    assert not list(instance.glob("*lama*"))


def test_the_database_itself_is_no_backup(app, backup):
    live = database_of(app)
    with pytest.raises(CannotRestore, match="sedang dipakai, bukan cadangan"):
        over(live, live)


def test_a_full_disk_is_said_and_the_database_stays(backup, place, monkeypatch):
    def no_space(*_files):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.backups.unpacking.shutil.copyfile", no_space)
    before = place.read_bytes()
    with pytest.raises(CannotRestore, match=f"{place.parent}.+penuh"):
        over(backup, place)
    assert [path.name for path in place.parent.iterdir()] == ["tamu.db"]
    assert place.read_bytes() == before


def test_where_a_file_can_have_one_name_only_the_old_one_is_copied(backup, app, place, monkeypatch):
    def refuse(*_names):
        raise PermissionError(1, "Operation not permitted")

    before = rows_of(place)
    monkeypatch.setattr(restoring.os, "link", refuse)
    over(backup, place)
    assert rows_of(place) == rows_of(database_of(app))
    assert rows_of(place.with_name(ASIDE)) == before
    assert sorted(path.name for path in place.parent.iterdir()) == [ASIDE, "tamu.db"]


def test_an_interrupted_restoration_leaves_nothing_once_it_is_repeated(backup, place):
    (place.parent / ".tamu-restore-abc.part").write_bytes(b"half")
    place.with_name(ASIDE).hardlink_to(place)
    over(backup, place)
    assert sorted(path.name for path in place.parent.iterdir()) == [ASIDE, "tamu.db"]
    assert rows_of(place.with_name(ASIDE)) == {"note": [(b"yang sekarang",)]}


def test_a_backup_without_its_manifest_restores_all_the_same(backup, app, tmp_path):
    file = carried(backup, tmp_path / "carried")
    bare(file)
    restored, database = put_back(file, tmp_path / "elsewhere")
    assert restored.manifest is None
    assert rows_of(database) == rows_of(database_of(app))


def test_a_database_in_place_is_for_its_owner_alone_and_goes_on_working(backup, tmp_path, clock):
    restored, database = put_back(backup, tmp_path / "elsewhere")
    assert database.stat().st_mode & 0o077 == 0
    assert not restored.is_outdated
    app = create_app({"INSTANCE": database.parent, "NOW": clock})
    prepare_database(app)
    assert stored_revision(app) == known_revisions()[-1]
    digest = hashlib.sha256(backup.read_bytes()).hexdigest()
    assert restored.manifest is not None
    assert restored.manifest.sha256 == digest
