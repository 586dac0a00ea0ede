"""Many hands on one badge: the first moves the visit on, everybody else is told so."""

import multiprocessing
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.models.badge import Badge, BadgeEvent, Loan
from app.models.person import Person, PersonRole, UnitMember
from app.models.scan import Scan
from app.models.visit import Visit, Visitor
from app.operations.guest_entries import GuestEntry, OpenedVisit
from app.operations.log import projection
from app.operations.officer import Officer
from app.operations.scanning import Answers, IncomingScan, Recorded, record_scan
from app.operations.transaction import write
from app.operations.visits import open_visit
from app.queries.visits import log_of, view_by_label
from tests.cast import Clock, Desk, Office, copy_instance

pytestmark = pytest.mark.timeout(120)  # four processes start slowly on a busy machine
Result = TypeVar("Result")
Answer = tuple[str, str | None]  # outcome and reason

THREADS = 50
PROCESSES = 4
SCANS_OF_PROCESS = 4
WAIT_S = 60
TEAMS = {  # five people to each post
    "front_desk": ("fitri", "fajar", "farah", "fikri", "fira"),
    "general_affairs": ("kasim", "kartika", "kevin", "komang", "kurnia"),
    "secretary": ("sekar", "salma", "santi", "sigit", "surya"),
    "host": ("hadi", "halim", "hana", "hendra", "husna"),
}
REPEATED: Answer = ("repeated", None)
ALREADY_DONE: Answer = ("refused", "already_done")


@dataclass(frozen=True)
class Act:
    """A scan on the way through the SOP: whose it is, what comes of it, what it leaves in the log.

    `logged` holds the kind and the step of each event.
    """

    role: str
    outcome: str
    logged: tuple[tuple[str, str | None], ...]
    answers: dict[str, Any] = field(default_factory=dict)

    def scanned_by(self, count: int, scans: int = THREADS) -> list[str]:
        """So many people of the post, who take turns until there are so many scans."""
        return [TEAMS[self.role][index % count] for index in range(scans)]


ISSUE = Act("front_desk", "issued", (("issued", None), ("completed", "registration")))
PURPOSE = Act("general_affairs", "advanced", (("completed", "purpose"),))
DIRECTION = Act(
    "secretary",
    "advanced",
    (("completed", "direction"),),
    {"direction": "Antar ke tujuan.", "destination_id": 1},
)
ESCORT = Act("general_affairs", "advanced", (("completed", "escort"),))
START = Act("host", "started", (("started", "reception"),))
END = Act("host", "ended", (("ended", "reception"),))
RETURN = Act(
    "front_desk", "closed", (("returned", None), ("completed", "return"), ("closed", None))
)
WAY = (ISSUE, PURPOSE, DIRECTION, ESCORT, START, END, RETURN)
WHOLE_LOG = [("opened", None), *(event for act in WAY for event in act.logged)]


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all of it at the same moment, each in a thread; raises what the first of them raised."""
    together = Barrier(len(acts))

    def one(act: Callable[[], Result]) -> Result:
        together.wait(WAIT_S)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(one, act) for act in acts]]


@contextmanager
def reading(app: Flask) -> Iterator[Session]:
    with app.app_context(), Session(db.engine) as session:
        yield session


def record(app: Flask, officer: Officer, incoming: IncomingScan, at: datetime) -> Recorded:
    with app.app_context():
        return record_scan(
            incoming,
            officer=officer,
            sop=app.config["SOP_IN_FORCE"],
            at=at,
            key=app.config["SECRET_KEY"].encode(),
        )


def write_entry(app: Flask, officer: Officer, name: str, nonce: str, at: datetime) -> OpenedVisit:
    entry = GuestEntry(
        name=name, origin="perorangan", position=None, phone=None, guest_kind="umum", purpose=None,
        destination_id=None, party_size=1, identity_kind=None, identity_shown=False,
    )  # fmt: skip
    with app.app_context():
        return open_visit(
            entry,
            officer=officer,
            sop_sha256=app.config["SOP_SHA256"],
            nonce=nonce,
            arrived_at=at,
            at=at,
        )


@dataclass
class Crowd:
    """The office's people, who all act at the same moment, by operations or through the web."""

    office: Office
    way: str

    def __post_init__(self) -> None:
        self.officers = officers_of(self.office.app)

    def scan(
        self,
        act: Act,
        people: Sequence[str],
        badges: Sequence[str | None] = ("12",),
        *,
        visits: Sequence[str | None] = (None,),
        nonce: str | None = None,
        stage: str | None = None,
    ) -> list[Answer]:
        """A scan (a tap, where there is no badge) by each of the people, as their answers follow.

        Badges and visits take turns; each scan has a nonce of its own unless one is given.
        """
        answers = Answers(**act.answers, stage=stage)
        scans = [
            IncomingScan(
                nonce=nonce or str(uuid.uuid4()),
                method="typed" if badges[0] else "tap",
                content=badges[index % len(badges)],
                visit_label=visits[index % len(visits)],
                answers=answers,
            )
            for index in range(len(people))
        ]
        scan = self._by_operation if self.way == "operations" else self._by_browser
        return at_once([scan(*each) for each in zip(people, scans, strict=True)])

    def register(self, names: Sequence[str], nonces: Sequence[str]) -> list[str]:
        """One guest-book entry for each name; the numbers of the visits."""
        return at_once([self._register(*entry) for entry in zip(names, nonces, strict=True)])

    def browser(self, username: str) -> Desk:
        """A browser of its own, signed in by the session this person has already."""
        desk = self.office.desk(username)
        cookie = desk.client.get_cookie("tamu_session")
        assert cookie is not None, "who is signed in has a cookie"
        client = self.office.app.test_client()
        client.set_cookie("tamu_session", cookie.value)
        return Desk(client, desk.token)

    def _by_operation(self, username: str, scan: IncomingScan) -> Callable[[], Answer]:
        office, officer = self.office, self.officers[username]
        return lambda: answer_of(record(office.app, officer, scan, office.clock()))

    def _by_browser(self, username: str, scan: IncomingScan) -> Callable[[], Answer]:
        browser = self.browser(username)
        fields = {
            "nonce": scan.nonce,
            "method": scan.method,
            "visit": scan.visit_label,
            "direction": scan.answers.direction,
            "destination": scan.answers.destination_id,
            "stage": scan.answers.stage,
        }
        said = {name: value for name, value in fields.items() if value is not None}

        def post() -> Answer:
            facts = browser.scan(scan.content, **said)
            return facts["outcome"], facts["reason"]

        return post

    def _register(self, name: str, nonce: str) -> Callable[[], str]:
        if self.way == "operations":
            office, officer = self.office, self.officers["fitri"]
            return lambda: write_entry(office.app, officer, name, nonce, office.clock()).label
        browser = self.browser("fitri")

        def post() -> str:
            fields = {"name": name, "origin": "perorangan", "nonce": nonce}
            answer = browser.post("/buku-tamu/baru", fields)
            assert answer.status_code == 303, answer.text
            return parse_qs(urlsplit(answer.location).query)["tersimpan"][0]

        return post


def answer_of(recorded: Recorded) -> Answer:
    return recorded.outcome, recorded.reason


def officers_of(app: Flask) -> dict[str, Officer]:
    with reading(app) as session:
        return {
            row.username: Officer(row.id, row.name, frozenset(it.role for it in row.roles))
            for row in session.scalars(select(Person))
        }


def logged(app: Flask, label: str) -> list[tuple[str, str | None]]:
    """The visit's log as kinds and steps, once the seqs have no gap and the projection fits."""
    with reading(app) as session:
        view = view_by_label(session, label)
        assert view is not None
        visit, log = session.get_one(Visit, view.visit.id), log_of(session, view.visit.id)
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        columns = projection(view.sop, view.progress)
        assert {name: getattr(visit, name) for name in columns} == columns
        return [(event.kind, event.step_key) for event in log]


def stored_answers(app: Flask) -> Counter[Answer]:
    with reading(app) as session:
        return Counter((row.outcome, row.reason) for row in session.scalars(select(Scan)))


def moves_of(app: Flask, number: int) -> list[tuple[str | None, str]]:
    """Where a badge has been, from its own log."""
    with reading(app) as session:
        rows = session.scalars(
            select(BadgeEvent)
            .join(Badge, Badge.id == BadgeEvent.badge_id)
            .where(Badge.number == number)
            .order_by(BadgeEvent.seq)
        ).all()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        return [(row.from_state, row.to_state) for row in rows]


def loans(app: Flask) -> list[str | None]:
    """How each loan of the office ended, None for those that are open."""
    with reading(app) as session:
        return list(session.scalars(select(Loan.ended_as).order_by(Loan.id)))


def guest_book(app: Flask) -> dict[str, str | None]:
    """The guest of each visit, by the visit's number."""
    with reading(app) as session:
        rows = session.execute(
            select(Visit.number, Visit.year, Visitor.name)
            .join(Visitor, Visitor.visit_id == Visit.id)
            .order_by(Visit.number)
        ).all()
        assert session.scalar(select(func.count()).select_from(Visit)) == len(rows)
        return {f"{number}/{year}": name for number, year, name in rows}


MADE, OUT, BACK = (None, "available"), ("available", "in_use"), ("in_use", "available")


@pytest.fixture(scope="module")
def template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same office with five people to each post; the further hosts are assistants."""
    folder = copy_instance(template, tmp_path_factory.mktemp("crowd"))
    app = create_app({"INSTANCE": folder, "NOW": Clock()})
    with app.app_context():
        with write() as session:
            passwords = {row.username: row.password_hash for row in session.scalars(select(Person))}
            for role, (known, *others) in TEAMS.items():
                for username in others:
                    person = Person(
                        username=username,
                        name=username.title(),
                        password_hash=passwords[known],
                        created_at=Clock()(),
                        roles=[PersonRole(role=role)],
                    )
                    session.add(person)
                    session.flush()
                    if role == "host":
                        session.add(UnitMember(unit_id=1, person_id=person.id, kind="assistant"))
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(autouse=True)
def busy_threads() -> Iterator[None]:
    """Threads that take turns fifty times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 50)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def crowd(office: Office) -> Crowd:
    return Crowd(office, "operations")


@pytest.fixture(params=["operations", "web"])
def crowd_either_way(request: pytest.FixtureRequest, office: Office) -> Crowd:
    return Crowd(office, request.param)


# --- Fifty threads --------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 5])
def test_of_fifty_scans_by_one_person_or_five_colleagues_one_does_each_step(
    crowd_either_way, people
):
    crowd = crowd_either_way
    office = crowd.office
    label = office.open_visit(purpose="Izin usaha")
    expected, answered = [("opened", None)], Counter[Answer]()
    for act in WAY:
        office.clock.pass_time(minutes=2)
        scanned_by = act.scanned_by(people)
        answers = crowd.scan(act, scanned_by)
        first = scanned_by[answers.index((act.outcome, None))]
        own = Counter(it for who, it in zip(scanned_by, answers, strict=True) if who == first)
        assert own == {(act.outcome, None): 1, REPEATED: THREADS // people - 1}, act
        assert Counter(answers) - own == Counter({ALREADY_DONE: THREADS - own.total()}), act
        expected += act.logged
        answered += Counter(answers)
        assert logged(office.app, label) == expected
    assert expected == WHOLE_LOG
    assert stored_answers(office.app) == answered
    assert loans(office.app) == ["returned"]
    assert moves_of(office.app, 12) == [MADE, OUT, BACK]


def test_a_badge_taken_back_is_not_handed_on_by_a_colleague_who_scans_at_the_same_moment(crowd):
    office = crowd.office
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    waiting = office.open_visit("Ratna")
    answers = Counter(crowd.scan(RETURN, RETURN.scanned_by(5)))
    assert answers == {("closed", None): 1, REPEATED: 9, ALREADY_DONE: 40}
    assert logged(office.app, waiting) == [("opened", None)]
    assert moves_of(office.app, 12) == [MADE, OUT, BACK]


def test_of_ten_badges_scanned_for_one_guest_one_is_handed_over(crowd):
    label = crowd.office.open_visit()
    badges = [str(number) for number in range(1, 11)]
    answers = crowd.scan(ISSUE, ISSUE.scanned_by(5), badges)
    handed = answers.index(("issued", None)) % 10
    of_badge = [Counter(answers[index::10]) for index in range(10)]
    assert of_badge.pop(handed) == {("issued", None): 1, REPEATED: 4}
    assert of_badge == [{("refused", "no_waiting_guest"): 5}] * 9
    assert logged(crowd.office.app, label) == [("opened", None), *ISSUE.logged]
    assert loans(crowd.office.app) == [None]


def test_one_badge_scanned_for_two_guests_is_handed_to_one(crowd):
    office = crowd.office
    labels = [office.open_visit("Tono"), office.open_visit("Ratna")]
    answers = crowd.scan(ISSUE, ISSUE.scanned_by(5), visits=labels)
    first = answers.index(("issued", None)) % 2
    assert answers.count(("issued", None)) == 1
    assert answers[1 - first :: 2] == [("refused", "badge_in_use")] * 25
    assert logged(office.app, labels[first]) == [("opened", None), *ISSUE.logged]
    assert logged(office.app, labels[1 - first]) == [("opened", None)]
    assert loans(office.app) == [None]


def test_the_same_scan_sent_fifty_times_is_one_scan_with_one_answer(crowd, office):
    label = office.open_visit(purpose="Izin usaha")
    for act in WAY:
        office.clock.pass_time(minutes=2)
        answers = crowd.scan(act, act.scanned_by(1), nonce=str(uuid.uuid4()))
        assert answers == [(act.outcome, None)] * THREADS
    assert logged(office.app, label) == WHOLE_LOG
    assert stored_answers(office.app) == Counter((act.outcome, None) for act in WAY)


def test_the_same_scan_sent_fifty_times_from_browsers_gets_the_same_words(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    crowd, nonce, before = Crowd(office, "web"), str(uuid.uuid4()), stored_answers(office.app)
    browsers = [crowd.browser("kasim") for _ in range(THREADS)]
    facts = at_once([lambda it=it: it.scan("12", nonce=nonce) for it in browsers])
    assert facts == [facts[0]] * THREADS
    assert (facts[0]["outcome"], facts[0]["step"]) == ("advanced", 3)
    assert stored_answers(office.app) - before == {("advanced", None): 1}


def test_a_nonce_that_five_people_use_belongs_to_the_first(crowd):
    office = crowd.office
    label = office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    before, log = stored_answers(office.app), logged(office.app, label)
    answers = Counter(crowd.scan(PURPOSE, PURPOSE.scanned_by(5), nonce=str(uuid.uuid4())))
    conflict = ("refused", "nonce_conflict")
    assert answers == {("advanced", None): 10, conflict: 40}
    assert stored_answers(office.app) - before == {("advanced", None): 1, conflict: 40}
    assert logged(office.app, label) == [*log, *PURPOSE.logged]


def test_of_fifty_taps_on_a_row_one_starts_the_reception(crowd):
    office = crowd.office
    label = office.bring_to_step(5)
    office.clock.pass_time(minutes=2)
    log = logged(office.app, label)
    answers = crowd.scan(START, START.scanned_by(5), [None], visits=[label], stage="reception")
    assert Counter(answers) == {("started", None): 1, REPEATED: 9, ALREADY_DONE: 40}
    assert logged(office.app, label) == [*log, *START.logged]


def test_fifty_entries_at_once_get_the_numbers_from_one_to_fifty(crowd_either_way):
    names = [f"Tamu {number}" for number in range(THREADS)]
    labels = crowd_either_way.register(names, [str(uuid.uuid4()) for _ in names])
    book = guest_book(crowd_either_way.office.app)
    assert list(book) == [f"{number}/2026" for number in range(1, THREADS + 1)]
    assert book == dict(zip(labels, names, strict=True))


def test_one_entry_sent_fifty_times_is_one_visit(crowd_either_way):
    labels = crowd_either_way.register(["Tono"] * THREADS, [str(uuid.uuid4())] * THREADS)
    assert labels == ["1/2026"] * THREADS
    assert guest_book(crowd_either_way.office.app) == {"1/2026": "Tono"}
    assert logged(crowd_either_way.office.app, "1/2026") == [("opened", None)]


# --- Four processes -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """What the processes do at the same moment, each by a person of its own."""

    at: datetime
    act: Act
    badge: str
    label: str
    people: tuple[str, ...]
    nonce: str | None = None


class Own:
    """What a process of the pool is given at its start."""

    barrier: Barrier


def remember(barrier: Barrier) -> None:
    Own.barrier = barrier


def with_the_others(job: Callable[[], Result]) -> Result:
    """Do the job once every process is ready; one that fails keeps none of the others waiting."""
    try:
        Own.barrier.wait(WAIT_S)
        return job()
    except BaseException:
        Own.barrier.abort()
        raise


@contextmanager
def own_app(instance: Path) -> Iterator[Flask]:
    app = create_app({"INSTANCE": instance})
    yield app
    with app.app_context():
        db.engine.dispose()


def scan_rounds(instance: Path, index: int, rounds: Sequence[Round]) -> list[list[Answer]]:
    """One process's part of every round; its answers round by round."""
    with own_app(instance) as app:
        officers = officers_of(app)
        return [
            with_the_others(lambda it=it: scan_round(app, officers[it.people[index]], it))
            for it in rounds
        ]


def scan_round(app: Flask, officer: Officer, now: Round) -> list[Answer]:
    visit = now.label if now.act == ISSUE else None
    answers = Answers(**now.act.answers)
    return [
        answer_of(record(app, officer, IncomingScan(nonce, "typed", now.badge, visit, answers),
                         now.at))
        for nonce in [now.nonce or str(uuid.uuid4()) for _ in range(SCANS_OF_PROCESS)]
    ]  # fmt: skip


def write_entries(instance: Path, index: int, count: int, at: datetime) -> dict[str, str]:
    """One process's entries: the guest of each visit, by the visit's number."""
    with own_app(instance) as app:
        officer = officers_of(app)["fitri"]
        names = [f"Tamu {index}.{number}" for number in range(count)]
        return with_the_others(
            lambda: {write_entry(app, officer, name, str(uuid.uuid4()), at).label: name
                     for name in names}
        )  # fmt: skip


class Processes:
    """Four processes that do a job at the same time."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.barrier = spawn.Barrier(PROCESSES)
        self.pool = ProcessPoolExecutor(
            PROCESSES, mp_context=spawn, initializer=remember, initargs=(self.barrier,)
        )

    def __call__(
        self, job: Callable[..., Result], office: Office, *arguments: object
    ) -> list[Result]:
        """What each makes of the job, which is told the instance and the process's number."""
        instance = office.app.config["INSTANCE"]
        parts = [self.pool.submit(job, instance, index, *arguments) for index in range(PROCESSES)]
        try:
            return [part.result(WAIT_S) for part in parts]
        finally:
            self.barrier.reset()


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    processes = Processes()
    with processes.pool:
        yield processes


@pytest.fixture
def visits(office: Office) -> dict[str, str]:
    """Two guests who wait for a badge each: the visit's number by the badge's."""
    return {badge: office.open_visit(purpose="Izin usaha") for badge in ("12", "13")}


def rounds_of(office: Office, visits: dict[str, str], people: int, *, nonces: bool) -> list[Round]:
    """Every step of every visit, two minutes apart."""
    rounds = []
    for act in WAY:
        for badge, label in visits.items():
            office.clock.pass_time(minutes=2)
            scanned_by = tuple(act.scanned_by(people, PROCESSES))
            nonce = str(uuid.uuid4()) if nonces else None
            rounds.append(Round(office.clock(), act, badge, label, scanned_by, nonce))
    return rounds


@pytest.mark.parametrize("people", [1, 4])
def test_of_four_processes_by_one_person_or_four_colleagues_one_does_each_step(
    office, visits, processes, people
):
    rounds = rounds_of(office, visits, people, nonces=False)
    parts = processes(scan_rounds, office, rounds)
    for number, now in enumerate(rounds):
        answers = [part[number] for part in parts]
        first = next(
            index for index, own in enumerate(answers) if own[0] == (now.act.outcome, None)
        )
        others = [ALREADY_DONE if now.people[index] != now.people[first] else REPEATED
                  for index in range(PROCESSES)]  # fmt: skip
        expected = [[other] * SCANS_OF_PROCESS for other in others]
        expected[first] = [(now.act.outcome, None), *[REPEATED] * (SCANS_OF_PROCESS - 1)]
        assert answers == expected, now
    for badge, label in visits.items():
        assert logged(office.app, label) == WHOLE_LOG
        assert moves_of(office.app, int(badge)) == [MADE, OUT, BACK]
    given = Counter(answer for part in parts for answers in part for answer in answers)
    assert stored_answers(office.app) == given


def test_four_processes_that_send_the_same_scan_get_the_same_answer(office, visits, processes):
    rounds = rounds_of(office, visits, 1, nonces=True)
    parts = processes(scan_rounds, office, rounds)
    answers = [[(now.act.outcome, None)] * SCANS_OF_PROCESS for now in rounds]
    assert parts == [answers] * PROCESSES
    assert stored_answers(office.app) == Counter((now.act.outcome, None) for now in rounds)
    for label in visits.values():
        assert logged(office.app, label) == WHOLE_LOG


def test_four_processes_that_write_entries_share_the_numbers(office, processes):
    parts = processes(write_entries, office, 10, office.clock())
    book = guest_book(office.app)
    assert list(book) == [f"{number}/2026" for number in range(1, 41)]
    assert book == {label: name for part in parts for label, name in part.items()}
