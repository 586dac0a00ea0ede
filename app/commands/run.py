"""`tamu run`: serve the office until it is stopped."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import click
from flask import Flask

from app import create_app, serving
from app.backups.places import NoFile, places_of
from app.commands.common import INSTANCE_OPTION, REFUSALS, Refusal, port_option
from app.commands.lan import serve_lan
from app.extensions import db
from app.integrity import usable_database
from app.lan.names import ALL_ADDRESSES
from app.logs.files import written_to_files
from app.models.database_file import DatabaseInUse, gather
from app.queries.people import has_accounts
from app.serving import Pace
from app.startup import prepare_database

LOOPBACK = "127.0.0.1"

logger = logging.getLogger(__name__)


def _ip(_context: click.Context, _option: click.Parameter, host: str | None) -> str | None:
    if host is None:
        return None
    try:
        return str(ip_address(host))
    except ValueError as error:
        raise Refusal(f"--host {host} bukan alamat IP.") from error


@click.command()
@port_option(lan=", dengan --lan 443 (bila tidak dapat, 8443)")
@click.option(
    "--host",
    metavar="IP",
    callback=_ip,
    help="Alamat IP yang didengarkan; tanpa ini 127.0.0.1, dengan --lan semuanya.",
)
@click.option("--lan", is_flag=True, help="Layani jaringan kantor dengan HTTPS (443, atau 8443).")
@click.option("--look-every", type=float, default=60, hidden=True)
@click.option("--overlap", type=float, default=serving.OVERLAP_S, hidden=True)
@INSTANCE_OPTION
def run(
    port: int | None, host: str | None, lan: bool, look_every: float, overlap: float, instance: Path
) -> None:
    """Jalankan server."""
    try:
        folder = serving.prepare_instance(instance)
        listen_on = host or (ALL_ADDRESSES if lan else LOOPBACK)
        if port is not None:
            serving.choose_port(listen_on, port)  # a port that is taken is said at once
        with _told_in_the_log(folder), serving.only_server(folder):
            app, token = _prepare(folder)
            if lan:
                pace = Pace(look_every, overlap)
                serve_lan(app, folder, listen_on, port, token, pace)
            else:
                _serve(folder, listen_on, port, token)
            _leave_in_one_file(app)
    except REFUSALS as refusal:
        raise Refusal(str(refusal)) from refusal


@contextmanager
def _told_in_the_log(folder: Path) -> Iterator[None]:
    """Note in the log when the server starts and stops, and why it does not."""
    with written_to_files(folder):
        try:
            yield
        except REFUSALS as refusal:
            logger.error("Server tidak dijalankan. %s", refusal)  # noqa: TRY400  its text says it all
            raise
        except OSError as error:
            logger.exception("Server berhenti karena kesalahan.")
            raise serving.CannotServe(
                f"Folder data {folder} tidak dapat dipakai: {error.strerror} ({error.filename}). "
                "Periksa izin dan sisa ruang disknya, lalu coba lagi."
            ) from error
        except Exception:
            logger.exception("Server berhenti karena kesalahan.")
            raise
        logger.info("Server dihentikan.")


def _prepare(folder: Path) -> tuple[Flask, str | None]:
    """The app with its database up to date, and the set-up token while there is no account."""
    app = create_app()
    serving.require_front_end(app)
    with usable_database(app):
        logger.info("Basis data baik; diperbarui bila perlu.")
        prepare_database(app)
    logger.info("Basis data siap.")
    with app.app_context():
        token = serving.setup_token(folder, has_accounts=has_accounts(db.session()))
        db.session.remove()
        db.engine.dispose()  # the worker opens its own connections
    click.echo(f"Folder data: {folder}")
    return app, token


def _serve(folder: Path, host: str, wanted: int | None, token: str | None) -> None:
    port = serving.choose_port(host, wanted)
    if port not in {wanted, serving.DEFAULT_PORT}:
        click.echo(f"Port {serving.DEFAULT_PORT} sedang dipakai program lain.")
    serving.serve(folder, host, port, lambda: _announce(serving.address(host, port), token))


def _leave_in_one_file(app: Flask) -> None:
    """Take the write-ahead log into the database, so that its file alone is the whole of it."""
    with suppress(NoFile, DatabaseInUse, OSError):
        gather(places_of(app).database)


def _announce(address: str, token: str | None) -> None:
    click.echo(f"Alamat:      {address}")
    if token:
        click.echo(f"Penyiapan:   {address}/penyiapan?token={token}")
    click.echo("Tekan Ctrl+C untuk berhenti.")
