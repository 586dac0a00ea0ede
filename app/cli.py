"""The `tamu` command."""

import click

from app.commands.backup import backup
from app.commands.demo import demo
from app.commands.doctor import doctor
from app.commands.key import key
from app.commands.password import password
from app.commands.restore import restore
from app.commands.run import run


@click.group()
def main() -> None:
    """Pelayanan Tamu: buku tamu dan alur pelayanan tamu kantor."""


for command in (run, demo, password, backup, restore, key, doctor):
    main.add_command(command)
