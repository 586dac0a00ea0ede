"""What every check is given: the office's folder, its settings, and its server if one runs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from app.config import SettingError, read_settings
from app.lan.authority import CA_CERTIFICATE, FOLDER
from app.lan.names import ALL_ADDRESSES, Names, listened_on, names_of_machine
from app.models.database_file import read_only_engine
from app.running_server import RunningServer, is_held, noted_server

SECRET_KEY = "secret-key"  # noqa: S105  a file's name


@dataclass(frozen=True)
class Case:
    """An office as it is looked at; `server` is what the running one wrote of itself."""

    folder: Path
    at: datetime
    environ: Mapping[str, str]
    is_served: bool
    server: RunningServer | None
    asked_url: str | None

    @property
    def address(self) -> str | None:
        """Where the running server is asked; None while none is known to run."""
        return self.asked_url or (self.server.address if self.server else None)

    @property
    def settings(self) -> Mapping[str, object] | None:
        """The office's settings; None when one of them cannot be used."""
        try:
            return read_settings(self.environ)
        except SettingError:
            return None

    @property
    def public_url(self) -> str:
        """The address that badges carry; empty when there is none."""
        return str(self.settings["PUBLIC_URL"]) if self.settings else ""

    @property
    def domain(self) -> str:
        """The office's own domain; empty when there is none."""
        return str(self.settings["DOMAIN"]) if self.settings else ""

    @property
    def names(self) -> Names:
        """What `tamu run --lan` is reached by, or would be."""
        names = names_of_machine(self.domain, urlsplit(self.public_url).hostname or "")
        is_lan = self.server is not None and self.server.lan
        return listened_on(names, self.server.host if self.server and is_lan else ALL_ADDRESSES)

    @property
    def second_folder(self) -> Path | None:
        """The second place of backups."""
        second = self.settings["BACKUP_FOLDER"] if self.settings else None
        return second if isinstance(second, Path) else None

    @property
    def database(self) -> Path | None:
        """The database's file, there or not; None for a database of another program."""
        url = str(self.settings["DATABASE_URL"]) if self.settings else ""
        if not url:
            return self.folder / "tamu.db"
        try:
            parts = make_url(url)
        except ArgumentError:
            return None
        is_file = parts.get_backend_name() == "sqlite" and parts.database not in {None, ":memory:"}
        return Path(str(parts.database)) if is_file else None

    @property
    def readable_database(self) -> Path | None:
        """The database's file, if it is there."""
        return self.database if self.database and self.database.is_file() else None

    @property
    def secret_key(self) -> Path:
        """The file of the office's key, there or not."""
        return self.folder / SECRET_KEY

    @property
    def tls(self) -> Path:
        """Where certificates lie, there or not."""
        return self.folder / FOLDER

    @property
    def ca(self) -> Path | None:
        """The certificate of the office's own authority, if there is one."""
        path = self.tls / CA_CERTIFICATE
        return path if path.is_file() else None

    @property
    def is_secure(self) -> bool:
        """Whether the running server is asked by HTTPS."""
        return urlsplit(self.address or "").scheme == "https"


def case_of(folder: Path, at: datetime, asked_url: str | None) -> Case:
    """See what there is; the settings that a running server has noted count before our own."""
    folder = folder.expanduser().resolve()
    is_served = is_held(folder)
    server = noted_server(folder) if is_served else None
    noted = server.settings if server else {}
    return Case(folder, at, {**os.environ, **noted}, is_served, server, asked_url)


@contextmanager
def reading(case: Case, database: Path) -> Iterator[Engine]:
    """Read the database without ever changing it."""
    engine = read_only_engine(database, is_in_use=case.is_served)
    try:
        yield engine
    finally:
        engine.dispose()
