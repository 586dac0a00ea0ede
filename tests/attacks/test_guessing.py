"""Guessing passwords: no more guesses than are free, also at once, and no name told from another.

The limits one by one, and how the wait grows: tests/views/test_auth.py, domain/test_throttle.py.
"""

import runpy
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import passwords
from app.models.person import EndedSession, Person, SignInFailure
from app.operations.people import set_password
from tests.attacks.attacking import changed, steady, stored
from tests.cast import PASSWORD, QUICK
from tests.views.reading import count, row, statements, words
from tests.views.test_auth import NEW_PASSWORD, change, enter, fail, who_is_in

WAIT = "Terlalu banyak percobaan. Tunggu 30 dtk, lalu coba lagi."


class Counting:
    """A hasher that counts what it checks, and how many at once."""

    def __init__(self):
        self.checked, self.now, self.most = 0, 0, 0
        self._lock = threading.Lock()

    def verify(self, stored, password):
        with self._lock:
            self.checked += 1
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return QUICK.verify(stored, password)
        finally:
            with self._lock:
                self.now -= 1

    def hash(self, password):
        return QUICK.hash(password)


@pytest.fixture
def hasher(monkeypatch, quick_passwords):
    counting = Counting()
    monkeypatch.setattr(passwords, "_hasher", counting)
    return counting


# --- The limits -----------------------------------------------------------------------------------


def test_a_right_password_during_the_wait_is_told_nothing_and_not_even_checked(office, hasher):
    fail(office, 5)
    before, checked = stored(office), hasher.checked
    wrong = enter(office.visitor(), password="salah sekali")
    right = enter(office.visitor())
    assert [steady(wrong.text), wrong.status_code] == [steady(right.text), 429]
    assert (wrong.headers["Retry-After"], right.headers["Retry-After"]) == ("31", "31")
    assert changed(before, stored(office)) == []
    assert hasher.checked == checked == 5


def test_guesses_sent_all_at_once_are_no_more_than_those_that_are_free(office, hasher):
    visitors = [office.visitor() for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda desk: enter(desk, password="salah sekali"), visitors))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * 5 + [429] * 11
    assert (hasher.checked, count(office, SignInFailure)) == (5, 5)


def test_few_passwords_are_checked_at_once_since_each_takes_much_memory(office, hasher):
    names = [f"orang{number}" for number in range(16)]
    visitors = [office.visitor() for _ in names]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(enter, visitors, names))
    assert (hasher.checked, hasher.most <= 4) == (16, True)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "X-Client-IP", "Via"]
)
def test_no_header_makes_another_address_of_the_guesser(office, header):
    desk = office.visitor()
    answers = [
        desk.post(
            "/masuk",
            {"username": "kasim", "password": "salah sekali"},
            headers={header: f"10.9.8.{number}"},
        )
        for number in range(7)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2


NAMES = ["kasim", "KASIM", " kasim", "kasim ", "Kasim\t", "\u2003kasim"]


def test_no_way_to_write_a_name_is_a_name_of_its_own(office):
    answers = [fail(office, 1, name)[0] for name in NAMES]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert enter(office.visitor(), "kasim").status_code == 429


def test_another_page_another_cookie_or_another_browser_gives_no_new_guesses(office):
    fail(office, 5)
    ways = [
        {"headers": {"HX-Request": "true"}},
        {"headers": {"Accept": "application/json"}},
        {"headers": {"User-Agent": "another"}},
    ]
    for way in ways:
        answer = office.visitor().post(
            "/masuk",
            {"username": "kasim", "password": PASSWORD},
            environ_overrides={"REMOTE_ADDR": "10.0.0.7"},
            **way,
        )
        assert answer.status_code == 429


# --- Which names there are ------------------------------------------------------------------------


def as_told(answer, name):
    """An answer without what differs each time, and without the name that was typed."""
    headers = {
        key: value
        for key, value in answer.headers
        if key not in {"Set-Cookie", "X-Request-ID", "X-Server-Now", "Content-Length"}
    }
    return answer.status_code, headers, steady(answer.text).replace(name, "NAMA")


def test_a_name_that_there_is_gets_the_answer_of_one_that_there_is_not(office, hasher):
    adi = office.desk("adi")
    sekar = row(office, Person, username="sekar")
    adi.post(f"/petugas/{sekar.id}", {"name": "Sekar", "roles": "secretary"})  # deactivated
    told, asked, checked = [], [], []
    for name in ("kasim", "siapa", "sekar", "wawan"):
        before = hasher.checked
        with statements(office.app) as sent:
            answer = enter(office.visitor(), name, "salah sekali")
        told.append(as_told(answer, name))
        asked.append(sent)
        checked.append(hasher.checked - before)
    assert told == [told[0]] * 4
    assert asked == [asked[0]] * 4
    assert checked == [1, 1, 1, 1], "as much time is taken over a name that there is not"


def test_names_are_not_told_apart_by_their_waits_either(office):
    told = []
    for name in ("kasim", "siapa"):
        fail(office, 5, name)
        told.append(as_told(enter(office.visitor(), name), name))
    assert told[0] == told[1]
    assert WAIT in words(told[0][2])


def test_the_hash_that_nobody_has_costs_as_much_as_everybodys():
    fresh = runpy.run_path(passwords.__file__)  # as it is without the quick hasher of the tests
    cost = [text.split("$")[1:4] for text in (fresh["_NOBODY"], fresh["hash_password"](PASSWORD))]
    assert cost[0] == cost[1]
    assert cost[0][0] == "argon2id"


# --- One's own password: whoever sits down at a desk that was left -------------------------------


def test_guesses_at_the_own_password_are_limited_like_a_sign_in(office, hasher):
    kasim = office.desk("kasim")
    answers = [change(kasim, current="salah sekali") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[5].headers["Retry-After"] == "31"
    assert WAIT in words(answers[5].text)
    assert 'id="f-current-error"' in answers[5].text
    hash_before = row(office, Person, username="kasim").password_hash
    right = change(kasim)
    assert (right.status_code, WAIT in words(right.text), hasher.checked) == (429, True, 5)
    assert row(office, Person, username="kasim").password_hash == hash_before
    assert who_is_in(kasim) == "Kasim"
    office.clock.pass_time(seconds=31)
    assert change(kasim).status_code == 303


def test_guesses_at_both_doors_count_together(office):
    kasim = office.desk("kasim")
    for _ in range(3):
        change(kasim, current="salah sekali")
    assert [
        answer.status_code for answer in fail(office, 3, address="127.0.0.1")
    ] == [401, 401, 429]  # fmt: skip
    assert change(kasim).status_code == 429


def test_guesses_sent_at_once_at_the_own_password_are_no_more_either(office, hasher):
    desks = [office.browser("kasim") for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda desk: change(desk, current="salah sekali"), desks))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7
    assert hasher.checked == 5


def test_the_right_password_forgets_the_failures_and_ends_the_other_sessions(office):
    kasim, other = office.browser("kasim"), office.browser("kasim")
    for _ in range(4):
        change(kasim, current="salah sekali")
    assert change(kasim).status_code == 303
    assert (count(office, SignInFailure), who_is_in(kasim), who_is_in(other)) == (0, "Kasim", None)
    assert count(office, EndedSession) == 1
    assert enter(office.visitor(), password=NEW_PASSWORD).status_code == 303


def test_a_new_password_that_is_refused_tells_nothing_of_the_current_one(office, hasher):
    kasim = office.desk("kasim")
    for current in (PASSWORD, "salah sekali"):
        answer = change(kasim, current=current, password="pendek", again="pendek")
        assert (answer.status_code, "belum cocok" in words(answer.text)) == (422, False)
    assert (hasher.checked, count(office, SignInFailure)) == (0, 0)


def test_a_password_that_changes_while_it_is_checked_opens_nothing(office, monkeypatch):
    kasim = row(office, Person, username="kasim")

    class Overtaken(Counting):
        def verify(self, stored, password):
            result = super().verify(stored, password)
            with office.app.app_context():
                set_password(kasim.id, NEW_PASSWORD)
            return result

    monkeypatch.setattr(passwords, "_hasher", Overtaken())
    desk = office.visitor()
    assert enter(desk).status_code == 401
    assert who_is_in(desk) is None


@pytest.mark.parametrize("length", [201, 5000, 200_000])
def test_a_password_without_end_is_just_wrong(office, length):
    assert enter(office.visitor(), password="a" * length).status_code == 401
