"""Badges in the wrong hands: photographed by a stranger, printed by another office, made up.

What a stranger sees at a badge's address, and what is kept of a foreign code:
tests/views/test_scan.py.
"""

import hashlib
import hmac
import io
from datetime import timedelta

import pytest

from app import create_app
from app.domain.codes import CODE_LENGTH
from app.extensions import db
from app.models.badge import BadgeCode
from app.models.scan import Scan
from app.operations.badges import make_badges
from app.operations.officer import Officer
from app.operations.people import NewPerson, OfficeSetup, set_up_office
from app.qr import new_code, payload
from app.startup import prepare_database
from tests.attacks.attacking import changed, stored
from tests.cast import Office
from tests.support.clips import photo
from tests.views.reading import count, row, rows, statements

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


def revoke(office, number):
    """A badge's code is dead: another has been printed."""
    code = office.code_of(number)
    with office.app.app_context():
        found = db.session.get(BadgeCode, code)
        found.revoked_at = office.clock() - timedelta(days=1)
        db.session.commit()
    return code


def codes(office):
    return {
        "free": office.code_of(11),
        "in a guest's hands": office.code_of(12),
        "dead": revoke(office, 14),
        "unknown": "ABCDEFGHIJKLMNOP",
        "too short": "ABC",
        "too long": "A" * 4000,
        "in small letters": office.code_of(12).lower(),
        "with digits that are none": "0189" * 4,
        "markup": "<script>",
        "a number": "12",
        "a visit": "1",
        "no text": "%ff%fe",
        "percent": "%25",
        "a path": "..%5c..%5cmeja",
    }


# --- A stranger with a photo of a badge -----------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
def test_a_stranger_learns_nothing_from_a_badge_and_the_database_is_not_asked(house, method):
    known, told = codes(house), {}
    before = stored(house)
    for headers in ({}, HTMX, JSON, {"X-Forwarded-For": "127.0.0.1"}, {"Cookie": "tamu_session=x"}):
        for name, code in known.items():
            client = house.app.test_client(use_cookies=False)  # it would leave a header out
            with statements(house.app) as sent:
                answer = client.open(f"/T/{code}", method=method, headers=headers)
            kept = {
                key: value
                for key, value in answer.headers
                if key not in {"X-Server-Now", "X-Request-ID"}
            }
            if method in {"GET", "HEAD", "OPTIONS"}:
                assert sent == [], (name, headers)
                told.setdefault(repr(headers), set()).add(
                    (answer.status_code, repr(kept), answer.data)
                )
            else:
                assert answer.status_code == 405
    assert {way: len(answers) for way, answers in told.items()} == dict.fromkeys(told, 1)
    assert changed(before, stored(house)) == []


def test_the_page_for_strangers_names_neither_office_nor_guest_nor_badge(house):
    page = house.app.test_client().get(f"/T/{house.code_of(12)}").text
    for secret in ("Tono", "Izin usaha", "1/2026", "012", "Dinas", house.code_of(12)):
        assert secret not in page


@pytest.mark.parametrize("headers", [{}, HTMX, JSON], ids=["page", "htmx", "program"])
def test_a_scan_without_a_session_stores_nothing_whatever_it_says(house, nonce, headers):
    visitor, known = house.visitor(), codes(house)
    before = stored(house)
    for name, code in known.items():
        for fields in (
            {"code": code},
            {"code": payload(code, "https://tamu.dinas.lan")},
            {"code": code, "intent": "return", "confirm": "1"},
            {"method": "tap", "visit": "1/2026"},
        ):
            answer = visitor.post("/pindai", {"nonce": nonce(), **fields}, headers=headers)
            assert answer.status_code == 401, name
            assert "Tono" not in answer.text
    picture = (io.BytesIO(photo(f"T/{house.code_of(12)}", size=(800, 600))), "kartu.jpg")
    sent = visitor.post("/pindai", {"nonce": nonce(), "photo": picture}, headers=headers)
    assert sent.status_code == 401
    assert changed(before, stored(house)) == []


def test_a_scan_without_a_session_is_answered_alike_for_every_code(house):
    """The code comes back in the sign-in form that carries it on, and in nothing else."""
    told = set()
    for code in codes(house).values():
        answer = house.app.test_client().post("/pindai", data={"code": code}, headers=JSON)
        told.add((answer.status_code, answer.json["message"]))
    assert told == {(401, "Silakan masuk lebih dulu.")}


def test_who_holds_no_role_is_a_stranger_to_every_badge(house):
    desk, pages = house.desk("wati"), set()
    for name, code in codes(house).items():
        page = desk.get(f"/T/{code}")
        pages.add(page.data)
        assert desk.send_scan(code).status_code == 403, name
    assert len(pages) == 1
    assert count(house, Scan) == 1, "that of the badge's handing out"


# --- Another office's badge -----------------------------------------------------------------------


@pytest.fixture
def other(tmp_path, clock):
    """Another office with badges of its own."""
    office = Office(create_app({"INSTANCE": tmp_path / "other", "NOW": clock}), clock)
    prepare_database(office.app)
    with office.app.app_context():
        admin = set_up_office(
            OfficeSetup("Dinas Lain", "", "", "Asia/Pontianak", "Kepala",
                        [NewPerson("Ani", "ani", "kata sandi lain", frozenset({"admin"}))], "host"),
            at=clock(),
        )  # fmt: skip
        officer = Officer(admin.id, "Ani", frozenset({"admin"}))
        make_badges(1, 20, new_code=new_code, officer=officer, at=clock())
    yield office
    office.close()


SHAPES = {
    "bare": "{code}",
    "an address without host": "T/{code}",
    "an address": "https://tamu.lain.lan/T/{code}",
    "under our own host": "https://tamu.dinas.lan/T/{code}",
    "in small letters": "http://tamu.lain.lan:8000/t/{code}",
}


@pytest.mark.parametrize("method", ["camera", "usb", "typed", "link"])
def test_another_offices_badge_is_an_unknown_code_of_which_a_digest_is_kept(house, other, method):
    code, kasim = other.code_of(12), house.desk("kasim")
    assert len(code) == CODE_LENGTH == len(house.code_of(12))
    before = stored(house)
    for shape in SHAPES.values():
        text = shape.format(code=code)
        facts = kasim.scan(text, method=method)
        told = (facts["outcome"], facts["reason"], facts["visit"])
        assert told == ("refused", "unknown_code", None)
        scan = rows(house, Scan)[-1]
        key = house.app.config["SECRET_KEY"].encode()
        digest = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        assert (scan.foreign_length, scan.foreign_hmac) == (len(text), digest)
        assert (scan.badge_code, scan.badge_id, scan.visit_id) == (None, None, None)
    assert changed(before, stored(house)) == ["scan"]
    instance = house.app.config["INSTANCE"]
    disk = b"".join(path.read_bytes() for path in instance.glob("tamu.db*"))
    assert code.encode() not in disk


def test_two_offices_keep_different_digests_of_the_same_foreign_code(house, other):
    house.desk("kasim").scan("KTP 6171010101010001")
    with other.app.app_context():
        key = other.app.config["SECRET_KEY"].encode()
    elsewhere = hmac.new(key, b"KTP 6171010101010001", hashlib.sha256).hexdigest()
    assert rows(house, Scan)[-1].foreign_hmac != elsewhere
    assert house.app.config["SECRET_KEY"] != other.app.config["SECRET_KEY"]


def test_staff_who_open_another_offices_badge_are_told_so(house, other):
    page = house.desk("kasim").get(f"/T/{other.code_of(12)}")
    assert "Kode tidak dikenal" in page.text
    assert 'name="code"' not in page.text


def test_no_code_can_be_derived_from_another_or_from_the_number_on_the_card(house, other):
    own, others = ({office.code_of(number) for number in range(1, 21)} for office in (house, other))
    assert (len(own), len(others), own & others) == (20, 20, set())
    starts = {code[:6] for code in own}
    assert len(starts) == 20, "80 random bits each: none begins like its neighbour"


def test_a_dead_badge_opens_nothing_and_is_told_from_an_unknown_one_by_staff_alone(house):
    code = revoke(house, 12)
    facts = house.desk("kasim").scan(f"T/{code}")
    assert (facts["outcome"], facts["reason"], facts["visit"]) == ("refused", "badge_retired", None)
    assert row(house, BadgeCode, code=code).revoked_at is not None
