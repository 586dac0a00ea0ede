"""Stolen, planted and made-up sessions: a copied cookie dies with its owner's sign-out.

How a session begins and ends by itself, and what a new password ends: tests/views/test_auth.py.
"""

import json
import threading

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from app import create_app
from app.models.person import EndedSession, Person
from app.operations.people import set_password
from tests.cast import PASSWORD, Desk, token_of
from tests.views.conftest import COOKIE
from tests.views.reading import count, row, rows, statements
from tests.views.test_faults import read_only

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
LEAVING = ("/keluar", "/ganti-petugas")


def cookie_of(desk):
    found = desk.client.get_cookie(COOKIE)
    return found.value if found else None


def with_cookie(office, cookie):
    """A thief's browser."""
    client = office.app.test_client()
    client.set_cookie(COOKIE, cookie)
    return Desk(client)


def is_in(desk):
    return desk.get("/akun/kata-sandi").status_code == 200


def session_in(office, cookie):
    """What a cookie says; it is signed, not sealed."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(office.app)
    return serializer.loads(cookie)


def signed(office, content, key=None):
    """A cookie of that content, signed with the office's own key or another."""
    own = SecureCookieSessionInterface()
    serializer = own.get_signing_serializer(office.app)
    if key is not None:
        options = {"key_derivation": own.key_derivation, "digest_method": own.digest_method}
        serializer = URLSafeTimedSerializer(
            key, salt=own.salt, serializer=own.serializer, signer_kwargs=options
        )
    return serializer.dumps(content)


# --- Theft ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("url", LEAVING)
def test_a_copied_cookie_opens_nothing_once_its_owner_has_left(office, url, headers):
    kasim = office.sign_in("kasim")
    thief = with_cookie(office, cookie_of(kasim))
    thief.token = kasim.token
    assert is_in(thief)
    kasim.post(url, headers=headers)
    assert not is_in(thief)
    assert thief.get("/meja").headers["Location"] == "/masuk?next=/meja"
    assert thief.get("/meja/antrean", headers=HTMX).status_code == 401
    assert thief.post("/keluar").status_code == 401
    before = count(office, EndedSession)
    answer = thief.send_scan("12")
    assert (answer.status_code, answer.json["message"]) == (401, "Silakan masuk lebih dulu.")
    assert count(office, EndedSession) == before == 1


def test_only_that_one_session_ends(office):
    here, there, sekar = office.sign_in("kasim"), office.sign_in("kasim"), office.sign_in("sekar")
    here.post("/keluar")
    assert [is_in(desk) for desk in (here, there, sekar)] == [False, True, True]


def test_the_owner_can_sign_in_again_while_the_thief_stays_out(office):
    kasim = office.sign_in("kasim")
    thief = with_cookie(office, cookie_of(kasim))
    kasim.post("/ganti-petugas")
    again = office.sign_in("kasim")
    assert (is_in(again), is_in(thief)) == (True, False)


def test_a_thief_who_signs_out_ends_the_session_for_both(office):
    kasim = office.sign_in("kasim")
    thief = with_cookie(office, cookie_of(kasim))
    thief.token = kasim.token
    assert thief.post("/keluar").status_code == 303
    assert not is_in(kasim)


def test_signing_in_over_a_session_ends_that_one(office):
    desk = office.sign_in("kasim")
    thief = with_cookie(office, cookie_of(desk))
    desk.post("/masuk", {"username": "sekar", "password": PASSWORD})
    assert (is_in(desk), is_in(thief)) == (True, False)


def test_an_ended_session_stays_ended_after_a_restart_and_in_another_process(office, clock):
    kasim = office.sign_in("kasim")
    cookie = cookie_of(kasim)
    kasim.post("/keluar")
    again = create_app({"INSTANCE": office.app.config["INSTANCE"], "NOW": clock})
    client = again.test_client()
    client.set_cookie(COOKIE, cookie)
    assert client.get("/meja").status_code == 303


def test_an_answer_that_was_on_its_way_brings_no_ended_session_back(office):
    kasim = office.sign_in("kasim")
    thief = with_cookie(office, cookie_of(kasim))
    kasim.post("/keluar")
    thief.get("/masuk")  # its answer sets a cookie anew: that of nobody
    assert not is_in(thief)


def test_many_who_leave_at_once_with_one_session_leave_once(office):
    kasim = office.sign_in("kasim")
    cookie, answers = cookie_of(kasim), []

    def leave():
        desk = with_cookie(office, cookie)
        desk.token = kasim.token
        answers.append(desk.post("/keluar").status_code)

    threads = [threading.Thread(target=leave) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {303, 401}
    assert 303 in answers
    assert count(office, EndedSession) == 1


def test_who_leaves_while_nothing_can_be_stored_is_out_of_this_browser_all_the_same(office):
    kasim = office.sign_in("kasim")
    with read_only(office):
        answer = kasim.post("/keluar")
    assert answer.status_code == 503
    assert not is_in(kasim)


def test_ended_sessions_are_remembered_as_numbers_alone_and_forgotten_after_a_month(office):
    kasim = office.sign_in("kasim")
    number = session_in(office, cookie_of(kasim))["session_id"]
    kasim.post("/keluar")
    ended = row(office, EndedSession)
    assert (ended.id, (ended.until - office.clock()).total_seconds()) == (number, 12 * 3600)
    office.clock.pass_time(hours=24 * 30)
    office.sign_in("sekar").post("/keluar")
    assert len(rows(office, EndedSession)) == 2
    office.clock.pass_time(hours=13)
    last = office.sign_in("sekar")
    number = session_in(office, cookie_of(last))["session_id"]
    last.post("/keluar")
    assert number in {each.id for each in rows(office, EndedSession)}
    assert len(rows(office, EndedSession)) == 2


def test_who_is_signed_in_is_asked_of_the_database_in_one_statement(office):
    with statements(office.app) as sent:
        office.desk("wati").get("/akun/kata-sandi")
    asking = [each for each in sent if "ended_session" in each]
    assert len(asking) == 1
    assert "FROM person" in asking[0]
    assert [each for each in sent if "FROM person" in each] == asking


# --- Fixation -------------------------------------------------------------------------------------


def test_the_session_that_signs_in_is_another_than_the_one_before(office):
    desk = office.visitor()
    planted, token = cookie_of(desk), desk.token
    desk.post("/masuk", {"username": "kasim", "password": PASSWORD})
    attacker = with_cookie(office, planted)
    attacker.token = token
    assert cookie_of(desk) != planted
    assert (is_in(desk), is_in(attacker)) == (True, False)
    assert desk.post("/keluar").status_code == 400, "the token of before is of no use either"


def test_a_planted_session_of_the_attackers_own_does_not_become_the_victims(office):
    attacker = office.sign_in("wati")
    victim = with_cookie(office, cookie_of(attacker))
    victim.token = attacker.token
    victim.post("/masuk", {"username": "sekar", "password": PASSWORD})
    assert is_in(victim)
    assert not is_in(attacker), "the attacker is not even left in their own"


def test_every_sign_in_has_a_number_of_its_own(office):
    ids = [session_in(office, cookie_of(office.sign_in("kasim")))["session_id"] for _ in range(20)]
    assert len(set(ids)) == 20
    assert min(map(len, ids)) >= 22, "128 random bits"


@pytest.mark.parametrize("where", ["query_string", "data", "headers"])
def test_a_session_is_taken_from_the_cookie_alone(office, where):
    cookie = cookie_of(office.sign_in("kasim"))
    client = office.app.test_client()
    given = {COOKIE: cookie, "session": cookie, "Authorization": cookie}
    assert client.get("/meja", **{where: given}).status_code == 303


# --- Made-up cookies ------------------------------------------------------------------------------


def made_up(office):
    cookie = cookie_of(office.sign_in("kasim"))
    content = session_in(office, cookie)
    adi = row(office, Person, username="adi")
    as_admin = {**content, "_user_id": f"{adi.id}:{adi.session_epoch}"}
    said, *seal = cookie.rsplit(".", 2)
    return {
        "of another key": signed(office, as_admin, "0" * 64),
        "of an empty key": signed(office, as_admin, "-"),
        "without a signature": said,
        "with the signature of another content": ".".join(
            [signed(office, as_admin).rsplit(".", 2)[0], *seal]
        ),
        "one letter changed": cookie[:10] + ("A" if cookie[10] != "A" else "B") + cookie[11:],
        "one letter short": cookie[:-1],
        "plain JSON": json.dumps(as_admin),
        "empty": "",
        "long": "A" * 100_000,
        "no text": "\xff\x00",
        "of a badge's stamp": "MTIz.abc",
        "compressed noise": "." + "A" * 500,
    }


def test_no_made_up_cookie_is_anybodys_session(office):
    honest = cookie_of(office.sign_in("kasim"))
    by_header = office.app.test_client(use_cookies=False)
    assert by_header.get("/meja", headers={"Cookie": f"{COOKIE}={honest}"}).status_code == 200
    for name, cookie in made_up(office).items():
        client = office.app.test_client(use_cookies=False)  # it would leave this header out
        answer = client.get("/meja", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk?next=/meja"), name


ODD = {  # signed by the office itself: none of these is what a sign-in writes
    "without a number": {"session_id": None},
    "with a number that is none": {"session_id": 7},
    "of a person who is none": {"_user_id": "99:1"},
    "of another epoch": {"_user_id": "1:2"},
    "of no epoch": {"_user_id": "1"},
    "of a person in words": {"_user_id": "adi:1"},
    "that never began": {"signed_in_at": None},
    "that began in words": {"signed_in_at": "kemarin"},
    "that ran out": {"signed_in_at": 0},
}


def test_a_session_that_is_not_whole_is_none(office):
    content = session_in(office, cookie_of(office.sign_in("adi")))
    assert is_in(with_cookie(office, signed(office, content)))
    for name, odd in ODD.items():
        desk = with_cookie(office, signed(office, {**content, **odd}))
        assert desk.get("/meja").headers["Location"] == "/masuk?next=/meja", name


def test_a_stolen_session_dies_with_the_password(office):
    kasim = office.sign_in("kasim")
    thief = with_cookie(office, cookie_of(kasim))
    with office.app.app_context():
        set_password(row(office, Person, username="kasim").id, "hujan sore di kapuas besar")
    assert not is_in(thief)


def test_the_token_of_an_ended_session_is_of_no_use_to_the_next(office):
    desk = office.sign_in("kasim")
    old = desk.token
    desk.post("/ganti-petugas")
    desk.token = token_of(desk.get("/masuk").text)
    desk.post("/masuk", {"username": "sekar", "password": PASSWORD})
    desk.token = old
    assert desk.post("/keluar").status_code == 400
