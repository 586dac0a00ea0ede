"""The office of the tests: its people, its badges, and short ways to act as one of them."""

import re
import shutil
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.extensions import db
from app.models.badge import Badge, BadgeCode
from app.models.person import Person
from app.models.visit import Visit
from app.operations.badges import make_badges
from app.operations.guest_entries import GuestEntry
from app.operations.officer import Officer
from app.operations.people import NewPerson, OfficeSetup, set_up_office
from app.operations.scanning import Answers, IncomingScan, Recorded, record_scan
from app.operations.transaction import write
from app.operations.visits import open_visit
from app.qr import new_code
from app.sample.office import note_all_printed
from app.startup import prepare_database

MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday, 09.00 WIB
PASSWORD = "kopi pagi di tepi kapuas"
OFFICE_NAME = "Dinas Koperasi, Usaha Kecil dan Menengah Provinsi Kalimantan Barat"
CAST = {
    "fitri": ("Fitri", {"front_desk"}),
    "kasim": ("Kasim", {"general_affairs"}),
    "sekar": ("Sekar", {"secretary"}),
    "hadi": ("Hadi", {"host"}),
    "adi": ("Adi", {"admin"}),
    "wati": ("Wati", set()),
}
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
BADGES = 20
READS_KEPT = 10  # each holds a connection of the pool


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def pass_time(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> None:
        self.at += timedelta(seconds=seconds, minutes=minutes, hours=hours)


@patch("app.passwords._hasher", QUICK)
def make_template(folder: Path) -> Path:
    """An instance folder with a migrated database and the cast; copied for each test.

    The cast's passwords are quick to check, by real servers too: a hash says how it was made.
    """
    app = create_app({"INSTANCE": folder, "NOW": Clock()})
    prepare_database(app)
    with app.app_context():
        people = [NewPerson(name, username, PASSWORD, frozenset(roles))
                  for username, (name, roles) in CAST.items()]  # fmt: skip
        people.sort(key=lambda person: "admin" not in person.roles)
        admin = set_up_office(
            OfficeSetup(
                office_name=OFFICE_NAME,
                unit="Sub Bagian Umum dan Aparatur",
                address="Jl. Sutan Syahrir, Pontianak",
                timezone="Asia/Pontianak",
                destination="Kepala Dinas",
                people=people,
                host_role="host",
            ),
            at=MORNING,
        )
        officer = Officer(admin.id, admin.name, frozenset({"admin"}))
        make_badges(1, BADGES, new_code=new_code, officer=officer, at=MORNING)
        note_all_printed(BADGES, MORNING)
        db.session.remove()
        db.engine.dispose()
    return folder


def forget_prints(app: Flask) -> None:
    """Let no badge have been printed yet."""
    with app.app_context(), write() as session:
        session.execute(update(BadgeCode).values(printed_url=None, printed_at=None))


def copy_instance(template: Path, to: Path) -> Path:
    """An instance of one's own."""
    shutil.copytree(template, to, dirs_exist_ok=True)
    return to


@dataclass
class Desk:
    """A signed-in browser of one person: every request carries the CSRF token."""

    client: FlaskClient
    token: str = ""

    def get(self, url: str, **kwargs: Any) -> TestResponse:
        return self.client.get(url, **kwargs)

    def post(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        return self.client.post(url, data={"csrf_token": self.token, **(data or {})}, **kwargs)

    def scan(self, code: str | None = None, **fields: Any) -> dict[str, Any]:
        """Scan as a program would; the answer's facts."""
        response = self.send_scan(code, **fields)
        assert response.status_code == 200, response.text
        facts: dict[str, Any] = response.json
        return facts

    def send_scan(self, code: str | None = None, **fields: Any) -> TestResponse:
        data = {"nonce": str(uuid.uuid4()), **fields}
        if code is not None:
            data["code"] = code
        return self.post("/pindai", data, headers={"Accept": "application/json"})


def token_of(page: str) -> str:
    match = re.search(r'name="csrf-token"[^>]*content="([^"]+)"', page)
    assert match is not None, "the page has no CSRF token"
    return match.group(1)


def stored_visit(session: Session, label: str) -> Visit:
    """The row of a visit, with what is projected from its log."""
    number, year = map(int, label.split("/"))
    return session.scalars(select(Visit).filter_by(number=number, year=year)).one()


@dataclass
class Office:
    """The office of one test: its app, its clock, and its people at their desks."""

    app: Flask
    clock: Clock
    _desks: dict[str, Desk] = field(default_factory=dict)
    _sessions: list[Session] = field(default_factory=list)

    def visitor(self) -> Desk:
        """A browser in which nobody has signed in."""
        client = self.app.test_client()
        return Desk(client, token_of(client.get("/masuk").text))

    def sign_in(self, username: str, password: str = PASSWORD) -> Desk:
        """A browser in which this person has just signed in."""
        desk = self.visitor()
        answer = desk.post("/masuk", {"username": username, "password": password})
        assert answer.status_code == 303, answer.text
        desk.token = token_of(desk.get("/akun/kata-sandi").text)
        return desk

    def desk(self, username: str) -> Desk:
        """This person's browser, signed in once a test."""
        if username not in self._desks:
            self._desks[username] = self.sign_in(username)
        return self._desks[username]

    @property
    def session(self) -> Session:
        """A fresh read of the database; rows stay usable until the test ends."""
        while len(self._sessions) >= READS_KEPT:
            self._sessions.pop(0).close()
        with self.app.app_context():
            session = Session(db.engine)
        self._sessions.append(session)
        return session

    def stored_visit(self, label: str) -> Visit:
        """The row of a visit as it is now."""
        return stored_visit(self.session, label)

    def close(self) -> None:
        """Let go of every read; the fixture calls it."""
        for session in self._sessions:
            session.close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def officer(self, username: str) -> Officer:
        person = self.session.scalars(select(Person).where(Person.username == username)).one()
        return Officer(person.id, person.name, frozenset(row.role for row in person.roles))

    def code_of(self, number: int) -> str:
        """The live code of a badge."""
        return self.session.scalars(
            select(BadgeCode.code)
            .join(Badge, Badge.id == BadgeCode.badge_id)
            .where(Badge.number == number, BadgeCode.revoked_at.is_(None))
        ).one()

    def open_visit(self, name: str = "Tono", **fields: Any) -> str:
        """A guest-book entry by Fitri, opened this very moment; its number, "1/2026"."""
        entry = GuestEntry(**{
            "name": name, "origin": "perorangan", "position": None, "phone": None,
            "guest_kind": "umum", "purpose": None, "destination_id": None, "party_size": 1,
            "identity_kind": None, "identity_shown": False, **fields,
        })  # fmt: skip
        officer = self.officer("fitri")
        with self.app.app_context():
            return open_visit(
                entry,
                officer=officer,
                sop_sha256=self.app.config["SOP_SHA256"],
                nonce=None,
                arrived_at=self.clock(),
                at=self.clock(),
            ).label

    def scan(self, username: str, content: str | None, **answers: Any) -> Recorded:
        """Scan through the operation itself; `visit`, `method` and `nonce` may be given too."""
        incoming = IncomingScan(
            nonce=answers.pop("nonce", str(uuid.uuid4())),
            method=answers.pop("method", "typed"),
            content=content,
            visit_label=answers.pop("visit", None),
            answers=Answers(**answers),
        )
        officer = self.officer(username)
        with self.app.app_context():
            return record_scan(
                incoming,
                officer=officer,
                sop=self.app.config["SOP_IN_FORCE"],
                at=self.clock(),
                key=self.app.config["SECRET_KEY"].encode(),
            )

    def bring_to_step(self, step: int, badge: str = "12", **fields: Any) -> str:
        """A visit that stands at the given step (1 to 6), two minutes a step; its number."""
        label = self.open_visit(**{"purpose": "Izin usaha", **fields})
        acts = [
            ("fitri", {"visit": label}),
            ("kasim", {}),
            ("sekar", {"direction": "Antar ke tujuan.", "destination_id": 1}),
            ("kasim", {}),
            ("hadi", {}),
            ("hadi", {}),
        ]
        needed = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 6}[step]
        for username, answers in acts[:needed]:
            self.clock.pass_time(minutes=2)
            self.scan(username, badge, **answers)
        return label
