"""Which files in a folder count as good backups, and which of them is the last."""

import json
from datetime import timedelta

import pytest

from app.backups.shelf import Why, backups_in, last_good, manifest_path
from tests.cast import MORNING
from tests.support.shelves import backed_up, cut


@pytest.fixture
def backup(app):
    return backed_up(app, why=Why.DAILY)


def rewrite(backup, **facts):
    path = manifest_path(backup.file)
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: cut(it.file, 1),
        lambda it: it.file.write_bytes(b""),
        lambda it: it.file.write_bytes(it.file.read_bytes() + b"?"),
        lambda it: it.file.unlink(),
        lambda it: manifest_path(it.file).unlink(),
        lambda it: manifest_path(it.file).write_text(""),
        lambda it: manifest_path(it.file).write_text("[]"),
        lambda it: manifest_path(it.file).write_bytes(b"\xff"),
        lambda it: rewrite(it, made_at="kemarin"),
        lambda it: rewrite(it, why="iseng"),
        lambda it: rewrite(it, rows=[1]),
        lambda it: rewrite(it, rows={"visit": "banyak"}),
        lambda it: rewrite(it, size=None),
        lambda it: it.file.rename(it.file.with_name("tamu-kemarin.db")),
    ],
)
def test_what_is_not_whole_or_not_known_is_no_good_backup(backup, spoil):
    folder = backup.file.parent
    assert backups_in(folder) == [backup]
    spoil(backup)
    assert backups_in(folder) == []
    assert last_good(folder, MORNING) is None


def test_the_last_good_one_is_the_newest_that_is_whole(app, clock, backup):
    clock.pass_time(hours=24)
    newer = backed_up(app, why=Why.DAILY)
    assert last_good(backup.file.parent, clock()) == newer
    cut(newer.file, 1)
    assert last_good(backup.file.parent, clock()) == backup


def test_one_from_the_future_is_not_the_last_one(app, clock, backup):
    clock.pass_time(hours=24)
    ahead = backed_up(app, why=Why.DAILY)
    assert backups_in(backup.file.parent) == [ahead, backup]
    assert last_good(backup.file.parent, MORNING) == backup
    assert last_good(backup.file.parent, MORNING - timedelta(seconds=1)) is None


def test_a_later_version_may_say_more_in_a_manifest(backup):
    rewrite(backup, place="gudang")
    assert backups_in(backup.file.parent) == [backup]


def test_a_folder_that_is_not_there_holds_none(tmp_path):
    assert backups_in(tmp_path / "tidak ada") == []


def test_other_files_in_the_folder_are_nobodys_backups(backup):
    folder = backup.file.parent
    for name in ("catatan.json", "tamu-lama.json", "tamu-20261124-020000Z.txt", "tamu.db"):
        (folder / name).write_text("{}")
    assert backups_in(folder) == [backup]
