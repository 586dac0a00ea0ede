"""All checks in the order in which a person reads them; one that fails is a finding, too."""

from collections.abc import Callable, Sequence

from app.doctor import backups, browsing, certificate, database, installation, machine, network
from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault

Check = Callable[[Case], Finding | None]

CHECKS: tuple[tuple[Subject, Check], ...] = (
    (Subject.PYTHON, machine.python),
    (Subject.SETTINGS, installation.settings),
    (Subject.FRONT_END, installation.front_end),
    (Subject.INSTANCE, installation.instance),
    (Subject.DISK, machine.disk),
    (Subject.CLOCK, machine.clock),
    (Subject.TIME_ZONE, machine.time_zone),
    (Subject.DATABASE, database.database),
    (Subject.SCHEMA, database.schema),
    (Subject.WRITING, database.writing),
    (Subject.BACKUP, backups.backup),
    (Subject.BACKUP_COPY, backups.backup_copy),
    (Subject.BACKUP_DISK, machine.backup_disk),
    (Subject.PORTS, network.ports),
    (Subject.CERTIFICATE, certificate.certificate),
    (Subject.TRUST, browsing.trust),
    (Subject.CAMERA, browsing.camera),
    (Subject.PUBLIC_URL, network.public_url),
    (Subject.BADGES, network.badges),
)


def examine(case: Case, checks: Sequence[tuple[Subject, Check]] = CHECKS) -> list[Finding]:
    """What each check finds; those that do not apply say nothing."""
    found = [_look(subject, check, case) for subject, check in checks]
    return [finding for finding in found if finding is not None]


def _look(subject: Subject, check: Check, case: Case) -> Finding | None:
    try:
        return check(case)
    except Exception as error:  # noqa: BLE001  whatever it is, the other checks still run
        said = f"tidak dapat diperiksa ({type(error).__name__}: {error})"
        advice = "Ulangi dengan akun yang menjalankan server; bila tetap, laporkan kalimat ini."
        return fault(subject, " ".join(said.split()), advice)
