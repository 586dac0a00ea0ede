"""A power cut in the middle of an upgrade: the next start completes it, and no row is lost."""

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from flask_migrate import downgrade

from app import create_app
from app.extensions import db
from app.models.migrate import MIGRATIONS, known_revisions
from app.sample.store import store_past_visits
from app.startup import prepare_database
from tests.cast import MORNING, Clock, copy_instance
from tests.support.rows import Rows, rows_of, schema_of
from tools.driving.servers import Server, clean_environment

ROOT = Path(__file__).parents[2]
VISITS = 60
KILLS = 24
WAIT_S = 40
BEFORE = "Basis data baik"
# What every visit, scan and guest is made of, in every schema.
KEPT = ("badge", "badge_code", "badge_event", "loan", "person", "scan", "step_event", "unit",
        "visit_text", "visitor")  # fmt: skip


@pytest.fixture(scope="module")
def outdated(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a history, whose database stands at the first schema."""
    folder = copy_instance(template, tmp_path_factory.mktemp("outdated") / "instance")
    app = create_app({"INSTANCE": folder, "NOW": Clock()})
    with app.app_context():
        store_past_visits(
            VISITS, days=5, before=MORNING.date(), sop_sha256=app.config["SOP_SHA256"]
        )
        downgrade(directory=str(MIGRATIONS), revision="0001")
        db.engine.dispose()
    with closing(sqlite3.connect(folder / "tamu.db")) as database:
        assert database.execute("SELECT count(*) FROM visit").fetchone() == (VISITS,)
    return folder


def kept(rows: Rows, first: Rows) -> Rows:
    """What was there in the first schema; later ones add columns at the end."""
    widths = {table: len(first[table][0]) for table in KEPT}
    return {table: [row[: widths[table]] for row in rows[table]] for table in KEPT}


def revision_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return revision


def killed_starts(outdated: Path, to: Path) -> list[Path]:
    to.mkdir()
    program = Path(__file__).with_name("killed_starts.py")
    done = subprocess.run(
        [sys.executable, str(program), str(outdated), str(to), str(KILLS)],
        capture_output=True, text=True, check=False, timeout=WAIT_S,
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return sorted(to.iterdir())


def test_killed_at_any_moment_of_an_upgrade_the_next_start_completes_it(outdated, tmp_path):
    first = rows_of(outdated / "tamu.db")
    before = kept(first, first)
    whole, *killed = killed_starts(outdated, tmp_path / "killed")
    upgraded, schema = rows_of(whole / "tamu.db"), schema_of(whole / "tamu.db")
    assert kept(upgraded, first) == before
    found = []
    for folder in killed:
        database = folder / "tamu.db"
        found.append(revision_of(database))
        assert kept(rows_of(database), first) == before
        app = create_app({"INSTANCE": folder, "NOW": Clock()})
        prepare_database(app)
        with app.app_context():
            db.engine.dispose()
        assert revision_of(database) == known_revisions()[-1]
        assert (rows_of(database), schema_of(database)) == (upgraded, schema)
    assert found == sorted(found)
    assert found[0] == "0001", "killed before anything was migrated"
    assert found[-1] == known_revisions()[-1], "killed before all was filled in"
    assert len({revision_of(folder / "tamu.db") for folder in killed}) == 1


MOMENTS = {
    "when the database was found good": lambda place: BEFORE in log_of(place),
    "when it was backed up": lambda place: any(place.glob("backups/tamu-*.json")),
    "when it was migrated": lambda place: rows_are_written(place / "tamu.db-wal"),
}


def log_of(instance: Path) -> str:
    file = instance / "logs" / "tamu.log"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def rows_are_written(log: Path) -> bool:
    return log.exists() and log.stat().st_size > 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_killed_while_it_upgrades_serves_the_next_time(outdated, tmp_path, moment):
    instance = Path(shutil.copytree(outdated, tmp_path / "instance"))
    first = rows_of(instance / "tamu.db")
    before = kept(first, first)
    server = Server(tmp_path)
    server.spawn()
    until = time.monotonic() + WAIT_S
    while not MOMENTS[moment](instance):
        assert time.monotonic() < until
        assert server.process.poll() is None, server.log.read_text()
    server.kill()
    assert kept(rows_of(instance / "tamu.db"), first) == before
    server.start()
    server.kill()
    assert revision_of(instance / "tamu.db") == known_revisions()[-1]
    assert kept(rows_of(instance / "tamu.db"), first) == before
