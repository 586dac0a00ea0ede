"""The two doors of `tamu run --lan`, asked as others on the network ask them."""

import ssl
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.doctor.asking import NoAnswer, ask, trusts
from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault
from app.lan.authority import CA_CERTIFICATE, CA_KEY, Authority, read_certificate, read_key
from app.lan.cautions import port_of
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


def cure_of_port(case: Case, url: str) -> str:
    """What to do when an address on badges names a port on which `tamu run --lan` is not."""
    server = case.server
    if server is None or not server.lan or case.asked_url:
        return ""
    served = server.port if urlsplit(url).scheme == "https" else server.plain_port
    if port_of(url) == served:
        return ""
    return f"Server di port {server.port}, bukan {port_of(url)}. {_pin(_right_address(case, url))}"


def distrust(case: Case, url: str) -> str:
    """Why no device believes who answers at an address; nothing when one of them may.

    A device trusts the office's own authority, or those that its maker chose; what a proxy's own
    authority vouches for cannot be told from here.
    """
    is_own = case.server is not None and case.server.lan
    if urlsplit(url).scheme != "https" or case.ca is None or not is_own:
        return ""
    try:
        by_own = trusts(url, ssl.create_default_context(cafile=str(case.ca)))
        return by_own and trusts(url, ssl.create_default_context()) and by_own
    except NoAnswer:
        return ""  # it has just answered; the next look tells


def cure_of_certificate(case: Case, url: str) -> str:
    """What to do when the certificate does not stand for the address on badges."""
    host = urlsplit(url).hostname or ""
    if host in {*case.names.names, *map(str, case.names.addresses)} and _may_be_covered(case, host):
        return "Mulai ulang tamu run --lan: sertifikat server dibuat baru."
    told = "CA kantor hanya menjamin alamat pribadi, nama komputer ini, dan TAMU_DOMAIN."
    return f"{told} {_pin(announced_address(case))}"


def _may_be_covered(case: Case, host: str) -> bool:
    authority = Authority(read_certificate(case.tls / CA_CERTIFICATE), read_key(case.tls / CA_KEY))
    try:
        return authority.may_vouch_for(ip_address(host))
    except ValueError:
        return authority.may_vouch_for(host)


def _pin(address: str) -> str:
    return f"Pakai TAMU_PUBLIC_URL={address}, mulai ulang, lalu cetak kartunya."


def _right_address(case: Case, url: str) -> str:
    """The address of the same host, if it is ours, on the port that is served."""
    host = urlsplit(url).hostname or ""
    known = {*case.names.names, *map(str, case.names.addresses)}
    port = case.server.port if case.server else 0
    return secure_address(host, port) if host in known else announced_address(case)


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
