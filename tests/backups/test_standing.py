"""How the office stands: when it is told, and what of the second place."""

import shutil
from datetime import timedelta

import pytest

from app.backups.backing_up import back_up
from app.backups.places import places_of
from app.backups.shelf import Why
from app.backups.standing import SecondPlace, are_on_one_disk, is_office_late, standing_of
from tests.cast import MORNING
from tests.support.shelves import backed_up

DAY = timedelta(days=1)


def standing(app, at):
    return standing_of(places_of(app), at)


@pytest.mark.parametrize(
    ("age", "is_late"),
    [
        (timedelta(), False),
        (timedelta(hours=23), False),
        (DAY, False),
        (DAY + timedelta(seconds=1), True),
        (30 * DAY, True),
        (timedelta(seconds=-1), True),
    ],
)
def test_the_last_one_is_late_when_it_is_older_than_a_day(app, age, is_late):
    backed_up(app, why=Why.DAILY)
    assert standing(app, MORNING + age).is_late is is_late
    assert is_office_late(app, MORNING + age) is is_late


def test_without_any_the_office_is_late(app):
    found = standing(app, MORNING)
    assert (found.last, found.is_late, found.second) == (None, True, None)


def test_a_second_place_with_todays_copy(two_places, second):
    backup = backed_up(two_places)
    found = standing(two_places, MORNING).second
    assert found is not None
    assert (found.is_there, found.is_late, found.folder) == (True, False, second)
    assert found.last is not None
    assert found.last.manifest == backup.manifest


def test_a_second_place_that_fell_behind(two_places, second, clock):
    backed_up(two_places)
    away = second.rename(second.with_name("dilepas"))
    clock.pass_time(hours=30)
    back_up(two_places, why=Why.DAILY, at=clock())
    away.rename(second)
    found = standing(two_places, clock())
    assert not found.is_late
    assert found.second is not None
    assert (found.second.is_there, found.second.is_late) == (True, True)
    assert not found.second.is_well


def test_a_second_place_that_is_gone(two_places, second):
    backed_up(two_places)
    shutil.rmtree(second)
    assert standing(two_places, MORNING).second == SecondPlace(second)
    assert not SecondPlace(second).is_well


def test_a_mount_point_without_its_drive_is_on_the_disk_of_the_first(two_places, second):
    backed_up(two_places)
    found = standing(two_places, MORNING).second
    assert found is not None
    assert found.is_on_same_disk == are_on_one_disk(second, second.parent)
    assert found.is_on_same_disk
    assert not found.is_well


def test_a_drive_that_answers_nothing_is_on_no_disk(tmp_path):
    assert not are_on_one_disk(tmp_path / "tidak ada", tmp_path)


def test_a_second_place_that_is_there_with_a_new_copy_on_another_disk_is_well(second):
    assert SecondPlace(second, is_there=True, is_late=False).is_well
