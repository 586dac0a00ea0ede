"""The office's certificates as they lie in the instance folder."""

import stat
import sys
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault, ok, warn
from app.lan.authority import (
    CA_CERTIFICATE,
    CA_KEY,
    NEW_CA,
    Authority,
    read_certificate,
    read_key,
)
from app.lan.leaf import CERTIFICATE, KEY, RENEWED_BEFORE, standing_names
from app.lan.names import is_private

START = "Jalankan tamu run --lan: sertifikat server dibuat baru."
MEND_NAME = (
    "Pakai alamat pribadi, atau nama yang berakhiran .local, .lan atau .internal "
    f"(TAMU_PUBLIC_URL). Untuk nama di TAMU_DOMAIN: {NEW_CA}"
)
CA_ENDS_SOON = timedelta(days=180)
LATE_BY = timedelta(days=7)  # how long a renewal that was due may not have come


@dataclass(frozen=True)
class Pair:
    """The office's authority and the server's certificate."""

    authority: Authority
    leaf: x509.Certificate


def certificate(case: Case) -> Finding | None:
    """Whether the files are there, private, valid now, and cover this machine's addresses."""
    if not case.tls.is_dir():
        return None if not case.folder.is_dir() else _not_used(case)
    missing = [name for name in (CA_CERTIFICATE, CA_KEY) if not (case.tls / name).is_file()]
    if missing:
        return fault(Subject.CERTIFICATE, f"tidak ada {case.tls / missing[0]}", NEW_CA)
    if not all((case.tls / name).is_file() for name in (CERTIFICATE, KEY)):
        return fault(Subject.CERTIFICATE, f"sertifikat server tidak ada di {case.tls}", START)
    return _open_to_others(case.tls) or _unreadable(case.tls) or _validity(case, _read(case.tls))


def _not_used(case: Case) -> Finding:
    if case.server is not None and case.server.lan:
        advice = "Mulai ulang server (tamu run --lan), lalu percayai CA baru di tiap perangkat."
        return fault(Subject.CERTIFICATE, f"folder {case.tls} hilang", advice)
    return ok(Subject.CERTIFICATE, "belum ada: tamu run --lan belum pernah dijalankan")


def _open_to_others(tls: Path) -> Finding | None:
    if sys.platform == "win32":
        return None
    for file in (tls / CA_KEY, tls / KEY):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            advice = f"Jalankan: chmod 600 {file}"
            return fault(Subject.CERTIFICATE, f"kunci {file} terbaca oleh orang lain", advice)
    return None


def _unreadable(tls: Path) -> Finding | None:
    try:
        pair = _read(tls)
    except (ValueError, OSError, IndexError) as error:
        said = f"berkas di {tls} tidak dapat dibaca ({error})"
        return fault(Subject.CERTIFICATE, said, f"{START} Bila tetap: {NEW_CA}")
    try:
        pair.leaf.verify_directly_issued_by(pair.authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return fault(Subject.CERTIFICATE, "sertifikat server bukan dari CA kantor ini", START)
    return None


def _read(tls: Path) -> Pair:
    authority = Authority(read_certificate(tls / CA_CERTIFICATE), read_key(tls / CA_KEY))
    read_key(tls / KEY)
    return Pair(authority, read_certificate(tls / CERTIFICATE))


def _validity(case: Case, pair: Pair) -> Finding:
    ca, leaf = pair.authority.certificate, pair.leaf
    if case.at < min(ca.not_valid_before_utc, leaf.not_valid_before_utc):
        advice = "Setel jam komputer ini; bila jamnya benar, buat sertifikat baru: " + NEW_CA
        return fault(Subject.CERTIFICATE, "sertifikat belum berlaku menurut jam ini", advice)
    if ca.not_valid_after_utc <= case.at:
        said = f"CA kantor habis {ca.not_valid_after_utc:%Y-%m-%d}"
        return fault(Subject.CERTIFICATE, said, NEW_CA)
    if leaf.not_valid_after_utc <= case.at:
        said = f"sertifikat server habis {leaf.not_valid_after_utc:%Y-%m-%d}"
        return fault(Subject.CERTIFICATE, said, START)
    return _soon(case, pair) or _coverage(case, pair)


def _soon(case: Case, pair: Pair) -> Finding | None:
    ca, leaf = pair.authority.certificate, pair.leaf
    if ca.not_valid_after_utc < case.at + CA_ENDS_SOON:
        said = f"CA kantor habis {ca.not_valid_after_utc:%Y-%m-%d}"
        return warn(Subject.CERTIFICATE, said, f"Rencanakan CA baru. {NEW_CA}")
    if leaf.not_valid_after_utc < case.at + RENEWED_BEFORE - LATE_BY:
        said = f"sertifikat server habis {leaf.not_valid_after_utc:%Y-%m-%d}, belum diperbarui"
        return warn(Subject.CERTIFICATE, said, START)
    return None


def _coverage(case: Case, pair: Pair) -> Finding:
    wanted = [*case.names.names, *case.names.addresses]
    forbidden = [str(it) for it in wanted if not pair.authority.may_vouch_for(it)]
    forbidden += _outside(urlsplit(case.public_url).hostname or "")
    left_out = [
        str(it)
        for it in wanted
        if str(it) not in standing_names(pair.leaf) and str(it) not in forbidden
    ]
    if left_out:
        return _not_covered(case, left_out)
    if forbidden:
        said = f"CA kantor tidak dapat menjamin {', '.join(forbidden)}"
        return warn(Subject.CERTIFICATE, said, MEND_NAME)
    ends = f"{pair.leaf.not_valid_after_utc:%Y-%m-%d}"
    ca_ends = f"{pair.authority.certificate.not_valid_after_utc:%Y-%m-%d}"
    return ok(Subject.CERTIFICATE, f"berlaku sampai {ends}, CA sampai {ca_ends}")


def _outside(public_host: str) -> list[str]:
    """The address that badges carry, when it is of no private network."""
    try:
        return [] if is_private(ip_address(public_host)) else [public_host]
    except ValueError:
        return []


def _not_covered(case: Case, left_out: list[str]) -> Finding:
    said = f"belum mencakup {', '.join(left_out)}"
    if case.is_served and case.server is not None and case.server.lan:
        advice = "Server memperbaruinya tiap menit; bila tetap sesudah dua menit, mulai ulang."
        return warn(Subject.CERTIFICATE, said, advice)
    return warn(Subject.CERTIFICATE, said, START)
