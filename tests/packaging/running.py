"""A `tamu run` of its own process, for the tests of this folder."""

import re
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

import psutil

from tools.driving.servers import clean_environment

START_S = 30
STOP_S = 20


class Server:
    """Starts `tamu run` in an empty folder, and leaves no process behind."""

    def __init__(self, tamu: Path, folder: Path, *options: str) -> None:
        self.instance = folder / "instance"
        self.command = [str(tamu), "run", *options]
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=clean_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.children: list[psutil.Process] = []

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def address(self) -> str:
        """Wait for the announced address."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            found = re.search(r"^Alamat: +(\S+)$", self.output, re.MULTILINE)
            if found and "Ctrl+C" in self.output:
                self.children = psutil.Process(self.process.pid).children(recursive=True)
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"no address announced:\n{self.output}")

    def exit_code(self) -> int:
        return self.process.wait(timeout=START_S)

    def stop(self) -> int:
        """Stop as a service manager does, and wait."""
        self.process.terminate()
        return self.process.wait(timeout=STOP_S)

    def close(self) -> None:
        """End whatever is left of it."""
        if self.process.poll() is None:
            self.children = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            self.process.wait(timeout=STOP_S)
        for child in self.children:
            if child.is_running():
                child.kill()


def ask(address: str) -> tuple[int, str, bytes]:
    """Fetch a page as a browser would: status, content type, body."""
    with urlopen(address, timeout=10) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read()
