"""`tamu run`: serve the office until it is stopped."""

from ipaddress import ip_address
from pathlib import Path

import click

from app import create_app, serving
from app.commands.common import INSTANCE_OPTION, PORT_OPTION, REFUSALS, Refusal
from app.extensions import db
from app.queries.people import has_accounts
from app.startup import prepare_database


def _ip(_context: click.Context, _option: click.Parameter, host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError as error:
        raise Refusal(f"--host {host} bukan alamat IP.") from error


@click.command()
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
