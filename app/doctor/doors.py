"""The two doors of `tamu run --lan`, asked as others on the network ask them."""

from http import HTTPStatus

from app.doctor.asking import NoAnswer, ask
from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault
from app.lan.authority import read_certificate
from app.lan.leaf import CERTIFICATE, standing_names
from app.lan.network import surest_host
from app.lan.plain import plain_address, secure_address
from app.running_server import RunningServer

PING = "/percaya/ping"
START_AGAIN = "Mulai ulang tamu run --lan; bila tetap, periksa firewall komputer ini."


def announced_address(case: Case) -> str:
    """The address that `tamu run --lan` tells people now; empty when there is none."""
    host = _announced_host(case)
    return secure_address(host, case.server.port) if host and case.server else ""


def closed_doors(case: Case) -> Finding | None:
    """Which of the doors nobody opens, though the server answers this machine itself."""
    server, host = case.server, _announced_host(case)
    if server is None or not host or case.asked_url:
        return None
    expected = {secure_address(host, server.port): ("/sehat", HTTPStatus.OK)}
    if server.plain_port:
        expected[plain_address(host, server.plain_port)] = (PING, HTTPStatus.NO_CONTENT)
    wrong = {address: _wrong(address, *answer) for address, answer in expected.items()}
    said = [f"{address} {why}" for address, why in wrong.items() if why]
    if not said:
        return None
    return fault(Subject.PORTS, f"{server.address} menjawab, tetapi {'; '.join(said)}", START_AGAIN)


def _announced_host(case: Case) -> str:
    server: RunningServer | None = case.server
    file = case.tls / CERTIFICATE
    if server is None or not server.lan or not file.is_file():
        return ""
    try:
        covered = standing_names(read_certificate(file))
    except (ValueError, OSError, IndexError):
        return ""  # told of the certificate
    return surest_host(case.names, lambda host: host in covered)


def _wrong(address: str, path: str, expected: HTTPStatus) -> str:
    try:
        status = ask(address, path).status
    except NoAnswer as error:
        return f"tidak menjawab ({error})"
    return "" if status == expected else f"menjawab {status} untuk {path}, bukan {expected.value}"
