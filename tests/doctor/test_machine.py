"""Python, the disks, the clock and the time zone."""

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.disk_room import TOO_FULL
from app.doctor import machine
from app.doctor.case import case_of
from app.doctor.finding import State
from app.doctor.machine import NEARLY_FULL, room_state
from tests.cast import MORNING
from tests.doctor.stand_ins import answering, served
from tests.support.shelves import with_sql


def test_this_python_is_new_enough_and_an_older_one_is_not(case, monkeypatch):
    assert machine.python(case).state is State.OK
    monkeypatch.setattr(machine, "OLDEST_PYTHON", (4, 0))
    found = machine.python(case)
    assert (found.state, found.advice) == (State.FAULT, "Pasang Python 3.11 atau lebih baru.")


@pytest.mark.parametrize(
    ("free", "database", "state"),
    [
        (NEARLY_FULL, 0, State.OK),
        (NEARLY_FULL - 1, 0, State.WARN),
        (TOO_FULL, 0, State.WARN),
        (TOO_FULL - 1, 0, State.FAULT),
        (3_000_000_000, 1_000_000_000, State.OK),
        (2_999_999_999, 1_000_000_000, State.FAULT),
        (600_000_000, 200_000_001, State.FAULT),
        (0, 0, State.FAULT),
    ],
)
def test_room_is_measured_against_the_database(free, database, state):
    assert room_state(free, database) is state


def test_the_disks_of_the_data_and_of_the_second_place_are_looked_at(with_settings, tmp_path):
    second = tmp_path / "usb"
    second.mkdir()
    case = with_settings(BACKUP_FOLDER=second)
    state = room_state(shutil.disk_usage(tmp_path).free, 300_000)
    own, copy = machine.disk(case), machine.backup_disk(case)
    assert (own.state, copy.state) == (state, state)
    assert own.said.endswith(f" di {case.folder}")
    assert copy.said.endswith(f" di {second}")


def test_a_disk_that_could_not_hold_a_backup_of_the_database_is_a_fault(case):
    os.truncate(case.folder / "tamu.db", shutil.disk_usage(case.folder).free // 2)
    found = machine.disk(case)
    assert found.state is State.FAULT
    assert found.advice.startswith("Kosongkan ruang di disk itu: perlu paling sedikit ")


def test_folders_that_are_not_there_have_no_room(with_settings, tmp_path):
    case = with_settings(BACKUP_FOLDER=tmp_path / "usb")
    assert machine.backup_disk(case) is None
    assert machine.disk(replace(case, folder=tmp_path / "lain")) is None


def test_a_clock_at_or_after_the_newest_entry_is_well(office):
    office.bring_to_step(2)
    at = office.clock()
    office.close()
    found = machine.clock(case_of(office.app.config["INSTANCE"], at, None))
    assert (found.state, found.said) == (State.OK, f"{at.astimezone(UTC):%Y-%m-%d %H.%M} UTC")


@pytest.mark.parametrize("back", [timedelta(minutes=2), timedelta(days=400)])
def test_entries_of_the_future_are_a_fault_of_the_clock(office, back):
    office.bring_to_step(2)
    at = office.clock() - back
    office.close()
    found = machine.clock(case_of(office.app.config["INSTANCE"], at, None))
    assert (found.state, found.advice) == (State.FAULT, machine.SET_CLOCK)
    assert f"ada catatan dari {office.clock():%Y-%m-%d %H.%M} UTC, yang belum tiba" in found.said


def test_a_year_before_the_program_is_a_fault(case):
    found = machine.clock(replace(case, at=datetime(2024, 12, 31, 23, 59, tzinfo=UTC)))
    assert (found.state, found.said) == (State.FAULT, "2024-12-31 23.59 UTC: tahunnya keliru")


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0, State.OK), (60, State.OK), (-60, State.OK), (61, State.FAULT), (-90000, State.FAULT)],
)
def test_the_clock_is_compared_with_the_servers(case, ahead, state):
    theirs = format_datetime(MORNING + timedelta(seconds=ahead), usegmt=True)
    with answering({"/sehat": (200, {"Date": theirs})}) as address:
        assert machine.clock(replace(case, asked_url=address)).state is state


@pytest.mark.parametrize("date", ["kemarin", ""])
def test_a_server_that_tells_no_time_is_not_compared(case, date):
    with answering({"/sehat": (200, {"Date": date} if date else {})}) as address:
        assert machine.clock(served(case, address)).state is State.OK


def test_a_time_zone_that_this_python_does_not_know_is_a_fault(case):
    assert machine.time_zone(case).said == "Asia/Pontianak"
    with_sql("UPDATE office SET timezone = 'Asia/Nusantara'")(case.folder / "tamu.db")
    found = machine.time_zone(case)
    assert (found.state, found.said) == (
        State.FAULT,
        "zona waktu Asia/Nusantara tidak dikenal Python ini",
    )
    assert found.advice == "Jalankan: pip install --upgrade tzdata"
