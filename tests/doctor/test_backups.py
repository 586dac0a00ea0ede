"""The last backup, and its copy on another drive."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from app import create_app
from app.backups.standing import SecondPlace
from app.doctor import backups
from app.doctor.finding import State
from app.extensions import db
from tests.cast import Clock
from tests.doctor.stand_ins import served
from tests.support.shelves import backed_up

DAY = timedelta(days=1)


@pytest.fixture
def make(case):
    def made(**settings):
        app = create_app({"INSTANCE": case.folder, "NOW": Clock(), **settings})
        backup = backed_up(app)
        with app.app_context():
            db.engine.dispose()
        return backup

    return made


def test_without_a_backup_there_is_a_fault(case):
    found = backups.backup(case)
    assert (found.state, found.said, found.advice) == (
        State.FAULT,
        "belum ada cadangan yang baik",
        "Buat cadangan sekarang: tamu backup.",
    )


@pytest.mark.parametrize(
    ("age", "stopped", "running"),
    [
        (timedelta(hours=5), State.OK, State.OK),
        (DAY, State.OK, State.OK),
        (3 * DAY, State.WARN, State.FAULT),
    ],
)
def test_an_old_backup_is_a_fault_of_a_server_that_should_have_made_one(
    case, make, age, stopped, running
):
    name = make().file.name
    later = replace(case, at=case.at + age)
    assert backups.backup(later).state is stopped
    assert backups.backup(served(later)).state is running
    assert backups.backup(later).said.startswith(f"{name}, ")


def test_half_a_backup_is_none(case, make):
    file = make().file
    file.write_bytes(file.read_bytes()[:-1])
    assert backups.backup(case).said == "belum ada cadangan yang baik"


def test_an_office_without_a_second_place_is_told(case, make):
    make()
    found = backups.backup_copy(case)
    assert (found.state, "TAMU_BACKUP_FOLDER" in found.advice) == (State.WARN, True)


def test_a_second_place_that_is_gone_or_on_the_same_disk_is_told(
    case, make, with_settings, tmp_path
):
    second = tmp_path / "usb"
    second.mkdir()
    make(BACKUP_FOLDER=second)
    case = with_settings(BACKUP_FOLDER=second)
    found = backups.backup_copy(case)
    assert (found.state, found.said) == (
        State.WARN,
        f"{second} berada di disk yang sama dengan basis data",
    )
    shutil.rmtree(second)
    found = backups.backup_copy(case)
    assert (found.state, found.said) == (State.WARN, f"{second} tidak dapat dijangkau")


def test_a_copy_of_today_on_another_disk_is_well_and_a_late_one_is_told(case, make, tmp_path):
    place = SecondPlace(tmp_path, is_there=True, last=make(), is_late=False)
    assert backups._copy(place, case.at).state is State.OK
    late = backups._copy(replace(place, is_late=True), case.at + 3 * DAY)
    assert (late.state, "3 hari lalu" in late.said) == (State.WARN, True)
    none = backups._copy(replace(place, last=None, is_late=True), case.at)
    assert (none.state, none.said) == (State.WARN, f"{tmp_path}: belum ada salinan")


def test_what_other_checks_tell_is_not_told_twice(case, with_settings):
    assert backups.backup(with_settings(UPLOAD_MB="x")) is None
    assert backups.backup(with_settings(DATABASE_URL="postgresql://kantor/tamu")) is None
    assert backups.backup(with_settings(BACKUP_FOLDER=case.folder / "usb")) is None
    case.secret_key.unlink()
    assert (backups.backup(case), backups.backup_copy(case)) == (None, None)
    assert not case.secret_key.exists()
