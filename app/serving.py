"""Serves the app by Granian: one server to an instance folder, no worker without its server."""

import errno
import logging
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from flask import Flask
from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.common import AbstractServer

from app import create_app
from app.backups.daily import start_daily_backups
from app.connections import Limits, look_after_connections, room_for_connections
from app.logs.files import write_to_files
from app.running_server import (
    SERVER_LOCK,
    RunningServer,
    forget_server,
    note_server,
    noted_server,
    noted_settings,
)
from app.slow_clients import MOST_WAITING, BodiesFirst

DEFAULT_PORT = 8000
PORTS_TRIED = range(DEFAULT_PORT, DEFAULT_PORT + 11)
THREADS = 16  # at work at once
HEADERS_WITHIN_MS = 10_000
REQUEST_GRACE_S = 5  # how long a worker may finish its requests once its server is gone
HANDOVER_S = 15  # how long a new server waits for that
LISTEN_POLL_S = 0.05
KILL_AFTER_S = 10  # the same for a worker that was asked to stop
OVERLAP_S = 20.0  # a worker that takes over has long begun to listen when the one before it stops:
OVERLAP_STARTS = 2.5  # on a slow or busy machine, after so many times what the first one took

INSTANCE_VARIABLE = "TAMU_INSTANCE"
WORKER_LOCK = "worker.lock"
SETUP_TOKEN = "setup-token"  # noqa: S105  a file's name
VENDOR_STAMP = Path("vendor", "stamp.txt")  # written last by hatch_build.py

OBSTACLES = {
    errno.EACCES: "sistem tidak mengizinkannya",
    errno.EADDRINUSE: "sedang dipakai program lain",
    errno.EADDRNOTAVAIL: "alamat itu bukan milik komputer ini",
}

logger = logging.getLogger(__name__)


class CannotServe(Exception):
    """A reason not to start; its text is what the person at the terminal reads."""


def prepare_instance(folder: Path) -> Path:
    """Make the instance folder, for its owner alone, and hand it to every process of the server."""
    folder = folder.expanduser().resolve()
    for parent in (folder, *folder.parents):
        if (parent / "pyvenv.cfg").is_file():
            raise CannotServe(
                f"Folder data {folder} berada di dalam lingkungan Python {parent} dan akan hilang "
                "bersamanya. Pilih folder lain dengan --instance."
            )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotServe(f"Folder data {folder} tidak dapat dibuat: {error.strerror}.") from error
    os.environ[INSTANCE_VARIABLE] = str(folder)
    return folder


@contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Hold the folder against a second server, once no worker of a killed one is left."""
    lock = FileLock(folder / SERVER_LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CannotServe(
            f"Folder data {folder} sedang dipakai server lain{_running_server(folder)}."
        ) from None
    try:
        _wait_for_old_worker(folder)
        yield
    finally:
        forget_server(folder)
        lock.release()


def _running_server(folder: Path) -> str:
    """Tell what the server that holds the folder wrote of itself, if it has come that far."""
    server = noted_server(folder)
    return f": {server.address} (proses {server.pid})" if server else ""


def _wait_for_old_worker(folder: Path) -> None:
    try:
        with FileLock(folder / WORKER_LOCK).acquire(timeout=HANDOVER_S):
            pass
    except Timeout:
        raise CannotServe(
            "Server sebelumnya belum selesai berhenti. Coba lagi sebentar lagi."
        ) from None


def require_front_end(app: Flask) -> None:
    """Refuse to serve pages without their scripts and typeface."""
    if not (Path(app.static_folder or "") / VENDOR_STAMP).is_file():
        raise CannotServe(
            "Berkas antarmuka (static/vendor) belum ada. Sambungkan komputer ini ke internet, lalu "
            "jalankan: pip install -e ."
        )


def choose_port(host: str, wanted: int | None) -> int:
    """Return the port asked for, else the first free one from 8000 on."""
    if wanted is not None:
        found = obstacle(host, wanted)
        if found:
            raise CannotServe(
                f"Port {wanted} tidak dapat dipakai: {found}. Pilih port lain (--port)."
            )
        return wanted
    obstacles = []
    for port in PORTS_TRIED:
        found = obstacle(host, port)
        if not found:
            return port
        obstacles.append(found)
    raise CannotServe(
        f"Port {PORTS_TRIED[0]}–{PORTS_TRIED[-1]} tidak dapat dipakai: {obstacles[-1]}. "
        "Pilih port lain dengan --port."
    )


def is_free(host: str, port: int) -> bool:
    """Whether this process may listen on a port, and nobody does."""
    return not obstacle(host, port)


def obstacle(host: str, port: int) -> str:
    """Say what keeps a port from being listened on: nothing, for a free one.

    Granian itself would share a port with another of its kind (SO_REUSEPORT).
    """
    is_v6 = isinstance(ip_address(host), IPv6Address)
    family = socket.AF_INET6 if is_v6 else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        return OBSTACLES.get(error.errno or 0) or str(error)
    return ""


def address(host: str, port: int, *, is_secure: bool = False) -> str:
    """Return the address to open in a browser on this machine."""
    ip, scheme = _reachable(host), "https" if is_secure else "http"
    return f"{scheme}://[{ip}]:{port}" if isinstance(ip, IPv6Address) else f"{scheme}://{ip}:{port}"


def _reachable(host: str) -> IPv4Address | IPv6Address:
    """Return where this machine itself reaches a server that listens on an address, or on all."""
    ip = ip_address(host)
    if not ip.is_unspecified:
        return ip
    return ip_address("::1" if isinstance(ip, IPv6Address) else "127.0.0.1")


def setup_token(folder: Path, *, has_accounts: bool) -> str | None:
    """Return the token that opens the set-up page, kept in a file until there is an account."""
    path = folder / SETUP_TOKEN
    if has_accounts:
        path.unlink(missing_ok=True)
        return None
    path.touch(mode=0o600)
    token = path.read_text(encoding="ascii").strip()
    if not token:
        token = secrets.token_urlsafe(24)
        path.write_text(token + "\n", encoding="ascii")
    return token


@dataclass(frozen=True)
class Pace:
    """How often the certificate is looked at, and how long two workers serve at least then."""

    look_every_s: float = 60
    overlap_s: float = OVERLAP_S


@dataclass(frozen=True)
class Tls:
    """The certificate to serve with; `renew` says whether its files have just been made anew."""

    certificate: Path
    key: Path
    renew: Callable[[], bool]
    pace: Pace = field(default_factory=Pace)
    plain_port: int = 0  # where plain HTTP is led here


def serve(
    folder: Path, host: str, port: int, announce: Callable[[], None], tls: Tls | None = None
) -> None:
    """Announce when there is an answer; serve until CTRL-C, SIGTERM or the terminal's closing."""
    _leave_note(folder, host, port, tls)
    # The same on every system; a forked worker would also inherit locks and open connections.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS + MOST_WAITING,
        backpressure=room_for_connections(),
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=OVERLAP_S,
        workers_kill_timeout=KILL_AFTER_S,
        log_level=LogLevels.error,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        ssl_cert=tls.certificate if tls else None,
        ssl_key=tls.key if tls else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    if tls is not None:
        renewing = threading.Thread(target=_renew_certificate, args=(server, tls), daemon=True)
        server.on_startup(renewing.start)
    overlap_s = tls.pace.overlap_s if tls else OVERLAP_S

    def when_listening() -> None:
        server.respawn_interval = max(overlap_s, OVERLAP_STARTS * _wait_for_worker(host, port))
        announce()

    watch = threading.Thread(target=when_listening, daemon=True)
    server.on_startup(watch.start)
    if sys.platform != "win32":
        _stop_on_hangup(server)
    # A loader, not a name to import: Granian would look for `app` in the current folder first.
    server.serve(target_loader=worker_app, wrap_loader=False)


def _leave_note(folder: Path, host: str, port: int, tls: Tls | None) -> None:
    where, plain_port = address(host, port, is_secure=tls is not None), tls.plain_port if tls else 0
    settings = noted_settings()
    server = RunningServer(where, host, port, tls is not None, os.getpid(), settings, plain_port)
    note_server(folder, server)


def _renew_certificate(server: AbstractServer[Any], tls: Tls) -> None:
    while True:
        time.sleep(tls.pace.look_every_s)
        _look_for_certificate(server, tls)


def _look_for_certificate(server: AbstractServer[Any], tls: Tls) -> None:
    """Have a new worker take over when there is a new certificate; the old one finishes.

    Whatever goes wrong (a full disk, say) is logged: the next look must come all the same.
    """
    try:
        if tls.renew():
            server.signal_handler_reload()  # type: ignore[no-untyped-call]
    except Exception:
        logger.exception("the certificate was not renewed")


def _wait_for_worker(host: str, port: int) -> float:
    """Wait until a worker listens; how long that took."""
    began = time.monotonic()
    while True:
        try:
            socket.create_connection((str(_reachable(host)), port), timeout=1).close()
        except OSError:
            time.sleep(LISTEN_POLL_S)
        else:
            return time.monotonic() - began


def _stop_on_hangup(server: AbstractServer[Any]) -> None:
    """Stop when the terminal closes, unless told to stay (nohup). Granian would reload instead."""
    before = signal.getsignal(signal.SIGHUP)
    handler = before if before is signal.SIG_IGN else server.signal_handler_interrupt
    server.on_startup(lambda: signal.signal(signal.SIGHUP, handler))


def worker_app() -> Flask:
    """Make the app in Granian's worker, which never lives without its server.

    It holds the folder's lock as soon as the worker before it lets go: when a certificate is
    renewed, that one still finishes its requests.
    """
    threading.Thread(target=_stop_with_server, daemon=True).start()
    write_to_files(Path(os.environ[INSTANCE_VARIABLE]))
    app = create_app()
    _stand_before(app)
    lock = FileLock(Path(os.environ[INSTANCE_VARIABLE]) / WORKER_LOCK, thread_local=False)
    app.extensions["worker_lock"] = lock  # held for as long as the app lives
    threading.Thread(target=lock.acquire, daemon=True).start()
    start_daily_backups(app)
    return app


def _stand_before(app: Flask) -> None:
    """Have slow, silent and crowding clients kept away from the app."""
    proxies = app.config["TRUSTED_PROXY"]
    door = BodiesFirst(
        app.wsgi_app, at_once=THREADS, largest=app.config["MAX_CONTENT_LENGTH"], proxies=proxies
    )
    app.wsgi_app = door  # type: ignore[method-assign]
    server = noted_server(app.config["INSTANCE"])
    if server is not None:
        limits = Limits(server.port, app.config["SILENT_S"], app.config["STALLED_S"], proxies)
        look_after_connections(limits, door.waited_for)


def _stop_with_server() -> None:
    """Wait for the end of Granian's main process, even by SIGKILL, then end this worker."""
    server = multiprocessing.parent_process()
    if server is None:  # free-threaded Python: the worker is a thread of the server
        return
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(REQUEST_GRACE_S)
    os._exit(1)
