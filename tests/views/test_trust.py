"""Percayai perangkat ini: the certificate as devices take it, and the way for each of them."""

import plistlib
import re
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from app.lan.authority import fingerprint_of, open_authority
from app.lan.profile import profile_of
from tests.views.reading import statements

AGENTS = {
    "android": "Mozilla/5.0 (Linux; Android 14; SM-A155F) Chrome/126.0 Mobile Safari/537.36",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
    "ipad": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
    "windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36",
    "firefox": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "firefox on a mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Firefox/127.0",
    "nobody knows": "curl/8",
}
NAMES = {
    "android": "Android",
    "iphone": "iPhone dan iPad: dua langkah",
    "ipad": "iPhone dan iPad: dua langkah",
    "windows": "Windows: Chrome dan Edge",
    "firefox": "Firefox",
    "firefox on a mac": "Firefox",
    "nobody knows": "Android",
}


@pytest.fixture
def authority(office):
    folder = office.app.config["INSTANCE"]
    return open_authority(folder, host="pc", domain="", at=office.clock())


def page(office, agent=AGENTS["android"], **kwargs):
    headers = {"User-Agent": agent}
    answer = office.app.test_client().get("/percaya", headers=headers, **kwargs)
    assert answer.status_code == 200
    return answer


def test_the_certificate_comes_in_the_form_that_every_device_takes(office, authority):
    answer = office.app.test_client().get("/percaya/pelayanan-tamu.crt")
    assert answer.data == authority.certificate.public_bytes(Encoding.DER)
    assert answer.mimetype == "application/x-x509-ca-cert"
    assert "pelayanan-tamu.crt" in answer.headers["Content-Disposition"]


PROFILE = "/percaya/pelayanan-tamu.mobileconfig"


def test_an_iphone_gets_the_certificate_as_a_profile(office, authority):
    answer = office.app.test_client().get(PROFILE)
    assert answer.mimetype == "application/x-apple-aspen-config"
    profile = plistlib.loads(answer.data)
    (root,) = profile["PayloadContent"]
    assert (profile["PayloadType"], root["PayloadType"]) == (
        "Configuration",
        "com.apple.security.root",
    )
    assert root["PayloadContent"] == authority.certificate.public_bytes(Encoding.DER)
    assert root["PayloadDisplayName"] in page(office, AGENTS["iphone"]).text
    assert {it["PayloadVersion"] for it in (profile, root)} == {1}


def test_a_profile_is_known_again_and_another_offices_is_another(office, authority, tmp_path):
    first = office.app.test_client().get(PROFILE).data
    assert office.app.test_client().get(PROFILE).data == first
    other = open_authority(tmp_path, host="pc", domain="", at=office.clock())
    theirs = plistlib.loads(profile_of(other.certificate, "Pelayanan Tamu"))
    ours = plistlib.loads(first)
    parts = [ours, *ours["PayloadContent"], theirs, *theirs["PayloadContent"]]
    for name in ("PayloadUUID", "PayloadIdentifier"):
        assert len({it[name] for it in parts}) == 4
    assert [str(UUID(it["PayloadUUID"])).upper() for it in parts] == [
        it["PayloadUUID"] for it in parts
    ]


@pytest.mark.parametrize(("agent", "offers"), [("iphone", 2), ("ipad", 2), ("android", 1)])
def test_the_profile_is_offered_first_to_those_who_install_it(office, authority, agent, offers):
    text = page(office, AGENTS[agent]).text
    assert text.count(f'href="{PROFILE}"') == offers
    assert 'href="/percaya/pelayanan-tamu.crt"' in text
    assert "Buka halaman ini di <strong>Chrome</strong>" in text


def test_the_page_tells_the_fingerprint_to_compare(office, authority):
    assert fingerprint_of(authority.certificate) in page(office).text


@pytest.mark.parametrize("agent", AGENTS)
def test_the_way_of_this_device_is_open(office, authority, agent):
    ways = re.findall(r'<details class="panel[^>]*\bopen>.*?</summary>', page(office, AGENTS[agent]).text, re.DOTALL)  # fmt: skip  # noqa: E501
    assert len(ways) == 1
    assert f"<span>{NAMES[agent]}</span>" in ways[0]


def test_it_is_made_without_the_database(office, authority):
    with statements(office.app) as executed:
        page(office)
        office.app.test_client().get("/percaya/pelayanan-tamu.crt")
        office.app.test_client().get("/percaya/uji")
        assert office.app.test_client().get("/percaya/ping").data == b""
    assert executed == []


def test_without_a_certificate_it_says_how_to_get_one(office):
    assert "jalankan: tamu run --lan" in page(office).text
    assert office.app.test_client().get("/percaya/pelayanan-tamu.crt").status_code == 404
    assert office.app.test_client().get(PROFILE).status_code == 404


def test_over_plain_http_it_may_ask_the_office_over_https(office, authority):
    office.app.config["SECURE_ADDRESS"] = lambda host: f"https://{host}:8443"
    answer = page(office, base_url="http://pc.local:8080")
    assert 'data-secure="https://pc.local:8443"' in answer.text
    assert 'href="https://pc.local:8443/percaya/uji"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' https://pc.local:8443" in policy


def test_over_https_it_leads_nowhere_else(office, authority):
    office.app.config["SECURE_ADDRESS"] = lambda host: f"https://{host}:8443"
    answer = page(office, base_url="https://pc.local:8443")
    assert 'data-secure=""' in answer.text
    assert "connect-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("scheme", "says"),
    [("https", "dibuka lewat HTTPS"), ("http", "dibuka tanpa HTTPS, jadi kamera tetap tertutup")],
)
def test_the_trial_says_whether_it_came_by_https(office, scheme, says):
    answer = office.app.test_client().get("/percaya/uji", base_url=f"{scheme}://pc.local")
    assert says in answer.text
