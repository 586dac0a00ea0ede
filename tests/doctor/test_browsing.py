"""What a browser meets: certificates on a real server, headers on one and on stand-ins."""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from app.doctor import browsing, doors, network
from app.doctor.case import Case, case_of
from app.doctor.finding import State
from app.lan.authority import open_authority
from app.lan.names import Names
from tests.cast import copy_instance
from tests.doctor.stand_ins import answering, served
from tools.driving.servers import Server, free_port

ALLOWED = {
    "Permissions-Policy": "camera=(self), microphone=()",
    "Content-Security-Policy": "default-src 'self'; object-src 'none'",
}
WORKER = {"Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"}


class LanServer(Server):
    """`tamu run --lan`, listening on loopback alone."""

    def command_line(self) -> list[str]:
        return [*super().command_line(), "--lan", "--host", "127.0.0.1"]


@pytest.fixture(scope="module")
def lan(template: Path, tmp_path_factory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("lan")
    instance = copy_instance(template, folder / "instance")
    server = LanServer(folder)
    server.start()
    yield case_of(instance, datetime.now(UTC), None)
    server.close()


def test_a_server_with_the_offices_certificate_is_told_until_this_computer_trusts_it(
    lan, monkeypatch
):
    assert lan.address.startswith("https://127.0.0.1:")
    assert network.ports(lan).state is State.OK
    found = browsing.trust(lan)
    assert found.state is State.WARN
    assert found.said == "sertifikat cocok dengan CA kantor, tetapi komputer ini belum percaya"
    assert f"{lan.address}/percaya" in found.advice
    monkeypatch.setenv("SSL_CERT_FILE", str(lan.ca))
    assert browsing.trust(lan).state is State.OK


def test_both_doors_of_the_network_are_asked(lan):
    assert network.ports(lan).said == f"server menjawab di {lan.address}"
    nobody = free_port()
    shut = replace(lan, server=replace(lan.server, plain_port=nobody))
    found = network.ports(shut)
    said = f"http://127.0.0.1:{nobody} tidak menjawab (Connection refused)"
    assert (found.state, found.said) == (State.FAULT, f"{lan.address} menjawab, tetapi {said}")
    assert found.advice.startswith("Mulai ulang tamu run --lan; ")


def test_an_address_that_is_announced_and_dead_is_a_fault(lan, monkeypatch):
    elsewhere = ip_address("127.9.9.9")  # loopback, but not where it listens
    machine = Names(("localhost",), (elsewhere,), elsewhere)
    monkeypatch.setattr(Case, "names", machine)
    monkeypatch.setattr(doors, "standing_names", lambda _: {"127.9.9.9"})
    found = network.ports(lan)
    assert (found.state, f"https://127.9.9.9:{lan.server.port} tidak menjawab" in found.said) == (
        State.FAULT,
        True,
    )


def with_public_url(case, url):
    return replace(case, environ={**case.environ, "TAMU_PUBLIC_URL": url})


def test_an_address_on_badges_that_the_offices_own_certificate_covers_is_well(lan):
    found = network.public_url(with_public_url(lan, lan.address))
    assert (found.state, found.said) == (State.OK, lan.address)


def test_an_address_on_badges_with_another_port_is_told_with_the_right_one(lan):
    url = f"https://127.0.0.1:{free_port()}"
    found = network.public_url(with_public_url(lan, url))
    assert (found.state, found.said) == (
        State.FAULT,
        f"{url}: tidak ada jawaban di sana (Connection refused)",
    )
    assert found.advice == (
        f"Server di port {lan.server.port}, bukan {url.rpartition(':')[2]}. "
        f"Pakai TAMU_PUBLIC_URL={lan.address}, mulai ulang, lalu cetak kartunya."
    )


def test_an_address_on_badges_that_the_certificate_does_not_cover_is_a_fault(lan, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", resolving("tamu.contoh.go.id"))
    url = f"https://tamu.contoh.go.id:{lan.server.port}"
    found = network.public_url(with_public_url(lan, url))
    assert found.state is State.FAULT
    assert found.said.startswith(f"{url}: ponsel tidak akan percaya (Hostname mismatch")
    assert found.advice == (
        "CA kantor hanya menjamin alamat pribadi, nama komputer ini, dan TAMU_DOMAIN. "
        f"Pakai TAMU_PUBLIC_URL={lan.address}, mulai ulang, lalu cetak kartunya."
    )


def test_a_name_that_may_be_covered_and_is_not_yet_needs_a_start(lan, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", resolving("tamu.lan"))
    found = network.public_url(with_public_url(lan, f"https://tamu.lan:{lan.server.port}"))
    assert (found.state, found.advice) == (
        State.FAULT,
        "Mulai ulang tamu run --lan: sertifikat server dibuat baru.",
    )


def resolving(name):
    """A name server that knows this machine by one name more."""
    known = socket.getaddrinfo

    def resolve(host, *rest, **options):
        return known("127.0.0.1" if host == name else host, *rest, **options)

    return resolve


def test_a_server_with_another_certificate_than_the_offices_is_a_fault(lan, tmp_path):
    kept = shutil.copy(lan.ca, tmp_path / "ca.pem")
    open_authority(tmp_path, host="lain", domain="", at=lan.at)
    shutil.copy(tmp_path / "tls" / "ca.pem", lan.ca)
    found = browsing.trust(lan)
    shutil.copy(kept, lan.ca)
    assert found.state is State.FAULT
    assert "tidak cocok dengan CA kantor" in found.said


def test_a_strange_certificate_elsewhere_is_a_fault(lan, case):
    found = browsing.trust(case_of(case.folder, lan.at, lan.address))
    assert (found.state, "ditolak" in found.said) == (State.FAULT, True)


def test_without_https_there_is_nothing_to_trust(case):
    assert browsing.trust(case) is None
    assert browsing.trust(served(case)) is None
    silent = case_of(case.folder, case.at, "https://127.0.0.1:1")
    assert (browsing.trust(silent), browsing.camera(silent)) == (None, None)


def test_the_real_server_lets_the_camera_work(lan):
    found = browsing.camera(lan)
    assert (found.state, found.said) == (State.OK, "header halaman dan pembaca kode benar")


def test_without_a_server_the_app_is_asked_and_the_office_left_alone(case):
    before = sorted(case.folder.rglob("*"))
    found = browsing.camera(case)
    assert (found.state, found.said) == (State.OK, "header halaman dan pembaca kode benar")
    assert sorted(case.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("page", "worker", "missing"),
    [
        (ALLOWED, (200, WORKER), []),
        (ALLOWED, (303, {"Location": "/penyiapan"}), []),
        (
            ALLOWED | {"Permissions-Policy": "camera=()"},
            (200, WORKER),
            ["Permissions-Policy camera=(self)"],
        ),
        (
            ALLOWED | {"Permissions-Policy": "camera=(self), camera=()"},
            (200, WORKER),
            ["Permissions-Policy camera=(self)"],
        ),
        (
            {},
            (200, WORKER),
            ["Permissions-Policy camera=(self)", "Content-Security-Policy"],
        ),
        (ALLOWED, (200, {}), ["wasm-unsafe-eval di /pindai/pembaca.js"]),
        (ALLOWED, (404, {}), ["/pindai/pembaca.js (404)"]),
    ],
)
def test_headers_that_a_proxy_has_changed_are_a_fault(case, page, worker, missing):
    with answering({"/masuk": (200, page), "/pindai/pembaca.js": worker}) as address:
        found = browsing.camera(served(case, address))
    if missing:
        assert (found.state, found.said) == (
            State.FAULT,
            f"tidak ada atau keliru: {'; '.join(missing)}",
        )
    else:
        assert (found.state, "tanpa HTTPS" in found.said) == (State.OK, True)


def test_https_without_its_promise_is_a_fault():
    answers = {"/masuk": ALLOWED, "/pindai/pembaca.js": WORKER}
    found = browsing.camera_by(
        lambda path: browsing.Answer(200, tuple(answers[path].items())), is_secure=True
    )
    assert (found.state, found.said) == (
        State.FAULT,
        "tidak ada atau keliru: Strict-Transport-Security",
    )
