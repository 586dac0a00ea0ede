"""Open redirects: whatever the sign-in is asked to lead to, a browser stays at the office.

The plain cases, and what is kept of a form: tests/views/test_auth.py (Where to after it).
"""

import re
from itertools import product
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.views.auth import _local
from tests.attacks.attacking import under_any_host
from tests.cast import PASSWORD
from tests.views.reading import form_to
from tests.views.test_auth import enter

OURS = "https://tamu.dinas.lan"
EVIL = "evil.example"
TRICKS = [
    f"//{EVIL}",
    f"///{EVIL}",
    f"////{EVIL}",
    f"/\\{EVIL}",
    f"\\/{EVIL}",
    f"\\\\{EVIL}",
    f"/\\/{EVIL}",
    f"/\t/{EVIL}",
    f"/\n/{EVIL}",
    f"/\r/{EVIL}",
    f"\t//{EVIL}",
    f"\x00//{EVIL}",
    f"\x01//{EVIL}",
    f" //{EVIL}",
    f"\u00a0//{EVIL}",
    f"/\u200b/{EVIL}",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"https://{EVIL}",
    f"HTTPS://{EVIL}",
    f"https:\\\\{EVIL}",
    f"ht\ntps://{EVIL}",
    f"http:{EVIL}",
    f"//{EVIL}:443/",
    f"//tamu.dinas.lan@{EVIL}/",
    f"//{EVIL}#@tamu.dinas.lan",
    f"//{EVIL}?//tamu.dinas.lan",
    f"https://tamu.dinas.lan.{EVIL}",
    f"//{EVIL}/%2f..",
    f"/%09/{EVIL}",
    f"/%2f{EVIL}",
    f"/%5c{EVIL}",
    f"%2f%2f{EVIL}",
    f"/.//{EVIL}",
    f"/..//{EVIL}",
    f"/meja/..//{EVIL}",
    f"/;//{EVIL}",
    f"/?//{EVIL}",
    f"/#//{EVIL}",
    f"//[{EVIL}",
    f"//[::1]{EVIL}",
    "//\uff45vil.example",
    f"/\u2215{EVIL}",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "/meja\r\nSet-Cookie: tamu_session=x",
    "/meja\nX-Evil: 1",
    "/meja\x00",
    "/meja\x7f",
    "/" + "a" * 5000,
    "tamu.dinas.lan",
    "",
]


def where_a_browser_goes(address):
    """As browsers read an address (URL Standard): control characters fall out, \\ is a /."""
    trimmed = address.strip("".join(map(chr, range(33))))
    plain = re.sub(r"[\t\n\r]", "", trimmed).replace("\\", "/")
    if re.match(r"/{2,}", plain):
        plain = "//" + plain.lstrip("/")
    if found := re.match(r"(https?):/*", plain, re.IGNORECASE):
        plain = f"{found[1]}://{plain[found.end() :]}"
    return urljoin(OURS + "/masuk", plain)


def stays(address):
    try:
        parts = urlsplit(where_a_browser_goes(address))
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" == OURS


def test_the_reading_of_a_browser_knows_what_leads_away():
    away = [f"//{EVIL}", f"/\\{EVIL}", f"https:{EVIL}", f"/\t/{EVIL}", "javascript:alert(1)"]
    assert [address for address in away if stays(address)] == []
    assert stays("/meja")
    assert stays(f"/?//{EVIL}")


def test_the_sign_in_leads_to_nobody_else(office):
    desk = office.visitor()
    for trick in TRICKS:
        page = desk.get("/masuk", query_string={"next": trick})
        assert page.status_code == 200, ascii(trick)
        kept = form_to(page.text, "/masuk").data["next"]
        for sent in {trick, kept}:
            answer = enter(office.visitor(), next=sent)
            location = answer.headers["Location"]
            assert answer.status_code == 303, ascii(trick)
            assert (stays(location), location[0]) == (True, "/"), ascii(trick)
            assert "X-Evil" not in answer.headers
            assert len(answer.headers.get_all("Set-Cookie")) == 1


@pytest.mark.parametrize("encode", [lambda text: quote(text, safe=""), str], ids=["once", "raw"])
def test_encoded_once_more_it_leads_nowhere_either(office, encode):
    for trick in TRICKS:
        twice = quote(encode(trick), safe="")
        answer = office.visitor().client.get(f"/masuk?next={twice}")
        kept = form_to(answer.text, "/masuk").data["next"]
        assert kept == "" or stays(kept), trick


@given(address=st.text(max_size=40) | st.from_regex(r"[/\\:.?#@a-z\t\n%0-9]{1,30}"))
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_for_it_is_ours_or_nothing(address):
    kept = _local(address)
    assert kept in {"", address}
    if kept:
        assert kept.startswith("/")
        assert stays(kept)


def test_a_form_that_was_kept_is_sent_nowhere_else(office):
    for trick in TRICKS:
        answer = enter(office.visitor(), kept_action=trick, **{"kept.name": "Tono"})
        assert answer.status_code in {200, 303}, ascii(trick)
        actions = re.findall(r'action="([^"]*)"', answer.text)
        actions.append(answer.headers.get("Location", "/"))
        assert [action for action in actions if not stays(action)] == [], ascii(trick)


def test_over_a_page_nobody_is_led_away_by_next(office):
    for trick in TRICKS:
        answer = office.visitor().post(
            "/masuk",
            {"username": "kasim", "password": PASSWORD, "next": trick},
            headers={"HX-Request": "true", "HX-Current-URL": f"https://{EVIL}/"},
        )
        assert answer.headers["HX-Redirect"] == "/meja"


PATHS = ["//evil.example", "//evil.example/..", "/\\evil.example", "///evil.example", "//"]


@pytest.mark.parametrize("who", [None, "kasim"])
def test_no_path_of_an_address_becomes_another_server(office, who):
    desk = under_any_host(office.desk(who) if who else office.visitor())
    for before, path, after in product(
        ("", "/T/AAAABBBBCCCCDDDD", "/meja", "/masuk", "/static"), PATHS, ("", "/", "/meja")
    ):
        asked = {"PATH_INFO": before + path + after}
        with desk.get("/", environ_overrides=asked, headers={"Host": EVIL}) as answer:
            location = answer.headers.get("Location", "/")
        assert (stays(location), location[0]) == (True, "/"), (asked, location)


def test_the_way_to_the_sign_in_brings_nobody_elsewhere_afterwards(office):
    for path in ("//evil.example/meja", "/buku-tamu//evil.example", "/T/x//evil.example", "/meja"):
        asked = office.app.test_client().get(
            "/?masuk=&x=//evil.example", environ_overrides={"PATH_INFO": path}
        )
        kept = ""
        if "Location" in asked.headers:
            page = office.visitor().get(asked.headers["Location"])
            kept = form_to(page.text, "/masuk").data["next"]
        assert kept == "" or stays(kept), path
