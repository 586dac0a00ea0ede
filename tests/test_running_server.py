"""What a running server notes of itself, and whether its folder is held."""

import json
from dataclasses import asdict, replace

import pytest
from filelock import FileLock

from app.running_server import (
    NOTE,
    SERVER_LOCK,
    RunningServer,
    forget_server,
    is_held,
    note_server,
    noted_server,
    noted_settings,
)

SERVER = RunningServer(
    "https://127.0.0.1:8443",
    "0.0.0.0",
    8443,
    lan=True,
    pid=4711,
    settings={"TAMU_DOMAIN": "dinas.go.id"},
    plain_port=8080,
)


def test_a_note_is_read_as_it_was_left_until_it_is_taken_away(tmp_path):
    assert noted_server(tmp_path) is None
    note_server(tmp_path, SERVER)
    assert noted_server(tmp_path) == SERVER
    forget_server(tmp_path)
    forget_server(tmp_path)
    assert (noted_server(tmp_path), list(tmp_path.iterdir())) == (None, [])


def test_a_note_of_an_earlier_version_names_no_door_for_plain_http(tmp_path):
    facts = asdict(SERVER)
    del facts["plain_port"]
    (tmp_path / NOTE).write_text(json.dumps(facts))
    assert noted_server(tmp_path) == replace(SERVER, plain_port=0)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "8443", '{"address": 1, "port": "x"}', '{"address"', "\0"]
)
def test_what_a_power_cut_left_of_a_note_is_none(tmp_path, text):
    (tmp_path / NOTE).write_text(text)
    assert noted_server(tmp_path) is None


def test_no_secret_is_noted():
    environ = {
        "TAMU_PUBLIC_URL": "https://tamu.lan",
        "TAMU_DATABASE_URL": "postgresql://kantor:rahasia@lain/tamu",
        "TAMU_INSTANCE": "/data",
        "HOME": "/root",
    }
    assert noted_settings(environ) == {"TAMU_PUBLIC_URL": "https://tamu.lan"}


def test_a_folder_is_held_while_its_lock_is_and_looking_changes_nothing(tmp_path):
    assert not is_held(tmp_path)
    assert list(tmp_path.iterdir()) == []
    lock = FileLock(tmp_path / SERVER_LOCK)
    with lock:
        assert is_held(tmp_path)
    lock_file = tmp_path / SERVER_LOCK
    lock_file.touch()
    before = lock_file.stat().st_mtime_ns
    assert not is_held(tmp_path)
    assert lock_file.stat().st_mtime_ns == before
    with lock.acquire(timeout=0):
        assert is_held(tmp_path)
