"""What guests left word of for those who were away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.visit import Visit, VisitText
from app.queries.units import receives_for
from app.queries.visits import VisitView, views_by_id

KEPT_IN_SIGHT = timedelta(days=7)


@dataclass(frozen=True)
class Message:
    """A message, and the visit of the guest who left it."""

    text: VisitText
    view: VisitView


def messages_for(session: Session, person_id: int, at: datetime) -> Sequence[Message]:
    """The messages of the last days for the units that a person receives for, newest first."""
    units = receives_for(session, person_id, at)
    if not units:
        return ()
    texts = session.scalars(
        select(VisitText)
        .join(Visit, Visit.id == VisitText.visit_id)
        .where(
            VisitText.field == "message",
            VisitText.at > at - KEPT_IN_SIGHT,
            VisitText.value.is_not(None),
            Visit.destination_id.in_(units),
        )
        .order_by(VisitText.at.desc(), VisitText.id.desc())
    ).all()
    views = views_by_id(session, list({text.visit_id for text in texts}))
    return [Message(text, views[text.visit_id]) for text in texts]
