"""Each request has an id that only we give, a line in the log, and its id where it went wrong."""

import re

import pytest
from flask import abort

from app.logs.requests import LETTERS, new_id
from app.security import open_to_all
from tests.views.reading import incident, told, words
from tests.views.test_access import TABLE, answer_of
from tests.views.test_faults import read_only

ID = rf"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}"
LINE = re.compile(
    r"[\d-]{10}T[\d:]{8}\.\d{3}Z (?P<level>\w+) (?P<id>\S+) (?P<method>\S+) (?P<rule>\S+) "
    r"(?P<status>\d+) (?P<ms>\d+)ms (?P<bytes>\d+|-)B person=(?P<person>\d+|-)"
)
HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


def requests(log):
    found = [LINE.fullmatch(line) for line in log.lines()]
    assert None not in found
    return [match.groupdict() for match in found]


def test_an_id_can_be_read_out_and_is_never_the_same():
    made = {new_id() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(ID, each) for each in made)
    assert not set("01ILOU") & set("".join(made))


def test_a_request_is_one_line(office, log):
    kasim = office.desk("kasim")
    answer = kasim.get("/kunjungan/2026/1?dari=rumah")
    (line,) = requests(log)
    assert line.pop("id") == answer.headers["X-Request-ID"]
    assert int(line.pop("ms")) < 60_000
    assert line == {
        "level": "INFO",
        "method": "GET",
        "rule": "/kunjungan/<int:year>/<int:number>",
        "status": "404",
        "bytes": str(len(answer.data)),
        "person": str(office.officer("kasim").person_id),
    }


def test_every_page_is_told_by_its_rule(office, log):
    office.bring_to_step(2)
    silent = {"/static/<path:filename>", "/sehat"}
    office.desk("adi")
    for route, (url, _answers) in TABLE.items():
        method, rule = route.split(" ", 1)
        if method != "GET":
            continue
        log.lines()
        answer_of(office, "adi", method, url)
        found = [(line["method"], line["rule"]) for line in requests(log)]
        assert found == ([] if rule in silent else [(method, rule)])


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/tamu/Siti", ("GET", "-", "404")),
        ("GET", "/static/js/Siti.js", ("GET", "/static/<path:filename>", "404")),
        ("DELETE", "/meja", ("DELETE", "-", "405")),
        ("SITI", "/meja", ("-", "-", "405")),
    ],
)
def test_what_is_no_request_of_ours_is_told_without_its_words(office, log, method, path, told):
    office.visitor()
    log.lines()
    office.app.test_client().open(path, method=method)
    (line,) = requests(log)
    assert (line["method"], line["rule"], line["status"]) == told


def test_a_stranger_has_no_number_and_asks_the_database_for_none(office, log):
    office.app.test_client().get("/T/ABCDEFGHABCDEFGH")
    (line,) = requests(log)
    assert (line["rule"], line["person"]) == ("/T/<code>", "-")


def test_the_person_is_known_from_the_sign_in_on(office, log):
    office.sign_in("kasim")
    person = str(office.officer("kasim").person_id)
    assert [(line["rule"], line["person"]) for line in requests(log)] == [
        ("/masuk", "-"),
        ("/masuk", person),
        ("/akun/kata-sandi", person),
    ]


@pytest.mark.parametrize("claimed", ["K7M2-9QXA", "../../etc", "x\ty"])
def test_an_id_that_comes_along_is_not_believed(office, claimed):
    answer = office.desk("kasim").get("/meja", headers={"X-Request-ID": claimed})
    assert re.fullmatch(ID, answer.headers["X-Request-ID"])
    assert answer.headers["X-Request-ID"] != claimed


def test_two_requests_have_two_ids(office):
    kasim = office.desk("kasim")
    ids = {kasim.get("/meja").headers["X-Request-ID"] for _ in range(20)}
    assert len(ids) == 20


def test_static_files_carry_none(office):
    with office.app.test_client().get("/static/css/app.css") as answer:
        assert "X-Request-ID" not in answer.headers


# --- Wherever something went wrong ----------------------------------------------------------------


def bug(*_args, **_kwargs):
    raise ZeroDivisionError


FAULTS = {
    "no page": lambda desk, headers: desk.get("/tidak-ada", headers=headers),
    "not theirs": lambda desk, headers: desk.get("/petugas", headers=headers),
    "another method": lambda desk, headers: desk.get("/keluar", headers=headers),
    "a bug": lambda desk, headers: desk.get("/meja", headers=headers),
    "a scan that says too little": lambda desk, headers: desk.post(
        "/pindai", {"code": "12"}, headers=headers),
    "a bug in a scan": lambda desk, headers: desk.send_scan("12"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("headers", [{}, HTMX, JSON], ids=["page", "htmx", "json"])
def test_an_error_names_its_request(office, log, monkeypatch, fault, headers):
    kasim = office.desk("kasim")
    monkeypatch.setattr("app.views.desk.desk_of", bug)
    monkeypatch.setattr("app.views.scan.record_scan", bug)
    log.lines()
    answer = FAULTS[fault](kasim, headers)
    assert answer.status_code >= 400
    lines = [line for line in log.lines() if answer.headers["X-Request-ID"] in line]
    assert sum(bool(LINE.fullmatch(line)) for line in lines) == 1
    assert len(lines) == (2 if "bug" in fault else 1)
    if answer.is_json:
        assert told(answer)
    else:
        assert incident(answer) in words(answer.text)


def test_a_database_that_refuses_is_a_sentence_in_the_log_too(office, log):
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    with read_only(office):
        log.lines()
        answer = kasim.send_scan("12")
    (fault, request) = log.lines()
    folder = office.app.config["INSTANCE"]
    assert fault.partition(" ERROR ")[2] == (
        f"{answer.headers['X-Request-ID']} Basis data di server tidak dapat ditulisi. Beri izin "
        f"tulis pada {folder} dan semua isinya bagi pengguna yang menjalankan server. "
        "(SQLITE_READONLY)"
    )
    assert LINE.fullmatch(request)["status"] == "503"


def test_a_bare_page_names_its_request_too(office, log, monkeypatch):
    kasim = office.desk("kasim")
    folder = office.app.config["INSTANCE"]
    office.close()
    for name in ("tamu.db-wal", "tamu.db-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / "tamu.db").write_bytes(b"bukan basis data" * 1000)
    answer = kasim.get("/meja")
    assert answer.status_code == 503
    assert "<main" in answer.text
    assert incident(answer) in words(answer.text)
    assert "Basis data di server rusak. Hentikan server" in "\n".join(log.lines())


def test_a_failure_after_the_view_is_told_without_the_address(app, log, capfd):
    @app.get("/rahasia/<word>")
    @open_to_all
    def view(word):
        abort(418)

    @app.after_request
    def fail(response):
        if response.status_code in {418, 500}:
            raise ZeroDivisionError("Siti")
        return response

    answer = app.test_client().get("/rahasia/Siti?q=Siti")
    assert answer.status_code >= 300
    assert b"Siti" not in log.everything()
    assert "Siti" not in capfd.readouterr().err
