"""All that `tamu run --lan` serves with: the names of today, their certificate, the two ports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from app.lan.authority import Authority, open_authority
from app.lan.leaf import Leaf, current_leaf
from app.lan.names import Names, host_name, names_of_machine
from app.lan.plain import secure_address

Settings = Mapping[str, object]


@dataclass(frozen=True)
class Network:
    """The office's network as this server meets it."""

    names: Names
    authority: Authority
    leaf: Leaf

    @property
    def host(self) -> str:
        """The host to tell people: an address works on every device."""
        addresses = self.names.reachable or self.names.addresses
        return str(addresses[0])

    def host_for(self, asked: str) -> str:
        """The host to lead a browser to: the one it asked for, if it is one of ours."""
        known = {*self.names.names, *map(str, self.names.addresses)} - set(self.leaf.left_out)
        return asked if asked in known else self.host

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
    names = names_of_machine(domain, public)
    only = ip_address(listen_on)
    if not only.is_unspecified:
        names = Names(names.names, (only,))
    authority = open_authority(instance, host=host_name(), domain=domain, at=at)
    return Network(names, authority, current_leaf(instance, authority, names, at))


def renewer(
    instance: Path, settings: Settings, listen_on: str, now: Callable[[], datetime]
) -> Callable[[], bool]:
    """A function that looks around again; whether there is a new certificate to serve with."""
    return lambda: look_around(instance, settings, listen_on, now()).leaf.is_new
