"""The log's files: for their owner alone, rotated, shared, and never a reason to stop."""

import logging
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.logs import files
from app.logs.files import KEPT, written_to_files

LOGGER = logging.getLogger("app.tests")
ROOT = Path(__file__).parents[2]


def told(log):
    return [line.rpartition(" - ")[2] for line in log.lines()]


def test_folder_and_file_are_the_owners_alone(log):
    before = os.umask(0)
    try:
        LOGGER.info("satu")
    finally:
        os.umask(before)
    assert stat.S_IMODE(log.file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(log.file.stat().st_mode) == 0o600


def test_it_goes_on_where_it_was(log):
    LOGGER.info("satu")
    with written_to_files(log.file.parents[1]):
        pass
    LOGGER.info("dua")
    assert told(log) == ["satu", "dua"]


def test_afterwards_everything_is_as_before(tmp_path):
    before = (list(logging.getLogger().handlers), logging.getLogger("app").level)
    with written_to_files(tmp_path):
        LOGGER.info("satu")
    assert (list(logging.getLogger().handlers), logging.getLogger("app").level) == before
    LOGGER.info("dua")
    assert "dua" not in (tmp_path / files.FOLDER / files.NAME).read_text(encoding="utf-8")


def test_what_others_only_mention_is_left_out(log):
    logging.getLogger("flask-limiter").info("mention")
    logging.getLogger("flask-limiter").warning("warning")
    LOGGER.debug("detail")
    assert [line.split()[3] for line in log.lines()] == ["flask-limiter"]


def test_full_files_are_rotated_and_the_oldest_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 300)
    with written_to_files(tmp_path):
        for number in range(99):
            LOGGER.info("baris %s", number)
    folder = tmp_path / files.FOLDER
    names = {files.NAME} | {f"{files.NAME}.{number}" for number in range(1, KEPT + 1)}
    assert {path.name for path in folder.iterdir()} == names
    assert max(path.stat().st_size for path in folder.iterdir()) <= 300
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    kept = sum(len(path.read_text().splitlines()) for path in folder.iterdir())
    assert "baris 98" in (folder / files.NAME).read_text()
    assert 30 < kept < 90


def test_two_processes_share_it(log):
    """Another process writes, and rotates, between two lines of this one."""
    program = (
        "import logging; from pathlib import Path; from app.logs import files\n"
        "files.LARGEST = 150\n"
        f"with files.written_to_files(Path({str(log.file.parents[1])!r})):\n"
        "    for number in range(4): logging.getLogger('app.other').info('lain %s', number)\n"
    )
    LOGGER.info("sebelum")
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
    LOGGER.info("sesudah")
    by_age = sorted(log.file.parent.iterdir(), reverse=True)
    lines = [line for path in by_age for line in path.read_text().splitlines()]
    assert [line.rpartition(" - ")[2] for line in lines] == [
        "sebelum", "lain 0", "lain 1", "lain 2", "lain 3", "sesudah",
    ]  # fmt: skip
    assert "sesudah" in log.file.read_text()


@pytest.fixture
def no_room():
    """No file of this process may grow beyond 64 KB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_stops_nobody_and_is_forgotten_once_there_is_room(log, office, no_room, capfd):
    log.file.parent.mkdir()
    log.file.write_bytes(b"x" * 65_536)
    kasim = office.desk("kasim")
    assert kasim.get("/meja").status_code == 200
    assert kasim.get("/tidak-ada").status_code == 404
    assert log.file.stat().st_size == 65_536
    no_room()
    assert kasim.get("/meja").status_code == 200
    (line,) = log.lines()[-1:]
    assert "GET /meja 200 " in line
    assert capfd.readouterr().err == ""


def test_a_log_that_cannot_be_opened_stops_nobody(log, office):
    log.file.mkdir(parents=True)
    assert office.desk("kasim").get("/meja").status_code == 200


def test_a_log_that_was_taken_away_is_begun_anew(log):
    LOGGER.info("satu")
    log.file.unlink()
    log.file.parent.rmdir()
    LOGGER.info("dua")
    assert "dua" in log.file.read_text()
