"""What the person who starts the server should know of its network, each with what to do."""

from app.lan.network import Network


def cautions(network: Network, secure_port: int) -> list[str]:
    """Why phones may not open the office as it is served now; nothing when they can."""
    found = [_main_address_outside(network, secure_port), _names_left_out(network)]
    return [caution for caution in found if caution]


def _main_address_outside(network: Network, secure_port: int) -> str:
    outside = network.names.outside
    if outside is None:
        return ""
    return (
        f"Alamat utama komputer ini, {outside}, bukan alamat jaringan pribadi, jadi tidak dapat "
        f"dijamin sertifikat kantor. Coba {network.addresses(secure_port)[0]} dari satu ponsel; "
        "bila tidak terbuka, beri komputer ini alamat pribadi (192.168.x.x atau 10.x.x.x) di "
        "router, atau pakai proxy dengan sertifikat sendiri (docs/jaringan.md)."
    )


def _names_left_out(network: Network) -> str:
    if not network.leaf.left_out:
        return ""
    names = ", ".join(network.leaf.left_out)
    return (
        f"Tidak tercakup sertifikat: {names}. Nama itu baru dipakai sesudah sertifikat kantor "
        "dibuat; tanpa membuatnya lagi, pakai alamat di atas."
    )
