"""`tamu run --lan`: what it adds to serving, and what it tells the person who starts it."""

import sys
from pathlib import Path

import click
import qrcode
from flask import Flask

from app import serving
from app.lan.authority import fingerprint_of
from app.lan.cautions import Doors, cautions
from app.lan.network import Lookout, Network, look_around
from app.lan.plain import leading_to_https, open_door, plain_address

SECURE_PORTS = (443, 8443, 8444, 8445)
PLAIN_PORTS = (80, 8080, 8081, 8082)


def serve_lan(
    app: Flask, folder: Path, host: str, wanted: int | None, token: str | None, pace: serving.Pace
) -> None:
    """Serve HTTPS with the office's own certificate, and lead plain HTTP to it."""
    lookout = Lookout(lambda: look_around(folder, app.config, host, app.config["NOW"]()))
    secure_port = wanted or _first_free(host, SECURE_PORTS)
    serving.choose_port(host, secure_port)
    plain_port = _first_free(host, PLAIN_PORTS)

    def lead(asked: str) -> str:
        return lookout.address_for(asked, secure_port)

    app.config["SECURE_ADDRESS"] = lead
    open_door(leading_to_https(app, lead), host, plain_port)
    leaf = lookout.network.leaf
    tls = serving.Tls(leaf.certificate, leaf.key, lookout.look_again, pace, plain_port)

    public_url = str(app.config["PUBLIC_URL"])

    def announce() -> None:
        _announce(lookout.network, secure_port, plain_port, token)
        for caution in cautions(lookout.network, Doors(secure_port, plain_port), public_url):
            click.echo(caution)
        click.echo("Tekan Ctrl+C untuk berhenti.")

    serving.serve(folder, host, secure_port, announce, tls)


def _first_free(host: str, ports: tuple[int, ...]) -> int:
    """The first port to listen on; those below 1024 are often for the system alone."""
    for port in ports:
        if serving.is_free(host, port):
            return port
    shown = ", ".join(map(str, ports))
    raise serving.CannotServe(
        f"Tidak ada port yang bebas di antara {shown}. Hentikan program lain yang memakainya, atau "
        "pilih port lain dengan --port."
    )


def _announce(network: Network, secure_port: int, plain_port: int, token: str | None) -> None:
    first, *others = network.addresses(secure_port)
    click.echo(f"Alamat:      {first}")
    for other in others:
        click.echo(f"             {other}")
    trust = f"{plain_address(network.host, plain_port)}/percaya"
    click.echo(f"Percayai:    {trust}  (buka sekali di tiap ponsel dan PC)")
    click.echo(f"Sidik jari:  {fingerprint_of(network.authority.certificate)}")
    if token:
        click.echo(f"Penyiapan:   {first}/penyiapan?token={token}")
    _print_qr(first)


def _print_qr(address: str) -> None:
    """The address for a phone's camera, where the terminal can show it."""
    code = qrcode.QRCode(border=2)
    code.add_data(address)
    if "utf" in (sys.stdout.encoding or "").lower():
        code.print_ascii(invert=True)
