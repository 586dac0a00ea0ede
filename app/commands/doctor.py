"""`tamu doctor`: what is well, what is not, and what to do about it. It changes nothing."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from app.commands.common import INSTANCE_OPTION
from app.doctor.case import case_of
from app.doctor.examining import examine
from app.doctor.finding import Finding, State, Subject

FAULTY = 1  # the exit code for whoever watches this by a program
SIGNS = {State.OK: "baik", State.WARN: "perhatian", State.FAULT: "rusak"}
WORDS = {
    Subject.PYTHON: "Python",
    Subject.SETTINGS: "Pengaturan",
    Subject.FRONT_END: "Berkas antarmuka",
    Subject.INSTANCE: "Folder data",
    Subject.DISK: "Ruang disk",
    Subject.BACKUP_DISK: "Ruang disk cadangan",
    Subject.DATABASE: "Basis data",
    Subject.SCHEMA: "Skema basis data",
    Subject.WRITING: "Penulisan",
    Subject.CLOCK: "Jam",
    Subject.TIME_ZONE: "Zona waktu",
    Subject.PORTS: "Server dan port",
    Subject.CERTIFICATE: "Sertifikat",
    Subject.TRUST: "Kepercayaan",
    Subject.CAMERA: "Izin kamera",
    Subject.PUBLIC_URL: "Alamat di kartu",
    Subject.BADGES: "Kartu tercetak",
    Subject.BACKUP: "Cadangan terakhir",
    Subject.BACKUP_COPY: "Salinan cadangan",
}
SIGN_WIDTH = max(map(len, SIGNS.values())) + 2
WORDS_WIDTH = max(map(len, WORDS.values())) + 2


def _address(_context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    try:
        is_whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        message = f"{url} bukan alamat seperti https://tamu.kantor.lan"
        raise click.BadParameter(message)
    return f"{parts.scheme}://{parts.netloc}"


@click.command()
@INSTANCE_OPTION
@click.option("--url", metavar="ALAMAT", callback=_address, help="Tanyai server di alamat ini.")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON, untuk program.")
def doctor(instance: Path, url: str | None, as_json: bool) -> None:
    """Periksa komputer, data dan server; katakan apa yang perlu dilakukan."""
    findings = examine(case_of(instance, datetime.now(UTC), url))
    click.echo(_as_json(findings) if as_json else _as_text(findings))
    if _is_faulty(findings):
        click.get_current_context().exit(FAULTY)


def _is_faulty(findings: Sequence[Finding]) -> bool:
    return any(finding.state is State.FAULT for finding in findings)


def _as_json(findings: Sequence[Finding]) -> str:
    rows = [
        {"check": it.subject, "state": it.state, "said": it.said, "advice": it.advice}
        for it in findings
    ]
    return json.dumps({"ok": not _is_faulty(findings), "findings": rows}, ensure_ascii=False)


def _as_text(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        sign, words = SIGNS[finding.state], WORDS[finding.subject]
        lines.append(f"{sign:<{SIGN_WIDTH}}{words:<{WORDS_WIDTH}}{finding.said}")
        if finding.advice:
            lines.append(f"{'':<{SIGN_WIDTH}}Lakukan: {finding.advice}")
    return "\n".join([*lines, "", _summary(findings)])


def _summary(findings: Sequence[Finding]) -> str:
    states = Counter(finding.state for finding in findings)
    faults, warnings = states[State.FAULT], states[State.WARN]
    if faults:
        also = f" dan {warnings} hal yang perlu perhatian" if warnings else ""
        return (
            f"Ada {faults} kerusakan{also}. Lakukan yang tertulis, lalu jalankan tamu doctor lagi."
        )
    if warnings:
        return f"Tidak ada kerusakan; {warnings} hal perlu perhatian."
    return "Semuanya baik."
