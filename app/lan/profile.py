"""The office's certificate as a configuration profile, the form that iPhone and iPad install."""

import plistlib
from uuid import NAMESPACE_OID, uuid5

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.lan.authority import fingerprint_of

MIME = "application/x-apple-aspen-config"
IDENTIFIER = "local.pelayanan-tamu"
FILE = "pelayanan-tamu.mobileconfig"


def profile_of(certificate: x509.Certificate, name: str) -> bytes:
    """An unsigned profile that holds a certificate of an authority.

    The same certificate always makes the same profile, so that a second one replaces the first.
    """
    root = _payload(certificate, "root")
    root |= {
        "PayloadType": "com.apple.security.root",
        "PayloadDisplayName": name,
        "PayloadCertificateFileName": "pelayanan-tamu.cer",
        "PayloadContent": certificate.public_bytes(Encoding.DER),
    }
    profile = _payload(certificate, "profile")
    profile |= {
        "PayloadType": "Configuration",
        "PayloadDisplayName": name,
        "PayloadDescription": "Sertifikat kantor, supaya kamera boleh dipakai di Pelayanan Tamu.",
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [root],
    }
    return plistlib.dumps(profile)


def _payload(certificate: x509.Certificate, part: str) -> dict[str, object]:
    fingerprint = fingerprint_of(certificate).replace(" ", "").lower()
    identifier = f"{IDENTIFIER}.{fingerprint[:16]}.{part}"
    return {
        "PayloadVersion": 1,
        "PayloadIdentifier": identifier,
        "PayloadUUID": str(uuid5(NAMESPACE_OID, f"{fingerprint}.{part}")).upper(),
    }
