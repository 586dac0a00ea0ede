"""Killed at any step a backup leaves no half file that counts, a restoration the old or the new."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app import create_app
from app.backups.keys import backup_key
from app.backups.making import make_backup
from app.backups.restoring import restore
from app.backups.shelf import Backup, Why, backups_in
from app.operations.transaction import write
from tests.backups.acts_to_kill import places_in
from tests.cast import MORNING, Clock, copy_instance
from tests.support.killing import killed_folders
from tests.support.rows import Rows, rows_of
from tests.support.shelves import backed_up, rows_in

ACTS = Path(__file__).with_name("acts_to_kill.py")


@pytest.fixture
def scene(template, tmp_path):
    """A folder with an office and its drive, to be copied for each step."""
    folder = tmp_path / "scene"
    copy_instance(template, folder / "instance")
    (folder / "usb").mkdir()
    return folder


@pytest.mark.parametrize("kind", ["plain", "sealed"])
def test_killed_while_it_is_made_no_half_backup_counts_as_good(scene, tmp_path, kind):
    rows = rows_of(scene / "instance" / "tamu.db")
    counts = []
    for folder in killed_folders(ACTS, kind, scene, tmp_path / "killed"):
        assert rows_of(folder / "instance" / "tamu.db") == rows
        good = good_ones(folder)
        counts.append(len(good))
        for number, backup in enumerate(good):
            key = backup_key(folder / "instance")
            assert rows_in(backup.file, folder / f"elsewhere {number}", key) == rows
    assert counts == sorted(counts), "each is there once it is there"
    assert set(counts) == {0, 1, 2}
    for folder in (tmp_path / "killed").iterdir():
        before = good_ones(folder)
        make_backup(places_in(folder), why=Why.DAILY, at=MORNING, seals=kind == "sealed")
        assert len(good_ones(folder)) == len(before) + 2
        assert not [*folder.rglob("*.part*")], "the next one sweeps away what was left"


def good_ones(folder: Path) -> list[Backup]:
    return [*backups_in(folder / "instance" / "backups"), *backups_in(folder / "usb")]


def test_killed_while_it_is_restored_the_old_or_the_new_database_is_in_place(
    template, app, scene, tmp_path
):
    new = rows_of(Path(app.config["INSTANCE"]) / "tamu.db")
    shutil.copy(backed_up(app).file, scene)
    old = leave_writes_in_the_log(template, scene / "instance", tmp_path)
    folders = killed_folders(ACTS, "restore", scene, tmp_path / "killed")
    found = []
    for folder in folders:
        rows = rows_of(folder / "instance" / "tamu.db")
        assert rows in (old, new)
        assert sound(folder / "instance" / "tamu.db")
        found.append(rows == new)
    assert found == sorted(found), "first the old one, then the new one"
    assert set(found) == {False, True}
    for folder in folders:
        (backup,) = folder.glob("*.db")
        restore(backup, folder / "instance" / "tamu.db", key=None, overwrite=True, at=MORNING)
        assert rows_of(folder / "instance" / "tamu.db") == new
        aside = [rows_of(path) for path in (folder / "instance").glob("tamu-lama-*.db")]
        assert old in aside
        assert not [*folder.rglob("*.part*")]


def leave_writes_in_the_log(template: Path, instance: Path, tmp_path: Path) -> Rows:
    """Leave the database as a killed server does: its last write in the log alone; its rows."""
    source = copy_instance(template, tmp_path / "source")
    app = create_app({"INSTANCE": source, "NOW": Clock()})
    with app.app_context(), write() as session:
        session.execute(text("UPDATE office SET name = 'Yang lama'"))
    for file in source.glob("tamu.db*"):
        shutil.copy(file, instance)
    return rows_of(source / "tamu.db")


def sound(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
