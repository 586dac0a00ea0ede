"""`tamu run` as an office meets it: ports, one server to a folder, stops and crashes."""

import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask

from app import serving
from app.running_server import NOTE
from tests.packaging.running import Server, ask
from tools.driving.servers import free_port

Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    tamu = shutil.which("tamu", path=str(Path(sys.executable).parent))
    assert tamu, "pip install -e '.[test]' puts tamu beside python"
    servers: list[Server] = []

    def starter(*options: str) -> Server:
        servers.append(Server(Path(tamu), tmp_path, *options))
        return servers[-1]

    yield starter
    for server in servers:
        server.close()


def test_serves_announces_refuses_a_second_and_stops(start, tmp_path):
    server = start("--port", str(free_port()))
    address = server.address()
    assert f"Folder data: {tmp_path / 'instance'}" in server.output
    assert stat.S_IMODE(server.instance.stat().st_mode) == 0o700

    token = (server.instance / "setup-token").read_text().strip()
    assert stat.S_IMODE((server.instance / "setup-token").stat().st_mode) == 0o600
    assert f"{address}/penyiapan?token={token}" in server.output
    status, content_type, _ = ask(f"{address}/penyiapan?token={token}")
    assert (status, content_type) == (200, "text/html")

    second = start("--port", str(free_port()))
    assert second.exit_code() == 2
    assert f"sedang dipakai server lain: {address} (proses {server.process.pid})" in second.output

    assert ask(address)[0] == 200
    assert server.stop() == 0
    assert not psutil.wait_procs(server.children, timeout=5)[1]
    assert not (server.instance / NOTE).exists()
    assert not list(server.instance.glob("tamu.db-*")), "the file alone is the whole database"


def test_a_killed_server_leaves_no_worker_and_can_be_started_again(start):
    port = str(free_port())
    server = start("--port", port)
    server.address()
    server.process.kill()
    assert not psutil.wait_procs(server.children, timeout=5)[1], "its worker still runs"

    again = start("--port", port)
    assert ask(again.address())[0] == 200


def test_a_crashed_worker_is_replaced(start):
    server = start("--port", str(free_port()))
    address = server.address()
    (worker,) = (child for child in server.children if "spawn_main" in " ".join(child.cmdline()))
    worker.kill()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            assert ask(address)[0] == 200
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(server.output)


def test_a_taken_port_that_was_asked_for_stops_the_start(start):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = start("--port", str(port))
        assert server.exit_code() == 2
    assert f"Port {port} tidak dapat dipakai: sedang dipakai program lain" in server.output


def test_without_a_port_the_next_free_one_is_taken(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken, free = listener.getsockname()[1], free_port()
        monkeypatch.setattr(serving, "PORTS_TRIED", (taken, free))
        assert serving.choose_port("127.0.0.1", None) == free

        monkeypatch.setattr(serving, "PORTS_TRIED", (taken,))
        with pytest.raises(serving.CannotServe, match="sedang dipakai program lain"):
            serving.choose_port("127.0.0.1", None)


def test_the_ports_tried_begin_at_8000():
    assert list(serving.PORTS_TRIED) == list(range(8000, 8011))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("192.168.1.5", "http://192.168.1.5:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_the_address_opens_on_this_machine(host, address):
    assert serving.address(host, 8000) == address


def test_missing_front_end_files_say_how_to_mend_it(tmp_path):
    app = Flask(__name__, static_folder=str(tmp_path))
    with pytest.raises(serving.CannotServe, match="pip install -e"):
        serving.require_front_end(app)


def test_the_instance_folder_is_never_inside_an_environment(tmp_path, monkeypatch):
    monkeypatch.delenv(serving.INSTANCE_VARIABLE, raising=False)
    (tmp_path / "pyvenv.cfg").touch()
    with pytest.raises(serving.CannotServe, match="lingkungan Python"):
        serving.prepare_instance(tmp_path / "data" / "instance")
    assert not (tmp_path / "data").exists()


def test_the_set_up_token_lasts_until_there_is_an_account(tmp_path):
    first = serving.setup_token(tmp_path, has_accounts=False)
    assert first
    assert serving.setup_token(tmp_path, has_accounts=False) == first
    assert serving.setup_token(tmp_path, has_accounts=True) is None
    assert not (tmp_path / serving.SETUP_TOKEN).exists()


def test_a_bad_sop_file_stops_the_start_with_a_sentence(start, tmp_path):
    (tmp_path / "instance" / "sop").mkdir(parents=True)
    (tmp_path / "instance" / "sop" / "rusak.toml").write_text("kode =")
    server = start("--port", str(free_port()))
    assert server.exit_code() == 2
    assert "rusak.toml" in server.output
    assert "Traceback" not in server.output
