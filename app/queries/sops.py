"""SOPs by the version a visit keeps."""

from functools import lru_cache

from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from app.domain.sop import Sop
from app.domain.sop_toml import parse_sop
from app.models.office import SopVersion

_versions: dict[tuple[URL, int], Sop] = {}  # by database and id
_ids: dict[tuple[URL, str], int] = {}  # by database and text


@lru_cache(maxsize=64)
def parsed(body: str) -> Sop:
    """The SOP of a stored text; parsing is pure, so each text is parsed once a process."""
    return parse_sop(body)


def sop_of_version(session: Session, version_id: int) -> Sop:
    """The SOP that a visit keeps; a stored version never changes, so it is read once a process."""
    key = (session.get_bind(SopVersion).engine.url, version_id)
    if key not in _versions:
        _versions[key] = parsed(session.get_one(SopVersion, version_id).body)
    return _versions[key]


def sops_by_version(session: Session) -> dict[int, Sop]:
    """Every SOP ever loaded by its version's id, oldest first."""
    rows = session.execute(select(SopVersion.id, SopVersion.body).order_by(SopVersion.id))
    return {version_id: parsed(body) for version_id, body in rows}


def version_id_of(session: Session, sha256: str) -> int:
    """The id of a stored SOP text, read once a process; raises NoResultFound when there is none."""
    key = (session.get_bind(SopVersion).engine.url, sha256)
    if key not in _ids:
        _ids[key] = session.scalars(select(SopVersion.id).where(SopVersion.sha256 == sha256)).one()
    return _ids[key]


def step_names(session: Session) -> dict[str, str]:
    """Each step of every SOP ever loaded by its key, as in "2. Keperluan"; the newest name wins."""
    bodies = session.scalars(select(SopVersion.body).order_by(SopVersion.id))
    steps = [step for body in bodies for step in parsed(body).steps]
    return {step.key: f"{step.number}. {step.short_title}" for step in steps}
