"""Backups by real processes: beside a busy server, on a full disk, at a terminal, at a start."""

import os
import pty
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest
from flask_migrate import upgrade

from app import create_app
from app.backups.backing_up import back_up
from app.backups.keys import backup_key
from app.backups.restoring import restore
from app.backups.shelf import Why, backups_in
from app.extensions import db
from app.models.migrate import MIGRATIONS
from tests.cast import MORNING, PASSWORD, copy_instance
from tests.support.rows import rows_of
from tests.support.shelves import rows_in, with_sql
from tools.driving.browsers import Browser, Session
from tools.driving.guests import DESKS, Guests
from tools.driving.servers import Server, clean_environment, free_port

WAIT_S = 30
LOGS = ("step_event", "scan", "badge_event")
LOADED = 4  # guests at a time
BACKUPS_UNDER_LOAD = 2
# Before the command, in its process: no file may grow as large as the database.
FULL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
# This process is the one that is asked at the terminal.
AT_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
THEN_GO_ON = "; import os, sys; os.execv(sys.argv[1], sys.argv[1:])"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def tamu() -> str:
    found = shutil.which("tamu", path=str(Path(sys.executable).parent))
    assert found, "pip install -e '.[test]' puts tamu beside python"
    return found


@pytest.fixture
def instance(template: Path, tmp_path: Path) -> Path:
    return copy_instance(template, tmp_path / "instance")


@pytest.fixture
def run(tamu: str, tmp_path: Path) -> Run:
    """Run `tamu` in the test's folder; whatever it says is no traceback."""

    def run_it(*arguments: str, first: str = "pass") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", first + THEN_GO_ON, tamu, *arguments], cwd=tmp_path,
            env=clean_environment(), check=False, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=WAIT_S,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run_it


@pytest.fixture
def server(instance: Path, tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.close()


def first_backup(folder: Path) -> Path:
    """Wait for the one that the server makes by itself."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        for backup in backups_in(folder):
            return backup.file
        time.sleep(0.05)
    raise AssertionError("the server has made no backup")


class Load:
    """Guests who are served one after another, several at a time, until told to stop."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sessions = {username: Session(username) for username in DESKS}
        self.guests = [Guests(str(badge)) for badge in range(1, LOADED + 1)]
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._serve, args=(it,)) for it in self.guests]
        for session in self.sessions.values():
            with closing(Browser(port, session)) as browser:
                browser.sign_in(PASSWORD)

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def answered(self) -> set[bytes]:
        """The nonces of all forms that have their answer."""
        sent = [form for guests in self.guests for form in list(guests.sent)]
        return {form.nonce.encode() for form in sent if form.answer}

    def _serve(self, guests: Guests) -> None:
        browsers = {name: Browser(self.port, session) for name, session in self.sessions.items()}
        try:
            for form in guests:
                form.send(browsers[form.username])
                if self.stop.is_set():
                    return
        finally:
            for browser in browsers.values():
                browser.close()


@pytest.mark.timeout(120)
def test_backups_of_a_server_under_load_are_whole_and_hold_what_was_answered(
    run, server, instance, tmp_path
):
    by_itself = first_backup(instance / "backups")
    made = []
    with Load(server.port) as load:
        for number in range(BACKUPS_UNDER_LOAD):
            folder = tmp_path / f"drive {number}"
            folder.mkdir()
            answered = load.answered()
            done = run("backup", "--to", str(folder))
            assert done.returncode == 0, done.stderr
            made.append((answered, folder))
    assert len(load.answered()) > len(made[-1][0]) > 0, "there was load all the time"
    refused = run("restore", str(by_itself), "--overwrite")
    assert (refused.returncode, "sedang dipakai server lain" in refused.stderr) == (2, True)
    server.close()

    live = rows_of(instance / "tamu.db")
    for answered, folder in made:
        (backup,) = backups_in(folder)
        rows = rows_in(backup.file, folder / "elsewhere")
        assert rows == rows_of(backup.file)
        for log in LOGS:
            assert set(rows[log]) <= set(live[log])
        nonces = {value for row in [*rows["scan"], *rows["visit"]] for value in row}
        assert answered <= nonces
    assert rows_in(by_itself, tmp_path / "elsewhere")["visit"] == []


def test_a_full_disk_is_said_and_leaves_the_last_good_backup_alone(run, instance, tmp_path):
    app = create_app({"INSTANCE": instance})
    back_up(app, why=Why.DAILY, at=MORNING)
    before = backups_in(instance / "backups")
    done = run("backup", first=FULL_DISK)
    assert done.returncode == 2
    assert f"Cadangan di {instance / 'backups'} tidak dapat dibuat" in done.stderr
    assert "lalu coba lagi" in done.stderr
    assert backups_in(instance / "backups") == before
    assert len(list((instance / "backups").iterdir())) == 2
    assert rows_in(before[0].file, tmp_path / "elsewhere") == rows_of(instance / "tamu.db")


def test_at_a_terminal_the_key_is_asked_for(tamu, instance, tmp_path):
    app = create_app({"INSTANCE": instance})
    file = back_up(app, why=Why.BY_HAND, at=MORNING, seals=True).backup.file
    key = backup_key(instance)
    assert key is not None
    main, terminal = pty.openpty()
    command = [tamu, "restore", str(file), "--instance", str(tmp_path / "elsewhere")]
    process = subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL + THEN_GO_ON, *command], cwd=tmp_path,
        env=clean_environment(), stdin=terminal, stdout=terminal, stderr=terminal,
        start_new_session=True,
    )  # fmt: skip
    said = b""
    while b"Kunci cadangan" not in said:
        said += os.read(main, 1000)
    os.write(main, key.hex().encode() + b"\n")
    assert process.wait(WAIT_S) == 0, said + os.read(main, 10_000)
    assert key.hex().encode() not in os.read(main, 10_000), "what is typed is not shown"
    for descriptor in (main, terminal):
        os.close(descriptor)
    assert rows_of(tmp_path / "elsewhere" / "tamu.db") == rows_of(instance / "tamu.db")


@pytest.fixture
def old_instance(tmp_path: Path) -> Path:
    """An office at work on the first schema."""
    folder = tmp_path / "instance"
    app = create_app({"INSTANCE": folder})
    with app.app_context():
        upgrade(directory=str(MIGRATIONS), revision="0001")
        db.engine.dispose()
    with_sql(
        "INSERT INTO office VALUES (1, 'Dinas', 'UMPAR', 'Jalan', 'Asia/Pontianak')",
        "INSERT INTO person VALUES (1, 'adi', 'Adi', NULL, 'x', 1, 0, '2026-01-05 01:00:00')",
    )(folder / "tamu.db")
    return folder


def test_a_start_that_migrates_leaves_a_backup_that_restores(old_instance, tmp_path):
    before = rows_of(old_instance / "tamu.db")
    server = Server(tmp_path)
    try:
        server.start()
    finally:
        server.close()
    assert rows_in(before_migration(old_instance), tmp_path / "elsewhere") == before
    restore_over(old_instance)
    assert rows_of(old_instance / "tamu.db") == before


def before_migration(instance: Path) -> Path:
    (file,) = (
        it.file
        for it in backups_in(instance / "backups")
        if it.manifest.why is Why.BEFORE_MIGRATION
    )
    return file


def restore_over(instance: Path) -> None:
    file = before_migration(instance)
    restore(file, instance / "tamu.db", key=None, overwrite=True, at=MORNING)


def test_a_start_that_cannot_back_up_first_does_not_migrate(run, old_instance):
    before = rows_of(old_instance / "tamu.db")
    refused = run("run", "--port", str(free_port()), first=FULL_DISK)
    assert refused.returncode == 2
    assert "Basis data perlu diperbarui, tetapi belum dapat dicadangkan." in refused.stderr
    assert "Basis data tidak diubah." in refused.stderr
    assert rows_of(old_instance / "tamu.db") == before
