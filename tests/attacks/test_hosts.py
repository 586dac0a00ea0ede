"""Host headers: no link, no redirect and no QR code ever takes its host from what a request says.

What a proxy that the office trusts may say: tests/lan. Who may set the office up by which address:
tests/views/test_setup.py and below.
"""

import io
import re
from itertools import product

import pypdfium2
import pytest
import zxingcpp

from app import create_app
from app.models.person import Person
from app.startup import prepare_database
from app.views.errors import BAD_HOST
from tests.attacks.attacking import addresses, under_any_host
from tests.cast import PASSWORD, Clock, Desk, Office, token_of
from tests.views.reading import rows
from tests.views.test_access import SENT

EVIL = "evil.example"
LIES = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Original-Host": EVIL,
    "X-Host": EVIL,
    "X-HTTP-Host-Override": EVIL,
    "X-Original-URL": f"https://{EVIL}/",
    "X-Rewrite-URL": f"https://{EVIL}/",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "Forwarded": f"for=1.2.3.4;host={EVIL};proto=https",
    "Origin": f"https://{EVIL}",
    "HX-Current-URL": f"https://{EVIL}/meja",
}
HOSTS = [
    "",
    " ",
    "x" * 5000,
    "a,b",
    f"{EVIL}:99999",
    f"{EVIL}:port",
    f"user@{EVIL}",
    f"{EVIL}/meja",
    f"{EVIL}#",
    "[::1",
    "[::1]:8000",
    "..",
    "\xff\xfe",
    "<b>x</b>",
    "localhost\\@" + EVIL,
    "127.0.0.1:0",
]


@pytest.mark.parametrize("who", [None, "serba"])
def test_no_page_redirect_or_header_names_the_host_that_was_claimed(house, who):
    desk, seen = under_any_host(house.desk(who) if who else house.visitor()), set()
    for url in addresses(house.app, "GET"):
        for more in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            with desk.get(url, headers={**LIES, **more}) as answer:
                told = f"{answer.headers}".lower().encode() + answer.data.lower()
            assert EVIL.encode() not in told, url
            assert b"localhost" not in told, url
            assert answer.headers.get("Location", "/").startswith("/"), url
            seen.add((url, answer.status_code))
    assert (("/meja", 200) in seen) == (who == "serba"), "the session counts under this host too"


def test_no_answer_to_a_form_names_it_either(house):
    led = {}
    for url in addresses(house.app, "POST"):
        desk = under_any_host(house.sign_in("serba"))  # the one before may have signed out
        answer = desk.post(url, SENT.get(url, {}), headers=LIES)
        told = f"{answer.headers}".lower().encode() + answer.data.lower()
        assert EVIL.encode() not in told, url
        led[url] = answer.headers.get("Location", "")
        assert not led[url] or re.match(r"/(?!/)", led[url]), url
    assert (led["/keluar"], led["/buku-tamu/baru"]) == (
        "/masuk",
        "/buku-tamu/baru?tersimpan=3/2026",
    )


@pytest.mark.parametrize("who", [None, "kasim"])
def test_a_host_that_is_none_is_no_reason_to_fail(house, who):
    desk = under_any_host(house.desk(who) if who else house.visitor())
    for host in HOSTS:
        for url in ("/meja", "/masuk", "/tidak-ada", "/T/AAAABBBBCCCCDDDD", "/kunjungan//1"):
            answer = desk.get(url, environ_overrides={"HTTP_HOST": host})
            assert answer.status_code < 500, (url, host)
            assert answer.headers.get("Location", "/").startswith("/")


def test_a_host_for_which_there_are_no_addresses_is_told_so_in_words(empty):
    client = empty.app.test_client()
    ways = ({}, {"HX-Request": "true"}, {"Accept": "application/json"})
    for host, headers, method in product(["..", "x" * 64, ".evil.example"], ways, ["GET", "POST"]):
        answer = client.open(
            "/meja", method=method, headers=headers, environ_overrides={"HTTP_HOST": host}
        )
        assert (answer.status_code, answer.text) == (400, BAD_HOST)
        assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("public_url", ["", "https://tamu.dinas.lan"])
def test_a_printed_badge_says_the_office_s_own_address_whoever_asks_under_which_name(
    office, public_url
):
    office.app.config["PUBLIC_URL"] = public_url
    answer = under_any_host(office.desk("adi")).post(
        "/tanda-pengenal/cetak.pdf",
        {"which": "range", "first": "12", "last": "12"},
        headers=LIES | {"Host": f"{EVIL}:666"},
    )
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as document:
        found = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    expected = f"{public_url}/T/{office.code_of(12)}".upper().removeprefix("/")
    assert [code.text for code in found] == [expected]
    assert EVIL.encode() not in answer.data.lower()


# --- A name of another site that was made to lead to this machine ---------------------------------


@pytest.fixture
def empty(tmp_path):
    office = Office(create_app({"INSTANCE": tmp_path / "instance", "NOW": Clock()}), Clock())
    prepare_database(office.app)
    yield office
    office.close()


OWN_NAMES = {
    "127.0.0.1:8000": 200,
    "localhost": 200,
    "localhost:8000": 200,
    "[::1]:8000": 200,
    "127.8.9.1": 200,
    "LOCALHOST": 200,
    "evil.example": 403,
    "evil.example:8000": 403,
    "localhost.evil.example": 403,
    "127.0.0.1.evil.example": 403,
    "192.168.1.5": 403,
    "[::ffff:c0a8:1]": 403,
    "": 403,
    "localhost@evil.example": 403,
}


def test_the_set_up_opens_without_its_token_under_an_address_of_this_machine_alone(empty):
    client = empty.app.test_client()
    told = {}
    for host in OWN_NAMES:
        page = client.get("/penyiapan", environ_overrides={"HTTP_HOST": host})
        told[host] = page.status_code
    assert told == OWN_NAMES


def test_a_page_of_another_site_cannot_set_the_office_up_for_itself(empty):
    honest = empty.app.test_client()
    token = token_of(honest.get("/penyiapan").text)
    taken = {"office_name": "Milik saya", "destination": "Saya", "admin_name": "Penyerang",
             "admin_username": "jahat", "admin_password": PASSWORD,
             "csrf_token": token}  # fmt: skip
    there = under_any_host(Desk(honest, token))
    assert there.post("/penyiapan", taken, headers={"Host": EVIL}).status_code == 403
    assert rows(empty, Person) == []
    assert there.post("/penyiapan", taken, headers={"Host": "localhost"}).status_code == 303
