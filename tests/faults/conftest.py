"""Servers of their own processes, on instances that something is wrong with."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.logs.files import FOLDER, NAME
from tests.cast import PASSWORD, copy_instance
from tools.driving.browsers import Browser, Session
from tools.driving.servers import Server, clean_environment, free_port

WAIT_S = 40


class Place:
    """An office's instance folder, and the commands that are run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.instance = folder, folder / "instance"
        self.database = self.instance / "tamu.db"
        self.servers: list[Server] = []

    @property
    def log(self) -> str:
        return (self.instance / FOLDER / NAME).read_text(encoding="utf-8")

    def server(self, **settings: str) -> Server:
        self.servers.append(Server(self.folder, settings=settings))
        return self.servers[-1]

    def tamu(self, *arguments: str, before=(), **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it never shows a stack trace."""
        done = subprocess.run(
            [*before, tamu(), *arguments],
            cwd=self.folder, env=clean_environment() | settings,
            capture_output=True, text=True, check=False, timeout=WAIT_S,
        )  # fmt: skip
        assert "Traceback" not in done.stderr + done.stdout
        return done

    def refusal(self, *, before: tuple[str, ...], **settings: str) -> str:
        """What `tamu run` says in a process that is limited, when it does not start."""
        done = self.tamu("run", "--port", str(free_port()), before=before, **settings)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    def refused(self, **settings: str) -> str:
        """The same in this process, which is quicker."""
        settings["TAMU_INSTANCE"] = str(self.instance)  # and back to what it was
        done = CliRunner().invoke(main, ["run", "--port", str(free_port())], env=settings)
        assert (done.exit_code, done.stdout) == (2, ""), done.exception
        return done.stderr

    @contextmanager
    def person(self, username: str, server: Server) -> Iterator[Browser]:
        """Their browser, signed in."""
        browser = Browser(server.port, Session(username))
        browser.sign_in(PASSWORD)
        yield browser
        browser.close()


def tamu() -> str:
    found = shutil.which("tamu", path=str(Path(sys.executable).parent))
    assert found, "pip install -e '.[test]' puts tamu beside python"
    return found


@pytest.fixture
def place(template: Path, tmp_path: Path) -> Iterator[Place]:
    copy_instance(template, tmp_path / "instance")
    place = Place(tmp_path)
    yield place
    for server in place.servers:
        server.close()


@pytest.fixture
def hold(place: Place) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Another program that holds the database until its input ends."""
    program = (
        "import sqlite3, sys; database = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "database.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    holders: list[subprocess.Popen[str]] = []

    def hold() -> subprocess.Popen[str]:
        holder = subprocess.Popen(
            [sys.executable, "-c", program, str(place.database)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    yield hold
    for holder in holders:
        holder.communicate()


def count(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return number
