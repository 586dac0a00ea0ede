"""The `tamu` command."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Any

import click

from app import create_app, phrases, serving
from app.config import SettingError
from app.demo import DemoOffice, serve_demo
from app.extensions import db
from app.operations.people import set_password
from app.passwords import SHORTEST
from app.queries.people import has_accounts, person_by_username
from app.sop_files import SopFileError
from app.startup import prepare_database

# What a person at the terminal can mend: their text says how.
REFUSALS = (serving.CannotServe, SettingError, SopFileError)


class Refusal(click.ClickException):
    """A sentence for the person at the terminal, without click's English prefix."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.format_message(), file=file, err=True)


def _ip(_context: click.Context, _option: click.Parameter, host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError as error:
        raise Refusal(f"--host {host} bukan alamat IP.") from error


INSTANCE_OPTION = click.option(
    "--instance",
    envvar=serving.INSTANCE_VARIABLE,
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("instance"),
    metavar="FOLDER",
    help="Folder data kantor; tanpa ini ./instance.",
)

PORT_OPTION = click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Port server; tanpa ini, yang pertama bebas dari 8000 sampai 8010.",
)


@click.group()
def main() -> None:
    """Pelayanan Tamu: buku tamu dan alur pelayanan tamu kantor."""


@main.command()
@PORT_OPTION
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="IP",
    callback=_ip,
    help="Alamat IP yang didengarkan; tanpa ini 127.0.0.1, untuk komputer ini saja.",
)
@INSTANCE_OPTION
def run(port: int | None, host: str, instance: Path) -> None:
    """Jalankan server."""
    try:
        folder = serving.prepare_instance(instance)
        with serving.only_server(folder):
            _migrate_and_serve(folder, host, port)
    except REFUSALS as refusal:
        raise Refusal(str(refusal)) from refusal


def _migrate_and_serve(folder: Path, host: str, wanted: int | None) -> None:
    app = create_app()
    serving.require_front_end(app)
    port = serving.choose_port(host, wanted)
    prepare_database(app)
    with app.app_context():
        token = serving.setup_token(folder, has_accounts=has_accounts(db.session()))
        db.engine.dispose()  # the worker opens its own connections
    if port not in {wanted, serving.DEFAULT_PORT}:
        click.echo(f"Port {serving.DEFAULT_PORT} sedang dipakai program lain.")
    click.echo(f"Folder data: {folder}")
    serving.serve(folder, host, port, lambda: _announce(serving.address(host, port), token))


def _announce(address: str, token: str | None) -> None:
    click.echo(f"Alamat:      {address}")
    if token:
        click.echo(f"Penyiapan:   {address}/penyiapan?token={token}")
    click.echo("Tekan Ctrl+C untuk berhenti.")


@main.command()
@PORT_OPTION
@click.option("--json", "as_json", is_flag=True, help="Cetak alamat, akun dan kartu sebagai JSON.")
@click.option("--days", type=click.IntRange(1, 500), default=60, hidden=True)
def demo(port: int | None, as_json: bool, days: int) -> None:
    """Jalankan kantor contoh di komputer ini; semuanya hilang saat dihentikan."""
    click.echo("Menyiapkan kantor contoh …", err=as_json)
    try:
        serve_demo(port, days=days, announce=_announce_as_json if as_json else _announce_demo)
    except REFUSALS as refusal:
        raise Refusal(str(refusal)) from refusal


def _announce_as_json(demo: DemoOffice, address: str) -> None:
    click.echo(
        json.dumps(
            {
                "url": address,
                "accounts": [
                    {
                        "username": account.username,
                        "password": account.password,
                        "roles": [account.role],
                    }
                    for account in demo.accounts
                ],
                "badges": [{"number": badge.number, "code": badge.code} for badge in demo.badges],
            }
        )
    )


def _announce_demo(demo: DemoOffice, address: str) -> None:
    sop = demo.app.config["SOP_IN_FORCE"]
    rows = [("Nama pengguna", "Kata sandi", "Masuk sebagai")]
    rows += [
        (account.username, account.password, phrases.role_name(sop, account.role))
        for account in demo.accounts
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    click.echo(f"Alamat: {address}\n")
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
    click.echo("\nSemua orang dan kunjungan di sini rekaan, dan hilang saat demo dihentikan.")
    click.echo("Tekan Ctrl+C untuk berhenti.")


@main.command()
@click.argument("name")
@INSTANCE_OPTION
def password(name: str, instance: Path) -> None:
    """Beri NAME kata sandi baru; semua sesinya berakhir."""
    try:
        serving.prepare_instance(instance)
        app = create_app()
    except REFUSALS as refusal:
        raise Refusal(str(refusal)) from refusal
    prepare_database(app)
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
