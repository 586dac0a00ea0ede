"""The office's own certificate authority, made once; it vouches for the office's network alone."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.lan.names import PRIVATE, PRIVATE_DOMAINS, Address, is_private

FOLDER = "tls"
CA_CERTIFICATE, CA_KEY = "ca.pem", "ca-key.pem"
LIFE = timedelta(days=3653)
BACKDATED = timedelta(days=1)  # devices whose clock is behind
COPY_BACK = (
    f"Kembalikan {CA_CERTIFICATE} dan {CA_KEY} dari salinannya (docs/jaringan.md, "
    "Pindah ke komputer lain)"
)
NEW_CA = (
    "Pindahkan folder tls itu ke tempat lain, jalankan tamu run --lan, lalu percayai CA baru di "
    "tiap perangkat (/percaya)."
)
Key = ec.EllipticCurvePrivateKey


class AuthorityUnusable(Exception):
    """Why the office's authority cannot be used; a new one would undo the trust of every device."""


class Authority:
    """The certificate that devices are told to trust, and its key."""

    def __init__(self, certificate: x509.Certificate, key: Key) -> None:
        self.certificate, self.key = certificate, key

    def may_vouch_for(self, name: str | Address) -> bool:
        """Whether its name constraints permit a name or an address (RFC 5280, 4.2.1.10)."""
        if not isinstance(name, str):
            return is_private(name)
        domains = self._permitted_domains()
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)

    def _permitted_domains(self) -> list[str]:
        constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints)
        permitted = constraints.value.permitted_subtrees or []
        return [entry.value for entry in permitted if isinstance(entry, x509.DNSName)]


def open_authority(instance: Path, *, host: str, domain: str, at: datetime) -> Authority:
    """The authority of this instance folder; a new one is made when there is none.

    `host` and `domain` are what it may vouch for besides private addresses and domains.
    """
    folder = tls_folder(instance)
    if _was_never_used(folder):
        made = _make(host, domain, at)
        write_private(folder / CA_KEY, key_bytes(made.key))
        write_private(folder / CA_CERTIFICATE, pem(made.certificate))
        return made
    found = _read(folder)
    if found.certificate.not_valid_after_utc <= at:
        raise AuthorityUnusable(
            f"CA kantor di {folder} habis {found.certificate.not_valid_after_utc:%Y-%m-%d}. "
            f"Periksa dulu jam komputer ini. {NEW_CA}"
        )
    return found


def _was_never_used(folder: Path) -> bool:
    """Whether there is no certificate: a first start that was cut off leaves a key alone."""
    return all(path.stem.endswith("-key") for path in folder.glob("*.pem"))


def _read(folder: Path) -> Authority:
    for name in (CA_CERTIFICATE, CA_KEY):
        if not (folder / name).exists():
            raise AuthorityUnusable(
                f"Berkas {folder / name} tidak ada. {COPY_BACK}, supaya tiap perangkat tetap "
                f"percaya. Bila tidak ada salinan: {NEW_CA}"
            )
    try:
        return _pair(read_certificate(folder / CA_CERTIFICATE), read_key(folder / CA_KEY))
    except (OSError, TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise AuthorityUnusable(
            f"CA kantor di {folder} ({CA_CERTIFICATE}, {CA_KEY}) rusak atau tidak terbaca. "
            f"{COPY_BACK}, atau perbaiki izinnya. Bila tidak ada salinan: {NEW_CA}"
        ) from error


def _pair(certificate: x509.Certificate, key: Key) -> Authority:
    if certificate.public_key() != key.public_key():
        raise ValueError("a key of another certificate")
    return Authority(certificate, key)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 in pairs, to compare by eye with what a device shows."""
    return certificate.fingerprint(hashes.SHA256()).hex(" ").upper()


def tls_folder(instance: Path) -> Path:
    """Where certificates and keys lie, for the owner alone."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def read_certificate(path: Path) -> x509.Certificate:
    """The first certificate of a PEM file; raises ValueError when it holds none."""
    return x509.load_pem_x509_certificates(path.read_bytes())[0]


def read_key(path: Path) -> Key:
    """The key of a PEM file; raises ValueError for anything else."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of ours")  # noqa: TRY004  a file's content, not a type
    return key


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_bytes(key: Key) -> bytes:
    """A key as PEM text, not encrypted: the server starts without anybody."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """What a key is for: signing certificates, or shaking hands."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _make(host: str, domain: str, at: datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pelayanan Tamu"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pelayanan Tamu di {host} ({at:%Y})"[:64]),
        ]
    )
    public = key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(at + LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(host, domain), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def _constraints(host: str, domain: str) -> x509.NameConstraints:
    domains = dict.fromkeys([*PRIVATE_DOMAINS, host, *([domain] if domain else [])])
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in domains]
    names += [x509.IPAddress(network) for network in PRIVATE]
    return x509.NameConstraints(permitted_subtrees=names, excluded_subtrees=None)
