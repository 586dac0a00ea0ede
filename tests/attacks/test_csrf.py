"""Forged forms: every form of the app without, with a wrong and with another session's token.

What one form says about it, and how it is sent again: tests/views/test_auth.py (Forged forms).
"""

import pytest

from tests.attacks.attacking import addresses, changed, stored
from tests.cast import PASSWORD, Desk, token_of
from tests.views.reading import words
from tests.views.test_access import SENT

SENTENCE = "Halaman ini sudah terlalu lama terbuka Muat ulang halaman, lalu kirim sekali lagi."


def cookie_of(desk):
    return desk.client.get_cookie("tamu_session").value


def forgeries(house, own):
    """What a form may carry instead of the token of its own session: fields and other arguments."""
    before = house.visitor()
    early = before.token
    before.post("/masuk", {"username": "serba", "password": PASSWORD})
    return {
        "nothing": ({}, {}),
        "an empty one": ({"csrf_token": ""}, {}),
        "a made-up one": ({"csrf_token": "forged"}, {}),
        "another person's": ({"csrf_token": house.desk("kasim").token}, {}),
        "another session's of the same person": ({"csrf_token": house.sign_in("serba").token}, {}),
        "that of a page from before a sign-in": ({"csrf_token": early}, {}),
        "one letter more": ({"csrf_token": own + "x"}, {}),
        "one letter less": ({"csrf_token": own[:-1]}, {}),
        "without its signature": ({"csrf_token": own.rpartition(".")[0]}, {}),
        "its own in the address": ({}, {"query_string": {"csrf_token": own}}),
        "a wrong one beside its own": ({"csrf_token": ["x", own]}, {}),
        "its own in another field": ({"csrf-token": own, "token": own}, {}),
        "its own under another name": ({}, {"headers": {"X-Csrf": own}}),
    }


def test_no_form_of_the_app_is_taken_without_the_token_of_its_own_session(house):
    serba = house.desk("serba")
    ways = forgeries(house, serba.token)
    before, cookie = stored(house), cookie_of(serba)
    taken = {}
    for url in addresses(house.app, "POST"):
        for way, (fields, options) in ways.items():
            answer = serba.client.post(url, data={**SENT.get(url, {}), **fields}, **options)
            if (answer.status_code, SENTENCE in words(answer.text)) != (400, True):
                taken[url, way] = (answer.status_code, words(answer.text)[:200])
    assert taken == {}
    assert changed(before, stored(house)) == []
    assert serba.get("/meja").status_code == 200
    assert cookie_of(serba) == cookie


def test_a_body_that_is_no_form_carries_no_token(house):
    serba = house.desk("serba")
    before = stored(house)
    bodies = {
        "text/plain": f"csrf_token={serba.token}",
        "application/json": f'{{"csrf_token": "{serba.token}"}}',
        "text/xml": f"<csrf_token>{serba.token}</csrf_token>",
        "application/x-www-form-urlencoded; charset=utf-7": "csrf_token+AD0-x",
        "multipart/form-data": f"csrf_token={serba.token}",
    }
    for url in addresses(house.app, "POST"):
        for kind, body in bodies.items():
            answer = serba.client.post(url, data=body, content_type=kind)
            assert answer.status_code == 400, (url, kind)
    assert changed(before, stored(house)) == []


@pytest.mark.parametrize("url", ["/masuk", "/penyiapan"])
def test_nobody_is_signed_in_or_set_up_by_a_form_of_another_browser(house, url):
    stranger, attacker = house.visitor(), house.visitor()
    before = stored(house)
    answer = stranger.client.post(
        url, data={"csrf_token": attacker.token, "username": "sekar", "password": PASSWORD}
    )
    assert answer.status_code == 400
    assert stranger.get("/meja").headers["Location"] == "/masuk?next=/meja"
    assert changed(before, stored(house)) == []


# --- Over HTTPS the browser also says from which page a form comes --------------------------------

REFERERS = {
    None: 400,
    "https://evil.example/": 400,
    "https://localhost.evil.example/": 400,
    "https://evil.example/?https://localhost/": 400,
    "http://localhost/meja": 400,
    "https://localhost:8443/meja": 400,
    "https://localhost/meja": 303,
}


@pytest.mark.parametrize("referer", REFERERS)
def test_over_https_a_form_must_come_from_a_page_of_ours(office, referer):
    kasim = office.browser("kasim")
    headers = {"Referer": referer} if referer else {}
    answer = kasim.post("/keluar", base_url="https://localhost", headers=headers)
    assert answer.status_code == REFERERS[referer]
    stays = kasim.get("/meja", base_url="https://localhost").status_code == 200
    assert stays == (REFERERS[referer] == 400)


# --- A link or a picture is no form ---------------------------------------------------------------

METHODS = ("GET", "HEAD", "OPTIONS")
OVERRIDES = {
    "X-HTTP-Method-Override": "POST",
    "X-HTTP-Method": "POST",
    "X-Method-Override": "POST",
}


@pytest.mark.parametrize("method", METHODS)
def test_no_address_changes_anything_by_being_opened(house, method):
    serba = house.desk("serba")
    before = stored(house)
    for url in addresses(house.app, method):
        asked = {**SENT.get(url, {}), "csrf_token": serba.token, "_method": "POST"}
        answer = serba.client.open(url, method=method, query_string=asked, headers=OVERRIDES)
        answer.close()
        assert answer.status_code < 500, url
    assert changed(before, stored(house)) == []
    assert serba.get("/meja").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "POST "])
def test_no_other_method_does_anything(house, method):
    serba = house.desk("serba")
    before = stored(house)
    for url in addresses(house.app, "POST"):
        sent = {"csrf_token": serba.token, **SENT.get(url, {})}
        assert serba.client.open(url, method=method, data=sent).status_code == 405, url
    assert changed(before, stored(house)) == []


def test_a_page_kept_open_through_a_new_sign_in_cannot_be_sent(office):
    kasim = office.browser("kasim")
    old = kasim.token
    fresh = Desk(kasim.client, token_of(kasim.get("/akun/kata-sandi").text))
    fresh.post("/keluar")
    fresh.token = token_of(fresh.get("/masuk").text)
    fresh.post("/masuk", {"username": "kasim", "password": PASSWORD})
    assert kasim.post("/keluar", {"csrf_token": old}).status_code == 400
    assert kasim.get("/meja").status_code == 200
