"""`tamu backup`: a backup at once, also while the server runs."""

from pathlib import Path
from shlex import quote

import click
from flask import Flask

from app import create_app
from app.backups.backing_up import back_up
from app.backups.keys import BACKUP_KEY
from app.backups.making import Outcome, make_backup_in
from app.backups.places import places_of
from app.backups.shelf import Why
from app.clock import now
from app.commands.common import INSTANCE_OPTION, REFUSALS, Refusal, existing_instance
from app.formatting import file_size
from app.ownership import kept_by_its_owner

NO_SECOND_COPY = 1  # the exit code for whoever watches this by a program


@click.command()
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Simpan hanya ke folder ini, misalnya drive USB.",
)
@click.option("--sealed", is_flag=True, help="Enkripsi dengan kunci cadangan (tamu key export).")
@INSTANCE_OPTION
def backup(to: Path | None, sealed: bool, instance: Path) -> None:
    """Buat cadangan sekarang; server boleh tetap berjalan."""
    try:
        folder = existing_instance(instance)
        had_key = (folder / BACKUP_KEY).exists()
        with kept_by_its_owner(folder):
            outcome = _back_up(create_app(), to, sealed=sealed)
    except REFUSALS as refusal:
        raise Refusal(str(refusal)) from refusal
    made = outcome.backup
    click.echo(f"Cadangan dibuat dan diperiksa: {made.file} ({file_size(made.manifest.size)})")
    if (folder / BACKUP_KEY).exists() and not had_key:
        click.echo(
            f"Kunci cadangan baru dibuat; cetak: tamu key export --instance {quote(str(folder))}"
        )
        click.echo("Tanpa kunci itu cadangan ini tidak dapat dibuka di komputer lain.")
    if outcome.problem:
        click.echo(outcome.problem, err=True)
        click.get_current_context().exit(NO_SECOND_COPY)


def _back_up(app: Flask, to: Path | None, *, sealed: bool) -> Outcome:
    with app.app_context():
        at = now()
    places = places_of(app)
    seals = sealed or places.is_sealed
    if to is None:
        return back_up(app, why=Why.BY_HAND, at=at, seals=seals)
    return Outcome(make_backup_in(to.expanduser().resolve(), places, at=at, seals=seals))
