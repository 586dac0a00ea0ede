"""The names and addresses by which the machine is reached, and which of them are private."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lan import names
from app.lan.names import Names, is_name, is_private, listened_on, names_of_machine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.1.5", True),
        ("127.0.0.1", True),
        ("169.254.7.7", True),
        ("8.8.8.8", False),
        ("fd00::2", True),
        ("fe80::1", True),
        ("::1", True),
        ("2001:db8::1", False),
    ],
)
def test_private_is_what_nobody_reaches_from_outside(text, expected):
    assert is_private(ip_address(text)) is expected


@given(st.ip_addresses())
def test_no_address_of_the_internet_is_private(address):
    if is_private(address):
        assert not address.is_global


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kantor", True),
        ("tamu.dinas.go.id", True),
        ("kantor-1.local", True),
        ("-kantor", False),
        ("kantor_1", False),
        ("", False),
        ("a..b", False),
        ("KANTOR", False),
    ],
)
def test_what_can_be_a_name(text, expected):
    assert is_name(text) is expected


@pytest.mark.parametrize(
    ("host", "label"),
    [("PC-UMUM", "pc-umum"), ("Komputer Umum", "komputer-umum"), ("tamu.dinas.id", "tamu"),
     ("___", "tamu"), ("", "tamu")],
)  # fmt: skip
def test_the_machines_name_is_one_label(monkeypatch, host, label):
    monkeypatch.setattr("socket.gethostname", lambda: host)
    found = names_of_machine("", "")
    assert found.names == tuple(dict.fromkeys((f"{label}.local", label, "localhost")))
    assert names.host_name() == label


def test_the_offices_own_names_come_too(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "pc")
    found = names_of_machine("dinas.go.id", "tamu.dinas.go.id")
    assert found.names == ("tamu.dinas.go.id", "pc.local", "pc", "pc.dinas.go.id", "localhost")


def test_an_address_that_badges_carry_comes_first_if_it_is_private():
    assert names_of_machine("", "192.168.77.7").addresses[0] == ip_address("192.168.77.7")
    assert ip_address("8.8.8.8") not in names_of_machine("", "8.8.8.8").addresses


def test_the_machine_always_reaches_itself():
    found = names_of_machine("", "")
    assert {ip_address("127.0.0.1"), ip_address("::1")} <= set(found.addresses)
    assert len(set(found.addresses)) == len(found.addresses)


def test_others_do_not_reach_it_by_loopback_or_link_local():
    addresses = [ip_address(it) for it in ("fe80::1", "127.0.0.1", "192.168.1.5", "fd00::2")]
    assert Names((), tuple(addresses)).reachable == (addresses[2], addresses[3])


MACHINE = Names(
    ("pc.local",), tuple(map(ip_address, ("192.168.1.5", "fd00::2"))), ip_address("192.168.1.5")
)


@pytest.mark.parametrize(
    ("listen_on", "addresses", "main"),
    [
        ("0.0.0.0", ["192.168.1.5"], "192.168.1.5"),
        ("::", ["192.168.1.5", "fd00::2"], "192.168.1.5"),
        ("fd00::2", ["fd00::2"], "fd00::2"),
        ("192.0.2.2", ["192.0.2.2"], "192.0.2.2"),
    ],
)
def test_where_nobody_listens_nobody_is_reached(listen_on, addresses, main):
    found = listened_on(MACHINE, listen_on)
    assert ([str(it) for it in found.addresses], str(found.main)) == (addresses, main)
    assert found.names == MACHINE.names


@pytest.mark.parametrize(
    ("main", "outside"),
    [(None, None), ("192.168.1.5", None), ("192.0.2.2", "192.0.2.2"), ("2001:db8::1",) * 2],
)
def test_a_main_address_is_outside_when_it_is_not_private(main, outside):
    names = Names((), (), ip_address(main) if main else None)
    assert names.outside == (ip_address(outside) if outside else None)


def test_the_main_address_is_kept_though_it_is_not_private(monkeypatch):
    monkeypatch.setattr(names, "_main_address", lambda: ip_address("192.0.2.2"))
    found = names_of_machine("", "")
    assert (found.main, found.main in found.addresses) == (ip_address("192.0.2.2"), False)
