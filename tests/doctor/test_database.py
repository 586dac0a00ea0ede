"""The database: sound, of which schema, and to be written."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from app.doctor import database
from app.doctor.finding import State
from app.models.migrate import known_revisions
from tests.cast import copy_instance
from tests.doctor.stand_ins import served
from tests.support.damage import cut_in_half, spoil_header, spoil_page_of
from tests.support.shelves import with_sql

DAMAGE = {
    "a table": lambda file: spoil_page_of(file, "visit"),
    "an index": lambda file: spoil_page_of(file, "ix_visit_arrived"),
    "how the file begins": spoil_header,
    "half of the file": cut_in_half,
}
# What a crash leaves: a change that is in the log alone.
CRASHED = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA wal_autocheckpoint=0")
database.execute("UPDATE alembic_version SET version_num = '9999'")
os._exit(0)
"""
# Root may write what nobody may; without these powers it is as everybody else.
POWERS = "-dac_override,-dac_read_search,-fowner"
AS_EVERYBODY = ("setpriv", f"--bounding-set={POWERS}") if os.geteuid() == 0 else ()
ASK_WRITING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.doctor.case import case_of
from app.doctor.database import writing
for folder in sys.argv[1:]:
    found = writing(case_of(Path(folder), datetime.now(UTC), None))
    print(found.state, found.said, found.advice, sep="|")
"""


@pytest.fixture
def file(case):
    return case.folder / "tamu.db"


def test_a_sound_database_is_well_and_left_alone(case, file):
    before = file.read_bytes()
    found = [database.database(case), database.schema(case), database.writing(case)]
    assert [it.state for it in found] == [State.OK] * 3
    assert found[1].said == f"skema {known_revisions()[-1]}, terbaru"
    assert found[2].said == "dapat ditulisi, mode WAL"
    assert file.read_bytes() == before
    assert not list(case.folder.glob("tamu.db-*"))


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_a_fault_and_is_not_touched(case, file, damage):
    DAMAGE[damage](file)
    before = file.read_bytes()
    found = database.database(case)
    assert found.state is State.FAULT
    assert found.said.startswith(("rusak (", "tidak dapat dibaca ("))
    assert found.advice == (
        "Basis data di server rusak. Hentikan server, lalu jalankan lagi: ia menyebut cadangan "
        "terakhir yang baik."
    )
    assert file.read_bytes() == before


def test_a_row_without_its_parent_is_a_fault(case, file):
    with_sql("UPDATE badge_code SET badge_id = 999 WHERE badge_id = 1")(file)
    found = database.database(case)
    assert found.state is State.FAULT
    assert found.said.startswith("ada baris tanpa induk (badge_code ")
    assert "tamu restore" in found.advice


def test_a_database_that_is_not_there_is_a_fault_and_none_is_made(case, file):
    file.unlink()
    found = database.database(case)
    assert (found.state, found.said) == (State.FAULT, f"belum ada {file}")
    assert "tamu run" in found.advice
    assert (database.schema(case), database.writing(case)) == (None, None)
    assert not file.exists()


def test_beside_an_emptied_database_its_log_is_kept(case, file):
    crash(file)
    file.write_bytes(b"")
    log = file.with_name("tamu.db-wal").read_bytes()
    found = database.database(case)
    assert (found.state, found.said) == (State.FAULT, f"{file} kosong")
    assert database.schema(case).state is State.WARN
    assert file.with_name("tamu.db-wal").read_bytes() == log


@pytest.mark.parametrize("url", ["postgresql://kantor/tamu", "sqlite://", "bukan alamat"])
def test_a_database_of_another_program_is_not_looked_at(with_settings, url):
    case = with_settings(DATABASE_URL=url)
    found = database.database(case)
    assert (found.state, found.said) == (State.WARN, "TAMU_DATABASE_URL bukan berkas SQLite")
    assert (database.schema(case), database.writing(case)) == (None, None)


def test_a_database_file_elsewhere_is_looked_at_there(with_settings, file, tmp_path):
    elsewhere = tmp_path / "lain.db"
    shutil.move(file, elsewhere)
    case = with_settings(DATABASE_URL=f"sqlite:///{elsewhere}")
    assert database.database(case).state is State.OK


def schema_of(case, file, sql):
    with_sql(sql)(file)
    return database.schema(case), database.schema(served(case))


@pytest.mark.parametrize(
    "sql", ["UPDATE alembic_version SET version_num = '0001'", "DROP TABLE alembic_version"]
)
def test_an_older_schema_is_migrated_by_the_next_start(case, file, sql):
    stopped, running = schema_of(case, file, sql)
    assert (stopped.state, running.state) == (State.WARN, State.FAULT)
    assert "lebih lama dari program" in stopped.said
    assert stopped.advice.startswith("Jalankan tamu run")
    assert running.advice.startswith("Mulai ulang server")


def test_a_newer_schema_is_a_fault(case, file):
    for found in schema_of(case, file, "UPDATE alembic_version SET version_num = '9999'"):
        assert found.state is State.FAULT
        assert found.said.startswith("skema 9999, lebih baru dari program")
        assert found.advice.startswith("Pasang versi Pelayanan Tamu yang terbaru")


def crash(file):
    subprocess.run([sys.executable, "-c", CRASHED, str(file)], check=True)
    assert file.with_name("tamu.db-wal").stat().st_size > 0


def test_what_a_crash_left_in_the_log_counts(case, file):
    crash(file)
    log, before = file.with_name("tamu.db-wal").read_bytes(), file.read_bytes()
    assert database.schema(case).said.startswith("skema 9999, lebih baru")
    assert database.database(case).state is State.OK
    assert (file.with_name("tamu.db-wal").read_bytes(), file.read_bytes()) == (log, before)


def test_what_may_only_be_read_is_a_fault(case, file, tmp_path):
    other = copy_instance(case.folder, tmp_path / "other")
    file.chmod(0o444)
    other.chmod(0o500)
    done = subprocess.run(
        [*AS_EVERYBODY, sys.executable, "-c", ASK_WRITING, str(case.folder), str(other)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    other.chmod(0o700)
    for line, kept in zip(done.stdout.splitlines(), (file, other), strict=True):
        state, said, advice = line.split("|")
        assert (state, said) == ("fault", f"{kept} tidak dapat ditulisi")
        assert advice.startswith("Basis data di server tidak dapat ditulisi. Beri izin tulis pada ")


def test_a_server_without_its_log_of_writes_is_told(case, file):
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    assert database.writing(case).state is State.OK  # as after a restoration
    found = database.writing(served(case))
    assert (found.state, found.said) == (State.WARN, "server berjalan tanpa mode WAL")


def test_nothing_is_said_of_a_database_where_there_is_no_folder(case, tmp_path):
    nowhere = replace(case, folder=tmp_path / "tidak ada")
    looked = [database.database, database.schema, database.writing]
    assert [check(nowhere) for check in looked] == [None] * 3
    assert not nowhere.folder.exists()
