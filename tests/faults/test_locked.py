"""Another program holds the database: scans wait for a moment, are refused, and count once."""

import json
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from tests.faults.conftest import count
from tools.driving.browsers import FRAGMENT, JSON
from tools.driving.guests import with_nonce

BUSY = (
    "Basis data sedang dipakai program lain di server. Jangan tutup halaman ini: tunggu sebentar, "
    "lalu kirim lagi."
)


def test_a_scan_waits_is_refused_and_counts_once_when_the_lock_is_gone(place, hold):
    server = place.server(TAMU_BUSY_MS="150")
    server.start()
    with place.person("kasim", server) as kasim:
        holder, sent = hold(), with_nonce(code="bukan kartu", method="typed")
        facts, panel, page = (kasim.post("/pindai", sent, kind) for kind in (JSON, FRAGMENT, None))
        assert [answer.status for answer in (facts, panel, page)] == [503] * 3
        assert json.loads(facts.body)["message"] == f"Data belum tersimpan. {BUSY}"
        for shown in (panel, page):
            assert BUSY in shown.text
            assert f"Kode kejadian: <strong>{shown.headers['X-Request-ID']}" in shown.text
        assert f'name="nonce" value="{sent["nonce"]}"' in page.text
        assert kasim.get("/meja").status == HTTPStatus.OK
        assert kasim.get("/sehat").status == HTTPStatus.OK
        assert (
            f"ERROR {panel.headers['X-Request-ID']} Basis data sedang dipakai program lain di "
            f"server. Tutup program lain yang membuka basis data di {place.instance}. (SQLITE_BUSY)"
        ) in place.log
        holder.communicate()
        again = [json.loads(kasim.post("/pindai", sent, JSON).body) for _ in range(2)]
        assert [answer["outcome"] for answer in again] == ["refused", "refused"]
    assert count(place.database, "scan") == 1


def test_a_scan_that_finds_the_lock_gone_in_time_is_not_refused(place, hold):
    server = place.server()  # waits ten seconds
    server.start()
    with place.person("kasim", server) as kasim:
        holder, sent = hold(), with_nonce(code="bukan kartu", method="typed")
        with ThreadPoolExecutor() as meanwhile:
            answer = meanwhile.submit(kasim.post, "/pindai", sent, JSON)
            holder.communicate()
            assert json.loads(answer.result().body)["outcome"] == "refused"
