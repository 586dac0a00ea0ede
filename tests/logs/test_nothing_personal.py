"""Whatever is typed, scanned or searched for in a visit, the log holds none of it."""

import json
import tempfile
import uuid
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app import create_app
from app.logs.files import FOLDER, written_to_files
from tests.cast import PASSWORD, Clock, copy_instance
from tests.views.conftest import COOKIE, OfficeAtNine
from tests.views.test_faults import broken, read_only

EXAMPLES = 6
HTMX = {"HX-Request": "true"}
OFFICERS = ("Fitri", "Kasim", "Sekar", "Hadi")  # by number only

# Long and varied enough that no line of the log has it by chance.
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=8, max_size=40
).filter(lambda text: len(set(text)) > 5)
phones = st.integers(10**8, 10**9 - 1).map(lambda number: f"08{number}")


@st.composite
def typed(draw):
    """Everything that a visit's people type."""
    fields = ("name", "origin", "position", "purpose", "direction", "search", "code", "username",
              "wrong_password", "reason", "device", "path")  # fmt: skip
    texts = draw(st.lists(words, min_size=len(fields), max_size=len(fields), unique=True))
    return dict(zip(fields, texts, strict=True)) | {"phone": draw(phones)}


class Mishap(Exception):
    """A bug that quotes what it was given."""


def quoting_bug(*arguments, **options):
    raise Mishap(f"{arguments!r} {options!r}") from ValueError(repr(arguments))


def nonce():
    return str(uuid.uuid4())


def live_through(office, said):
    """One visit from the sign-in to the returned badge, with all that can go wrong on its way."""
    stranger = office.visitor()
    stranger.post("/masuk", {"username": said["username"], "password": said["wrong_password"]})
    stranger.post("/masuk", {"username": "fitri", "password": said["wrong_password"]})
    fitri, kasim, sekar, hadi = (office.desk(name) for name in ("fitri", "kasim", "sekar", "hadi"))
    guest = {name: said[name] for name in ("name", "origin", "position", "purpose", "phone")}
    fitri.post("/buku-tamu/baru", guest | {"phone": said["name"], "nonce": nonce()})
    saved = fitri.post("/buku-tamu/baru", guest | {"nonce": nonce()})
    assert saved.status_code == 303
    code = office.code_of(12)
    for url in (f"/T/{code}", f"/t/{code.lower()}", f"/{quote(said['path'])}", "/penyiapan"):
        stranger.get(url)
        fitri.get(url)
    for search in (said["search"], said["name"], f'"{said["search"]}', guest["phone"]):
        fitri.get("/buku-tamu", query_string={"cari": search})
    scans = ((fitri, {"visit": "1/2026"}), (kasim, {}), (sekar, {"direction": said["direction"],
             "destination": "1"}), (kasim, {"confirm": "1"}), (hadi, {}))  # fmt: skip
    for desk, answers in scans:
        office.clock.pass_time(minutes=2)
        desk.send_scan(said["code"], device=said["device"], at=said["code"])
        desk.send_scan(code, device=said["device"], **answers)
    meet_with_accidents(office, said, guest)
    fitri.send_scan(code, intent="return_early", outcome_choice="cancelled",
                    reason_text=said["reason"])  # fmt: skip
    fitri.post("/keluar")
    return code


def meet_with_accidents(office, said, guest):
    fitri = office.desk("fitri")
    send = {"code": said["code"], "nonce": nonce()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.views.scan.record_scan", quoting_bug)
        patch.setattr("app.views.visits.open_visit", quoting_bug)
        assert fitri.post("/pindai", send, headers=HTMX).status_code == 500
        assert fitri.post("/buku-tamu/baru", guest | {"nonce": nonce()}).status_code == 500
    with read_only(office):
        assert fitri.post("/pindai", send).status_code == 503
        assert fitri.post("/buku-tamu/baru", guest | {"nonce": nonce()}).status_code == 503
    with broken(office):
        assert fitri.get("/buku-tamu", query_string={"cari": said["search"]}).status_code == 500
    with pytest.MonkeyPatch.context() as patch:  # what SQLite says may quote a search
        patch.setattr("app.models.dialect._match", unquoted)
        assert fitri.get("/buku-tamu", query_string={"cari": "'\"*(" + said["search"]})
    fitri.token, token = said["reason"], fitri.token
    assert fitri.post("/pindai", send).status_code == 400
    fitri.token = token
    office.app.test_client().open("/meja", method=said["phone"], data=json.dumps(said))
    office.app.test_client().get("/meja", headers={"X-Request-ID": said["phone"]})


def unquoted(phrases):
    from sqlalchemy import text  # noqa: PLC0415

    return text("visitor_search MATCH :phrases").bindparams(phrases=phrases.strip('"') + '"')


def forms_of(text):
    """A text as it may stand in a line: plain, in an address, quoted by Python or by JSON."""
    shapes = {text, text.lower(), text.upper(), quote(text), quote_plus(text), repr(text)[1:-1],
              ascii(text)[1:-1], json.dumps(text)[1:-1]}  # fmt: skip
    return {shape.encode() for shape in shapes}


@settings(max_examples=EXAMPLES, phases=[Phase.reuse, Phase.generate])  # a visit takes seconds
@given(said=typed())
def test_nothing_that_was_typed_scanned_or_searched_for_is_in_the_log(template, sessions, said):
    with tempfile.TemporaryDirectory() as folder, written_to_files(Path(folder)):
        instance = copy_instance(template, Path(folder) / "instance")
        office = OfficeAtNine(create_app({"INSTANCE": instance, "NOW": (clock := Clock())}), clock)
        office.sessions = sessions
        code = live_through(office, said)
        cookies = [office.desk(name).client.get_cookie(COOKIE) for name in ("fitri", "kasim")]
        office.close()
        log = b"".join(path.read_bytes() for path in (Path(folder) / FOLDER).iterdir())
    secret = [*said.values(), code, PASSWORD, *OFFICERS]
    secret += [cookie.value for cookie in cookies if cookie]
    assert log.count(b"\n") > 30
    assert b"Mishap" in log
    assert b"SQLITE_ERROR" in log
    found = [text for text in secret for shape in forms_of(text) if shape in log]
    assert found == []
