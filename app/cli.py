"""The `tamu` command."""

import click

from app.commands.demo import demo
from app.commands.password import password
from app.commands.run import run


@click.group()
def main() -> None:
    """Pelayanan Tamu: buku tamu dan alur pelayanan tamu kantor."""


for command in (run, demo, password):
    main.add_command(command)
