"""What every command of `tamu` shares: its refusals and its options."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from app import serving
from app.backups.places import CannotBackUp, CannotRestore
from app.config import SettingError
from app.integrity import DatabaseUnusable
from app.lan.authority import AuthorityUnusable
from app.sop_files import SopFileError

Command = TypeVar("Command", bound=Callable[..., Any])

# What a person at the terminal can mend: their text says how.
REFUSALS = (
    serving.CannotServe,
    SettingError,
    SopFileError,
    DatabaseUnusable,
    AuthorityUnusable,
    CannotBackUp,
    CannotRestore,
)


class Refusal(click.ClickException):
    """A sentence for the person at the terminal, without click's English prefix."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.format_message(), file=file, err=True)


def existing_instance(folder: Path) -> Path:
    """The instance folder of an office that is there already; none is made for a wrong name."""
    if not folder.is_dir():
        raise Refusal(f"Tidak ada folder data {folder}. Sebutkan folder yang benar (--instance).")
    return serving.prepare_instance(folder)


INSTANCE_OPTION = click.option(
    "--instance",
    envvar=serving.INSTANCE_VARIABLE,
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("instance"),
    metavar="FOLDER",
    help="Folder data kantor; tanpa ini ./instance.",
)


def port_option(lan: str = "") -> Callable[[Command], Command]:
    """The option --port; `lan` says what it is without it on the office's network."""
    return click.option(
        "--port",
        envvar="PORT",
        type=click.IntRange(1, 65535),
        metavar="PORT",
        help=f"Port server; tanpa ini, yang pertama bebas dari 8000 sampai 8010{lan}.",
    )
