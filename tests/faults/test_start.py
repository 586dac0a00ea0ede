"""A server that does not start says why, in one sentence, on the terminal and in the log."""

import os
import shlex
import shutil
import sqlite3
from contextlib import closing

import pytest
from flask_migrate import downgrade

from app import create_app
from app.extensions import db
from app.models.migrate import MIGRATIONS
from tests.support.damage import cut_in_half, spoil_header, spoil_page_of
from tests.support.rows import rows_of
from tests.support.shelves import backed_up, with_sql

DAMAGE = {
    "a table": lambda database: spoil_page_of(database, "visit"),
    "an index": lambda database: spoil_page_of(database, "ix_visit_arrived"),
    "the list of tables": lambda database: spoil_page_of(database, "alembic_version"),
    "how the file begins": spoil_header,
    "half of the file": cut_in_half,
}
NO_LARGE_FILES = ("prlimit", "--fsize=100000")
# Root may write what nobody may; without these powers it is as everybody else.
POWERS = "-dac_override,-dac_read_search,-fowner"
AS_EVERYBODY = ("setpriv", f"--bounding-set={POWERS}") if os.geteuid() == 0 else ()


def sentences(place, refusal):
    """What was said on the terminal, which the log says too."""
    lines = refusal.splitlines()
    assert len(lines) == 1
    assert f"ERROR - Server tidak dijalankan. {lines[0]}" in place.log
    return lines[0]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_database_is_not_served_and_not_touched(place, damage):
    DAMAGE[damage](place.database)
    before = place.database.read_bytes()
    said = sentences(place, place.refused())
    assert said.startswith(f"Basis data {place.database} rusak (")
    assert "Server tidak dijalankan supaya kerusakannya tidak meluas." in said
    assert f"Tidak ada cadangan yang baik di {place.instance / 'backups'}." in said
    assert f"tamu restore BERKAS --overwrite --instance {place.instance}" in said
    assert place.database.read_bytes() == before


def test_the_last_good_backup_is_named_and_the_command_brings_it_back(place):
    app = create_app({"INSTANCE": place.instance})
    older, newer = backed_up(app).file, backed_up(app).file
    shutil.copy(newer, newer.with_name("tamu-29991231-235959Z.db"))  # half made: no manifest
    let_go(app)
    before = rows_of(newer)
    spoil_page_of(place.database, "visit")
    said = sentences(place, place.refusal(before=()))
    assert f"Cadangan baik yang terakhir: {newer.name} (" in said
    assert older.name not in said.replace(newer.name, "")
    command = shlex.split(said.partition("Pulihkan dengan: tamu ")[2])
    assert command == ["restore", str(newer), "--overwrite", "--instance", str(place.instance)]
    assert place.tamu(*command).returncode == 0
    assert rows_of(place.database) == before
    place.server().start()


def test_a_backup_in_the_second_place_counts_too(place, tmp_path):
    second = tmp_path / "usb"
    second.mkdir()
    app = create_app({"INSTANCE": place.instance, "BACKUP_FOLDER": second})
    backed_up(app)
    let_go(app)
    (copy,) = second.glob("tamu-*.db")
    shutil.rmtree(place.instance / "backups")
    spoil_header(place.database)
    said = sentences(place, place.refused(TAMU_BACKUP_FOLDER=str(second)))
    assert f"tamu restore {copy} --overwrite" in said


def let_go(app):
    with app.app_context():
        db.engine.dispose()


def outdated(place):
    """Bring the schema back to the first, so that a start has something to write."""
    app = create_app({"INSTANCE": place.instance})
    with app.app_context():
        downgrade(directory=str(MIGRATIONS), revision="0001")
    let_go(app)
    return rows_of(place.database)


@pytest.mark.parametrize("command", [("run",), ("password", "kasim")])
def test_a_database_of_a_newer_program_is_refused_and_not_touched(place, command):
    with_sql("UPDATE alembic_version SET version_num = '9999'")(place.database)
    before = rows_of(place.database)
    done = place.tamu(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Basis data di {place.instance} dibuat oleh Pelayanan Tamu yang lebih baru (skema 9999). "
        "Tidak ada yang dijalankan atau diubah. Pasang versi terbaru, lalu coba lagi; atau "
        "pulihkan cadangan dari sebelum pembaruan dengan tamu restore BERKAS --overwrite.\n"
    )
    assert rows_of(place.database) == before


def test_a_locked_database_is_told_and_started_once_it_is_free(place, hold):
    holder = hold()
    said = sentences(place, place.refused(TAMU_BUSY_MS="100"))
    assert said == (
        "Basis data sedang dipakai program lain di server. Tutup program lain yang membuka basis "
        f"data di {place.instance}. (database is locked)"
    )
    holder.communicate()
    place.server().start()


def test_a_database_that_may_only_be_read_is_not_migrated(place):
    before = outdated(place)
    place.database.chmod(0o444)
    said = sentences(place, place.refusal(before=AS_EVERYBODY))
    assert said == (
        "Basis data di server tidak dapat ditulisi. Beri izin tulis pada "
        f"{place.instance} dan semua isinya bagi pengguna yang menjalankan server. "
        "(attempt to write a readonly database)"
    )
    assert rows_of(place.database) == before
    place.database.chmod(0o644)
    place.server().start()


def test_a_folder_that_may_only_be_read_is_told(place):
    place.instance.chmod(0o500)
    for path in place.instance.iterdir():
        path.chmod(0o400)
    said = place.refusal(before=AS_EVERYBODY)
    place.instance.chmod(0o700)
    assert said.startswith(f"Folder data {place.instance} tidak dapat dipakai: ")
    assert said.endswith("Periksa izin dan sisa ruang disknya, lalu coba lagi.\n")


def test_a_full_disk_stops_a_migration_which_comes_whole_once_there_is_room(place):
    before = outdated(place)
    said = sentences(place, place.refusal(before=NO_LARGE_FILES))
    assert said.startswith("Basis data perlu diperbarui, tetapi belum dapat dicadangkan. ")
    assert said.endswith("tidak penuh dan tidak rusak, lalu coba lagi. Basis data tidak diubah.")
    assert rows_of(place.database) == before
    place.server().start()
    with closing(sqlite3.connect(place.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_second_server_is_told_which_is_the_first(place):
    server = place.server()
    server.start()
    said = sentences(place, place.refused())
    assert said == (
        f"Folder data {place.instance} sedang dipakai server lain: {server.url} "
        f"(proses {server.process.pid})."
    )
    with place.person("kasim", server) as kasim:
        assert kasim.get("/meja").status == 200
