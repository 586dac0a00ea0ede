"""The settings, the SOPs, the instance folder and the front-end files."""

from dataclasses import replace
from pathlib import Path

import pytest

from app import serving
from app.doctor import installation
from app.doctor.finding import State


def test_settings_that_can_be_used_are_named(case, with_settings):
    found = installation.settings(case)
    assert (found.state, found.said) == (
        State.OK,
        "tidak ada TAMU_* yang diisi; SOP pelayanan-tamu",
    )
    case = with_settings(PUBLIC_URL="https://tamu.lan", SESSION_HOURS=8)
    assert installation.settings(case).said == (
        "TAMU_PUBLIC_URL, TAMU_SESSION_HOURS; SOP pelayanan-tamu"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("UPLOAD_MB", "banyak", "TAMU_UPLOAD_MB='banyak': harus bilangan bulat"),
        ("PUBLIC_URL", "tamu.lan", "TAMU_PUBLIC_URL='tamu.lan': harus alamat seperti"),
        ("BACKUP_FOLDER", "usb", "TAMU_BACKUP_FOLDER='usb': harus alamat folder lengkap"),
        ("SOP", "lain", "TAMU_SOP='lain': tidak ada SOP berkode itu"),
    ],
)
def test_a_setting_that_cannot_be_used_is_a_fault(with_settings, name, value, said):
    found = installation.settings(with_settings(**{name: value}))
    assert (found.state, found.said[: len(said)]) == (State.FAULT, said)
    assert found.advice.startswith("Perbaiki ")


def test_backups_inside_the_folder_that_they_save_are_a_fault(case, with_settings):
    inside = case.folder / "usb"
    found = installation.settings(with_settings(BACKUP_FOLDER=inside))
    assert (found.state, found.said) == (
        State.FAULT,
        f"TAMU_BACKUP_FOLDER={inside}: harus di luar folder data {case.folder}",
    )


def test_a_broken_sop_is_a_fault_that_names_its_file(case):
    (case.folder / "sop").mkdir()
    file = case.folder / "sop" / "baru.toml"
    file.write_text("code = ")
    found = installation.settings(case)
    assert found.state is State.FAULT
    assert str(file) in found.said


def test_the_folder_of_the_office_is_named(case):
    found = installation.instance(case)
    assert (found.state, found.said) == (State.OK, str(case.folder))


def test_a_folder_that_is_not_there_is_a_fault_and_is_not_made(case, tmp_path):
    nowhere = tmp_path / "tidak ada"
    found = installation.instance(replace(case, folder=nowhere))
    assert (found.state, found.said) == (State.FAULT, f"tidak ada folder {nowhere}")
    assert not nowhere.exists()


def test_a_lost_key_is_a_fault_and_none_is_made(case):
    case.secret_key.unlink()
    found = installation.instance(case)
    assert (found.state, found.said) == (
        State.FAULT,
        f"kunci kantor {case.secret_key} tidak ada",
    )
    assert not case.secret_key.exists()
    (case.folder / "tamu.db").unlink()
    assert installation.instance(case).state is State.OK  # a folder that was never used


def test_a_key_that_others_read_is_a_fault(case):
    case.secret_key.chmod(0o640)
    found = installation.instance(case)
    assert (found.state, found.advice) == (
        State.FAULT,
        f"Jalankan: chmod 600 {case.secret_key}",
    )


def test_front_end_files_that_are_missing_are_a_fault(case, monkeypatch):
    assert installation.front_end(case).state is State.OK
    monkeypatch.setattr(serving, "VENDOR_STAMP", Path("vendor", "tidak ada"))
    found = installation.front_end(case)
    assert found.state is State.FAULT
    assert "pip install" in found.advice
