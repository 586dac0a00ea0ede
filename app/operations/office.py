"""The office's settings: its words on paper, its emblem, its hours."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from app.domain.hours import DayHours
from app.emblem import CleanEmblem
from app.models.office import Emblem, Office, OfficeHours
from app.operations.transaction import refresh_screens, write
from app.queries.office import emblem as stored_emblem
from app.queries.office import office_hours

WEEK = range(7)


def change_office(values: Mapping[str, str]) -> tuple[str, ...]:
    """Set columns of the office; returns those that were different before."""
    with write() as session:
        office = session.get_one(Office, 1)
        changed = tuple(name for name, text in values.items() if getattr(office, name) != text)
        for name in changed:
            setattr(office, name, values[name])
        if changed:
            refresh_screens(session)
        return changed


def save_hours(week: Mapping[int, DayHours]) -> tuple[int, ...]:
    """Set the whole week, a day that is not named is closed; returns the days that changed."""
    with write() as session:
        stored = office_hours(session)
        changed = tuple(day for day in WEEK if _value(stored.get(day)) != week.get(day))
        for day in changed:
            if day in week:
                session.merge(OfficeHours(weekday=day, **asdict(week[day])))
            else:
                session.delete(stored[day])
        if changed:
            refresh_screens(session)
        return changed


def save_emblem(new: CleanEmblem, *, at: datetime) -> bool:
    """Store the emblem in place of the one before; False when it is the same picture."""
    with write() as session:
        stored = stored_emblem(session)
        if stored is not None and stored.png == new.png:
            return False
        session.merge(Emblem(id=1, png=new.png, width=new.width, height=new.height, changed_at=at))
        refresh_screens(session)
        return True


def remove_emblem() -> bool:
    """Forget the emblem; False when there was none."""
    with write() as session:
        stored = stored_emblem(session)
        if stored is None:
            return False
        session.delete(stored)
        refresh_screens(session)
        return True


def _value(stored: OfficeHours | None) -> DayHours | None:
    if stored is None:
        return None
    return DayHours(stored.opens_at, stored.closes_at, stored.break_from, stored.break_until)
