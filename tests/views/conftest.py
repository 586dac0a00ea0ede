"""The office of the page tests: the same cast, signed in beforehand, passwords quick to check."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.models.person import Unit
from app.operations.people import NewPerson, add_person
from app.operations.units import UnitData, save_unit
from tests.cast import CAST, PASSWORD, QUICK, Clock, Desk, Office, copy_instance

NOBODY = QUICK.hash("nobody has this password")
COOKIE = "tamu_session"
READS_KEPT = 10


class OfficeAtNine(Office):
    """An office to which everybody has come at nine: their sessions are made once for all tests."""

    sessions: dict[str, tuple[str, str]]

    @property
    def session(self) -> Session:
        """As of now; the oldest reads are let go, so that the pool never runs dry."""
        while len(self._sessions) > READS_KEPT:
            self._sessions.pop(0).close()
        return super().session

    def browser(self, username: str) -> Desk:
        """Another browser in which this person is signed in."""
        cookie, token = self.sessions[username]
        client = self.app.test_client()
        client.set_cookie(COOKIE, cookie)
        return Desk(client, token)

    def hire(self, username: str, *roles: str) -> int:
        """A new person; signed in by `desk` as everybody else."""
        new = NewPerson(username.title(), username, PASSWORD, frozenset(roles))
        with self.app.app_context():
            return add_person(new, at=self.clock()).id

    def unit(self, name: str, *, hosts: set[int] = frozenset(), **options: object) -> int:
        """A new destination; its id."""
        data = {"post": f"Kepala {name}", "active": True, "is_default": False, "host_role": "host"}
        data |= {"assistant_ids": frozenset()} | options
        with self.app.app_context():
            return save_unit(None, UnitData(name=name, host_ids=frozenset(hosts), **data)).id

    def unit_closes(self, unit_id: int) -> None:
        """A destination that is no longer in use."""
        with self.app.app_context():
            unit = db.session.get_one(Unit, unit_id)
            data = UnitData(
                name=unit.name,
                post=unit.post,
                active=False,
                is_default=False,
                host_ids=frozenset(),
                assistant_ids=frozenset(),
                host_role="host",
            )
            save_unit(unit_id, data)

    def desk(self, username: str) -> Desk:
        if username in self.sessions and username not in self._desks:
            self._desks[username] = self.browser(username)
        return super().desk(username)


@pytest.fixture(scope="session")
def sessions(template, tmp_path_factory) -> dict[str, tuple[str, str]]:
    """Each person's session cookie and token; they hold in every copy of the template."""
    clock = Clock()
    instance = copy_instance(template, tmp_path_factory.mktemp("sessions") / "instance")
    office = Office(create_app({"INSTANCE": instance, "NOW": clock}), clock)
    made = {}
    for username in CAST:
        desk = office.sign_in(username)
        made[username] = (desk.client.get_cookie(COOKIE).value, desk.token)
    office.close()
    return made


def _do_not_wait_for_the_disk(connection, _record):
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def office(app, clock, sessions) -> Iterator[OfficeAtNine]:
    with app.app_context():
        event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
    office = OfficeAtNine(app, clock)
    office.sessions = sessions
    yield office
    office.close()


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    """Argon2id still, but cheap: these tests sign in often."""
    monkeypatch.setattr("app.passwords._hasher", QUICK)
    monkeypatch.setattr("app.passwords._NOBODY", NOBODY)
