"""Kills an act by SIGKILL at each of its steps, in processes of their own.

A program forks one child a step, each on a folder of its own, and the child kills itself just
before its n-th opening, renaming, linking, removing or connecting. What the folders hold then is
for the test to judge. Only a program without threads may fork: hence a process in between.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.driving.servers import clean_environment

ROOT = Path(__file__).parents[2]
STEPS = {
    "open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.truncate", "shutil.copyfile",
    "sqlite3.connect", "sqlite3.connect/handle", "tempfile.mkstemp",
}  # fmt: skip
MOST = 300  # more steps than any act here takes
Act = Callable[[Path], object]


def killed_folders(script: Path, act: str, template: Path, folder: Path) -> list[Path]:
    """One folder for each step at which the act was killed; the last act came to its end."""
    folder.mkdir()
    command = [sys.executable, str(script), act, str(template), str(folder)]
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return sorted(folder.iterdir())


def kill_at_each_step(act: Act, template: Path, folder: Path) -> None:
    """Let the act be killed at its first step, its second, and so on until it comes to its end."""
    for step in range(MOST):
        copy = folder / f"{step:03}"
        shutil.copytree(template, copy)
        child = os.fork()
        if not child:
            _act_until(step, act, copy)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))
        assert os.WTERMSIG(status) == signal.SIGKILL
    raise AssertionError("the act has too many steps")


def _act_until(step: int, act: Act, folder: Path) -> None:
    left = step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in STEPS or _only_reads(event, arguments):
            return
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    try:
        sys.addaudithook(count)
        act(folder)
    except BaseException:  # noqa: BLE001  a child must not go on as if it were its parent
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _only_reads(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether a file is opened without a wish to write to it, as modules are too."""
    if event != "open":
        return False
    flags = arguments[2]
    return not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
