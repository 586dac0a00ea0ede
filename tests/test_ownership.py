"""What root makes in somebody's folder becomes theirs; nothing else does."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import ownership
from app.ownership import kept_by_its_owner

OWNER = (4711, 4712)


@pytest.fixture
def folder(tmp_path):
    """The office's folder, with files of root's and of the service's, and links."""
    folder = tmp_path / "kantor"
    (folder / "backups").mkdir(parents=True)
    outside = tmp_path / "luar"
    outside.touch()
    for name in ("tamu.db", "own.db", "backups/one.db"):
        (folder / name).touch()
    (folder / "hard").hardlink_to(outside)
    (folder / "soft").symlink_to(outside)
    return folder


@pytest.fixture
def given(folder, monkeypatch):
    """What was given away, to whom, on a machine where the one who runs the tests is root."""
    given = {}
    me, stat = os.geteuid(), os.stat

    def chown(name, uid, gid, *, dir_fd, follow_symlinks):
        assert not follow_symlinks
        given[name] = (uid, gid)

    def told(path, *rest, **options):
        found = stat(path, *rest, **options)
        if path == "own.db":
            return SimpleNamespace(st_uid=me + 1, st_nlink=1)
        return found

    monkeypatch.setattr(ownership, "ROOT", me)
    monkeypatch.setattr(ownership.os, "chown", chown)
    monkeypatch.setattr(ownership.os, "stat", told)
    return given


def of(monkeypatch, folder, uid, gid):
    facts = SimpleNamespace(st_uid=uid, st_gid=gid)
    stat = Path.stat
    monkeypatch.setattr(
        Path, "stat", lambda path, **options: facts if path == folder else stat(path, **options)
    )
    monkeypatch.setattr(Path, "is_dir", lambda _path: True)


def test_roots_files_are_given_to_the_folders_owner_and_nothing_else(folder, given, monkeypatch):
    of(monkeypatch, folder, *OWNER)
    with pytest.raises(RuntimeError), kept_by_its_owner(folder):
        raise RuntimeError("in the middle")
    assert given.keys() == {"tamu.db", "backups", "one.db", "soft"}
    assert set(given.values()) == {OWNER}


def test_in_roots_own_folder_all_stays(folder, given, monkeypatch):
    of(monkeypatch, folder, ownership.ROOT, 0)
    with kept_by_its_owner(folder):
        pass
    assert given == {}


def test_who_is_not_root_gives_nothing_away(folder, given, monkeypatch):
    of(monkeypatch, folder, *OWNER)
    monkeypatch.setattr(ownership, "ROOT", os.geteuid() + 1)
    with kept_by_its_owner(folder):
        pass
    assert given == {}


def test_a_folder_that_was_never_made_is_nobodys(tmp_path):
    with kept_by_its_owner(tmp_path / "tiada"):
        pass
    assert list(tmp_path.iterdir()) == []
