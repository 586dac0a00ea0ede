"""The year: its working days, who comes on each, and all that happens in the order of the clock."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count

from app.operations.appointments import change_appointment
from app.operations.delegations import Post, set_delegation
from app.queries.appointments import appointments
from tools.simulate.course import course_of
from tools.simulate.fates import Fate, draw_fate, draw_traits
from tools.simulate.guest import Course, Guest
from tools.simulate.office import FRIDAY, Office
from tools.simulate.paper import write_slip

FIRST_DAY = datetime(2026, 11, 30, tzinfo=UTC)  # a Monday; numbering begins anew in January
OPENS_AT, LAST_ARRIVAL = time(0, 30), time(7, 30)  # 07.30 and 14.30 WIB
POWER_CUT = 0.05  # of the days
CUT_FROM, CUT_UNTIL = time(3), time(5)
DEPUTY_WEEK = 0.2  # of the weeks, for each post
SHOWS_UP = 0.85  # of those with an appointment
CALLED_OFF = 0.4  # of those who call
CALLS = 0.6  # of the others: they cannot come today, or not at all
END_OF_TIME = timedelta(days=30)


@dataclass(frozen=True)
class Plan:
    """How long and how busy; the same seed gives the same year."""

    days: int = 250
    visits_a_day: int = 60
    seed: int = 1
    first_day: datetime = FIRST_DAY


@dataclass
class Agenda:
    """Whatever goes on, by when it goes on; what is due at one moment keeps its order."""

    office: Office
    _due: list[tuple[datetime, int, Course]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def add(self, at: datetime, course: Course) -> None:
        heapq.heappush(self._due, (at, next(self._order), course))

    def run(self, until: datetime) -> None:
        """Let the clock run to that moment."""
        while self._due and self._due[0][0] <= until:
            at, _, course = heapq.heappop(self._due)
            self.office.clock.at = at
            wait = next(course, None)
            if wait is not None:
                self.add(at + timedelta(seconds=wait), course)
        self.office.clock.at = until


def live_through(office: Office, plan: Plan) -> Counter[Fate]:
    """Let the year pass; how many guests met each fate."""
    agenda, fates = Agenda(office), Counter[Fate]()
    for day in working_days(plan.days, plan.first_day):
        agenda.run(day + timedelta(hours=OPENS_AT.hour))
        if day.weekday() == 0:
            office.take_stock()
            _appoint_deputies(office)
        office.begin_day()
        _fill(agenda, office, day, plan.visits_a_day, fates)
    agenda.run(office.now + END_OF_TIME)
    return fates


def working_days(days: int, first_day: datetime = FIRST_DAY) -> Iterator[datetime]:
    """Mondays to Fridays, from the first day on."""
    day = first_day
    for _ in range(days):
        yield day
        day += timedelta(days=1)
        while day.weekday() > FRIDAY:
            day += timedelta(days=1)


def _fill(agenda: Agenda, office: Office, day: datetime, visits: int, fates: Counter[Fate]) -> None:
    """The day's guests: those who were asked to come, and others at their own hour."""
    is_cut = office.chance.random() < POWER_CUT
    arrivals = sorted(_moment(office, day) for _ in range(visits))
    expected = _who_was_asked(office, day)
    slips = []
    for arrived_at in arrivals:
        if is_cut and CUT_FROM <= arrived_at.time() < CUT_UNTIL:
            slips.append(arrived_at)
            continue
        fate, traits = draw_fate(office.chance), draw_traits(office.chance)
        fates[fate] += 1
        appointment = None
        if fate is not Fate.DROP_OFF and expected:
            appointment = expected.pop()
        guest = Guest(office, fate, traits, appointment=appointment)
        agenda.add(arrived_at, course_of(guest))
    if slips:
        agenda.add(datetime.combine(day, CUT_UNTIL, UTC), _type_in(office, slips))


def _type_in(office: Office, slips: list[datetime]) -> Course:
    yield 60 * 60
    for number, arrived_at in enumerate(slips, start=1):
        write_slip(office, arrived_at.replace(second=0, microsecond=0), number)
        yield 90


def _moment(office: Office, day: datetime) -> datetime:
    opens, last = (datetime.combine(day, at, UTC) for at in (OPENS_AT, LAST_ARRIVAL))
    return opens + timedelta(seconds=office.chance.randrange(int((last - opens).total_seconds())))


def _who_was_asked(office: Office, day: datetime) -> list[tuple[int, int | None]]:
    """The appointments of the day that will be kept, each with its destination."""
    with office.read() as session:
        found = appointments(session, day, day + timedelta(days=1))
        rows = [(one.appointment.id, one.appointment.destination_id) for one in found]
    kept = [row for row in rows if office.chance.random() < SHOWS_UP]
    for appointment_id in sorted({row[0] for row in rows} - {row[0] for row in kept}):
        if office.chance.random() < CALLS:
            take_a_call(office, appointment_id)
    return kept


def take_a_call(office: Office, appointment_id: int) -> None:
    """Somebody asks for another day, or will not come."""
    is_off = office.chance.random() < CALLED_OFF
    change_appointment(
        appointment_id,
        None if is_off else office.now + timedelta(days=office.chance.randint(1, 7), hours=3),
        reason="Tamu menelepon.",
        officer=office.officer("fitri"),
        at=office.now,
    )
    office.writes += 1
    office.books.appointments_made -= is_off


def _appoint_deputies(office: Office) -> None:
    """Some weeks the Sekretaris, or a host, is away and somebody holds the post."""
    office.deputies.clear()
    adi = office.officer("adi")
    until = office.now + timedelta(days=4, hours=12)
    for post, deputy, kind in (
        (Post(role="secretary"), "wati", "plh"),
        (Post(unit_id=2), "ani", "plt"),
    ):
        if office.chance.random() < DEPUTY_WEEK:
            set_delegation(
                post,
                office.ids[deputy],
                kind,
                starts_at=office.now,
                ends_at=until,
                may_set=True,
                officer=adi,
                at=office.now,
            )
            office.writes += 1
            if post.unit_id is not None:
                office.deputies[post.unit_id] = (deputy,)
