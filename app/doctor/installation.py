"""The installation: the settings, the SOPs, the instance folder, the front-end files."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from app import create_app, serving
from app.config import SETTINGS, SettingError, read_settings
from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault, ok
from app.extensions import db
from app.sop_files import SopFileError, read_sop_files, sop_in_force

PREFIX = "TAMU_"


def settings(case: Case) -> Finding:
    """Whether every setting and every SOP of the office can be used."""
    try:
        values = read_settings(case.environ)
        _refuse_backups_inside(values["BACKUP_FOLDER"], case.folder)
        sop = sop_in_force(read_sop_files(case.folder), str(values["SOP"])).sop
    except SettingError as error:
        said = str(error)
        return fault(Subject.SETTINGS, said, "Perbaiki nilai itu, lalu mulai ulang server.")
    except SopFileError as error:
        return fault(Subject.SETTINGS, str(error), "Perbaiki berkas SOP itu (docs/sop.md).")
    names = [f"{PREFIX}{it.name}" for it in SETTINGS if case.environ.get(f"{PREFIX}{it.name}")]
    shown = ", ".join(names) or "tidak ada TAMU_* yang diisi"
    return ok(Subject.SETTINGS, f"{shown}; SOP {sop.code}")


def instance(case: Case) -> Finding:
    """Whether the office's folder is there, for its owner alone."""
    folder = case.folder
    if not folder.is_dir():
        advice = "Sebutkan folder yang benar (--instance), atau jalankan tamu run sekali."
        return fault(Subject.INSTANCE, f"tidak ada folder {folder}", advice)
    if not os.access(folder, os.R_OK | os.X_OK):
        advice = "Jalankan tamu doctor dengan akun yang menjalankan server."
        return fault(Subject.INSTANCE, f"{folder} tidak boleh dibaca", advice)
    return _key(case) or ok(Subject.INSTANCE, str(folder))


def front_end(case: Case) -> Finding | None:
    """Whether the pages' scripts and typeface are there."""
    if case.settings is None:
        return None
    with throwaway_app() as app:
        try:
            serving.require_front_end(app)
        except serving.CannotServe as error:
            return fault(Subject.FRONT_END, "berkas antarmuka belum lengkap", str(error))
    return ok(Subject.FRONT_END, "lengkap")


@contextmanager
def throwaway_app() -> Iterator[Flask]:
    """The app as installed, on an empty folder of its own: the office's stays as it is."""
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'tamu.db'}"
        app = create_app({"INSTANCE": folder, "SOP": "", "SQLALCHEMY_DATABASE_URI": database})
        yield app
        with app.app_context():
            db.engine.dispose()


def _key(case: Case) -> Finding | None:
    key = case.secret_key
    if not key.is_file():
        if case.readable_database is None:
            return None
        advice = f"Kembalikan kunci dari brankas (tamu key export) ke {key} sebelum server dimulai."
        return fault(Subject.INSTANCE, f"kunci kantor {key} tidak ada", advice)
    if sys.platform != "win32" and stat.S_IMODE(key.stat().st_mode) & 0o077:
        advice = f"Jalankan: chmod 600 {key}"
        return fault(Subject.INSTANCE, f"kunci {key} terbaca oleh orang lain", advice)
    return None


def _refuse_backups_inside(second: object, folder: Path) -> None:
    if isinstance(second, Path) and second.is_relative_to(folder):
        raise SettingError(f"TAMU_BACKUP_FOLDER={second}: harus di luar folder data {folder}")
