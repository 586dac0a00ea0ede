"""`tamu run` in a process group of its own, which can be killed and started again on one port."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

START_S = 30
WAIT_S = 20
STEERING = ("TAMU_", "PORT", "PYTHON", "VIRTUAL_ENV")


class Server:
    """A server on loopback; `folder` holds its instance folder and its log."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder, self.port = folder, free_port()
        self.command = self.command_line()
        self.environment = clean_environment() | (settings or {})
        self.log = folder / "server.log"
        self.processes: list[psutil.Process] = []

    def command_line(self) -> list[str]:
        tamu = shutil.which("tamu", path=str(Path(sys.executable).parent))
        assert tamu, "pip install -e '.[test]' puts tamu beside python"
        return [tamu, "run", "--port", str(self.port)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def spawn(self) -> None:
        """Start, and go on at once."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start(self) -> None:
        """Start, and wait until it listens."""
        self.spawn()
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                main = psutil.Process(self.process.pid)
                self.processes = [main, *main.children(recursive=True)]
                return
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """Kill every process of it at once, and wait until none is left."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(WAIT_S)
        until = time.monotonic() + WAIT_S
        while any(is_alive(process) for process in self.processes):
            assert time.monotonic() < until, "a killed process lives on"
            time.sleep(0.01)

    def close(self) -> None:
        """End what is left of it."""
        if self.processes and self.process.poll() is None:
            self.kill()

    def cpu_s(self) -> float:
        """Seconds of CPU that its processes have used so far."""
        times = [process.cpu_times() for process in self.processes]
        return sum(used.user + used.system for used in times)


class LanServer(Server):
    """`tamu run --lan`, listening on loopback alone."""

    def command_line(self) -> list[str]:
        return [*super().command_line(), "--lan", "--host", "127.0.0.1"]

    def trusting(self) -> ssl.SSLContext:
        """A client that trusts the office's certificate and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "instance" / "tls" / "ca.pem"))


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def clean_environment() -> dict[str, str]:
    """The machine's environment without what would steer the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
