"""Counting what one may not see: visits by their numbers, badges, people, files.

Badges by a stranger: test_badges.py. Names of accounts: test_guessing.py. Names of guests for
whom somebody may not see: tests/views/test_scan.py.
"""

import pytest

from tests.attacks.attacking import addresses, changed, steady, stored
from tests.cast import CAST, Desk
from tests.views.reading import statements

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
WAYS = ({}, HTMX, JSON)


@pytest.fixture
def hidden(office):
    """Visits of a unit that is not Hadi's: 1 with Hendra, 2 coming to him, 3 without a badge."""
    hendra = office.hire("hendra", "host")
    unit_id = office.unit("Bidang Koperasi", hosts={hendra})
    for badge, name, received in (("1", "Rahasia Satu", 1), ("2", "Rahasia Dua", 0)):
        office.bring_to_step(3, badge, name=name, destination_id=unit_id)
        office.scan("sekar", badge, direction="Antar ke bidang.", destination_id=unit_id)
        for who in ("kasim", *("hendra",) * received):
            office.clock.pass_time(minutes=2)
            office.scan(who, badge)
    office.open_visit("Rahasia Tiga", destination_id=unit_id)
    return office


def told(answer):
    headers = {
        key: value
        for key, value in answer.headers
        if key not in {"X-Server-Now", "X-Request-ID", "Set-Cookie", "Content-Length"}
    }
    return answer.status_code, repr(headers), steady(answer.text)


THERE = ["/kunjungan/2026/1", "/kunjungan/2026/2", "/kunjungan/2026/3"]
NOT_THERE = ["/kunjungan/2026/4", "/kunjungan/2026/999999", "/kunjungan/2025/1", "/kunjungan/0/0",
             "/kunjungan/99999999999999999999/1"]  # fmt: skip
BELOW = {"": "get", "/koreksi": "post", "/bukti.pdf": "post", "/batal": "post"}


@pytest.mark.parametrize("below", BELOW)
def test_whoever_may_not_see_a_visit_cannot_tell_it_from_one_that_there_is_not(hidden, below):
    hadi, before = hidden.desk("hadi"), stored(hidden)
    for headers in WAYS:
        answers = set()
        for url in THERE + NOT_THERE:
            answer = getattr(hadi, BELOW[below])(url + below, headers=headers)
            body = answer.text.replace(url + below, "ALAMAT")
            assert "Rahasia" not in body
            answers.add((answer.status_code, steady(body)))
        assert len(answers) == 1, answers
        assert answers.pop()[0] == 403
    assert changed(before, stored(hidden)) == []


def test_whose_guest_it_is_sees_it_and_who_oversees_is_told_what_there_is_not(hidden):
    for who in ("hendra", "kasim", "adi"):
        assert "Rahasia Dua" in hidden.desk(who).get("/kunjungan/2026/2").text
    assert hidden.desk("hendra").get("/kunjungan/2026/4").status_code == 403
    assert hidden.desk("kasim").get("/kunjungan/2026/4").status_code == 404


@pytest.mark.parametrize("who", [None, "wati"])
def test_without_a_role_every_address_of_a_visit_is_answered_alike(hidden, who):
    for below, method in BELOW.items():
        answers = set()
        for url in THERE + NOT_THERE[:4]:
            desk = hidden.desk(who) if who else hidden.visitor()
            with statements(hidden.app) as sent:
                answer = getattr(desk, method)(url + below)
            assert [each for each in sent if "visit" in each] == []
            location = answer.headers.get("Location", "").replace(url, "ALAMAT")
            answers.add((answer.status_code, location, steady(answer.text).replace(url, "ALAMAT")))
        assert len(answers) == 1, (below, answers)


def test_no_name_is_shown_to_a_host_by_any_page_for_any_number(hidden):
    hadi = hidden.desk("hadi")
    labels = [f"{number}/2026" for number in range(1, 6)]
    names = ("untuk", "tersimpan", "cari", "visit", "setelah")
    for url in addresses(hidden.app, "GET"):
        for label in labels:
            with hadi.get(url, query_string=dict.fromkeys(names, label)) as answer:
                assert b"Rahasia" not in answer.data, (url, label)
    assert "Rahasia" in hidden.desk("kasim").get("/buku-tamu").text


def test_no_answer_to_a_host_s_tap_names_a_guest_of_another(hidden):
    hadi = hidden.desk("hadi")
    for number in range(1, 6):
        for headers in WAYS:
            answer = hadi.send_scan(method="tap", visit=f"{number}/2026")
            panel = hadi.post(
                "/pindai",
                {"nonce": "0b5f2b0e-5f4a-4c57-9a2d-7d1f6a3d9e11", "method": "tap",
                 "visit": f"{number}/2026"},
                headers=headers,
            )  # fmt: skip
            assert "Rahasia" not in answer.text + panel.text


# --- People, destinations, files ------------------------------------------------------------------


@pytest.mark.parametrize("who", [*CAST, None])
def test_who_is_no_admin_cannot_count_people_or_destinations(office, who):
    if who == "adi":
        return
    desk = office.desk(who) if who else Desk(office.app.test_client())
    for path in ("/petugas/{}", "/petugas/{}/kata-sandi", "/tujuan/{}"):
        for method in ("get", "post"):
            answers = set()
            for number in (1, 2, 6, 7, 99, 999999999):
                url = path.format(number)
                answer = getattr(desk, method)(url)
                location = answer.headers.get("Location", "").replace(url, "ALAMAT")
                body = steady(answer.text).replace(url, "ALAMAT")
                answers.add((answer.status_code, location, body))
            assert len(answers) == 1, (path, method)


def test_an_unknown_address_is_told_no_more_to_a_stranger_than_that(office):
    client = Desk(office.app.test_client())
    known = set(addresses(office.app, "GET"))
    for url in ("/admin", "/api", "/.git/config", "/.env", "/instance/tamu.db", "/tamu.db",
                "/secret-key", "/server-status", "/console", "/debug", "/static/", "/static",
                "/static/../wsgi.py", "/robots.txt", "/favicon.ico", "/cadangan/x"):  # fmt: skip
        assert url not in known
        answer = client.get(url)
        assert answer.status_code == 404, url
        for word in ("Traceback", "werkzeug", "Flask", "Python", "sqlite", office.app.root_path):
            assert word.lower() not in answer.text.lower(), (url, word)
        assert "Server" not in answer.headers
