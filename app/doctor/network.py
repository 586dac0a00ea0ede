"""The network: the ports, whether the server answers, and the address that badges carry."""

import socket
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import serving
from app.commands.lan import PLAIN_PORTS, SECURE_PORTS
from app.commands.run import LOOPBACK
from app.doctor.asking import NoAnswer, ask
from app.doctor.case import Case, reading
from app.doctor.doors import (
    announced_address,
    closed_doors,
    cure_of_certificate,
    cure_of_port,
    distrust,
)
from app.doctor.finding import Finding, Subject, fault, ok, warn
from app.formatting import thousands
from app.lan.names import ALL_ADDRESSES, names_of_machine
from app.queries.badges import printed_with

CANNOT_OPEN = "QR kartu belum dapat dibuka dengan kamera ponsel biasa"

HOW_TO_LEAD_HERE = "(DNS, atau IP tetap di router), atau perbaiki TAMU_PUBLIC_URL."


def ports(case: Case) -> Finding:
    """Whether the running server answers; else whether there are ports for it."""
    if case.address is not None:
        return _answering(case, case.address)
    if case.is_served:
        said = f"folder {case.folder} sedang dipakai, tetapi server belum menyebut alamatnya"
        advice = "Server sedang mulai, atau cadangan sedang dipulihkan. Ulangi sebentar lagi."
        return warn(Subject.PORTS, said, advice)
    if case.ca is not None:
        return ports_for(ALL_ADDRESSES, SECURE_PORTS, PLAIN_PORTS)
    return ports_for(LOOPBACK, tuple(serving.PORTS_TRIED))


def ports_for(host: str, *choices: Sequence[int]) -> Finding:
    """Whether one of each choice of ports is free and permitted."""
    free: list[str] = []
    for choice in choices:
        found = _first_free(host, choice)
        if found is None:
            shown = ", ".join(map(str, choice))
            said = f"tidak satu pun dapat dipakai: {shown} ({serving.obstacle(host, choice[0])})"
            advice = "Hentikan program lain yang memakainya, atau pilih port lain dengan --port."
            return fault(Subject.PORTS, said, advice)
        free.append(_port(host, choice[0], found))
    return ok(Subject.PORTS, f"server tidak berjalan; {', '.join(free)}")


def public_url(case: Case) -> Finding | None:
    """Whether the address on badges leads to this office."""
    if case.settings is None:
        return None
    url = case.public_url
    if not url:
        advice = "Jalankan server dengan TAMU_PUBLIC_URL=https://ALAMAT, lalu cetak kartunya."
        return warn(Subject.PUBLIC_URL, f"TAMU_PUBLIC_URL belum diisi; {CANNOT_OPEN}", advice)
    wrong = _leads_elsewhere(case, url)
    if wrong:
        advice = f"Arahkan {urlsplit(url).hostname} ke komputer ini {HOW_TO_LEAD_HERE}"
        return fault(Subject.PUBLIC_URL, f"{url}: {wrong}", cure_of_port(case, url) or advice)
    untrusted = distrust(case, url)
    if untrusted:
        said = f"{url}: ponsel tidak akan percaya ({untrusted})"
        return fault(Subject.PUBLIC_URL, said, cure_of_certificate(case, url))
    if urlsplit(url).scheme != "https":
        advice = "Pakai alamat https: kamera ponsel hanya boleh dipakai di sana (tamu run --lan)."
        return warn(Subject.PUBLIC_URL, f"{url} tanpa HTTPS", advice)
    return ok(Subject.PUBLIC_URL, url)


def badges(case: Case) -> Finding | None:
    """How many live badges carry another address than the office's."""
    if case.readable_database is None or case.settings is None:
        return None
    try:
        with reading(case, case.readable_database) as engine, Session(engine) as session:
            printed = printed_with(session)
    except DBAPIError:
        return None  # damaged or of an older schema: told of the database itself
    others = [
        len(numbers) for url, numbers in printed.items() if url not in {None, case.public_url}
    ]
    if others:
        said = f"{thousands(sum(others))} kartu membawa alamat lain dari TAMU_PUBLIC_URL"
        advice = "Cetak ulang kartu itu; nomornya tertulis di halaman Tanda pengenal."
        return warn(Subject.BADGES, said, advice)
    return ok(Subject.BADGES, "tidak ada kartu dengan alamat lama")


def _answering(case: Case, address: str) -> Finding:
    try:
        status = ask(address, "/sehat").status
    except NoAnswer as error:
        return fault(Subject.PORTS, f"{address} tidak menjawab: {error}", _start_again(case))
    if status == HTTPStatus.OK:
        return closed_doors(case) or ok(Subject.PORTS, _open_at(case, address))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        advice = f"Baca alasannya di {case.folder / 'logs' / 'tamu.log'}."
        return fault(Subject.PORTS, f"{address} menjawab, tetapi terganggu (/sehat 503)", advice)
    advice = "Periksa alamatnya, dan proxy di depan server bila ada (docs/jaringan.md)."
    return fault(Subject.PORTS, f"{address}/sehat menjawab {status}, bukan 200", advice)


def _open_at(case: Case, address: str) -> str:
    announced = "" if case.asked_url else announced_address(case)
    also = f", dari jaringan di {announced}" if announced not in {"", address} else ""
    return f"server menjawab di {address}{also}"


def _start_again(case: Case) -> str:
    if case.server is None or case.asked_url:
        return "Periksa alamat, kabel dan firewall, lalu jalankan server (tamu run)."
    return f"Hentikan proses {case.server.pid}, lalu jalankan tamu run lagi; periksa juga firewall."


def _first_free(host: str, choice: Sequence[int]) -> int | None:
    return next((port for port in choice if serving.is_free(host, port)), None)


def _port(host: str, first: int, found: int) -> str:
    if found == first:
        return f"port {found} bebas"
    return f"port {first}: {serving.obstacle(host, first)}, {found} bebas"


def _leads_elsewhere(case: Case, url: str) -> str:
    """Why an address does not lead here; nothing when it does."""
    try:
        status = ask(url, "/sehat").status
    except NoAnswer as error:
        return _unanswered(case, url, str(error))
    return (
        ""
        if status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
        else (f"yang menjawab di sana bukan server ini (/sehat {status})")
    )


def _unanswered(case: Case, url: str, why: str) -> str:
    if case.address is not None:
        return f"tidak ada jawaban di sana ({why})"
    host = urlsplit(url).hostname or ""
    try:
        found = {ip_address(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except (OSError, ValueError):
        return f"nama {host} tidak ditemukan"
    own = set(names_of_machine(case.domain, "").addresses)
    return "" if found & own else f"{host} bukan alamat komputer ini"
