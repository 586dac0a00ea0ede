"""By which names and addresses this machine is reached on the office's network."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import ifaddr

Address = IPv4Address | IPv6Address
PRIVATE: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
        "fc00::/7", "fe80::/10", "::1/128",
    )
)  # fmt: skip
IPV6 = 6
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104  the whole network is meant to reach it
PRIVATE_DOMAINS = ("local", "lan", "internal", "localhost")
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"{LABEL}(\.{LABEL})*")


@dataclass(frozen=True)
class Names:
    """What a certificate has to stand for; names first, each list in order of usefulness."""

    names: tuple[str, ...]
    addresses: tuple[Address, ...]
    main: Address | None = None  # the one that leads out of the machine, private or not

    @property
    def outside(self) -> Address | None:
        """The machine's main address when it is not private: no certificate of ours covers it."""
        return None if self.main is None or is_private(self.main) else self.main

    @property
    def reachable(self) -> tuple[Address, ...]:
        """Where other machines reach this one."""
        return tuple(it for it in self.addresses if not it.is_loopback and not it.is_link_local)


def names_of_machine(domain: str, public_host: str) -> Names:
    """The machine's names and private addresses as they are now.

    `domain` is the office's own (TAMU_DOMAIN), `public_host` the host that badges carry.
    """
    host, main = host_name(), _main_address()
    names = [f"{host}.local", host, *([f"{host}.{domain}"] if domain else []), "localhost"]
    addresses = [*_own_addresses(main), ip_address("127.0.0.1"), ip_address("::1")]
    try:
        addresses.insert(0, ip_address(public_host))
    except ValueError:
        names = [*([public_host.lower()] if public_host else []), *names]
    private = tuple(dict.fromkeys(it for it in addresses if is_private(it)))
    return Names(_once(names), private, main)


def listened_on(names: Names, listen_on: str) -> Names:
    """Of a machine's names and addresses those where somebody answers.

    On every IPv4 address nobody answers IPv6; where one address alone is listened on, it is the
    only one that counts.
    """
    only = ip_address(listen_on)
    if not only.is_unspecified:
        return replace(names, addresses=(only,), main=only)
    if only.version == IPV6:
        return names  # the system answers IPv4 there, too
    return replace(names, addresses=tuple(it for it in names.addresses if it.version != IPV6))


def host_name() -> str:
    """The machine's own name, one label."""
    return _label(socket.gethostname())


def is_private(address: Address) -> bool:
    """Whether an address belongs to networks that nobody reaches from outside."""
    return any(address in network for network in PRIVATE if network.version == address.version)


def is_name(text: str) -> bool:
    """Whether the text can be a host's name in a certificate."""
    return NAME.fullmatch(text) is not None


def _own_addresses(main: Address | None) -> list[Address]:
    """The address that leads out of the machine comes first."""
    found: list[Address] = []
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            found.append(ip_address(text))
    return sorted(found, key=lambda it: (it != main, it.version, it.is_link_local))


def _main_address() -> Address | None:
    """The address from which this machine would send; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("10.255.255.255", 1))
        except OSError:
            return None
        return ip_address(sock.getsockname()[0])


def _label(text: str) -> str:
    """The first label of a host name, with what a certificate cannot hold made a hyphen."""
    label = re.sub(r"[^a-z0-9-]+", "-", text.partition(".")[0].lower()).strip("-")[:63]
    return label or "tamu"


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if is_name(name)))
