"""The office's people: set-up, accounts, roles, passwords, sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.throttle import WINDOW, wait_left
from app.models.office import Office
from app.models.person import Person, PersonRole, SignInFailure, Unit, UnitMember
from app.operations.transaction import refresh_screens, write
from app.passwords import hash_password, verify_password
from app.queries.people import (
    Credentials,
    active_admin_count,
    credentials_of,
    failures_since,
    has_accounts,
    person_by_username,
)

FREE_FAILURES_OF_ADDRESS = 30
FAILURES_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class NewPerson:
    """An account to be made, already checked."""

    name: str
    username: str
    password: str
    roles: frozenset[str]
    nip: str | None = None


@dataclass(frozen=True)
class OfficeSetup:
    """What the set-up page asks: the office, its first admin and the people of the desks."""

    office_name: str
    unit: str
    address: str
    timezone: str
    destination: str
    people: Sequence[NewPerson]
    host_role: str


class SetupDone(Exception):
    """The set-up has been done already; there is only one."""


class UsernameTaken(Exception):
    """Somebody signs in with that name already."""


class LastAdmin(Exception):
    """The change would leave the office without an active admin."""


@dataclass(frozen=True)
class SignedIn:
    """The sign-in succeeded."""

    person: Person


@dataclass(frozen=True)
class SignInRefused:
    """Name or password do not fit, or the account is not active."""


@dataclass(frozen=True)
class SignInMustWait:
    """Too many failures; nothing was checked."""

    wait: timedelta


def set_up_office(setup: OfficeSetup, *, at: datetime) -> Person:
    """Make the office, its first destination and its accounts; returns the first admin.

    Raises SetupDone when there is an account already: of two at once one wins.
    """
    hashes = [hash_password(new.password) for new in setup.people]
    with write() as session:
        if has_accounts(session):
            raise SetupDone
        session.add(
            Office(
                id=1,
                name=setup.office_name,
                unit=setup.unit,
                address=setup.address,
                timezone=setup.timezone,
            )
        )
        unit = Unit(name=setup.destination, post=setup.destination, is_default=True)
        session.add(unit)
        people = [
            _make(session, new, hashed, at)
            for new, hashed in zip(setup.people, hashes, strict=True)
        ]
        session.flush()
        for new, person in zip(setup.people, people, strict=True):
            if setup.host_role in new.roles:
                session.add(UnitMember(unit_id=unit.id, person_id=person.id, kind="host"))
        refresh_screens(session)
        return people[0]


def add_person(new: NewPerson, *, at: datetime) -> Person:
    """Make an account; raises UsernameTaken."""
    hashed = hash_password(new.password)
    with write() as session:
        if person_by_username(session, new.username) is not None:
            raise UsernameTaken(new.username)
        person = _make(session, new, hashed, at)
        refresh_screens(session)
        return person


def edit_person(
    person_id: int, *, name: str, nip: str | None, roles: frozenset[str], active: bool
) -> None:
    """Change what a person is called and may do; deactivating ends their sessions.

    Raises LastAdmin when nobody active would hold the admin role afterwards.
    """
    with write() as session:
        person = session.get_one(Person, person_id)
        person.name = name
        person.nip = nip
        if person.active and not active:
            person.session_epoch += 1
        person.active = active
        _set_roles(person, roles)
        session.flush()
        if not active_admin_count(session):
            raise LastAdmin(person.username)
        refresh_screens(session)


def set_password(person_id: int, password: str) -> Person:
    """Give a person a new password; every session of theirs ends."""
    hashed = hash_password(password)
    with write() as session:
        person = session.get_one(Person, person_id)
        person.password_hash = hashed
        person.session_epoch += 1
        return person


def change_own_password(
    username: str, *, current: str, new: str, address: str, at: datetime
) -> SignedIn | SignInRefused | SignInMustWait:
    """Change one's own password; the current one is guessed no faster than at the sign-in."""
    result = sign_in(username, current, address=address, at=at)
    if isinstance(result, SignedIn):
        return SignedIn(set_password(result.person.id, new))
    return result


def sign_in(
    username: str, password: str, *, address: str, at: datetime
) -> SignedIn | SignInRefused | SignInMustWait:
    """Check a sign-in; failures slow further ones down, never lock the account.

    Counted per account and address (5 free in 15 minutes) and per address (30 free). An attempt
    counts as failed until it has been checked: of many at once, no more are checked than are free.
    """
    name = username.strip().lower()
    with write() as session:
        wait = _wait(session, name, address, at)
        if wait:
            return SignInMustWait(wait)
        _remember_failure(session, name, address, at)
        account = credentials_of(session, name)
    if not verify_password(account.password_hash if account else None, password):
        return SignInRefused()
    assert account is not None, "only an account's hash verifies"
    return _come_in(account, name, address)


def _come_in(account: Credentials, name: str, address: str) -> SignedIn | SignInRefused:
    """Forget the failures, unless the account has changed while its password was checked."""
    with write() as session:
        person = session.get_one(Person, account.person_id)
        if not person.active or person.password_hash != account.password_hash:
            return SignInRefused()
        _forget_failures(session, name, address)
        return SignedIn(person)


def _wait(session: Session, name: str, address: str, at: datetime) -> timedelta:
    since = at - WINDOW
    of_account = failures_since(session, since, address=address, username=name)
    of_address = failures_since(session, since, address=address)
    return max(wait_left(of_account, at), wait_left(of_address, at, FREE_FAILURES_OF_ADDRESS))


def _remember_failure(session: Session, name: str, address: str, at: datetime) -> None:
    session.execute(delete(SignInFailure).where(SignInFailure.at < at - FAILURES_KEPT))
    session.add(SignInFailure(username=name[:64], address=address, at=at))


def _forget_failures(session: Session, name: str, address: str) -> None:
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.username == name, SignInFailure.address == address
        )
    )


def _make(session: Session, new: NewPerson, hashed: str, at: datetime) -> Person:
    person = Person(
        username=new.username.strip().lower(),
        name=new.name,
        nip=new.nip,
        password_hash=hashed,
        created_at=at,
        active=True,
        session_epoch=1,
    )
    session.add(person)
    session.flush()
    _set_roles(person, new.roles)
    return person


def _set_roles(person: Person, roles: frozenset[str]) -> None:
    held = {row.role: row for row in person.roles}
    for role, row in held.items():
        if role not in roles:
            person.roles.remove(row)
    for role in sorted(roles - set(held)):
        person.roles.append(PersonRole(person_id=person.id, role=role))
