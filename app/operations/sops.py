"""Store the SOP texts read at start, each version once."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.domain.sop_toml import parse_sop
from app.models.office import SopVersion
from app.operations.transaction import write


def digest_of(body: str) -> str:
    """The SHA-256 by which an SOP text is known."""
    return hashlib.sha256(body.encode()).hexdigest()


def store_sops(bodies: Iterable[str], *, at: datetime) -> None:
    """Keep each text that is not stored yet; raises SopError for one that cannot be used."""
    with write() as session:
        for body in bodies:
            sop = parse_sop(body)
            sha256 = digest_of(body)
            if session.scalar(select(SopVersion.id).where(SopVersion.sha256 == sha256)):
                continue
            session.add(
                SopVersion(
                    sop_code=sop.code, sha256=sha256, body=body, status=sop.status, loaded_at=at
                )
            )
