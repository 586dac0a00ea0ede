"""SOPs by the version a visit keeps."""

from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.sop import Sop, parse_sop
from app.models.office import SopVersion


@lru_cache(maxsize=64)
def parsed(body: str) -> Sop:
    """The SOP of a stored text; parsing is pure, so each text is parsed once a process."""
    return parse_sop(body)


def sop_of_version(session: Session, version_id: int) -> Sop:
    """The SOP that a visit keeps."""
    version = session.get_one(SopVersion, version_id)
    return parsed(version.body)


def version_id_of(session: Session, sha256: str) -> int:
    """The id of a stored SOP text; raises NoResultFound when it was never stored."""
    return session.scalars(select(SopVersion.id).where(SopVersion.sha256 == sha256)).one()
