"""`tamu backup`, `tamu restore` and `tamu key export`: what they do, refuse and say."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from flask import Flask

from app import create_app, serving
from app.backups.places import LOCK
from app.backups.shelf import backups_in
from app.cli import main
from app.extensions import db
from tests.cast import copy_instance
from tests.support.rows import Rows, rows_of
from tests.support.shelves import change_byte, with_sql

Run = Callable[..., Result]


@pytest.fixture
def instance(template: Path, tmp_path: Path) -> Path:
    return copy_instance(template, tmp_path / "instance")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tamu` in the test's folder, with these settings alone."""
    apps: list[Flask] = []

    def remember() -> Flask:
        apps.append(create_app())
        return apps[-1]

    for command in ("backup", "restore"):
        monkeypatch.setattr(f"app.commands.{command}.create_app", remember)
    monkeypatch.chdir(tmp_path)

    def run_it(*arguments: object, **settings: str) -> Result:
        for name in [name for name in os.environ if name.startswith("TAMU_")]:
            monkeypatch.delenv(name)
        result = CliRunner(env=settings).invoke(main, [str(it) for it in arguments])
        while apps:  # a process of its own would end here
            with apps.pop().app_context():
                db.engine.dispose()
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    monkeypatch.setenv(serving.INSTANCE_VARIABLE, "")  # put back as it was, once the test ends
    return run_it


def restored(run: Run, file: Path, folder: Path, *options: object) -> Rows:
    """All rows of what `tamu restore` puts into an empty folder."""
    done = run("restore", file, "--instance", folder, *options)
    assert done.exit_code == 0, done.stderr
    return rows_of(folder / "tamu.db")


def test_a_backup_is_restored_over_the_database_when_told_so_and_the_old_one_stays(run, instance):
    before = rows_of(instance / "tamu.db")
    made = run("backup")
    assert (made.exit_code, made.stderr) == (0, "")
    (file,) = (instance / "backups").glob("*.db")
    assert str(file) in made.stdout
    with_sql("UPDATE office SET name = 'Yang sekarang'")(instance / "tamu.db")
    now = rows_of(instance / "tamu.db")

    refused = run("restore", file)
    assert (refused.exit_code, "--overwrite" in refused.stderr) == (2, True)
    assert rows_of(instance / "tamu.db") == now

    done = run("restore", file, "--overwrite")
    assert (done.exit_code, done.stderr) == (0, "")
    assert rows_of(instance / "tamu.db") == before
    (aside,) = instance.glob("tamu-lama-*.db")
    assert str(aside) in done.stdout
    assert rows_of(aside) == now


@pytest.mark.parametrize(("tls", "lan"), [(True, " --lan"), (False, "")])
def test_after_it_the_server_is_started_as_it_was(run, instance, tls, lan):
    run("backup")
    (backup,) = backups_in(instance / "backups")
    if tls:
        (instance / "tls").mkdir()
    said = run("restore", backup.file, "--overwrite").stdout.splitlines()
    assert said[-2:] == [
        f"Sekarang jalankan server lagi: tamu run{lan} --instance {instance}",
        "Bila server berjalan sebagai layanan: sudo systemctl start pelayanan-tamu",
    ]


def test_what_root_makes_is_the_folders_owners(run, instance, tmp_path):
    if os.geteuid() == 0:  # else all is of one owner anyway
        for path in [instance, *instance.rglob("*")]:
            os.chown(path, 4711, 4712)
    assert run("backup", "--sealed").exit_code == 0
    (backup,) = backups_in(instance / "backups")
    assert run("restore", backup.file, "--overwrite").exit_code == 0
    facts = instance.stat()
    owners = {(it.stat().st_uid, it.stat().st_gid) for it in instance.rglob("*")}
    assert owners == {(facts.st_uid, facts.st_gid)}
    assert {"tamu.db", "backup-key", "backups", "server.lock"} <= {
        it.name for it in instance.iterdir()
    }


def test_a_spoilt_backup_is_refused_with_a_sentence(run, instance):
    run("backup")
    (file,) = (instance / "backups").glob("*.db")
    change_byte(file, 50_000)
    before = rows_of(instance / "tamu.db")
    refused = run("restore", file, "--overwrite")
    assert (refused.exit_code, "sha256 berbeda" in refused.stderr) == (2, True)
    assert rows_of(instance / "tamu.db") == before


def test_a_sealed_one_opens_in_another_office_with_the_key_from_the_safe(run, instance, tmp_path):
    before = rows_of(instance / "tamu.db")
    none_yet = run("key", "export")
    assert none_yet.stdout.startswith("secret-key: ")
    assert "backup-key" not in none_yet.stdout

    made = run("backup", "--sealed")
    assert made.exit_code == 0, made.stderr
    (file,) = (instance / "backups").glob("*.db.tamu")
    safe = tmp_path / "untuk brankas.txt"
    safe.write_text(run("key", "export").stdout)
    names = [line.partition(":")[0] for line in safe.read_text().splitlines()]
    assert names == ["secret-key", "backup-key"]

    elsewhere = tmp_path / "elsewhere"
    assert restored(run, file, elsewhere, "--key-file", safe) == before
    key = elsewhere / "backup-key"
    assert key.read_text() == (instance / "backup-key").read_text(), "it stays the one that counts"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

    done = run("restore", file, "--overwrite")  # an office's own key need not be given
    assert done.exit_code == 0, done.stderr
    assert rows_of(instance / "tamu.db") == before


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (None, "Berikan kuncinya dengan --key-file"),
        ("00" * 32, "bukan kunci cadangan ini"),
        ("bukan kunci", "64 huruf"),
        (b"\xff\x00", "tidak dapat dibaca"),
        (Path("tiada"), "tidak dapat dibaca"),
    ],
)
def test_a_sealed_one_stays_shut_without_its_key(run, instance, tmp_path, key, sentence):
    run("backup", "--sealed")
    (file,) = (instance / "backups").glob("*.db.tamu")
    written = tmp_path / "kunci"
    if isinstance(key, str):
        written.write_text(key)
    elif isinstance(key, bytes):
        written.write_bytes(key)
    elsewhere = tmp_path / "elsewhere"
    given = [] if key is None else ["--key-file", written]
    refused = run("restore", file, "--instance", elsewhere, *given)
    assert (refused.exit_code, sentence in refused.stderr) == (2, True)
    assert not (elsewhere / "tamu.db").exists()
    assert not (elsewhere / "backup-key").exists()


def test_one_sealed_with_an_earlier_key_opens_with_it_and_the_offices_own_stays(
    run, instance, tmp_path
):
    run("backup", "--sealed")
    (file,) = (instance / "backups").glob("*.db.tamu")
    earlier = (instance / "backup-key").rename(tmp_path / "kunci lama")
    run("backup", "--sealed")
    own = (instance / "backup-key").read_text()
    refused = run("restore", file, "--overwrite")
    assert (refused.exit_code, "--key-file" in refused.stderr) == (2, True)
    done = run("restore", file, "--overwrite", "--key-file", earlier)
    assert done.exit_code == 0, done.stderr
    assert (instance / "backup-key").read_text() == own != earlier.read_text()


def test_the_first_sealed_one_tells_to_print_its_key(run, instance):
    told = f"Kunci cadangan baru dibuat; cetak: tamu key export --instance {instance}"
    assert told not in run("backup").stdout
    assert told in run("backup", "--sealed").stdout.splitlines()
    assert told not in run("backup", "--sealed").stdout


def test_an_empty_folder_gets_the_offices_keys_from_the_safe(run, instance, tmp_path):
    run("backup")
    (backup,) = backups_in(instance / "backups")
    safe = tmp_path / "kunci.txt"
    safe.write_text(run("key", "export").stdout)
    secret = (instance / "secret-key").read_text()
    elsewhere = tmp_path / "elsewhere"
    done = run("restore", backup.file, "--instance", elsewhere, "--key-file", safe)
    assert (done.exit_code, done.stderr) == (0, "")
    assert (elsewhere / "secret-key").read_text() == secret
    assert stat.S_IMODE((elsewhere / "secret-key").stat().st_mode) == 0o600
    assert "secret-key" in done.stdout
    assert run("key", "export", "--instance", elsewhere).stdout == safe.read_text()


@pytest.mark.parametrize("text", ["secret-key: pendek\n", "backup-key: " + "00" * 32])
def test_a_key_file_without_the_secret_key_leaves_the_new_one(run, instance, tmp_path, text):
    run("backup")
    (backup,) = backups_in(instance / "backups")
    (tmp_path / "kunci.txt").write_text(text)
    elsewhere = tmp_path / "elsewhere"
    done = run("restore", backup.file, "--instance", elsewhere, "--key-file", "kunci.txt")
    assert (done.exit_code, "secret-key" in done.stdout) == (0, False)
    assert len((elsewhere / "secret-key").read_text()) == 64


def test_an_office_with_a_secret_key_keeps_it(run, instance, tmp_path):
    run("backup")
    (backup,) = backups_in(instance / "backups")
    own = (instance / "secret-key").read_text()
    (tmp_path / "kunci.txt").write_text(f"secret-key: {'ab' * 32}\n")
    done = run("restore", backup.file, "--overwrite", "--key-file", "kunci.txt")
    assert (done.exit_code, (instance / "secret-key").read_text()) == (0, own)


def test_the_setting_seals_each(run, instance):
    done = run("backup", TAMU_BACKUP_SEALED="1")
    assert done.exit_code == 0, done.stderr
    assert [it.manifest.sealed for it in backups_in(instance / "backups")] == [True]


def test_a_second_place_that_is_missing_is_an_error_for_programs_and_the_first_is_made(
    run, instance, tmp_path
):
    done = run("backup", TAMU_BACKUP_FOLDER=str(tmp_path / "usb"))
    assert done.exit_code == 1
    assert f"Tempat kedua {tmp_path / 'usb'} tidak ada" in done.stderr
    assert not (tmp_path / "usb").exists()
    (backup,) = backups_in(instance / "backups")
    assert restored(run, backup.file, tmp_path / "elsewhere") == rows_of(instance / "tamu.db")


def test_a_second_place_gets_each_backup_too(run, instance, tmp_path):
    (tmp_path / "usb").mkdir()
    done = run("backup", TAMU_BACKUP_FOLDER=str(tmp_path / "usb"))
    assert (done.exit_code, done.stderr) == (0, "")
    (copy,) = backups_in(tmp_path / "usb")
    assert restored(run, copy.file, tmp_path / "elsewhere") == rows_of(instance / "tamu.db")


def test_another_folder_gets_one_and_nothing_there_is_let_go(run, instance, tmp_path):
    (tmp_path / "usb").mkdir()
    for _ in range(4):
        assert run("backup", "--to", "usb").exit_code == 0
    assert len(backups_in(tmp_path / "usb")) == 4
    assert backups_in(instance / "backups") == []


@pytest.mark.parametrize("lock", [LOCK, serving.SERVER_LOCK])
def test_while_another_holds_the_office_nothing_is_restored(run, instance, lock):
    run("backup")
    (backup,) = backups_in(instance / "backups")
    before = rows_of(instance / "tamu.db")
    with FileLock(instance / lock):
        refused = run("restore", backup.file, "--overwrite")
    assert refused.exit_code == 2
    assert "sedang dibuat" in refused.stderr or "sedang dipakai server lain" in refused.stderr
    assert rows_of(instance / "tamu.db") == before
    assert not list(instance.glob("tamu-lama*"))


def test_while_one_is_made_no_other_is(run, instance):
    with FileLock(instance / LOCK):
        refused = run("backup")
    assert (refused.exit_code, "sedang dibuat" in refused.stderr) == (2, True)
    assert backups_in(instance / "backups") == []


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (["backup", "--instance", "tiada"], {}, "Tidak ada folder data"),
        (["backup", "--to", "tiada"], {}, "Sambungkan drive-nya"),
        (["backup"], {"TAMU_BACKUP_FOLDER": "usb"}, "harus alamat folder lengkap"),
        (["backup"], {"TAMU_BACKUP_FOLDER": "{instance}/usb"}, "harus di luar folder data"),
        (["backup"], {"TAMU_BACKUP_SEALED": "mungkin"}, "harus 1 (ya) atau 0 (tidak)"),
        (["restore", "tiada.db"], {}, "Tidak ada berkas"),
        (["restore", "."], {}, "Tidak ada berkas"),
        (["key", "export", "--instance", "tiada"], {}, "Belum ada kunci"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(run, instance, tmp_path, arguments, settings, sentence):
    settings = {name: text.format(instance=instance) for name, text in settings.items()}
    before = rows_of(instance / "tamu.db")
    refused = run(*arguments, **settings)
    assert (refused.exit_code, sentence in refused.stderr) == (2, True), refused.stderr
    assert not (tmp_path / "tiada").exists()
    assert backups_in(instance / "backups") == []
    assert rows_of(instance / "tamu.db") == before


def test_a_damaged_key_is_said_by_whoever_needs_it(run, instance):
    (instance / "backup-key").write_text("rusak")
    for command in (["key", "export"], ["backup", "--sealed"]):
        refused = run(*command)
        assert (refused.exit_code, "64 huruf" in refused.stderr) == (2, True)


def test_an_office_without_a_database_has_nothing_to_back_up(run, instance):
    (instance / "tamu.db").unlink()
    refused = run("backup")
    assert (refused.exit_code, "Belum ada basis data" in refused.stderr) == (2, True)
