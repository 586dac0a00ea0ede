"""`tamu key`: the office's keys, on paper for the safe."""

from pathlib import Path

import click

from app.backups.keys import BACKUP_KEY, BadKey, for_the_safe
from app.commands.common import INSTANCE_OPTION, Refusal


@click.group()
def key() -> None:
    """Kunci kantor: yang tidak pernah ada di dalam cadangan."""


@key.command()
@INSTANCE_OPTION
def export(instance: Path) -> None:
    """Cetak kunci kantor untuk disimpan di brankas."""
    folder = instance.expanduser().resolve()
    try:
        keys = for_the_safe(folder)
    except (BadKey, OSError) as error:
        message = f"Kunci di {folder} tidak dapat dibaca: {error}"
        raise Refusal(message) from error
    if not keys:
        message = f"Belum ada kunci di {folder}. Sebutkan folder data yang benar (--instance)."
        raise Refusal(message)
    click.echo(keys)
    click.echo("Simpan di tempat aman, terpisah dari cadangan.", err=True)
    if f"{BACKUP_KEY}:" not in keys:
        click.echo("Belum ada backup-key: belum pernah ada cadangan terenkripsi.", err=True)
