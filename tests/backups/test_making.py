"""A backup is whole, checked, readable by its owner alone, and holds the database and no more."""

import hashlib
import json
import sqlite3
import stat
import threading
from contextlib import closing, suppress

import pytest
from sqlalchemy import text

from app import create_app
from app.backups import making
from app.backups.backing_up import back_up
from app.backups.keys import backup_key
from app.backups.making import make_backup, make_backup_in
from app.backups.places import Busy, CannotBackUp, NoFile, one_at_a_time, places_of
from app.backups.restoring import CannotRestore
from app.backups.shelf import Why, backups_in, last_good
from app.models.migrate import known_revisions
from app.operations.transaction import write
from tests.cast import MORNING, OFFICE_NAME, copy_instance
from tests.support.rows import rows_of, schema_of
from tests.support.shelves import backed_up, database_of, put_back, rows_in, with_sql

HEADER_MODES = slice(18, 20)  # of a SQLite file: 1 a rollback journal, 2 a write-ahead log


@pytest.mark.parametrize("seals", [False, True])
def test_a_backup_gives_back_every_row_of_every_table(busy, tmp_path, seals):
    backup = backed_up(busy.app, seals=seals)
    live = database_of(busy.app)
    key = backup_key(live.parent) if seals else None
    restored, database = put_back(backup.file, tmp_path / "elsewhere", key)
    assert rows_of(database) == rows_of(live)
    assert schema_of(database) == schema_of(live)
    assert restored.manifest == backup.manifest


def test_a_backup_is_one_file_and_its_manifest_for_the_owner_alone(busy):
    backup = backed_up(busy.app)
    folder = database_of(busy.app).parent / "backups"
    assert [path.name for path in sorted(folder.iterdir())] == [
        "tamu-20261124-022400Z.db",
        "tamu-20261124-022400Z.db.json",
    ]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert set(backup.file.read_bytes()[HEADER_MODES]) == {1}, "it needs no second file"


def test_the_manifest_says_what_the_backup_holds(busy):
    backup = backed_up(busy.app, why=Why.DAILY)
    facts = json.loads(backup.file.with_name(backup.file.name + ".json").read_text())
    content = backup.file.read_bytes()
    rows = {name: len(found) for name, found in rows_of(backup.file).items()
            if not name.startswith("visitor_search")}  # fmt: skip
    assert facts == {
        "made_at": "2026-11-24T02:24:00+00:00",
        "why": "daily",
        "sealed": False,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "schema": known_revisions()[-1],
        "rows": rows,
        "origin": facts["origin"],
    }
    assert rows["visit"] == 4
    assert backups_in(backup.file.parent) == [backup]


@pytest.mark.parametrize("seals", [False, True])
def test_a_backup_never_holds_a_key(two_places, second, seals):
    backed_up(two_places, seals=True)  # so that there is a backup key
    backup = backed_up(two_places, seals=seals)
    instance = database_of(two_places).parent
    secret = (instance / "secret-key").read_bytes()
    key = backup_key(instance)
    assert key is not None
    known_to_all = [*backup.file.parent.iterdir(), *second.iterdir()]
    assert len(known_to_all) == 8
    for file in known_to_all:
        content = file.read_bytes()
        for words in (secret, bytes.fromhex(secret.decode()), key, key.hex().encode()):
            assert words not in content, file
    assert stat.S_IMODE((instance / "backup-key").stat().st_mode) == 0o600


def test_a_sealed_backup_shows_nothing_of_the_office_and_stays_shut_without_its_key(busy, tmp_path):
    plain, sealed = backed_up(busy.app), backed_up(busy.app, seals=True)
    assert OFFICE_NAME.encode() in plain.file.read_bytes()
    assert OFFICE_NAME.encode() not in sealed.file.read_bytes()
    assert sealed.file.name == "tamu-20261124-022400Z-2.db.tamu"
    with pytest.raises(CannotRestore, match="terenkripsi"):
        put_back(sealed.file, tmp_path / "without a key")
    with pytest.raises(CannotRestore, match="bukan kunci cadangan ini"):
        put_back(sealed.file, tmp_path / "wrong key", bytes(32))


def test_the_setting_seals_each_backup_with_the_one_key_of_the_office(template, tmp_path, clock):
    instance = copy_instance(template, tmp_path / "instance")
    app = create_app({"INSTANCE": instance, "NOW": clock, "BACKUP_SEALED": True})
    first = backed_up(app, why=Why.DAILY)
    key = (instance / "backup-key").read_text()
    second = backed_up(app, why=Why.DAILY)
    assert first.manifest.sealed
    assert second.manifest.sealed
    assert (instance / "backup-key").read_text() == key
    for number, backup in enumerate((first, second)):
        folder = tmp_path / f"elsewhere {number}"
        assert rows_in(backup.file, folder, bytes.fromhex(key)) == rows_of(instance / "tamu.db")


def test_a_damaged_backup_key_is_said_and_nothing_is_sealed_with_another(app):
    instance = database_of(app).parent
    (instance / "backup-key").write_text("bukan kunci")
    with pytest.raises(CannotBackUp, match="backup-key rusak"):
        backed_up(app, seals=True)
    assert (instance / "backup-key").read_text() == "bukan kunci"
    assert list((instance / "backups").iterdir()) == []


def test_what_is_not_yet_committed_is_not_in_it(busy, tmp_path):
    before = rows_of(database_of(busy.app))
    with busy.app.app_context(), write() as session:
        session.execute(text("UPDATE office SET name = 'Kantor lain'"))
        session.flush()
        backup = backed_up(busy.app)
    assert rows_in(backup.file, tmp_path / "elsewhere") == before


def test_the_second_place_gets_the_same_file(two_places, second, tmp_path):
    backup = backed_up(two_places)
    copy = second / backup.file.name
    assert copy.read_bytes() == backup.file.read_bytes()
    origin = places_of(two_places).origin
    assert [it.manifest for it in backups_in(second, origin)] == [backup.manifest]
    assert rows_in(copy, tmp_path / "elsewhere") == rows_of(database_of(two_places))


def test_a_second_place_that_is_missing_is_told_and_never_made(two_places, second, clock):
    second.rmdir()
    outcome = back_up(two_places, why=Why.DAILY, at=clock())
    assert last_good(outcome.backup.file.parent, clock()) == outcome.backup
    assert outcome.problem == (
        f"Tempat kedua {second} tidak ada. Sambungkan drive-nya; cadangan pertama sudah dibuat."
    )
    assert not second.exists()


def test_a_second_place_that_takes_no_file_is_told_and_the_first_copy_is_there(
    two_places, second, clock, monkeypatch
):
    monkeypatch.setattr(making.shutil, "copyfile", no_space)
    outcome = back_up(two_places, why=Why.DAILY, at=clock())
    assert last_good(outcome.backup.file.parent, clock()) == outcome.backup
    assert "penyimpanannya penuh" in outcome.problem
    assert str(second) in outcome.problem
    assert list(second.iterdir()) == []


def no_space(*_files):
    raise OSError(28, "No space left on device")


def test_a_drive_that_keeps_something_else_than_was_written_is_told(
    two_places, second, clock, monkeypatch
):
    copy = making.shutil.copyfile

    def copy_badly(source, target):
        copy(source, target)
        with target.open("rb+") as file:
            file.write(b"?")

    monkeypatch.setattr(making.shutil, "copyfile", copy_badly)
    outcome = back_up(two_places, why=Why.DAILY, at=clock())
    assert "menyimpan lain dari yang ditulis" in outcome.problem
    assert list(second.iterdir()) == []


def test_two_offices_can_share_a_drive_and_let_go_only_of_their_own(
    template, tmp_path, clock, second
):
    def office(name):
        instance = copy_instance(template, tmp_path / name)
        (instance / "secret-key").write_text(name)
        return create_app({"INSTANCE": instance, "NOW": clock, "BACKUP_FOLDER": second})

    one, other = office("satu"), office("dua")
    theirs = [backed_up(other, why=Why.DAILY) for _ in range(2)]
    clock.pass_time(minutes=1)
    for _ in range(5):
        backed_up(one, why=Why.DAILY)
        clock.pass_time(minutes=1)
    of_one = backups_in(second, places_of(one).origin)
    of_other = backups_in(second, places_of(other).origin)
    assert [it.manifest for it in of_other] == [it.manifest for it in reversed(theirs)]
    assert [it.manifest.made_at.minute for it in of_one] == [5, 1], "the day's last and first"
    assert sorted(second.glob("*.db")) == sorted(it.file for it in of_one + of_other)


def test_old_ones_go_with_their_manifests(app, clock):
    for _ in range(9):
        backed_up(app, why=Why.DAILY)
        clock.pass_time(hours=24)
    folder = database_of(app).parent / "backups"
    days = [it.manifest.made_at.day for it in backups_in(folder)]
    assert days == [2, 1, 30, 29, 28, 27, 26]  # 24 and 25 November are within the same week as 29
    assert len(list(folder.iterdir())) == 2 * len(days)


def test_two_in_the_same_second_have_names_of_their_own(app):
    first, second = backed_up(app), backed_up(app)
    assert (first.file.name, second.file.name) == (
        "tamu-20261124-020000Z.db",
        "tamu-20261124-020000Z-2.db",
    )
    assert backups_in(first.file.parent) == [second, first]


def test_never_two_at_once(app):
    places = places_of(app)
    with one_at_a_time(places.instance), pytest.raises(Busy, match="sedang dibuat"):
        back_up(app, why=Why.DAILY, at=MORNING)
    assert not places.own.exists()


def test_of_many_who_ask_at_once_each_gets_a_backup_of_their_own_or_is_told_to_wait(app, tmp_path):
    made, start = [], threading.Barrier(6)

    def ask():
        start.wait()
        with suppress(Busy):
            made.append(back_up(app, why=Why.BY_HAND, at=MORNING).backup)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({backup.file.name for backup in made}) == len(made) >= 1
    kept = backups_in(database_of(app).parent / "backups")
    assert kept[0] in made
    for number, backup in enumerate(kept):
        folder = tmp_path / f"elsewhere {number}"
        assert rows_in(backup.file, folder) == rows_of(database_of(app))


def test_a_damaged_database_is_not_backed_up_and_the_good_backups_stay(busy, clock):
    good = backed_up(busy.app)
    busy.close()
    live = database_of(busy.app)
    content = bytearray(live.read_bytes())
    content[2 * 4096 : 30 * 4096] = bytes(28 * 4096)
    live.write_bytes(content)
    clock.pass_time(hours=30)
    with pytest.raises(CannotBackUp, match=r"Basis data rusak \(.+\)\. .+ `tamu restore`"):
        backed_up(busy.app)
    assert backups_in(good.file.parent) == [good]
    assert len(list(good.file.parent.iterdir())) == 2


def test_a_database_that_another_program_keeps_to_itself_is_said_to_be_locked(app, monkeypatch):
    monkeypatch.setattr("app.models.database_file.BUSY_S", 0.05)
    live = database_of(app)
    with closing(sqlite3.connect(live)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CannotBackUp, match="sedang dikunci program lain"):
            make_backup(places_of(app), why=Why.DAILY, at=MORNING, seals=False)
    assert backups_in(live.parent / "backups") == []
    assert list((live.parent / "backups").iterdir()) == []


def test_rows_without_their_parents_are_damage_too(app):
    orphan = "INSERT INTO unit_member (unit_id, person_id, kind) VALUES (1, 999, 'assistant')"
    with_sql(orphan)(database_of(app))  # a connection of its own checks no foreign keys
    with pytest.raises(CannotBackUp, match="unit_member"):
        backed_up(app)


def test_without_a_database_there_is_nothing_to_back_up(tmp_path, clock):
    app = create_app({"INSTANCE": tmp_path / "instance", "NOW": clock})
    with pytest.raises(CannotBackUp, match="Belum ada basis data"):
        backed_up(app)


def test_an_empty_database_is_no_backup(tmp_path, clock):
    app = create_app({"INSTANCE": tmp_path / "instance", "NOW": clock})
    database_of(app).touch()
    with pytest.raises(CannotBackUp, match="masih kosong"):
        backed_up(app)
    assert list((tmp_path / "instance" / "backups").iterdir()) == []


def test_a_database_elsewhere_is_backed_up_by_what_serves_it(tmp_path, clock):
    elsewhere = {"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_ENGINE_OPTIONS": {}}
    app = create_app({"INSTANCE": tmp_path / "instance", "NOW": clock, **elsewhere})
    with pytest.raises(NoFile, match="TAMU_DATABASE_URL"):
        places_of(app)


def test_another_folder_gets_one_only_if_it_is_there(busy, tmp_path, second):
    places = places_of(busy.app)
    backup = make_backup_in(second, places, at=MORNING, seals=False)
    assert backup.file.parent == second
    assert rows_in(backup.file, tmp_path / "elsewhere") == rows_of(database_of(busy.app))
    assert list(places.own.iterdir()) == []
    with pytest.raises(CannotBackUp, match="tidak ada"):
        make_backup_in(tmp_path / "tidak ada", places, at=MORNING, seals=False)
    assert not (tmp_path / "tidak ada").exists()


def test_nothing_readable_touches_another_drive_when_it_is_sealed(busy, second, monkeypatch):
    seen = []
    copy = making.copy_database

    def watch(source, target):
        seen.append(target.parent)
        copy(source, target)

    monkeypatch.setattr(making, "copy_database", watch)
    places = places_of(busy.app)
    backup = make_backup_in(second, places, at=MORNING, seals=True)
    assert backup.manifest.sealed
    assert seen == [places.own]
    assert list(places.own.iterdir()) == []


def test_what_an_interrupted_backup_left_is_swept_away_but_not_that_of_another_office(app, second):
    places = places_of(app)
    places.own.mkdir()
    left = [f".tamu-{places.origin}-abc.part{end}" for end in ("", "-wal", "-shm", "-journal")]
    for name in [*left, ".tamu-other-abc.part"]:
        (places.own / name).touch()
    backup = backed_up(app)
    assert {path.name for path in places.own.iterdir()} == {
        backup.file.name, f"{backup.file.name}.json", ".tamu-other-abc.part",
    }  # fmt: skip
