"""An office with several destinations, in which made-up visits take place."""

from pathlib import Path

import pytest

from app import create_app
from app.extensions import db
from app.operations.people import NewPerson, add_person
from app.operations.units import UnitData, save_unit
from app.sample.history import Setting
from app.sample.store import read_setting
from tests.cast import MORNING, PASSWORD, Clock, Office, copy_instance


def host(name: str) -> int:
    new = NewPerson(name, name.lower(), PASSWORD, frozenset({"host"}))
    return add_person(new, at=MORNING).id


def unit(name: str, hosts: set[int], assistants: set[int]) -> None:
    data = UnitData(
        name=name,
        post=f"Kepala {name}",
        active=True,
        is_default=False,
        host_ids=frozenset(hosts),
        assistant_ids=frozenset(assistants),
        host_role="host",
    )
    save_unit(None, data)


@pytest.fixture(scope="session")
def larger(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cast's office with a destination of two people and one without anybody."""
    folder = copy_instance(template, tmp_path_factory.mktemp("larger"))
    app = create_app({"INSTANCE": folder})
    with app.app_context():
        unit("Bidang Koperasi", {host("Hendra")}, {host("Sari")})
        unit("Bidang Usaha Kecil", set(), set())
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def office(larger: Path, tmp_path: Path, clock: Clock):
    """That office, for one test alone."""
    instance = copy_instance(larger, tmp_path / "instance")
    office = Office(create_app({"INSTANCE": instance, "NOW": clock}), clock)
    yield office
    office.close()


@pytest.fixture
def setting(office: Office) -> Setting:
    with office.app.app_context():
        return read_setting(office.app.config["SOP_SHA256"])
