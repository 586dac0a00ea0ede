"""The database: there, sound, of a schema that this program knows, and to be written."""

import os
from pathlib import Path

from alembic.runtime.migration import MigrationContext

from app.doctor.case import Case, reading
from app.doctor.finding import Finding, Subject, fault, ok, warn
from app.fault_words import for_the_admin
from app.formatting import file_size
from app.models.database_file import COMPANIONS, writes_ahead
from app.models.dialect import DatabaseFailed, Fault, fault_of, first_damage, first_orphan
from app.models.migrate import known_revisions

AS_SERVER = "Bila server memakai akun lain: jalankan tamu doctor dengan akun itu."


def database(case: Case) -> Finding | None:
    """Whether SQLite finds the file sound, and every reference in it kept."""
    if not case.folder.is_dir():
        return None  # said once, of the folder
    path = case.database
    if path is None:
        said = "TAMU_DATABASE_URL bukan berkas SQLite"
        return warn(Subject.DATABASE, said, "Periksa dengan perangkat basis data itu sendiri.")
    if not path.is_file():
        advice = "Sebutkan folder yang benar (--instance), atau jalankan tamu run sekali."
        return fault(Subject.DATABASE, f"belum ada {path}", advice)
    if path.stat().st_size == 0:
        advice = "Pulihkan cadangan terakhir: tamu restore BERKAS. Kantor baru: jalankan tamu run."
        return fault(Subject.DATABASE, f"{path} kosong", advice)
    return _soundness(case, path)


def schema(case: Case) -> Finding | None:
    """Whether the database stands where this program expects it."""
    if case.readable_database is None:
        return None
    try:
        with reading(case, case.readable_database) as engine, engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except DatabaseFailed:
        return None  # said of the database itself
    return _standing(case, revision)


def writing(case: Case) -> Finding | None:
    """Whether whoever runs this may write the database and what belongs to it."""
    path = case.readable_database
    if path is None:
        return None
    files = [path, *(path.with_name(path.name + end) for end in COMPANIONS)]
    kept = [it for it in (path.parent, *files) if it.exists() and not os.access(it, os.W_OK)]
    if kept:
        said = f"{kept[0]} tidak dapat ditulisi"
        advice = for_the_admin(Fault.READ_ONLY, path.parent)
        return fault(Subject.WRITING, said, f"{advice} {AS_SERVER}")
    if not writes_ahead(path):
        return _not_ahead(case)
    return ok(Subject.WRITING, "dapat ditulisi, mode WAL")


def _not_ahead(case: Case) -> Finding:
    if not case.is_served:
        return ok(Subject.WRITING, "dapat ditulisi; mode WAL dipasang saat server mulai")
    advice = "Pindahkan folder data ke disk komputer ini sendiri, bukan folder jaringan."
    return warn(Subject.WRITING, "server berjalan tanpa mode WAL", advice)


def _soundness(case: Case, path: Path) -> Finding:
    try:
        with reading(case, path) as engine, engine.connect() as connection:
            damage = first_damage(connection)
            orphan = None if damage else first_orphan(connection)
    except DatabaseFailed as error:
        return _failed(case, error)
    if damage:
        said = f"rusak ({' '.join(damage.split())})"
        return fault(Subject.DATABASE, said, for_the_admin(Fault.DAMAGED, case.folder))
    if orphan:
        advice = "Pulihkan cadangan terakhir yang baik: tamu restore BERKAS --overwrite"
        return fault(Subject.DATABASE, f"ada baris tanpa induk ({orphan})", advice)
    return ok(Subject.DATABASE, f"baik, {file_size(path.stat().st_size)}")


def _failed(case: Case, error: DatabaseFailed) -> Finding:
    found = fault_of(error) or Fault.STORAGE
    said = f"tidak dapat dibaca ({error.orig})"
    return fault(Subject.DATABASE, said, for_the_admin(found, case.folder))


def _standing(case: Case, revision: str | None) -> Finding:
    *older, newest = known_revisions()
    if revision == newest:
        return ok(Subject.SCHEMA, f"skema {revision}, terbaru")
    if revision is None or revision in older:
        said = f"skema {revision or 'kosong'}, lebih lama dari program ({newest})"
        if case.is_served:
            advice = "Mulai ulang server (tamu run): ia memperbaruinya sesudah membuat cadangan."
            return fault(Subject.SCHEMA, said, advice)
        advice = "Jalankan tamu run: skemanya diperbarui saat mulai, sesudah dicadangkan."
        return warn(Subject.SCHEMA, said, advice)
    said = f"skema {revision}, lebih baru dari program ({newest})"
    advice = (
        "Pasang versi Pelayanan Tamu yang terbaru, atau pulihkan cadangan dari sebelum pembaruan "
        "(tamu restore BERKAS --overwrite)."
    )
    return fault(Subject.SCHEMA, said, advice)
