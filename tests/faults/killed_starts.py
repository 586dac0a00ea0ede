"""`tamu run` killed in the middle of its start: `killed_starts.py template to kills`.

One child a kill, each on a copy of the instance folder. The child runs the real command, and its
process group is killed by SIGKILL just before one of the statements that it sends to the database.
The first child is not killed: it counts the statements.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from app import serving
from app.cli import main

NEVER = -1


def kill_starts(template: Path, to: Path, kills: int) -> None:
    """Folder 000 is a start that came through, the others were killed at evenly spread moments."""
    whole = start(template, to / "000", NEVER)
    for kill in range(1, kills + 1):
        start(template, to / f"{kill:03}", whole * kill // (kills + 1))


def start(template: Path, folder: Path, kill_at: int) -> int:
    """Start on a copy; how many statements it took if it was not killed."""
    shutil.copytree(template, folder)
    said, tell = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        _start_until(kill_at, folder, tell)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    with os.fdopen(said) as answer:
        told = answer.read()
    if kill_at == NEVER:
        assert os.waitstatus_to_exitcode(status) == 0
        return int(told)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    return kill_at


def _start_until(kill_at: int, folder: Path, tell: int) -> None:
    sent = 0

    def count(*_statement: object) -> None:
        nonlocal sent
        if sent == kill_at:
            os.killpg(0, signal.SIGKILL)
        sent += 1

    def serve(*_arguments: object) -> None:
        os.write(tell, str(sent).encode())
        os._exit(0)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    serving.serve = serve
    try:
        main(["run", "--instance", str(folder)])
    except BaseException:  # noqa: BLE001  a child must not go on as if it were its parent
        sys.excepthook(*sys.exc_info())
    os._exit(1)


if __name__ == "__main__":
    kill_starts(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
