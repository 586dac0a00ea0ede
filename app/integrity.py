"""No start on a database that is damaged or cannot be used: a sentence says what to do instead."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app import fault_words
from app.backups.places import Places, places_of
from app.backups.shelf import Backup, last_good
from app.clock import now
from app.extensions import db
from app.formatting import clock_zone, long_day
from app.models.dialect import DatabaseFailed, Fault, fault_of, first_damage
from app.models.migrate import known_revisions, stored_revision


class DatabaseUnusable(Exception):
    """A reason not to start; its text is what the person at the terminal reads."""


@contextmanager
def usable_database(app: Flask) -> Iterator[None]:
    """Look through the database first; what it refuses afterwards becomes a sentence, too.

    Raises DatabaseUnusable.
    """
    try:
        with app.app_context(), db.engine.connect() as connection:
            damage = first_damage(connection)
        if damage is not None:
            raise DatabaseUnusable(_damaged(app, damage))
        _refuse_newer_schema(app)
        yield
    except DatabaseFailed as error:
        fault = fault_of(error)
        if fault is None:
            raise
        raise DatabaseUnusable(_sentence(app, fault, str(error.orig))) from error


def _refuse_newer_schema(app: Flask) -> None:
    """A program older than its data would not know what it reads."""
    revision = stored_revision(app)
    if revision is not None and revision not in known_revisions():
        raise DatabaseUnusable(
            f"Basis data di {app.config['INSTANCE']} dibuat oleh Pelayanan Tamu yang lebih baru "
            f"(skema {revision}). Tidak ada yang dijalankan atau diubah. Pasang versi terbaru, "
            "lalu coba lagi; atau pulihkan cadangan dari sebelum pembaruan dengan tamu restore "
            "BERKAS --overwrite."
        )


def _sentence(app: Flask, fault: Fault, said: str) -> str:
    if fault is Fault.DAMAGED:
        return _damaged(app, said)
    return f"{fault_words.for_the_admin(fault, app.config['INSTANCE'])} ({said})"


def _damaged(app: Flask, said: str) -> str:
    places = places_of(app)
    with app.app_context():
        way_back = _way_back(places, _last_good(places))
    return (
        f"Basis data {places.database} rusak ({' '.join(said.split())}). Server tidak dijalankan "
        f"supaya kerusakannya tidak meluas. {way_back}"
    )


def _last_good(places: Places) -> Backup | None:
    at = now()
    found = [last_good(places.own, at)]
    if places.second is not None:
        found.append(last_good(places.second, at, places.origin))
    good = [backup for backup in found if backup is not None]
    return max(good, key=lambda backup: backup.manifest.made_at, default=None)


def _way_back(places: Places, backup: Backup | None) -> str:
    options = f"--overwrite --instance {places.instance}"
    if backup is None:
        return (
            f"Tidak ada cadangan yang baik di {places.own}. Bila ada di tempat lain: tamu restore "
            f"BERKAS {options}. Bila tidak ada: salin seluruh folder data ke tempat aman, jangan "
            "hapus apa pun, lalu hubungi ahli SQLite."
        )
    made_at = backup.manifest.made_at
    return (
        f"Cadangan baik yang terakhir: {backup.file.name} ({long_day(made_at)}, "
        f"{clock_zone(made_at)}). Pulihkan dengan: tamu restore {backup.file} {options}"
    )
