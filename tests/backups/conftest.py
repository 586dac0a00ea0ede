"""Offices with something to lose, on instances whose passwords are quick to make."""

from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from tests.cast import Clock, Office, copy_instance

SECOND = "drive usb"  # a name with a space, as drives have


@pytest.fixture
def second(tmp_path) -> Path:
    folder = tmp_path / SECOND
    folder.mkdir()
    return folder


@pytest.fixture
def two_places(template: Path, tmp_path: Path, clock: Clock, second: Path) -> Flask:
    """The app of an office that has a second place for its backups."""
    instance = copy_instance(template, tmp_path / "instance")
    return create_app({"INSTANCE": instance, "NOW": clock, "BACKUP_FOLDER": second})


@pytest.fixture
def busy(office: Office) -> Office:
    """An office with visits at several steps, one closed: rows in every log."""
    office.bring_to_step(6, "1", name="Pulang, “Nur’aini” 😀")
    office.scan("fitri", "1")
    office.bring_to_step(3, "2", name="Wulan", origin="Dinas KUKM Kab. Sambas")
    office.bring_to_step(5, "3", name="Agustinus", purpose=None)
    office.open_visit("Tono")
    return office
