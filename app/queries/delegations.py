"""Who holds which post for somebody else, now and soon."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.models.person import Delegation, UnitMember
from app.queries.people import in_force


def current_delegations(session: Session, at: datetime) -> Sequence[Delegation]:
    """Those that count now or will, the earliest first."""
    return session.scalars(
        select(Delegation)
        .where(or_(Delegation.ends_at.is_(None), Delegation.ends_at > at))
        .options(
            selectinload(Delegation.deputy),
            selectinload(Delegation.set_by),
            selectinload(Delegation.unit),
        )
        .order_by(Delegation.starts_at, Delegation.id)
    ).all()


def deputy_kinds(session: Session, role: str, at: datetime) -> dict[int, str]:
    """Who holds a role for somebody else at that moment, and as what: plh or plt."""
    rows = session.execute(
        select(Delegation.deputy_id, Delegation.kind).where(Delegation.role == role, in_force(at))
    )
    return {row.deputy_id: row.kind for row in rows}


def delegation_by_id(session: Session, delegation_id: int) -> Delegation | None:
    """A delegation, over or not."""
    return session.get(Delegation, delegation_id)


def overlapping(
    session: Session,
    role: str | None,
    unit_id: int | None,
    deputy_id: int,
    starts_at: datetime,
    ends_at: datetime | None,
) -> bool:
    """Whether this deputy holds that post already within these times."""
    query = select(Delegation.id).where(
        Delegation.deputy_id == deputy_id,
        Delegation.role == role if role is not None else Delegation.unit_id == unit_id,
        or_(Delegation.ends_at.is_(None), Delegation.ends_at > starts_at),
    )
    if ends_at is not None:
        query = query.where(Delegation.starts_at < ends_at)
    return session.scalars(query.limit(1)).first() is not None


def hosted_units(session: Session, person_id: int) -> frozenset[int]:
    """The units whose host this person is."""
    return frozenset(
        session.scalars(
            select(UnitMember.unit_id).where(
                UnitMember.person_id == person_id, UnitMember.kind == "host"
            )
        )
    )
