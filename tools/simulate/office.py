"""The simulated office: its people at their desks, its rack of badges, its clock."""

import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import create_app
from app.domain.badge_life import Move
from app.domain.permissions import DEPUTY_TITLES
from app.extensions import db
from app.models.person import Person
from app.operations.badge_stock import renew, write_off
from app.operations.badges import make_badges, note_print
from app.operations.officer import Officer
from app.operations.people import NewPerson, add_person
from app.operations.scanning import Answers, IncomingScan, Recorded, record_scan
from app.operations.units import UnitData, save_unit
from app.qr import new_code
from app.queries.badges import printed_badges
from app.queries.people import identity_of
from app.sample.office import note_all_printed
from tests.cast import BADGES, PASSWORD, Clock
from tools.simulate.books import Account, Books

KEY = b"the simulation's digests"
BADGES_OF_THE_YEAR = 90
INSIDE_AT_ONCE = 40
FRIDAY = 4
MORE_PEOPLE = {"ani": {"front_desk"}, "hendra": {"host"}, "sari": {"host"}}
UNITS = {  # the default destination is the first; the last has no host of its own
    2: ("Bidang Koperasi", "hendra", "sari"),
    3: ("Bidang Usaha Kecil", None, None),
}
HOSTS = {1: ("hadi",), 2: ("hendra", "sari"), 3: ("hadi",)}


@dataclass
class Office:
    """An office in a folder of its own; acts on it through the operations alone."""

    app: Flask
    clock: Clock
    chance: Random
    books: Books
    rack: dict[int, str]
    officers: dict[str, Officer] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    deputies: dict[int, tuple[str, ...]] = field(default_factory=dict)
    writes: int = 0

    @property
    def now(self) -> datetime:
        return self.clock.at

    def officer(self, name: str) -> Officer:
        return self.officers[name]

    def read(self) -> Session:
        return Session(db.engine)

    def begin_day(self) -> None:
        """Who holds which roles today, deputies as such."""
        with self.read() as session:
            for name, person_id in self.ids.items():
                found = identity_of(session, person_id, "", self.now)
                assert found is not None, "nobody of the cast leaves"
                titles = {role: DEPUTY_TITLES[kind] for role, kind in found.acting_as.items()}
                self.officers[name] = Officer(person_id, found.name, found.roles, titles)

    def holders(self, role: str) -> list[str]:
        """Who may act in a role today."""
        return [name for name, officer in self.officers.items() if role in officer.roles]

    def scan(
        self,
        name: str,
        content: str | None,
        *,
        visit: str | None = None,
        made_at: datetime | None = None,
        times: int = 1,
        **said: object,
    ) -> Recorded:
        """Scan a badge (a tap without one); `made_at` for one that is sent later.

        A phone that got no answer sends the same scan several `times`; the last answer.
        """
        incoming = IncomingScan(
            nonce=self.nonce(),
            method="tap" if content is None else "typed",
            content=content,
            visit_label=visit,
            answers=Answers(**said),  # type: ignore[arg-type]
            client_at=made_at,
            offset=None if made_at is None else timedelta(),
        )
        answers = [self._send(incoming, name) for _ in range(times)]
        assert [answer.is_replay for answer in answers] == [False, True, True][:times]
        assert len({answer.outcome for answer in answers}) == 1
        self.books.scans += 1
        return answers[-1]

    def _send(self, incoming: IncomingScan, name: str) -> Recorded:
        self.writes += 1
        sop = self.app.config["SOP_IN_FORCE"]
        return record_scan(incoming, officer=self.officer(name), sop=sop, at=self.now, key=KEY)

    def nonce(self) -> str:
        """A scan's number, from the same seed as all else."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def hosts(self, destination: int | None) -> tuple[str, ...]:
        """Who receives there today, deputies too; without a destination those of the first."""
        return (*HOSTS[destination or 1], *self.deputies.get(destination or 1, ()))

    def somebody_else(self, account: Account) -> Account | None:
        """Another guest inside who wears a badge."""
        others = [
            one
            for one in self.books.accounts[-INSIDE_AT_ONCE:]
            if one is not account and one.badges and one.outcome is None
        ]
        return self.chance.choice(others) if others else None

    def seconds_until(self, hour: int) -> float:
        """How long until it is that hour by the office's clock, on the next working day if past."""
        local = self.now.astimezone(self.books.zone)
        then = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        while then <= local or then.weekday() > FRIDAY:
            then += timedelta(days=1)
        return (then - local).total_seconds()

    def free_badge(self) -> int | None:
        """Any that hangs on the rack; the last one handed in is not always the next to go out."""
        free = [number for number, state in self.rack.items() if state == "available"]
        return self.chance.choice(free) if free else None

    def take_stock(self) -> None:
        """Once a week: what never came back is written off, what is lost gets a new card."""
        keeper = self.officer("fitri")
        missing = [number for number, state in self.rack.items() if state == "outstanding"]
        for number in missing[: len(missing) // 2]:
            write_off(number, Move.LOSE, reason="Tidak kembali.", officer=keeper, at=self.now)
            self.rack[number] = "lost"
            self.writes += 1
        gone = [number for number, state in self.rack.items() if state in {"lost", "damaged"}]
        for number in gone:
            renew(number, reason="Kartu baru.", new_code=new_code, officer=keeper, at=self.now)
            self.rack[number] = "available"
            self.writes += 1
        if gone:
            with self.read() as session:
                cards = printed_badges(session, 1, BADGES_OF_THE_YEAR)
            codes = [card.code for card in cards if card.number in gone]
            note_print(codes, public_url="", at=self.now)
            self.writes += 1


def furnish(instance: Path, at: datetime) -> None:
    """Give the cast's office more people, three destinations and ninety badges."""
    with create_app({"INSTANCE": instance}).app_context():
        ids = _engage(at)
        admin = Officer(ids["adi"], "Adi", frozenset({"admin"}))
        make_badges(BADGES + 1, BADGES_OF_THE_YEAR, new_code=new_code, officer=admin, at=at)
        note_all_printed(BADGES_OF_THE_YEAR, at)
        _let_go()


@contextmanager
def open_office(instance: Path, at: datetime, seed: int) -> Iterator[Office]:
    """A furnished office in the morning; the same seed gives the same days."""
    clock = Clock(at)
    app = create_app({"INSTANCE": instance, "NOW": clock})
    with app.app_context():
        event.listen(db.engine, "connect", _keep_nothing)
        rack = dict.fromkeys(range(1, BADGES_OF_THE_YEAR + 1), "available")
        books = Books(ZoneInfo("Asia/Pontianak"))
        office = Office(app, clock, Random(seed), books, rack, ids=_ids())
        office.begin_day()
        yield office
        _let_go()


def _keep_nothing(connection: sqlite3.Connection, _record: object) -> None:
    """The year is thrown away afterwards: no write has to wait until it is safe."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA wal_autocheckpoint=20000")


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()


def _ids() -> dict[str, int]:
    with Session(db.engine) as session:
        return {person.username: person.id for person in session.scalars(select(Person))}


def _engage(at: datetime) -> Mapping[str, int]:
    for username, roles in MORE_PEOPLE.items():
        add_person(NewPerson(username.title(), username, PASSWORD, frozenset(roles)), at=at)
    ids = _ids()
    for name, host, assistant in UNITS.values():
        unit = UnitData(
            name=name,
            post=f"Kepala {name}",
            active=True,
            is_default=False,
            host_ids=frozenset({ids[host]} if host else ()),
            assistant_ids=frozenset({ids[assistant]} if assistant else ()),
            host_role="host",
        )
        save_unit(None, unit)
    return ids
