"""The ports, the server's answer, and the address that badges carry."""

import socket
from contextlib import ExitStack
from dataclasses import replace

import pytest

from app.doctor import network
from app.doctor.finding import State
from tests.doctor.stand_ins import answering, served
from tests.support.shelves import with_sql
from tools.driving.servers import free_port

LOOPBACK = "127.0.0.1"


def listening(stack: ExitStack) -> int:
    """A port that another program listens on."""
    listener = stack.enter_context(socket.create_server((LOOPBACK, 0)))
    return int(listener.getsockname()[1])


def test_free_ports_are_well(case):
    first, second = free_port(), free_port()
    found = network.ports_for(LOOPBACK, (first,), (second,))
    assert (found.state, found.said) == (
        State.OK,
        f"server tidak berjalan; port {first} bebas, port {second} bebas",
    )
    assert network.ports(case).state is State.OK


def test_a_taken_port_is_told_with_the_one_instead_of_it(case):
    with ExitStack() as stack:
        taken, free = listening(stack), free_port()
        found = network.ports_for(LOOPBACK, (taken, free))
    assert (found.state, found.said) == (
        State.OK,
        f"server tidak berjalan; port {taken}: sedang dipakai program lain, {free} bebas",
    )


def test_ports_that_are_all_taken_are_a_fault():
    with ExitStack() as stack:
        taken = (listening(stack), listening(stack))
        found = network.ports_for(LOOPBACK, (free_port(),), taken)
    assert (found.state, found.said) == (
        State.FAULT,
        f"tidak satu pun dapat dipakai: {taken[0]}, {taken[1]} (sedang dipakai program lain)",
    )
    assert "--port" in found.advice


def test_an_address_that_is_not_this_machines_has_no_port():
    found = network.ports_for("192.0.2.1", (free_port(),))
    assert (found.state, "alamat itu bukan milik komputer ini" in found.said) == (
        State.FAULT,
        True,
    )


def test_an_office_with_certificates_is_looked_at_on_the_ports_of_the_network(case):
    case.tls.mkdir()
    (case.tls / "ca.pem").touch()
    said = network.ports(case).said
    assert ("443" in said, "80" in said, "8000" in said) == (True, True, False)


def test_a_held_folder_without_an_address_is_told(case):
    found = network.ports(replace(case, is_served=True))
    assert (found.state, "belum menyebut alamatnya" in found.said) == (State.WARN, True)


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [
        (200, State.OK, "server menjawab di {}"),
        (503, State.FAULT, "{} menjawab, tetapi terganggu (/sehat 503)"),
        (404, State.FAULT, "{}/sehat menjawab 404, bukan 200"),
        (308, State.FAULT, "{}/sehat menjawab 308, bukan 200"),
    ],
)
def test_what_the_running_server_answers_counts(case, status, state, said):
    with answering({"/sehat": (status, {})}) as address:
        found = network.ports(served(case, address))
    assert (found.state, found.said) == (state, said.format(address))
    assert bool(found.advice) is (state is not State.OK)


def test_a_server_that_does_not_answer_is_a_fault_that_names_its_process(case):
    hung = served(case)
    found = network.ports(hung)
    assert found.state is State.FAULT
    assert found.said == f"{hung.address} tidak menjawab: Connection refused"
    assert found.advice.startswith(f"Hentikan proses {hung.server.pid}, lalu ")
    asked = network.ports(replace(hung, asked_url=hung.address))
    assert asked.advice.startswith("Periksa alamat, ")


def test_without_an_address_on_badges_phones_cannot_open_them(case):
    found = network.public_url(case)
    assert (found.state, "TAMU_PUBLIC_URL=https://ALAMAT" in found.advice) == (State.WARN, True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_of_this_machine_is_well_while_no_server_runs(with_settings, host):
    case = with_settings(PUBLIC_URL=f"https://{host}:{free_port()}")
    assert network.public_url(case).state is State.OK
    found = network.public_url(served(case))
    assert (found.state, "tidak ada jawaban di sana" in found.said) == (State.FAULT, True)


def test_a_name_that_nobody_knows_is_a_fault(with_settings):
    found = network.public_url(with_settings(PUBLIC_URL="https://tamu.invalid"))
    assert (found.state, found.said) == (
        State.FAULT,
        "https://tamu.invalid: nama tamu.invalid tidak ditemukan",
    )
    assert found.advice.startswith("Arahkan tamu.invalid ke komputer ini")


def test_an_address_without_https_is_told(with_settings):
    with answering({"/sehat": (200, {})}) as address:
        found = network.public_url(with_settings(PUBLIC_URL=address))
    assert (found.state, found.said) == (State.WARN, f"{address} tanpa HTTPS")


def test_an_address_where_somebody_else_answers_is_a_fault(with_settings):
    with answering({}) as address:
        found = network.public_url(with_settings(PUBLIC_URL=address))
    assert (found.state, found.said) == (
        State.FAULT,
        f"{address}: yang menjawab di sana bukan server ini (/sehat 404)",
    )


def test_badges_with_another_address_are_counted(case, with_settings):
    file = case.folder / "tamu.db"
    moved = with_settings(PUBLIC_URL="https://tamu.lan")
    with_sql("UPDATE badge_code SET printed_url = NULL, printed_at = NULL")(file)
    assert network.badges(moved).state is State.OK
    with_sql(
        "UPDATE badge_code SET printed_url = 'https://tamu.lan' WHERE badge_id <= 10",
        "UPDATE badge_code SET printed_url = 'https://lama.lan' WHERE badge_id BETWEEN 11 AND 13",
        "UPDATE badge_code SET printed_url = '' WHERE badge_id = 14",
    )(file)
    found = network.badges(moved)
    assert (found.state, found.said) == (
        State.WARN,
        "4 kartu membawa alamat lain dari TAMU_PUBLIC_URL",
    )
    assert found.advice.startswith("Cetak ulang kartu itu")


def test_a_wrong_setting_is_told_once(with_settings):
    case = with_settings(PUBLIC_URL="tamu.lan")
    assert (network.public_url(case), network.badges(case)) == (None, None)
