"""When the server cannot: a disk that is full or read-only, a lock, a bug; and every header."""

import re
import sqlite3
import uuid
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import event

from app.extensions import db
from app.models.badge import Badge, Loan
from app.models.person import SignInFailure
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit, Visitor, VisitText
from tests.cast import PASSWORD, Desk
from tests.views.reading import (
    count,
    form_to,
    incident,
    row,
    rows,
    said_in_a_panel,
    told,
    words,
)

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
UNSAVED = {
    "read-only": "Basis data di server tidak dapat ditulisi. "
    "Jangan tutup halaman ini: hubungi Admin, lalu kirim lagi.",
    "locked": "Basis data sedang dipakai program lain di server. "
    "Jangan tutup halaman ini: tunggu sebentar, lalu kirim lagi.",
    "full": "Disk server penuh. "
    "Jangan tutup halaman ini: hubungi Admin untuk mengosongkan disk, lalu kirim lagi.",
}
BROKEN = (
    "Ada yang tidak beres di server. "
    "Yang sudah tersimpan tetap aman. Coba sekali lagi; bila terulang, hubungi Admin."
)
TABLES = (Badge, Loan, Scan, StepEvent, Visit, Visitor, VisitText, SignInFailure)


def nonce():
    return str(uuid.uuid4())


# --- What can go wrong with the disk --------------------------------------------------------------


@contextmanager
def on_every_connection(office, *pragmas):
    """Make each new connection of the app a broken one, and mend them afterwards."""

    def set_pragmas(connection, _record):
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    engine = engine_of(office)
    engine.dispose()
    event.listen(engine, "connect", set_pragmas)
    try:
        yield
    finally:
        event.remove(engine, "connect", set_pragmas)
        engine.dispose()


def engine_of(office):
    """The app's engine; no request may run inside this context, it would share its `g`."""
    with office.app.app_context():
        return db.engine


def read_only(office):
    return on_every_connection(office, "query_only=ON")


@contextmanager
def full(office):
    """No page more than there are, and no room left within them."""
    path = office.app.config["INSTANCE"] / "tamu.db"
    office.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE padding (text)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with on_every_connection(office, f"max_page_count={pages}", "cache_spill=OFF"):
        yield


@contextmanager
def locked(office):
    """Another program holds the write lock and does not let go."""
    path = office.app.config["INSTANCE"] / "tamu.db"
    with (
        on_every_connection(office, "busy_timeout=20"),
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


FAULTS = {"read-only": read_only, "locked": locked}


def stored(office):
    return {model.__name__: count(office, model) for model in TABLES}


def projection(office):
    return [(visit.last_seq, visit.step_key, visit.step_state) for visit in rows(office, Visit)]


def is_no_stack_trace(page):
    return not re.search(
        r"Traceback|sqlite|sqlalchemy|OperationalError|File &#34;|\w/\w+\.py\b", page, re.IGNORECASE
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_scan_that_cannot_be_stored_says_so_and_counts_once_after_mending(office, fault):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    kasim, sent = office.desk("kasim"), {"code": "12", "nonce": nonce()}
    before = (stored(office), projection(office))
    with FAULTS[fault](office):
        answer = kasim.post("/pindai", sent, headers=JSON)
        panel = kasim.post("/pindai", sent, headers=HTMX)
        page = kasim.post("/pindai", sent)
    assert (answer.status_code, told(answer)) == (503, f"Data belum tersimpan. {UNSAVED[fault]}")
    said_in_a_panel(panel, 503, f"Data belum tersimpan {UNSAVED[fault]}", goes_again=True)
    assert dict(form_to(page.text, "/pindai").fields[1:]) == sent
    assert page.status_code == 503
    assert "Data belum tersimpan" in words(page.text)
    for shown in (panel, page):
        assert f"{UNSAVED[fault]} " in words(shown.text)
        assert incident(shown) in words(shown.text)
        assert is_no_stack_trace(shown.text)
    assert (stored(office), projection(office)) == before
    facts = [kasim.post("/pindai", sent, headers=JSON).json for _ in range(2)]
    assert [fact["outcome"] for fact in facts] == ["advanced", "advanced"]
    assert [scan.nonce for scan in rows(office, Scan)].count(sent["nonce"]) == 1
    assert projection(office) == [(4, "direction", "waiting")]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_guest_who_cannot_be_saved_is_not_lost(office, fault):
    fitri = office.desk("fitri")
    form = form_to(fitri.get("/buku-tamu/baru").text, "/buku-tamu/baru").data
    form |= {"name": "Tono <b>", "origin": "Koperasi", "purpose": "Izin", "party_size": "3"}
    before = stored(office)
    with FAULTS[fault](office):
        answer = fitri.post("/buku-tamu/baru", form)
    assert answer.status_code == 503
    assert "Data belum tersimpan" in words(answer.text)
    assert is_no_stack_trace(answer.text)
    assert stored(office) == before
    again = form_to(answer.text, "/buku-tamu/baru")
    assert {name: again.data[name] for name in form if name != "csrf_token"} == {
        name: text for name, text in form.items() if name != "csrf_token"
    }
    for _ in range(2):
        saved = fitri.post("/buku-tamu/baru", again.data)
        assert saved.headers["Location"] == "/buku-tamu/baru?tersimpan=1/2026"
    assert (row(office, Visitor).name, row(office, Visit).party_size) == ("Tono <b>", 3)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sign_in_that_cannot_be_counted_says_so(office, fault):
    desk = office.visitor()
    with FAULTS[fault](office):
        answer = desk.post("/masuk", {"username": "kasim", "password": PASSWORD})
    assert answer.status_code == 503
    assert "Data belum tersimpan" in words(answer.text)
    assert is_no_stack_trace(answer.text)
    assert PASSWORD not in answer.text
    assert desk.get("/meja").status_code == 303
    again = desk.post("/masuk", {"username": "kasim", "password": PASSWORD})
    assert (again.status_code, again.headers["Location"]) == (303, "/meja")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sign_in_above_a_page_that_cannot_be_counted_says_so_above_it(office, fault):
    desk = office.visitor()
    sent = {"username": "kasim", "password": PASSWORD}
    with FAULTS[fault](office):
        answer = desk.post("/masuk", sent, headers=HTMX)
    assert answer.status_code == 503
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#overlay", "innerHTML")
    assert '<dialog class="dialog" data-modal' in answer.text
    said = f"Data belum tersimpan {UNSAVED[fault]} {incident(answer)} Mengerti"
    assert words(answer.text) == said
    assert desk.get("/meja").status_code == 303
    again = desk.post("/masuk", sent, headers=HTMX)
    assert (again.status_code, again.headers["HX-Redirect"]) == (200, "/meja")


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_stored_can_still_be_read(office, fault):
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    with FAULTS[fault](office):
        for url in ("/meja", "/sedang-di-dalam", "/buku-tamu", "/kunjungan/2026/1", "/pindai"):
            answer = kasim.get(url)
            assert (answer.status_code, "Tono" in answer.text or url == "/pindai") == (200, True)


def test_a_poll_that_fails_leaves_the_page_as_it_is_and_goes_on(office):
    kasim = office.desk("kasim")
    with broken(office):
        answer = kasim.get("/meja/antrean", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (500, "none")


def test_a_form_carried_through_the_sign_in_survives_a_fault_there_too(office):
    desk = office.visitor()
    kept = {"kept_action": "/buku-tamu/baru", "kept.name": "Tono", "kept.origin": "perorangan"}
    sent = {"username": "fitri", "password": PASSWORD, **kept}
    with read_only(office):
        failed = desk.post("/masuk", sent)
    assert (failed.status_code, PASSWORD in failed.text) == (503, False)
    again = desk.post("/masuk", form_to(failed.text, "/masuk").data)
    form = form_to(again.text, "/masuk")
    assert {name: form.data[name] for name in kept} == kept
    assert form.data["username"] == "fitri"


def fill_up(send):
    """Send until there is no room any more; the answer that was refused, and what was sent."""
    for _ in range(400):
        sent, answer = send()
        if answer.status_code == 503:
            return sent, answer
    raise AssertionError("the disk never filled up")


def test_a_full_disk_refuses_a_scan_whole_and_takes_it_once_when_there_is_room(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    kasim = office.desk("kasim")
    with full(office):

        def scan_nothing():
            sent = {"code": "bukan kartu", "nonce": nonce()}
            return sent, kasim.post("/pindai", sent, headers=JSON)

        fill_up(scan_nothing)
        before = (stored(office), projection(office))
        sent = {"code": "12", "nonce": nonce()}
        answers = [kasim.post("/pindai", sent, headers=JSON) for _ in range(3)]
        after = (stored(office), projection(office))
    assert {answer.status_code for answer in answers} == {503}
    assert told(answers[0]) == f"Data belum tersimpan. {UNSAVED['full']}"
    assert after == before
    assert (stored(office), projection(office)) == before
    facts = [kasim.post("/pindai", sent, headers=JSON).json for _ in range(2)]
    assert [fact["outcome"] for fact in facts] == ["advanced", "advanced"]
    assert projection(office) == [(4, "direction", "waiting")]
    assert [scan.nonce for scan in rows(office, Scan)].count(sent["nonce"]) == 1


def test_a_full_disk_refuses_a_guest_whole_and_keeps_what_was_typed(office):
    fitri = office.desk("fitri")
    with full(office):

        def write():
            sent = {"name": "Tono " + "n" * 100, "origin": "o" * 150, "nonce": nonce()}
            sent["purpose"] = "p" * 490
            return sent, fitri.post("/buku-tamu/baru", sent)

        sent, answer = fill_up(write)
    assert answer.status_code == 503
    assert "Data belum tersimpan" in words(answer.text)
    form = form_to(answer.text, "/buku-tamu/baru")
    assert {name: form.data[name] for name in sent} == sent
    visits = count(office, Visit)
    assert (count(office, Visitor), count(office, VisitText), count(office, StepEvent)) == (
        visits,
        visits,
        visits,
    )
    for _ in range(2):
        saved = fitri.post("/buku-tamu/baru", form.data)
        assert saved.headers["Location"] == f"/buku-tamu/baru?tersimpan={visits + 1}/2026"


def test_a_full_disk_refuses_to_count_a_wrong_password(office):
    with full(office):
        addresses = iter(range(400))

        def guess():
            sent = {"username": "n" * 60, "password": "x"}
            address = {"REMOTE_ADDR": f"10.0.0.{next(addresses)}"}
            return sent, office.visitor().post("/masuk", sent, environ_overrides=address)

        _sent, answer = fill_up(guess)
    assert "Data belum tersimpan" in words(answer.text)
    assert is_no_stack_trace(answer.text)
    assert office.sign_in("kasim").get("/meja").status_code == 200


# --- A database that cannot even be read ----------------------------------------------------------


@contextmanager
def broken(office):
    """The database file is gone bad: nothing can be read from it."""

    def refuse(_connection, _cursor, _statement, *_rest):
        raise sqlite3.DatabaseError("database disk image is malformed")

    engine = engine_of(office)
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("headers", [JSON, HTMX, {}])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_database_that_cannot_be_read_is_still_a_sentence(office, headers, method):
    kasim = office.desk("kasim")
    with broken(office):
        send = kasim.get if method == "get" else kasim.post
        answer = send("/pindai", headers=headers)
    assert answer.status_code == 500
    assert is_no_stack_trace(answer.text)
    said = answer.json["message"] if headers == JSON else words(answer.text)
    assert "hubungi Admin" in said
    if (method, headers) == ("post", HTMX):
        said_in_a_panel(answer, 500, BROKEN.replace(". ", " ", 1))
    assert (answer.headers.get("HX-Reswap") == "none") == ((method, headers) == ("get", HTMX))
    assert kasim.get("/pindai").status_code == 200


# --- A bug ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [JSON, HTMX, {}])
def test_a_bug_is_a_sentence_without_a_trace_and_goes_into_the_log(
    office, monkeypatch, headers, caplog
):
    def bug(*_args, **_kwargs):
        raise ZeroDivisionError("rahasia dapur")

    monkeypatch.setattr("app.views.scan.record_scan", bug)
    kasim = office.desk("kasim")
    answer = kasim.post("/pindai", {"code": "12", "nonce": nonce()}, headers=headers)
    assert answer.status_code == 500
    said = answer.json["message"] if headers == JSON else words(answer.text)
    if headers == JSON:
        assert said == BROKEN
    elif headers == HTMX:
        said_in_a_panel(answer, 500, BROKEN.replace(". ", " ", 1))
    else:
        assert BROKEN.replace(". ", " ", 1) in said
    assert "rahasia" not in answer.text
    assert is_no_stack_trace(answer.text)
    assert [str(record.exc_info[1]) for record in caplog.records] == ["rahasia dapur"]


def test_an_error_page_leads_somewhere(office):
    assert 'href="/meja"' in office.desk("kasim").get("/tidak-ada").text
    assert 'href="/masuk"' in office.visitor().get("/tidak-ada").text


# --- Headers --------------------------------------------------------------------------------------

PAGES = {
    "a page": ("kasim", "/meja", {}),
    "a fragment": ("kasim", "/meja/antrean", HTMX),
    "nothing new": ("kasim", "/sedang-di-dalam?v={version}", HTMX),
    "the sign-in page": (None, "/masuk", {}),
    "a redirect": (None, "/meja", {}),
    "a refusal": ("hadi", "/buku-tamu", {}),
    "no page": ("kasim", "/tidak-ada", {}),
    "a badge's address": (None, "/T/ABCDEFGHIJKLMNOP", {}),
    "a PDF": ("adi", "/sop.pdf", {}),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_answer_has_the_headers_that_keep_it_safe(office, name):
    who, url, headers = PAGES[name]
    desk = office.desk(who) if who else Desk(office.app.test_client())
    answer = desk.get(url, headers=headers)
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in answer.headers["Vary"]
    assert float(answer.headers["X-Server-Now"]) == office.clock().timestamp()


def test_no_page_has_a_script_or_a_style_of_its_own(office):
    office.bring_to_step(3)
    for who, urls in {
        "fitri": ["/meja", "/buku-tamu/baru", "/pindai", "/kunjungan/2026/1", "/buku-tamu"],
        "adi": ["/tanda-pengenal", "/petugas", "/petugas/1", "/tujuan", "/tujuan/1"],
    }.items():
        for url in urls:
            page = office.desk(who).get(url).text
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), url
            assert not re.search(r'(src|href|action)="(https?:)?//', page), url


def test_a_restored_page_of_the_history_is_whole(office):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    for url in ("/meja", "/sedang-di-dalam", "/buku-tamu"):
        whole = office.desk("kasim").get(url, headers=headers).text
        part = office.desk("kasim").get(url, headers=HTMX).text
        assert whole.startswith("<!doctype html>")
        assert "<!doctype" not in part
