"""What a device keeps for the time when the server is away: nothing of a guest."""

import re

import pytest

from tests.views.reading import statements, words


def test_the_worker_may_keep_every_page_and_is_looked_up_anew_each_time(office):
    answer = office.app.test_client().get("/pekerja.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert "/pindai/luring" in answer.text


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "hadi", "adi"])
def test_the_kept_scanner_knows_its_person_and_no_guest(office, who):
    office.bring_to_step(2, name="Wulan Sari")
    office.desk("kasim").scan("12")
    page = office.desk(who).get("/pindai/luring").text
    assert "Wulan" not in page
    assert "Pindaian Anda tampil di sini." in words(page)
    assert f'data-person="{office.officer(who).person_id}"' in page
    assert " data-kept" in page


def test_the_kept_scanner_shows_no_time_that_would_stand_still(office):
    page = office.desk("kasim").get("/pindai/luring").text
    assert 'name="server-now"' not in page
    assert "data-clock" not in page
    assert 'name="csrf-token"' in page


def test_the_page_in_place_of_any_other_knows_nobody_and_asks_no_database(office):
    with statements(office.app) as sent:
        page = office.app.test_client().get("/luring").text
    assert sent == []
    assert "Server belum terhubung" in words(page)
    assert re.search(r'href="/pindai"', page)
