"""The office's authority and the server's certificate, as a TLS client sees them."""

import socket
import ssl
import stat
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from app.lan.authority import (
    NEW_CA,
    AuthorityUnusable,
    fingerprint_of,
    key_bytes,
    open_authority,
    read_certificate,
    read_key,
    tls_folder,
)
from app.lan.leaf import RENEWED_BEFORE, current_leaf, standing_names
from app.lan.names import Names

NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = Names(("pc.local", "pc", "localhost"), (ip_address("192.168.1.5"), ip_address("127.0.0.1")))


@pytest.fixture
def authority(tmp_path):
    return open_authority(tmp_path, host="pc", domain="dinas.go.id", at=NOW)


def shake_hands(leaf, ca, host):
    """A TLS handshake over a socket; the client trusts the authority alone."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(leaf.certificate, leaf.key)
    client = ssl.create_default_context(cafile=str(ca))
    here, there = socket.socketpair()
    here.settimeout(10)
    there.settimeout(10)

    def serve():
        with suppress(OSError), server.wrap_socket(there, server_side=True) as secured:
            secured.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(here, server_hostname=host) as secured:
            secured.send(b"x")
    finally:
        here.close()
        thread.join(10)
        there.close()


@pytest.mark.parametrize("host", ["pc.local", "pc", "localhost", "192.168.1.5", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_trusts_the_server(tmp_path, authority, host):
    leaf = current_leaf(tmp_path, authority, NAMES, NOW)
    shake_hands(leaf, tls_folder(tmp_path) / "ca.pem", host)


def test_a_name_that_it_does_not_stand_for_is_refused(tmp_path, authority):
    leaf = current_leaf(tmp_path, authority, NAMES, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(leaf, tls_folder(tmp_path) / "ca.pem", "bank.example")


def test_even_with_its_key_nobody_can_pose_as_a_site_of_the_internet(
    tmp_path, authority, monkeypatch
):
    monkeypatch.setattr(type(authority), "may_vouch_for", lambda *_: True)
    names = Names(("bank.example", "localhost"), (ip_address("8.8.8.8"),))
    leaf = current_leaf(tmp_path, authority, names, NOW)
    assert "bank.example" in standing_names(read_certificate(leaf.certificate))
    for host in ("bank.example", "8.8.8.8"):
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            shake_hands(leaf, tls_folder(tmp_path) / "ca.pem", host)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kantor.local", True),
        ("tamu.lan", True),
        ("server.internal", True),
        ("pc", True),
        ("dinas.go.id", True),
        ("tamu.dinas.go.id", True),
        ("go.id", False),
        ("palsudinas.go.id", False),
        ("local.example", False),
        (ip_address("10.0.0.9"), True),
        (ip_address("8.8.8.8"), False),
    ],
)
def test_it_vouches_for_the_offices_network_alone(authority, name, expected):
    assert authority.may_vouch_for(name) is expected


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path, authority):
    again = open_authority(tmp_path, host="other", domain="", at=NOW + timedelta(days=9))
    assert again.certificate == authority.certificate
    current_leaf(tmp_path, authority, NAMES, NOW)
    assert stat.S_IMODE(tls_folder(tmp_path).stat().st_mode) == 0o700
    files = sorted(tls_folder(tmp_path).iterdir())
    assert [file.name for file in files] == ["ca-key.pem", "ca.pem", "server-key.pem", "server.pem"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def spoil(tls, name, content):
    path = tls / name
    path.unlink() if content is None else path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "ca-key.pem",
            None,
            "ca-key.pem tidak ada. Kembalikan ca.pem dan ca-key.pem dari",
        ),
        ("ca.pem", None, "ca.pem tidak ada. Kembalikan ca.pem dan ca-key.pem dari"),
        ("ca-key.pem", b"rusak", "rusak atau tidak terbaca"),
        ("ca.pem", b"", "rusak atau tidak terbaca"),
        ("ca-key.pem", key_bytes(ec.generate_private_key(ec.SECP256R1())), "rusak atau"),
    ],
)
def test_one_that_is_broken_is_never_replaced_by_itself(tmp_path, authority, name, content, said):
    current_leaf(tmp_path, authority, NAMES, NOW)
    spoil(tls_folder(tmp_path), name, content)
    left = {path.name: path.read_bytes() for path in tls_folder(tmp_path).iterdir()}
    with pytest.raises(AuthorityUnusable, match=said) as refusal:
        open_authority(tmp_path, host="pc", domain="", at=NOW)
    assert str(refusal.value).endswith(NEW_CA)
    assert {path.name: path.read_bytes() for path in tls_folder(tmp_path).iterdir()} == left


def test_a_first_start_that_was_cut_off_is_made_good(tmp_path, authority):
    (tls_folder(tmp_path) / "ca.pem").unlink()
    made = open_authority(tmp_path, host="pc", domain="", at=NOW)
    assert read_certificate(tls_folder(tmp_path) / "ca.pem") == made.certificate
    assert read_key(tls_folder(tmp_path) / "ca-key.pem").public_key() == made.key.public_key()


def test_one_that_has_ended_is_told(tmp_path, authority):
    end = authority.certificate.not_valid_after_utc
    open_authority(tmp_path, host="pc", domain="", at=end - timedelta(seconds=1))
    with pytest.raises(AuthorityUnusable, match=f"habis {end:%Y-%m-%d}. Periksa dulu jam"):
        open_authority(tmp_path, host="pc", domain="", at=end)


def test_in_its_last_days_the_servers_certificate_ends_with_it_and_stays(tmp_path, authority):
    end = authority.certificate.not_valid_after_utc
    last_days = [end - timedelta(days=days) for days in (59, 59, 1)]
    leaves = [current_leaf(tmp_path, authority, NAMES, at) for at in last_days]
    assert [leaf.is_new for leaf in leaves] == [True, False, False]
    assert read_certificate(leaves[0].certificate).not_valid_after_utc == end


def test_it_can_sign_no_further_authority(authority):
    constraints = authority.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    names = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert names.critical


def test_the_servers_certificate_lasts_397_days_at_most(tmp_path, authority):
    leaf = read_certificate(current_leaf(tmp_path, authority, NAMES, NOW).certificate)
    life = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert life == timedelta(days=397)
    assert standing_names(leaf) == {"pc.local", "pc", "localhost", "192.168.1.5", "127.0.0.1"}


END = NOW + timedelta(days=396)
MORE = Names((*NAMES.names, "tamu.lan"), NAMES.addresses)
MOVED = Names(NAMES.names, (ip_address("192.168.1.99"), *NAMES.addresses[1:]))
FEWER = Names(NAMES.names[:1], NAMES.addresses)


@pytest.mark.parametrize(
    ("names", "at", "is_new"),
    [
        (NAMES, NOW, False),
        (NAMES, END - RENEWED_BEFORE - timedelta(minutes=1), False),
        (NAMES, END - RENEWED_BEFORE, True),
        (NAMES, END + timedelta(days=400), True),
        (NAMES, NOW - timedelta(days=2), True),
        (MORE, NOW, True),
        (MOVED, NOW, True),
        (FEWER, NOW, False),
    ],
)
def test_it_is_renewed_before_it_ends_and_when_the_names_change(
    tmp_path, authority, names, at, is_new
):
    first = read_certificate(current_leaf(tmp_path, authority, NAMES, NOW).certificate)
    leaf = current_leaf(tmp_path, authority, names, at)
    assert leaf.is_new is is_new
    assert (read_certificate(leaf.certificate) != first) is is_new
    assert current_leaf(tmp_path, authority, names, at).is_new is False


@pytest.mark.parametrize("broken", ["server.pem", "server-key.pem"])
@pytest.mark.parametrize("content", [None, b"", b"rusak"])
def test_a_broken_file_is_made_anew(tmp_path, authority, broken, content):
    leaf = current_leaf(tmp_path, authority, NAMES, NOW)
    path = tls_folder(tmp_path) / broken
    path.unlink() if content is None else path.write_bytes(content)
    assert current_leaf(tmp_path, authority, NAMES, NOW).is_new
    public = read_certificate(leaf.certificate).public_key()
    assert read_key(leaf.key).public_key() == public


def test_another_authority_means_another_certificate(tmp_path, authority):
    current_leaf(tmp_path, authority, NAMES, NOW)
    for name in ("ca.pem", "ca-key.pem", "server.pem"):
        (tls_folder(tmp_path) / name).unlink()
    other = open_authority(tmp_path, host="pc", domain="", at=NOW)
    assert current_leaf(tmp_path, other, NAMES, NOW).is_new


def test_names_beyond_its_reach_are_left_out_and_told(tmp_path, authority):
    names = Names(("tamu.kota.go.id", *NAMES.names), NAMES.addresses)
    leaf = current_leaf(tmp_path, authority, names, NOW)
    assert leaf.left_out == ("tamu.kota.go.id",)
    assert "tamu.kota.go.id" not in standing_names(read_certificate(leaf.certificate))


def test_the_fingerprint_is_told_in_pairs(authority):
    pairs = fingerprint_of(authority.certificate).split(" ")
    assert len(pairs) == 32
    assert bytes.fromhex("".join(pairs)) == authority.certificate.fingerprint(SHA256())
