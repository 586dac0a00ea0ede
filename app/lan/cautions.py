"""What the person who starts the server should know of its network, each with what to do."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.lan.names import is_private
from app.lan.network import Network
from app.lan.plain import secure_address


@dataclass(frozen=True)
class Doors:
    """The ports of the two doors."""

    secure: int
    plain: int


def cautions(network: Network, doors: Doors, public_url: str) -> list[str]:
    """Why phones may not open the office as it is served now; nothing when they can.

    `public_url` is the address that badges carry.
    """
    found = [
        _main_address_outside(network, doors),
        _public_url_wrong(network, doors, public_url),
        _names_left_out(network, urlsplit(public_url).hostname or ""),
    ]
    return [caution for caution in found if caution]


def port_of(url: str) -> int:
    """The port that a browser asks for an address; 0 for one that cannot be."""
    parts = urlsplit(url)
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return 0


def _main_address_outside(network: Network, doors: Doors) -> str:
    outside = network.names.outside
    if outside is None:
        return ""
    return (
        f"Alamat utama komputer ini, {outside}, bukan alamat jaringan pribadi, jadi tidak dapat "
        f"dijamin sertifikat kantor. Coba {network.addresses(doors.secure)[0]} dari satu ponsel; "
        "bila tidak terbuka, beri komputer ini alamat pribadi (192.168.x.x atau 10.x.x.x) di "
        "router, atau pakai proxy dengan sertifikat sendiri (docs/jaringan.md)."
    )


def _public_url_wrong(network: Network, doors: Doors, url: str) -> str:
    host = urlsplit(url).hostname
    if not host:
        return ""
    right = secure_address(host if network.covers(host) else network.host, doors.secure)
    cure = f"Pakai TAMU_PUBLIC_URL={right}, mulai ulang, lalu cetak kartunya."
    if not network.covers(host):
        return f"Tidak tercakup: TAMU_PUBLIC_URL={url}. {_why_not(host)} {cure}"
    served = doors.secure if urlsplit(url).scheme == "https" else doors.plain
    if port_of(url) != served:
        told = f"TAMU_PUBLIC_URL={url} menyebut port {port_of(url)}, sedangkan"
        return f"{told} server di port {served}. {cure}"
    return ""


def _why_not(host: str) -> str:
    try:
        is_inside = is_private(ip_address(host))
    except ValueError:
        return (
            f"CA kantor tidak dapat menjamin nama {host}: bukan .local, .lan, .internal, nama "
            "komputer ini, atau TAMU_DOMAIN saat CA dibuat."
        )
    if is_inside:
        return f"Server tidak mendengarkan di {host}."
    return f"{host} bukan alamat jaringan pribadi, jadi tidak dapat dijamin sertifikat kantor."


def _names_left_out(network: Network, public_host: str) -> str:
    names = [name for name in network.leaf.left_out if name != public_host]
    if not names:
        return ""
    return (
        f"Tidak tercakup sertifikat: {', '.join(names)}. Nama itu baru dipakai sesudah sertifikat "
        "kantor dibuat; tanpa membuatnya lagi, pakai alamat di atas."
    )
