"""`tamu doctor`: what it says, how it ends, and that it changes nothing."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from app import create_app
from app.backups.shelf import backups_in
from app.cli import main
from app.commands.doctor import WORDS
from app.doctor.finding import Subject
from app.extensions import db
from tests.cast import copy_instance
from tests.support.damage import spoil_page_of
from tests.support.shelves import backed_up
from tools.driving.servers import Server, clean_environment

WAIT_S = 30
# A server writes its log, and SQLite notes there who reads.
WRITTEN_BY_A_SERVER = ("logs", "tamu.db-shm")

Run = Callable[..., Result]


@pytest.fixture
def instance(template: Path, tmp_path: Path) -> Path:
    """An office that was backed up just now."""
    folder = copy_instance(template, tmp_path / "instance")
    app = create_app({"INSTANCE": folder})
    backed_up(app)
    with app.app_context():
        db.engine.dispose()
    return folder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tamu doctor` in the test's folder, with these settings alone; it never crashes."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TAMU_")]:
        monkeypatch.delenv(name)

    def run_it(*arguments: str, **settings: str) -> Result:
        before = dict(os.environ)
        result = CliRunner(env=settings).invoke(main, ["doctor", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        assert (result.stderr == "", dict(os.environ)) == (result.exit_code != 2, before)
        return result

    return run_it


def findings_of(result: Result) -> dict[str, dict[str, str]]:
    return {it["check"]: it for it in json.loads(result.stdout)["findings"]}


def states(result: Result, *wanted: str) -> set[str]:
    return {name for name, it in findings_of(result).items() if it["state"] in wanted}


def traces(folder: Path, *left_out: str) -> dict[str, tuple[int, int, str]]:
    """Every file with its mode, its time of change and its digest."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] not in left_out:
            facts, is_file = path.stat(), path.is_file()
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
            found[str(name)] = (facts.st_mode, facts.st_mtime_ns, digest)
    return found


def test_an_office_with_warnings_alone_ends_well_and_stays_as_it_was(run, instance):
    before = traces(instance)
    done = run("--json")
    assert (done.exit_code, json.loads(done.stdout)["ok"]) == (0, True)
    assert states(done, "fault") == set()
    assert states(done, "warn") == {"backup_copy", "public_url"}
    assert {"python", "database", "schema", "clock", "ports", "camera", "certificate"} <= states(
        done, "ok"
    )
    assert traces(instance) == before


def test_it_says_in_a_line_each_how_all_stands_and_below_a_fault_what_to_do(run, instance):
    spoil_page_of(instance / "tamu.db", "visit")
    done = run()
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["baik", "Python", ".".join(map(str, sys.version_info[:3]))]
    (number,) = [at for at, line in enumerate(lines) if line.startswith("rusak")]
    assert lines[number].startswith("rusak      Basis data           ")
    assert lines[number + 1].startswith("           Lakukan: Basis data di server rusak. ")
    assert {line.split()[0] for line in lines[:-2]} == {"baik", "perhatian", "rusak", "Lakukan:"}
    assert lines[-2] == ""
    assert lines[-1] == (
        "Ada 1 kerusakan dan 2 hal yang perlu perhatian. Lakukan yang tertulis, lalu jalankan "
        "tamu doctor lagi."
    )


def test_every_subject_has_its_words():
    assert set(WORDS) == set(Subject)
    assert len(set(WORDS.values())) == len(WORDS)


def test_a_folder_that_is_not_there_is_a_fault_and_is_not_made(run, tmp_path):
    done = run("--instance", str(tmp_path / "lain"), "--json")
    assert (done.exit_code, json.loads(done.stdout)["ok"]) == (1, False)
    assert states(done, "fault") == {"instance"}
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_nothing_in_it_stays_empty(run, tmp_path):
    (tmp_path / "instance").mkdir()
    done = run("--json")
    assert states(done, "fault") == {"database"}
    assert list((tmp_path / "instance").iterdir()) == []


def test_a_wrong_setting_is_a_fault_and_no_crash(run, instance):
    done = run("--json", TAMU_UPLOAD_MB="banyak")
    assert (done.exit_code, states(done, "fault")) == (1, {"settings"})
    assert "TAMU_UPLOAD_MB='banyak'" in findings_of(done)["settings"]["said"]


def test_a_check_that_crashes_is_a_fault(run, instance):
    shutil.rmtree(instance / "backups")
    (instance / "backups").write_text("")  # no folder: not there
    (instance / "sop").mkdir()
    (instance / "sop" / "kantor.toml").mkdir()  # no file: nobody expects that
    done = run("--json")
    found = findings_of(done)
    assert done.exit_code == 1
    assert states(done, "fault") >= {"settings", "backup"}
    assert found["settings"]["said"].startswith("tidak dapat diperiksa (IsADirectoryError: ")
    assert found["database"]["state"] == "ok"


@pytest.mark.parametrize(
    "arguments",
    [("--url", "tamu.lan"), ("--url", "ftp://tamu.lan"), ("--url", "http://tamu:x"), ("--cepat",)],
)
def test_a_wrong_use_is_told_apart_from_a_fault(run, instance, arguments):
    assert run(*arguments).exit_code == 2


def test_another_address_can_be_asked(run, instance):
    done = run("--json", "--url", "http://127.0.0.1:1/meja")
    assert (done.exit_code, states(done, "fault")) == (1, {"ports"})
    said = findings_of(done)["ports"]["said"]
    assert said == "http://127.0.0.1:1 tidak menjawab: Connection refused"


def first_backup(folder: Path) -> None:
    """Wait for the one that the server makes by itself."""
    until = time.monotonic() + WAIT_S
    while not backups_in(folder):
        assert time.monotonic() < until, "the server has made no backup"
        time.sleep(0.05)


def test_a_running_server_is_asked_and_its_own_settings_count(run, template, tmp_path):
    instance = copy_instance(template, tmp_path / "instance")
    server = Server(tmp_path)
    server.environment["TAMU_PUBLIC_URL"] = server.url
    try:
        server.start()
        first_backup(instance / "backups")
        urlopen(f"{server.url}/masuk").close()  # from now on the server keeps its log open
        before = traces(instance, *WRITTEN_BY_A_SERVER)
        done = run("--json")
        found = findings_of(done)
        assert (done.exit_code, states(done, "fault")) == (0, set())
        assert found["ports"]["said"] == f"server menjawab di {server.url}"
        assert found["settings"]["said"].startswith("TAMU_PUBLIC_URL; ")
        assert found["public_url"]["said"] == f"{server.url} tanpa HTTPS"
        assert "tanpa HTTPS" in found["camera"]["said"]
        assert traces(instance, *WRITTEN_BY_A_SERVER) == before

        server.kill()
        assert (instance / "server.json").exists()  # stale: its server is gone
        before = traces(instance)
        found = findings_of(run("--json"))
        assert found["ports"]["said"].startswith("server tidak berjalan; port ")
        assert traces(instance, "tamu.db-shm") == {
            name: trace for name, trace in before.items() if name != "tamu.db-shm"
        }
    finally:
        server.close()


def test_the_command_itself_ends_with_its_code(tmp_path):
    tamu = Path(sys.executable).with_name("tamu")
    done = subprocess.run(
        [tamu, "doctor"], cwd=tmp_path, env=clean_environment(),
        capture_output=True, text=True, check=False, timeout=WAIT_S,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1].startswith("Ada 1 kerusakan")
