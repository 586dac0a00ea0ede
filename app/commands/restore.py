"""`tamu restore`: a backup back in place, while no server runs."""

import sys
from pathlib import Path
from shlex import quote

import click
from flask import Flask

from app import create_app, serving
from app.backups.keys import (
    BadKey,
    adopt_secret_key,
    backup_key,
    keep_backup_key,
    read_key,
    read_key_file,
)
from app.backups.places import CannotRestore, one_at_a_time, places_of
from app.backups.restoring import Restored
from app.backups.restoring import restore as put_back
from app.backups.unpacking import is_opened_by, needs_a_key
from app.clock import now
from app.commands.common import INSTANCE_OPTION, REFUSALS, Refusal
from app.formatting import thousands
from app.lan.authority import FOLDER
from app.ownership import kept_by_its_owner

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--overwrite", is_flag=True, help="Ganti basis data yang ada; yang lama disimpan.")
@click.option("--key-file", type=FILE, metavar="BERKAS", help="Berkas dari tamu key export.")
@INSTANCE_OPTION
def restore(file: Path, overwrite: bool, key_file: Path | None, instance: Path) -> None:
    """Pulihkan basis data dari cadangan FILE; hentikan server lebih dulu."""
    file = file.expanduser().resolve()
    try:
        folder = serving.prepare_instance(instance)
        with (
            kept_by_its_owner(folder),
            serving.only_server(folder),
            one_at_a_time(folder),
        ):
            if key_file is not None and adopt_secret_key(folder, key_file):
                click.echo("Kunci kantor (secret-key) dari berkas kunci kini dipakai di sini.")
            restored = _restore(create_app(), file, key_file, overwrite=overwrite)
    except (*REFUSALS, BadKey) as refusal:
        raise Refusal(str(refusal)) from refusal
    _tell(restored, folder)


def _restore(app: Flask, file: Path, key_file: Path | None, *, overwrite: bool) -> Restored:
    places = places_of(app)
    own = backup_key(places.instance)
    key = _key_of(file, key_file, own) if needs_a_key(file) else None
    with app.app_context():
        at = now()
    restored = put_back(file, places.database, key=key, overwrite=overwrite, at=at)
    if key is not None and own is None:
        keep_backup_key(places.instance, key)  # the one in the safe stays the one that counts
        click.echo("Kunci cadangan itu kini juga kunci cadangan kantor ini (backup-key).")
    return restored


def _key_of(file: Path, key_file: Path | None, own: bytes | None) -> bytes:
    """The key that was given, else the office's own if it fits, else the one that is typed."""
    if key_file is not None:
        return read_key_file(key_file)
    if own is not None and is_opened_by(file, own):
        return own
    if not sys.stdin.isatty():
        raise CannotRestore(
            f"{file} terenkripsi dengan kunci yang tidak ada di folder data ini. Berikan kuncinya "
            "dengan --key-file."
        )
    return read_key(click.prompt("Kunci cadangan", hide_input=True))


def _tell(restored: Restored, folder: Path) -> None:
    click.echo(
        f"Basis data dipulihkan dan diperiksa: {thousands(restored.rows['visit'])} kunjungan, "
        f"{thousands(sum(restored.rows.values()))} baris."
    )
    if restored.set_aside is not None:
        click.echo(f"Basis data sebelumnya disimpan sebagai {restored.set_aside}.")
    if restored.is_outdated:
        click.echo("Skemanya lebih lama; akan diperbarui saat server dijalankan.")
    lan = " --lan" if (folder / FOLDER).is_dir() else ""
    click.echo(f"Sekarang jalankan server lagi: tamu run{lan} --instance {quote(str(folder))}")
    click.echo("Bila server berjalan sebagai layanan: sudo systemctl start pelayanan-tamu")
