"""The network while it is served: its address may change, and looking again may fail."""

import socket
from ipaddress import ip_address

import pytest

from app import serving
from app.commands import lan
from app.lan import network
from app.lan.names import Names
from app.lan.network import Lookout, look_around
from tests.cast import MORNING
from tools.driving.servers import free_port

PLAIN = {"PUBLIC_URL": "", "DOMAIN": ""}
NAMES = ("pc.local", "localhost")


@pytest.fixture
def move(monkeypatch):
    """Give the machine another address."""

    def move(address):
        names = Names(NAMES, (ip_address(address), ip_address("127.0.0.1")))
        monkeypatch.setattr(network, "names_of_machine", lambda *_: names)

    move("192.168.1.5")
    return move


@pytest.fixture
def lookout(tmp_path, move):
    return Lookout(lambda: look_around(tmp_path, PLAIN, "0.0.0.0", MORNING))


def test_a_new_address_is_led_to_at_once_and_told_in_the_log(lookout, move, caplog):
    assert lookout.look_again() is False
    move("192.168.1.77")
    assert lookout.address_for("192.168.1.5", 8443) == "https://192.168.1.5:8443"
    assert lookout.look_again() is True
    assert lookout.address_for("192.168.1.5", 8443) == "https://192.168.1.77:8443"
    assert lookout.address_for("pc.local", 8443) == "https://pc.local:8443"
    assert caplog.messages == ["Alamat server berganti dari 192.168.1.5 ke 192.168.1.77."]
    move("192.168.1.5")
    lookout.look_again()
    assert lookout.address_for("", 8443) == "https://192.168.1.5:8443"


def test_an_authority_that_became_unusable_is_told_and_what_is_served_stays(
    tmp_path, lookout, move, caplog
):
    (tmp_path / "tls" / "ca-key.pem").unlink()
    move("192.168.1.77")
    assert lookout.look_again() is False
    assert lookout.network.host == "192.168.1.5"
    (told,) = caplog.messages
    assert told.startswith("Sertifikat tidak diperbarui. Berkas ")


def test_both_doors_lead_to_the_address_of_now(app, monkeypatch, move):
    served = {}
    monkeypatch.setattr(lan, "open_door", lambda app, *_: served.update(plain=app))
    monkeypatch.setattr(serving, "serve", lambda *options: served.update(tls=options[-1]))
    lan.serve_lan(app, app.config["INSTANCE"], "0.0.0.0", None, None, serving.Pace())
    where = app.config["SECURE_ADDRESS"]("").removeprefix("https://192.168.1.5")
    move("192.168.1.77")
    assert served["tls"].renew() is True
    assert app.config["SECURE_ADDRESS"]("") == f"https://192.168.1.77{where}"
    told = []
    served["plain"]({"PATH_INFO": "/meja"}, lambda status, headers: told.extend(headers))
    assert dict(told)["Location"] == f"https://192.168.1.77{where}/meja"


@pytest.mark.parametrize(
    ("refused", "ports"),
    [((), (443, 80)), ((443, 80), (8443, 8080)), ((443, 8443), (8444, 80)), ((80,), (443, 8080))],
)
def test_ports_that_are_refused_are_not_waited_for(app, monkeypatch, move, refused, ports):
    served = {}
    monkeypatch.setattr(serving, "obstacle", lambda _, port: "tidak" if port in refused else "")
    monkeypatch.setattr(lan, "open_door", lambda *options: served.update(plain=options[2]))
    monkeypatch.setattr(serving, "serve", lambda *options: served.update(tls=options))
    lan.serve_lan(app, app.config["INSTANCE"], "0.0.0.0", None, None, serving.Pace())
    assert (served["tls"][2], served["plain"], served["tls"][-1].plain_port) == (*ports, ports[1])


def test_a_server_without_a_port_says_which_were_tried(app, monkeypatch, move):
    monkeypatch.setattr(serving, "obstacle", lambda _, port: "tidak" if port != 443 else "")
    with pytest.raises(serving.CannotServe, match="80, 8080, 8081, 8082"):
        lan.serve_lan(app, app.config["INSTANCE"], "0.0.0.0", None, None, serving.Pace())


def test_a_port_that_another_program_holds_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, free = other.getsockname()[1], free_port()
        assert lan._first_free("127.0.0.1", (taken, free)) == free
