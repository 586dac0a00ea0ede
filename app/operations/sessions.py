"""End a session before its time, so that no copy of its cookie opens anything."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from app.models.person import EndedSession
from app.operations.transaction import write

KEPT = timedelta(days=30)  # a clock that is set back must bring none of them to life


def end_session(session_id: str, *, until: datetime, at: datetime) -> None:
    """Remember an ended session until it has long run out by itself."""
    with write() as session:
        session.execute(delete(EndedSession).where(EndedSession.until < at - KEPT))
        session.merge(EndedSession(id=session_id, until=until))
