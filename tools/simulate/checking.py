"""The record of the year beside the simulation's own books: a sentence for each difference."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.period import Period
from app.models.badge import Badge
from app.models.scan import Scan
from app.models.visit import Appointment, StepTime, Visit, VisitText
from app.queries.guest_book import count, in_order_of_arrival
from app.queries.register import STILL_OPEN, Filters
from app.queries.summary import Summary, summary_of
from tests.support.invariants import check_record
from tests.support.record import read_record
from tools.simulate.books import LIMIT_S, OPEN_ENDED, STEPS, Account, Books
from tools.simulate.office import Office

MOST_TOLD = 20  # differences: more say no more
HELD = ("wati", "secretary"), ("ani", "host")  # by deputies, from time to time


def check_invariants(office: Office) -> None:
    """What holds whatever people do, of every row; raises AssertionError."""
    held = {office.ids[name]: set(one.roles) for name, one in office.officers.items()}
    for deputy, role in HELD:
        held[office.ids[deputy]].add(role)
    roles = {person_id: frozenset(one or {""}) for person_id, one in held.items()}
    check_record(read_record(), office.app.config["SOP_IN_FORCE"], roles)


def differences(office: Office) -> list[str]:
    """What the record and the books do not say alike; nothing when all is well."""
    with office.read() as session:
        found = [
            *_of_visits(session, office.books),
            *_of_steps(session, office.books),
            *_of_stock(session, office),
            *_of_counts(session, office.books),
            *_of_numbers(office.books),
            *_of_summaries(session, office),
        ]
    return found[:MOST_TOLD]


def _of_visits(session: Session, books: Books) -> Iterator[str]:
    """Each line of the guest book, by its number."""
    stored = {
        f"{visit.number}/{visit.year}": (
            visit.kind, visit.guest_kind, visit.arrived_on, visit.arrived_hour, visit.party_size,
            visit.destination_id, visit.outcome, visit.late_steps, visit.late_entry,
            visit.round, visit.corrections,
        )
        for visit in session.execute(select(*Visit.__table__.columns))
    }  # fmt: skip
    booked = {
        one.label: (
            one.kind, one.guest_kind, books.day_of(one), books.hour_of(one), one.party,
            one.destination, one.outcome, one.late_steps, one.late_entry,
            one.round, one.corrections,
        )
        for one in books.written()
    }  # fmt: skip
    yield from _unlike("visit", stored, booked)


def _of_steps(session: Session, books: Books) -> Iterator[str]:
    """Each step of each visit, with its standing and seconds."""
    stored = defaultdict(list)
    rows = session.execute(
        select(
            Visit.number, Visit.year, StepTime.step_key, StepTime.round, StepTime.standing,
            StepTime.elapsed_s,
        ).join(Visit, Visit.id == StepTime.visit_id)
    )  # fmt: skip
    for number, year, *step in rows:
        stored[f"{number}/{year}"].append(tuple(step))
    booked = {
        one.label: [(leg.step, leg.round, leg.standing, leg.seconds) for leg in one.legs]
        for one in books.written()
        if one.legs
    }
    yield from _unlike("steps of", _sorted(stored), _sorted(booked))


def _of_stock(session: Session, office: Office) -> Iterator[str]:
    stored = dict(session.execute(select(Badge.number, Badge.state)).all())
    yield from _unlike("badge", stored, office.rack)


def _of_counts(session: Session, books: Books) -> Iterator[str]:
    texts = select(func.count()).where(VisitText.field == "message")
    made = select(func.count()).select_from(Appointment).where(Appointment.dropped_at.is_(None))
    yield from _unlike(
        "count of",
        {
            "scans": session.scalar(select(func.count()).select_from(Scan)),
            "messages": session.scalar(texts),
            "appointments": session.scalar(made),
            "appointments kept": session.scalar(made.where(Appointment.arrived_visit_id > 0)),
        },
        {
            "scans": books.scans,
            "messages": books.messages,
            "appointments": books.appointments_made,
            "appointments kept": books.appointments_kept,
        },
    )


def _of_numbers(books: Books) -> Iterator[str]:
    """Visits are numbered from one in each year, without a gap."""
    numbers = defaultdict(list)
    for one in books.written():
        number, year = map(int, one.label.split("/"))
        numbers[year].append(number)
    for year, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"numbers of {year}: {len(found)} visits, the highest {max(found)}"


def _of_summaries(session: Session, office: Office) -> Iterator[str]:
    """The totals of each month and of the whole, as the pages and the printed book count them."""
    days = [office.books.day_of(one) for one in office.books.written()]
    whole = Period(min(days), max(days))
    for period in (whole, *_months(whole)):
        accounts = [one for one in office.books.written() if period.holds(office.books.day_of(one))]
        summary = summary_of(session, period, office.app.config["SOP_IN_FORCE"])
        told, booked = _told(summary, session), _booked(accounts, office.books)
        if period is not whole:  # the book is printed by the month
            told, booked = told | _printed(session, period), booked | _to_print(accounts)
        yield from _unlike(f"{period.first} to {period.last}", told, booked)


def _told(summary: Summary, session: Session) -> dict[str, object]:
    totals, filters = summary.totals, Filters(period=summary.period)
    figures = {row.step.key: row.figures for row in summary.steps}
    return {
        "visits": totals.visits,
        "people": totals.people,
        "outcomes": dict(totals.outcomes),
        "with a late step": totals.with_late_step,
        "late entries": totals.late_entries,
        "corrected": totals.corrected,
        "by day": dict(summary.by_day),
        "by hour": dict(summary.by_hour),
        "destinations": {row.unit_id: row.visits for row in summary.destinations},
        "listed": count(session, filters),
        **{
            f"{key}: {name}": getattr(figures[key], name)
            for key in STEPS
            for name in (
                "measured", "on_time", "late", "not_measured", "skipped", "median", "p90", "longest"
            )
        },
    }  # fmt: skip


def _printed(session: Session, period: Period) -> dict[str, object]:
    """What the guest book of a month adds up to, line by line."""
    views = list(in_order_of_arrival(session, Filters(period=period)))
    return {
        "printed": (len(views), sum(view.visit.party_size for view in views)),
        "printed outcomes": Counter(view.progress.outcome or STILL_OPEN for view in views),
    }


def _to_print(accounts: list[Account]) -> dict[str, object]:
    return {
        "printed": (len(accounts), sum(one.party for one in accounts)),
        "printed outcomes": Counter(one.outcome or STILL_OPEN for one in accounts),
    }


def _booked(accounts: list[Account], books: Books) -> dict[str, object]:
    outcomes = Counter(one.outcome or STILL_OPEN for one in accounts)
    booked: dict[str, object] = {
        "visits": len(accounts),
        "people": sum(one.party for one in accounts),
        "outcomes": dict(outcomes),
        "with a late step": sum(one.late_steps > 0 for one in accounts),
        "late entries": sum(one.late_entry for one in accounts),
        "corrected": sum(one.corrections > 0 for one in accounts),
        "by day": _counted(accounts, books.day_of),
        "by hour": _counted(accounts, books.hour_of),
        "destinations": _counted(accounts, lambda one: one.destination),
        "listed": len(accounts),
    }
    for step in STEPS:
        legs = [leg for one in accounts if one.is_judged for leg in one.legs if leg.step == step]
        seconds = sorted(leg.seconds for leg in legs if leg.seconds is not None)
        stood = Counter(leg.standing for leg in legs)
        booked |= {
            f"{step}: measured": len(seconds),
            f"{step}: on_time": sum(one <= LIMIT_S for one in seconds) * (step != OPEN_ENDED),
            f"{step}: late": sum(one > LIMIT_S for one in seconds) * (step != OPEN_ENDED),
            f"{step}: not_measured": stood["not_measurable"],
            f"{step}: skipped": stood["skipped"],
            f"{step}: median": _nearest_rank(seconds, 0.5),
            f"{step}: p90": _nearest_rank(seconds, 0.9),
            f"{step}: longest": _nearest_rank(seconds, 1),
        }
    return booked


def _nearest_rank(seconds: list[int], share: float) -> timedelta | None:
    if not seconds:
        return None
    return timedelta(seconds=seconds[max(ceil(share * len(seconds)), 1) - 1])


def _months(whole: Period) -> Iterator[Period]:
    first = whole.first
    while first <= whole.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Period(first, min(following - timedelta(days=1), whole.last))
        first = following


def _counted(accounts: Iterable[Account], of: Callable[[Account], object]) -> dict[object, int]:
    return dict(Counter(of(one) for one in accounts))


def _sorted(lists: Mapping[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    return {key: sorted(rows, key=repr) for key, rows in lists.items()}


def _unlike(
    what: str, stored: Mapping[object, object], booked: Mapping[object, object]
) -> Iterator[str]:
    for key in sorted(stored.keys() | booked.keys(), key=str):
        if stored.get(key) != booked.get(key):
            yield f"{what} {key}: stored {stored.get(key)}, booked {booked.get(key)}"
