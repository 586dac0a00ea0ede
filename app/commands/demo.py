"""`tamu demo`: a throw-away office to try everything out."""

import json

import click

from app import phrases
from app.commands.common import REFUSALS, Refusal, port_option
from app.demo import DemoOffice, serve_demo


@click.command()
@port_option()
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
