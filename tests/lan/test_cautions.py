"""What `tamu run --lan` says of a network where phones may not open the office."""

from ipaddress import ip_address

import pytest

from app.lan import network
from app.lan.cautions import Doors, cautions
from app.lan.names import Names
from app.lan.network import look_around
from tests.cast import MORNING

DOORS = Doors(8443, 8080)
NAMES = ("pc.local", "pc", "localhost")


@pytest.fixture
def seen(tmp_path, monkeypatch):
    """The network of a machine with these addresses, the first of which leads out of it."""
    monkeypatch.setattr(network, "host_name", lambda: "pc")

    def seen(*texts, names=NAMES, listen_on="0.0.0.0"):
        main, *others = map(ip_address, texts)
        private = [it for it in (main, *others, ip_address("127.0.0.1")) if it.is_private]
        if str(main) == "192.0.2.2":  # kept for books; not private to the certificate
            private.remove(main)
        machine = Names(names, tuple(private), main)
        monkeypatch.setattr(network, "names_of_machine", lambda *_: machine)
        settings = {"PUBLIC_URL": "", "DOMAIN": ""}
        return look_around(tmp_path, settings, listen_on, MORNING)

    return seen


def test_a_private_network_needs_no_caution(seen):
    office = seen("192.168.1.5", "fd00::2")
    assert cautions(office, DOORS, "") == []
    assert office.addresses(8443)[:2] == ["https://192.168.1.5:8443", "https://pc.local:8443"]


def test_an_address_on_which_nobody_listens_is_offered_nowhere(seen):
    office = seen("192.168.1.5", "fd00::2")
    assert "https://[fd00::2]:8443" not in office.addresses(8443)
    assert office.host_for("fd00::2") == "192.168.1.5"
    both = seen("192.168.1.5", "fd00::2", listen_on="::")
    assert "https://[fd00::2]:8443" in both.addresses(8443)
    assert both.host_for("fd00::2") == "fd00::2"


def test_a_machine_whose_main_address_is_not_private_says_so_and_what_to_do(seen):
    office = seen("192.0.2.2", "fd00::2")
    assert office.addresses(8443) == ["https://pc.local:8443", "https://pc:8443"]
    (told,) = cautions(office, DOORS, "")
    assert told == (
        "Alamat utama komputer ini, 192.0.2.2, bukan alamat jaringan pribadi, jadi tidak dapat "
        "dijamin sertifikat kantor. Coba https://pc.local:8443 dari satu ponsel; bila tidak "
        "terbuka, beri komputer ini alamat pribadi (192.168.x.x atau 10.x.x.x) di router, atau "
        "pakai proxy dengan sertifikat sendiri (docs/jaringan.md)."
    )


def test_a_second_private_address_is_the_one_to_try(seen):
    office = seen("192.0.2.2", "10.1.2.3")
    assert office.addresses(8443)[0] == "https://10.1.2.3:8443"
    assert "Coba https://10.1.2.3:8443 dari" in cautions(office, DOORS, "")[0]


def test_a_single_address_that_is_not_private_is_never_announced(seen):
    office = seen("192.168.1.5", listen_on="192.0.2.2")
    assert office.host == "pc.local"
    assert "192.0.2.2, bukan alamat jaringan pribadi" in cautions(office, DOORS, "")[0]


def test_a_machine_on_no_network_reaches_itself(seen):
    assert seen("127.0.0.1").host == "127.0.0.1"


def test_a_name_made_after_the_certificate_is_told(seen):
    seen("192.168.1.5")
    office = seen("192.168.1.5", names=("baru", *NAMES))
    (told,) = cautions(office, DOORS, "")
    assert told.startswith("Tidak tercakup sertifikat: baru. ")


@pytest.mark.parametrize(
    "url", ["", "https://192.168.1.5:8443", "https://pc.local:8443", "http://192.168.1.5:8080"]
)
def test_an_address_on_badges_that_is_served_needs_no_caution(seen, url):
    assert cautions(seen("192.168.1.5"), DOORS, url) == []


@pytest.mark.parametrize(
    ("url", "told", "right"),
    [
        (
            "https://192.168.1.5",
            "TAMU_PUBLIC_URL=https://192.168.1.5 menyebut port 443, sedangkan server di port 8443.",
            "https://192.168.1.5:8443",
        ),
        (
            "http://pc.local",
            "TAMU_PUBLIC_URL=http://pc.local menyebut port 80, sedangkan server di port 8080.",
            "https://pc.local:8443",
        ),
        (
            "https://8.8.8.8:8443",
            (
                "Tidak tercakup: TAMU_PUBLIC_URL=https://8.8.8.8:8443. 8.8.8.8 bukan alamat "
                "jaringan pribadi, jadi tidak dapat dijamin sertifikat kantor."
            ),
            "https://192.168.1.5:8443",
        ),
        (
            "https://[fd00::2]:8443",
            (
                "Tidak tercakup: TAMU_PUBLIC_URL=https://[fd00::2]:8443. Server tidak "
                "mendengarkan di fd00::2."
            ),
            "https://192.168.1.5:8443",
        ),
        (
            "https://tamu.contoh.go.id",
            (
                "Tidak tercakup: TAMU_PUBLIC_URL=https://tamu.contoh.go.id. CA kantor tidak dapat "
                "menjamin nama tamu.contoh.go.id: bukan .local, .lan, .internal, nama komputer "
                "ini, atau TAMU_DOMAIN saat CA dibuat."
            ),
            "https://192.168.1.5:8443",
        ),
    ],
)
def test_an_address_on_badges_that_no_phone_opens_is_told_with_the_right_one(
    seen, url, told, right
):
    cure = f"Pakai TAMU_PUBLIC_URL={right}, mulai ulang, lalu cetak kartunya."
    assert cautions(seen("192.168.1.5"), DOORS, url) == [f"{told} {cure}"]


def test_a_name_on_badges_that_cannot_be_covered_is_told_once(seen):
    office = seen("192.168.1.5", names=("tamu.contoh.go.id", *NAMES))
    (told,) = cautions(office, DOORS, "https://tamu.contoh.go.id")
    assert told.startswith("Tidak tercakup: TAMU_PUBLIC_URL=")
