"""The server's certificate: for the names of today, renewed long before it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.lan.authority import (
    BACKDATED,
    Authority,
    key_bytes,
    pem,
    read_certificate,
    read_key,
    tls_folder,
    usage,
    write_private,
)
from app.lan.names import Address, Names

CERTIFICATE, KEY = "server.pem", "server-key.pem"
LIFE = timedelta(days=397)  # browsers take no longer one
RENEWED_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class Leaf:
    """Where the server finds its certificate and key, and whether they have just been made."""

    certificate: Path
    key: Path
    is_new: bool
    left_out: tuple[str, ...]  # names that the authority may not vouch for


def current_leaf(instance: Path, authority: Authority, names: Names, at: datetime) -> Leaf:
    """The certificate to serve with; made anew when it ends soon or no longer fits the names."""
    wanted: list[str | Address] = [*names.names, *names.addresses]
    allowed = [name for name in wanted if authority.may_vouch_for(name)]
    left_out = tuple(str(name) for name in wanted if name not in allowed)
    folder = tls_folder(instance)
    certificate, key = folder / CERTIFICATE, folder / KEY
    is_new = not _still_fits(certificate, key, authority, allowed, at)
    if is_new:
        _make(certificate, key, authority, allowed, at)
    return Leaf(certificate, key, is_new, left_out)


def standing_names(certificate: x509.Certificate) -> frozenset[str]:
    """Every name and address that a certificate stands for."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return frozenset([*names.get_values_for_type(x509.DNSName), *map(str, addresses)])


def _still_fits(
    certificate: Path, key: Path, authority: Authority, names: list[str | Address], at: datetime
) -> bool:
    try:
        found = read_certificate(certificate)
        is_pair = read_key(key).public_key() == found.public_key()
        found.verify_directly_issued_by(authority.certificate)
    except Exception:  # noqa: BLE001  whatever is wrong with the files: they are made anew
        return False
    is_valid = found.not_valid_before_utc <= at < found.not_valid_after_utc
    lasts = is_valid and not _ends_soon(found, authority, at)
    return is_pair and lasts and set(map(str, names)) <= standing_names(found)


def _ends_soon(found: x509.Certificate, authority: Authority, at: datetime) -> bool:
    """Whether another one would last longer; none lasts longer than the authority."""
    ends = found.not_valid_after_utc
    return ends <= at + RENEWED_BEFORE and ends < authority.certificate.not_valid_after_utc


def _make(
    certificate: Path, key: Path, authority: Authority, names: list[str | Address], at: datetime
) -> None:
    own_key = ec.generate_private_key(ec.SECP256R1())
    ends = min(at - BACKDATED + LIFE, authority.certificate.not_valid_after_utc)
    issuer_key = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0])[:64])]))
        .issuer_name(authority.certificate.subject)
        .public_key(own_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_general, names))), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key.value),
            critical=False,
        )
        .sign(authority.key, hashes.SHA256())
    )
    write_private(key, key_bytes(own_key))
    write_private(certificate, pem(made) + pem(authority.certificate))


def _general(name: str | Address) -> x509.GeneralName:
    if isinstance(name, IPv4Address | IPv6Address):
        return x509.IPAddress(name)
    return x509.DNSName(name)
