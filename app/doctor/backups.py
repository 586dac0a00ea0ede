"""The last backup, and its copy in the second place."""

from datetime import datetime

from app import create_app
from app.backups.places import NoFile, places_of
from app.backups.shelf import Backup
from app.backups.standing import SecondPlace, Standing, standing_of
from app.config import SettingError
from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault, ok, warn
from app.formatting import ago, file_size
from app.sop_files import SopFileError

BY_HAND = "Buat cadangan sekarang: tamu backup."


def backup(case: Case) -> Finding | None:
    """Whether there is a good backup that is young enough."""
    standing = _standing(case)
    if standing is None:
        return None
    if standing.last is None:
        return fault(Subject.BACKUP, "belum ada cadangan yang baik", BY_HAND)
    said = _described(standing.last, case.at)
    if not standing.is_late:
        return ok(Subject.BACKUP, said)
    if case.is_served:
        advice = f"{BY_HAND} Bila gagal, baca alasannya di {case.folder / 'logs' / 'tamu.log'}."
        return fault(Subject.BACKUP, said, advice)
    advice = "Jalankan server: ia membuat cadangan sendiri tiap hari. Atau: tamu backup."
    return warn(Subject.BACKUP, said, advice)


def backup_copy(case: Case) -> Finding | None:
    """Whether a copy lies where a broken disk does not take it along."""
    standing = _standing(case)
    if standing is None:
        return None
    second = standing.second
    if second is None:
        advice = "Isi TAMU_BACKUP_FOLDER dengan folder di drive lain, misalnya drive USB."
        return warn(Subject.BACKUP_COPY, "hanya di disk yang sama dengan basis data", advice)
    if not second.is_there:
        advice = "Pasang drive itu, lalu jalankan: tamu backup."
        return warn(Subject.BACKUP_COPY, f"{second.folder} tidak dapat dijangkau", advice)
    return _copy(second, case.at)


def _copy(second: SecondPlace, at: datetime) -> Finding:
    if second.is_on_same_disk:
        said = f"{second.folder} berada di disk yang sama dengan basis data"
        return warn(Subject.BACKUP_COPY, said, "Pilih folder di drive lain, atau pasang drive itu.")
    said = f"{second.folder}: {_described(second.last, at)}"
    return (
        warn(Subject.BACKUP_COPY, said, BY_HAND)
        if second.is_late
        else ok(Subject.BACKUP_COPY, said)
    )


def _standing(case: Case) -> Standing | None:
    """How the office stands; nothing while other checks say why that cannot be known.

    Without its key the app would make a new one, and this changes nothing.
    """
    if case.settings is None or not case.secret_key.is_file():
        return None
    if case.readable_database is None:
        return None
    second = case.second_folder
    if second is not None and second.is_relative_to(case.folder):
        return None
    try:
        app = create_app({"INSTANCE": case.folder, "BACKUP_FOLDER": second})
        return standing_of(places_of(app), case.at)
    except (NoFile, SettingError, SopFileError):
        return None


def _described(last: Backup | None, at: datetime) -> str:
    if last is None:
        return "belum ada salinan"
    size = file_size(last.manifest.size)
    return f"{last.file.name}, {ago(at - last.manifest.made_at)}, {size}"
