"""The office's certificates: there, private, valid now, and for today's names."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from app.doctor import certificate
from app.doctor.finding import State
from app.lan.network import look_around
from tests.cast import MORNING
from tests.doctor.stand_ins import served

DAY = timedelta(days=1)
PLAIN = {"PUBLIC_URL": "", "DOMAIN": ""}


@pytest.fixture
def lan(case):
    """The office after `tamu run --lan` on every address."""
    look_around(case.folder, PLAIN, "0.0.0.0", MORNING)
    return case


def test_an_office_that_never_served_its_network_has_none(case):
    found = certificate.certificate(case)
    assert (found.state, found.said) == (
        State.OK,
        "belum ada: tamu run --lan belum pernah dijalankan",
    )
    assert not case.tls.exists()
    assert certificate.certificate(served(case, lan=True)).state is State.FAULT


def test_certificates_of_today_are_well(lan):
    found = certificate.certificate(lan)
    assert (found.state, found.said) == (
        State.OK,
        f"berlaku sampai {MORNING + 396 * DAY:%Y-%m-%d}, CA sampai {MORNING + 3653 * DAY:%Y-%m-%d}",
    )


@pytest.mark.parametrize(
    ("age", "state", "said"),
    [
        (timedelta(days=-2), State.FAULT, "sertifikat belum berlaku menurut jam ini"),
        (timedelta(days=342), State.OK, "berlaku sampai "),
        (timedelta(days=344), State.WARN, "sertifikat server habis "),
        (timedelta(days=397), State.FAULT, "sertifikat server habis "),
        (timedelta(days=3654), State.FAULT, "CA kantor habis "),
    ],
)
def test_certificates_that_run_out_are_told(lan, age, state, said):
    found = certificate.certificate(replace(lan, at=MORNING + age))
    assert (found.state, found.said[: len(said)]) == (state, said)
    assert bool(found.advice) is (state is not State.OK)


def test_an_authority_that_ends_within_half_a_year_is_told(case):
    made = MORNING - timedelta(days=3653 - 150)
    look_around(case.folder, PLAIN, "0.0.0.0", made)
    look_around(case.folder, PLAIN, "0.0.0.0", MORNING)
    found = certificate.certificate(case)
    assert (found.state, found.said[:16]) == (State.WARN, "CA kantor habis ")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("ca.pem", certificate.NEW_CA),
        ("ca-key.pem", certificate.NEW_CA),
        ("server.pem", certificate.START),
        ("server-key.pem", certificate.START),
    ],
)
def test_a_missing_file_is_a_fault_and_is_not_made(lan, name, advice):
    (lan.tls / name).unlink()
    found = certificate.certificate(lan)
    assert (found.state, found.advice) == (State.FAULT, advice)
    assert not (lan.tls / name).exists()


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem", "server.pem", "server-key.pem"])
def test_a_file_that_cannot_be_read_is_a_fault(lan, name):
    (lan.tls / name).write_bytes(b"bukan sertifikat")
    found = certificate.certificate(lan)
    assert found.state is State.FAULT
    assert found.said.startswith(f"berkas di {lan.tls} tidak dapat dibaca (")


@pytest.mark.parametrize("name", ["ca-key.pem", "server-key.pem"])
def test_a_key_that_others_read_is_a_fault(lan, name):
    (lan.tls / name).chmod(0o644)
    found = certificate.certificate(lan)
    assert (found.state, found.advice) == (
        State.FAULT,
        f"Jalankan: chmod 600 {lan.tls / name}",
    )


def test_a_certificate_of_another_authority_is_a_fault(lan, tmp_path):
    other = tmp_path / "lain"
    other.mkdir()
    look_around(other, PLAIN, "0.0.0.0", MORNING)
    for name in ("server.pem", "server-key.pem"):
        shutil.copy(other / "tls" / name, lan.tls / name)
    found = certificate.certificate(lan)
    assert (found.state, found.said) == (
        State.FAULT,
        "sertifikat server bukan dari CA kantor ini",
    )


def test_a_name_that_the_certificate_lacks_is_told(lan, with_settings):
    moved = with_settings(PUBLIC_URL="https://tamu.lan")
    stopped = certificate.certificate(moved)
    running = certificate.certificate(served(moved, lan=True, host="0.0.0.0"))
    assert (stopped.state, stopped.said) == (State.WARN, "belum mencakup tamu.lan")
    assert (running.state, running.said) == (State.WARN, "belum mencakup tamu.lan")
    assert stopped.advice == certificate.START
    assert running.advice.startswith("Server memperbaruinya tiap menit")


def test_a_name_that_the_authority_may_not_vouch_for_is_told(lan, with_settings):
    found = certificate.certificate(with_settings(PUBLIC_URL="https://tamu.contoh.go.id"))
    assert (found.state, found.said) == (
        State.WARN,
        "CA kantor tidak dapat menjamin tamu.contoh.go.id",
    )


def test_an_address_on_badges_that_no_certificate_of_the_office_covers_is_told(lan, with_settings):
    found = certificate.certificate(with_settings(PUBLIC_URL="https://8.8.8.8"))
    assert (found.state, found.said) == (State.WARN, "CA kantor tidak dapat menjamin 8.8.8.8")
    assert found.advice.startswith("Pakai alamat pribadi, ")


def test_a_server_of_one_address_needs_a_certificate_for_that_alone(case):
    look_around(case.folder, PLAIN, "127.0.0.1", MORNING)
    assert certificate.certificate(served(case, lan=True)).state is State.OK
