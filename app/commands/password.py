"""`tamu password`: a new password for somebody who has lost theirs."""

from pathlib import Path

import click

from app import create_app, serving
from app.commands.common import INSTANCE_OPTION, REFUSALS, Refusal
from app.extensions import db
from app.integrity import usable_database
from app.operations.people import set_password
from app.ownership import kept_by_its_owner
from app.passwords import SHORTEST
from app.queries.people import person_by_username
from app.startup import prepare_database


@click.command()
@click.argument("name")
@INSTANCE_OPTION
def password(name: str, instance: Path) -> None:
    """Beri NAME kata sandi baru; semua sesinya berakhir."""
    try:
        folder = serving.prepare_instance(instance)
        click.get_current_context().with_resource(kept_by_its_owner(folder))
        app = create_app()
        with usable_database(app):
            prepare_database(app)
    except REFUSALS as refusal:
        raise Refusal(str(refusal)) from refusal
    with app.app_context():
        person = person_by_username(db.session(), name)
        if person is None:
            message = f"Tidak ada petugas dengan nama pengguna {name!r}."
            raise Refusal(message)
        new = click.prompt("Kata sandi baru", hide_input=True, confirmation_prompt="Ulangi")
        if len(new) < SHORTEST:
            message = f"Kata sandi paling sedikit {SHORTEST} karakter. Tidak ada yang diubah."
            raise Refusal(message)
        set_password(person.id, new)
        click.echo(f"Kata sandi {person.name} sudah diganti.")
