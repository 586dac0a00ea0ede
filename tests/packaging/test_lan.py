"""`tamu run --lan` on the real server: HTTPS by the office's certificate, plain HTTP led to it."""

import re
import shutil
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Self
from urllib.request import HTTPSHandler, build_opener, urlopen

import psutil
import pytest
from cryptography import x509

from app.lan.authority import fingerprint_of, read_certificate
from tests.packaging.running import Server
from tools.driving.servers import free_port

PLAIN = re.compile(r"^Percayai: +(http://127\.0\.0\.1(?::(\d+))?)/percaya", re.MULTILINE)
COOKIE = re.compile(r"tamu_session=.*")


class LanServer(Server):
    """`tamu run --lan`, listening on loopback alone."""

    def __init__(self, tamu: Path, folder: Path, *options: str) -> None:
        self.port = free_port()
        lan = ("--lan", "--host", "127.0.0.1", "--port", str(self.port))
        super().__init__(tamu, folder, *lan, *options)

    @property
    def ca(self) -> Path:
        return self.instance / "tls" / "ca.pem"

    @property
    def plain(self) -> str:
        found = PLAIN.search(self.output)
        assert found, self.output
        return found[1]

    def trusting(self) -> ssl.SSLContext:
        """A client that trusts the office's certificate and no other."""
        return ssl.create_default_context(cafile=str(self.ca))

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=15, context=self.trusting())
        with closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def processes(self) -> list[psutil.Process]:
        """Those of it that run now, without its main process."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def certificate(self) -> x509.Certificate:
        """The one that is served now."""
        pem = ssl.get_server_certificate(("127.0.0.1", self.port), ca_certs=str(self.ca))
        return x509.load_pem_x509_certificate(pem.encode())


@pytest.fixture
def tamu() -> Path:
    found = shutil.which("tamu", path=str(Path(sys.executable).parent))
    assert found, "pip install -e '.[test]' puts tamu beside python"
    return Path(found)


@pytest.fixture
def lan(tamu, tmp_path):
    servers = []

    def start(*options):
        servers.append(LanServer(tamu, tmp_path, *options))
        servers[-1].address()
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def test_it_serves_the_office_by_https_and_leads_plain_http_to_it(lan):
    server = lan()
    address = f"https://127.0.0.1:{server.port}"
    assert f"Alamat:      {address}\n" in server.output
    assert fingerprint_of(read_certificate(server.ca)) in server.output
    assert "▄" in server.output  # the address as a QR code

    with urlopen(f"{server.plain}/percaya/pelayanan-tamu.crt") as answer:
        assert x509.load_der_x509_certificate(answer.read()) == read_certificate(server.ca)
    with urlopen(f"{server.plain}/percaya") as answer:
        page = answer.read().decode()
    assert f'data-secure="{address}"' in page
    styles = re.search(r'href="(/static/css/[^"]+)"', page)
    with urlopen(server.plain + styles[1]) as answer:
        assert answer.headers.get_content_type() == "text/css"

    opener = build_opener(HTTPSHandler(context=server.trusting()))
    with opener.open(f"{server.plain}/penyiapan") as answer:
        assert answer.url == f"{address}/penyiapan"
        assert "; Secure" in COOKIE.search(answer.headers["Set-Cookie"])[0]
        assert answer.headers["Strict-Transport-Security"] == "max-age=2592000"


def test_http_2_is_spoken_and_no_stranger_is_trusted(lan):
    server = lan()
    context = server.trusting()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        closing(socket.create_connection(("127.0.0.1", server.port), timeout=15)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        assert secured.selected_alpn_protocol() == "h2"
        assert secured.version() == "TLSv1.3"
    stranger = HTTPSConnection(
        "127.0.0.1", server.port, timeout=15, context=ssl.create_default_context()
    )
    with closing(stranger), pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/masuk")


def test_plain_http_gets_no_session_and_no_promise_of_https(lan):
    server = lan()
    with urlopen(f"{server.plain}/percaya") as answer:
        assert "Set-Cookie" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers
    port = int(server.plain.rpartition(":")[2]) if server.plain.count(":") > 1 else 80
    with closing(HTTPConnection("127.0.0.1", port, timeout=15)) as connection:
        connection.request("GET", "/masuk", headers={"Host": "evil.example"})
        answer = connection.getresponse()
        assert answer.status == 308
        assert answer.headers["Location"] == f"https://127.0.0.1:{server.port}/masuk"


@pytest.mark.timeout(150)  # a busy machine takes ten times as long to start a worker
def test_the_certificate_is_renewed_without_a_stop(lan):
    server = lan("--look-every", "0.3", "--overlap", "4")  # or what this machine needs
    first, ca = server.certificate(), read_certificate(server.ca)
    with Visitors(server, 2) as visitors:
        (server.instance / "tls" / "server.pem").unlink()  # as if its time had come
        visitors.wait_until(lambda: server.certificate() != first)
        visitors.wait_until(lambda: len(server.processes()) == len(server.children))
    assert read_certificate(server.ca) == ca
    assert set(visitors.answers) == {200}


class Visitors:
    """Browsers that ask for a page again and again; each answer's status, or what went wrong."""

    def __init__(self, server: LanServer, count: int) -> None:
        self.server, self.answers = server, []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def wait_until(self, has_come: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError):
                if has_come():
                    return
            self.over.wait(0.2)
        raise AssertionError(self.server.output)

    def _ask(self) -> None:
        while not self.over.is_set():
            self.answers.append(self._status(tries=2))
            self.over.wait(0.1)  # the new worker needs the processor, too

    def _status(self, tries: int) -> int | str:
        """A connection may be cut before its first answer: then a browser asks once more."""
        try:
            return self.server.get("/penyiapan")[0]
        except OSError as error:
            return self._status(tries - 1) if tries > 1 else repr(error)


def test_the_next_start_keeps_the_certificates(lan, tmp_path):
    server = lan()
    first = server.certificate()
    assert server.stop() == 0
    assert lan().certificate() == first


def test_a_taken_port_is_said(lan, tmp_path, tamu):
    server = lan()
    (tmp_path / "other").mkdir()
    command = ("--lan", "--host", "127.0.0.1", "--port", str(server.port))
    second = Server(tamu, tmp_path / "other", *command)
    assert second.exit_code() == 2
    assert f"Port {server.port} tidak dapat dipakai" in second.output
