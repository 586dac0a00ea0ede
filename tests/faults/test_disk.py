"""A disk that fills up while the office is at work."""

import json
import resource
from contextlib import ExitStack
from http import HTTPStatus

import psutil

from tests.faults.conftest import count
from tests.support.rows import rows_of
from tools.driving.browsers import FRAGMENT, JSON
from tools.driving.guests import DESKS, Guests

FULL = "Penyimpanan server bermasalah. Jangan tutup halaman ini: hubungi Admin, lalu kirim lagi."


def limit(server, largest):
    """No file of the server may grow beyond its size."""
    for process in server.processes:
        psutil.Process(process.pid).rlimit(psutil.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def told(browser, form, sentence):
    """The form is refused as JSON, as a fragment and as a page which can send it once more."""
    answers = [browser.post(form.path, form.fields, headers) for headers in (JSON, FRAGMENT, None)]
    assert [answer.status for answer in answers] == [HTTPStatus.SERVICE_UNAVAILABLE] * 3
    facts, panel, page = answers
    assert json.loads(facts.body)["message"] == f"Data belum tersimpan. {sentence}"
    for shown in (panel, page):
        assert "Data belum tersimpan</h" in shown.text
        assert sentence in shown.text
        assert f"Kode kejadian: <strong>{shown.headers['X-Request-ID']}" in shown.text
    for name, value in form.fields.items():
        assert f'name="{name}" value="{value}"' in page.text
    return [answer.headers["X-Request-ID"] for answer in answers]


def test_a_visit_that_meets_a_full_disk_at_every_stop_comes_to_its_end_once(place):
    server = place.server()
    server.start()
    log = place.database.with_name("tamu.db-wal")
    with ExitStack() as stack:
        people = {who: stack.enter_context(place.person(who, server)) for who in DESKS}
        for form in Guests("3").visit("Tono"):
            before = rows_of(place.database)
            limit(server, log.stat().st_size)
            ids = told(people[form.username], form, FULL)
            assert people[form.username].get("/meja").status == HTTPStatus.OK
            assert rows_of(place.database) == before
            assert all(f"ERROR {each} Penyimpanan server bermasalah." in place.log for each in ids)
            limit(server, resource.RLIM_INFINITY)
            answer = form.send(people[form.username])
            after = rows_of(place.database)
            assert form.send(people[form.username]) == answer
            assert rows_of(place.database) == after
    assert count(place.database, "visit WHERE outcome = 'completed'") == 1
