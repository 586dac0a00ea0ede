"""All that `tamu run --lan` serves with: the names of today, their certificate, the two ports."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.lan.authority import Authority, AuthorityUnusable, open_authority
from app.lan.leaf import Leaf, current_leaf
from app.lan.names import Names, host_name, listened_on, names_of_machine
from app.lan.plain import secure_address

Settings = Mapping[str, object]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Network:
    """The office's network as this server meets it."""

    names: Names
    authority: Authority
    leaf: Leaf

    @property
    def host(self) -> str:
        """The host to tell people: an address works on every device, a name on most."""
        return surest_host(self.names, lambda host: host not in self.leaf.left_out)

    def host_for(self, asked: str) -> str:
        """The host to lead a browser to: the one it asked for, if it is one of ours."""
        return asked if self.covers(asked) else self.host

    def covers(self, host: str) -> bool:
        """Whether a host is served here, by a certificate that stands for it."""
        known = {*self.names.names, *map(str, self.names.addresses)} - set(self.leaf.left_out)
        return host in known

    def addresses(self, port: int) -> list[str]:
        """Every address by which other machines can open the office, the surest first."""
        hosts = dict.fromkeys([self.host, *map(str, self.names.reachable), *self.names.names])
        shown = [host for host in hosts if host != "localhost" and host not in self.leaf.left_out]
        return [secure_address(host, port) for host in shown]


def look_around(instance: Path, settings: Settings, listen_on: str, at: datetime) -> Network:
    """See by which names this machine is reached now, and have a certificate for them.

    `listen_on` is the address that is listened on; when it is one alone, only that one counts.
    """
    public = urlsplit(str(settings["PUBLIC_URL"])).hostname or ""
    domain = str(settings["DOMAIN"])
    names = listened_on(names_of_machine(domain, public), listen_on)
    authority = open_authority(instance, host=host_name(), domain=domain, at=at)
    return Network(names, authority, current_leaf(instance, authority, names, at))


def surest_host(names: Names, is_covered: Callable[[str], bool]) -> str:
    """Where most devices reach this machine by a certificate that covers it; empty for nowhere."""
    by_name = names.names if names.outside else ()
    hosts = [*map(str, names.reachable), *by_name, *map(str, names.addresses), *names.names]
    return next((host for host in hosts if is_covered(host)), "")


class Lookout:
    """The network as it was last seen; the server asks here, since it may change any time."""

    def __init__(self, look: Callable[[], Network]) -> None:
        self._look = look
        self.network = look()

    def look_again(self) -> bool:
        """Look around again; whether there is a new certificate to serve with."""
        before = self.network.host
        try:
            self.network = self._look()
        except AuthorityUnusable as error:
            logger.error("Sertifikat tidak diperbarui. %s", error)  # noqa: TRY400  its text says it all
            return False
        if self.network.host != before:
            logger.warning("Alamat server berganti dari %s ke %s.", before, self.network.host)
        return self.network.leaf.is_new

    def address_for(self, asked: str, port: int) -> str:
        """The address by HTTPS to lead a browser to that asked for a host."""
        return secure_address(self.network.host_for(asked), port)
