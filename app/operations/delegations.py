"""Let somebody hold a post for its holder for a time (Plh., Plt.), and end it early."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.models.person import Delegation, Person, Unit
from app.operations.officer import Officer
from app.operations.transaction import refresh_screens, write
from app.queries.delegations import overlapping


class Unset(StrEnum):
    """Why a delegation is not set; the words for each are in `phrases.py`."""

    NOT_YOURS = "not_yours"
    NO_SUCH_DEPUTY = "no_such_deputy"
    BACKWARDS = "backwards"
    OVER = "over"
    OVERLAPS = "overlaps"
    HOLDS_IT = "holds_it"


class DelegationRefused(Exception):
    """The delegation is not set; `why` says what stands against it."""

    def __init__(self, why: Unset) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Post:
    """What is delegated: a role, or the hosting of a unit."""

    role: str | None = None
    unit_id: int | None = None


def set_delegation(
    post: Post,
    deputy_id: int,
    kind: str,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    may_set: bool,
    officer: Officer,
    at: datetime,
) -> None:
    """Let the deputy hold the post from one instant to the other (open: until it is ended).

    `may_set` says that the officer is an admin or holds the post. Raises DelegationRefused.
    """
    if not may_set:
        raise DelegationRefused(Unset.NOT_YOURS)
    if ends_at is not None and ends_at <= starts_at:
        raise DelegationRefused(Unset.BACKWARDS)
    if ends_at is not None and ends_at <= at:
        raise DelegationRefused(Unset.OVER)
    with write() as session:
        _check_deputy(session, post, deputy_id)
        if overlapping(session, post.role, post.unit_id, deputy_id, starts_at, ends_at):
            raise DelegationRefused(Unset.OVERLAPS)
        session.add(
            Delegation(
                kind=kind,
                role=post.role,
                unit_id=post.unit_id,
                deputy_id=deputy_id,
                starts_at=starts_at,
                ends_at=ends_at,
                set_by_id=officer.person_id,
                set_at=at,
            )
        )
        refresh_screens(session)


def end_delegation(delegation_id: int, *, may_end: bool, at: datetime) -> bool:
    """End a delegation now, or take back one that has not begun; whether there was one to end."""
    with write() as session:
        found = session.get(Delegation, delegation_id)
        if found is None or not may_end or (found.ends_at is not None and found.ends_at <= at):
            return False
        found.ends_at = max(at, found.starts_at)
        if found.starts_at > at:
            found.starts_at = found.ends_at = at
        refresh_screens(session)
        return True


def _check_deputy(session: Session, post: Post, deputy_id: int) -> None:
    deputy = session.get(Person, deputy_id)
    if deputy is None or not deputy.active:
        raise DelegationRefused(Unset.NO_SUCH_DEPUTY)
    if post.role is not None and post.role in {row.role for row in deputy.roles}:
        raise DelegationRefused(Unset.HOLDS_IT)
    if post.unit_id is not None:
        unit = session.get(Unit, post.unit_id)
        members = unit.members if unit else ()
        if any(one.person_id == deputy_id and one.kind == "host" for one in members):
            raise DelegationRefused(Unset.HOLDS_IT)
