"""Markup in every field of every form, and on every page that shows it.

Two offices are led through the same steps; what one is told in words, the other is told in markup.
Every answer must have the same skeleton in both: no element, no attribute, no address comes of it.
Whether a browser runs any of it: tests/e2e/test_markup.py. Cells of files that a spreadsheet would
take for formulas: tests/test_spreadsheet.py.
"""

import re
import uuid
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

import app
from app import create_app
from app.startup import prepare_database
from tests.attacks.attacking import Skeleton, addresses, under_any_host
from tests.attacks.conftest import EVERY_ROLE
from tests.attacks.markup import EVALUATED, PAYLOADS, TYPED, forms_of, harmless, plant
from tests.cast import PASSWORD, Desk, copy_instance, token_of
from tests.views.conftest import OfficeAtNine
from tests.views.reading import form_to

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
WORD = PAYLOADS[0]
SEEN = re.compile(r"alert\(\d+\)")


class Twins:
    """Two offices, the second attacked; each request goes to both, and both must answer alike."""

    def __init__(self, plain, attacked):
        self.offices = plain, attacked
        self.number = 0
        self.wrong = []
        self.shown = set()

    def word(self, payload=WORD):
        """A payload that has not been used yet."""
        self.number += 1
        return payload.format(n=self.number)

    def send(self, what, act):
        """A request in both offices; the answers are compared, and returned.

        `act` is told the office and how it words a payload.
        """
        plain, attacked = act(self.offices[0], harmless), act(self.offices[1], str)
        if plain.mimetype == attacked.mimetype == "text/html":
            self._compare_pages(what, Skeleton(plain.text), Skeleton(attacked.text), attacked.text)
        if (plain.status_code, plain.mimetype) != (attacked.status_code, attacked.mimetype):
            self.wrong.append((what, plain.status_code, attacked.status_code, attacked.mimetype))
        for answer in (plain, attacked):
            answer.close()
        return plain, attacked

    def get(self, who, url, **options):
        return self.send((who, url), lambda office, _word: office.desk(who).get(url, **options))

    def desk(self, office, who):
        """Somebody's browser; without a name that of somebody who has just come in."""
        return office.desk(who) if who else office.visitor()

    def ask(self, who, url, data, word, **options):
        """Open an address; `word` are the parameters under attack."""

        def act(office, worded):
            attacked = {name: worded(text) for name, text in word.items()}
            query = {**data, **attacked}
            return looker(office, who).get(url, query_string=query, **options)

        return self.send((who, url, *word), act)

    def post(self, who, url, data, word, **options):
        """Send a form; `word` are the fields under attack."""

        def act(office, worded):
            attacked = {name: worded(text) for name, text in word.items()}
            return self.desk(office, who).post(url, {**data, **attacked}, **options)

        return self.send((who, url, *word), act)

    def _compare_pages(self, what, plain, attacked, page):
        if plain.elements != attacked.elements:
            pairs = zip(plain.elements, attacked.elements, strict=False)
            self.wrong.append((what, [pair for pair in pairs if len(set(pair)) > 1][:3]))
        for name, lead in attacked.leads:
            lead_ = lead.strip().lower()
            is_address = name.startswith("hx-") or urlsplit(lead).scheme in {"", "data"}
            if not is_address or lead_.startswith(("javascript:", "//", "/\\")):
                self.wrong.append((what, name, lead))
        if EVALUATED in page:
            self.wrong.append((what, "evaluated"))
        if SEEN.search(page):
            self.shown.add(what)  # the word itself is there: the comparison was of something


def looker(office, who):
    """Somebody's browser; without a name one that has only come to look."""
    return office.desk(who) if who else Desk(office.app.test_client())


def twin_of(office, instance, clock, sessions=None):
    other = OfficeAtNine(create_app({"INSTANCE": instance, "NOW": clock}), clock)
    other.sessions = sessions or {}
    return other


@pytest.fixture
def twins(office, template, sessions, clock, tmp_path):
    other = twin_of(office, copy_instance(template, tmp_path / "twin"), clock, sessions)
    for one in (office, other):
        one.hire("serba", *EVERY_ROLE)
    yield Twins(office, other)
    other.close()


# --- Forms ----------------------------------------------------------------------------------------


def attack_forms(twins, who, address, page, seen):
    """Each field of each form of a page, one at a time."""
    for form in forms_of(page, address):
        if form.key in seen:
            continue
        seen.add(form.key)
        for attacked in form.fields:
            if attacked.name != "csrf_token" and attacked.kind != "file":
                attack(twins, who, form, attacked)


def attack(twins, who, form, attacked):
    payloads = PAYLOADS if attacked.kind in TYPED | {"textarea"} else PAYLOADS[:1]
    ways = [(payload, {}) for payload in payloads]
    if form.method == "get" or form.action == "/pindai":  # these answer with parts of a page too
        ways.append((WORD, HTMX))
    for payload, headers in ways:
        word = {attacked.name: twins.word(payload)}
        sent = form.filled(twins.number, nonce=str(uuid.uuid4())) | {attacked.name: ""}
        if form.method == "post":
            twins.post(who, form.action, sent, word, headers=headers)
        else:
            twins.ask(who, urlsplit(form.action).path, sent, word, headers=headers)


def test_whatever_is_typed_into_a_form_stays_a_word(twins):
    seen = set()
    for url in addresses(twins.offices[0].app, "GET"):
        plain, _ = twins.get("serba", url)
        if plain.mimetype == "text/html":
            attack_forms(twins, "serba", url, plain.text, seen)
    assert twins.wrong == []
    sections = {key[0] for key in seen}
    assert {"/buku-tamu/baru", "/kantor", "/petugas/baru", "/tujuan/baru", "/pindai"} <= sections


# --- A day told in markup, and every page of it ---------------------------------------------------


def crawl(twins, who):
    """Every page that this person can reach, whole and as a part."""
    waiting, seen = addresses(twins.offices[0].app, "GET"), set()
    while waiting:
        url = waiting.pop()
        if url in seen or url.startswith("/static/") or url.endswith(".pdf"):
            continue
        seen.add(url)
        plain, _ = twins.get(who, url)
        if plain.mimetype == "text/html":
            twins.get(who, url, headers=HTMX)
            leads = [lead for name, lead in Skeleton(plain.text).leads if name == "href"]
            waiting += [lead for lead in leads if lead.startswith(("/kunjungan/", "/pindai?"))]


def test_a_day_told_in_markup_is_words_on_every_page_of_everybody(twins):
    def send(who, url, data, word):
        twins.post(who, url, data, word, headers=HTMX if url == "/pindai" else {})

    plant(send, twins.word)
    assert ("fitri", "/kunjungan/2026/2/batal", "reason_text") in twins.shown
    for who in ("serba", "kasim", "hadi"):
        crawl(twins, who)
    twins.send("a badge", lambda office, _: office.desk("hadi").get(f"/T/{office.code_of(12)}"))
    assert twins.wrong == []
    shown = {what[1] for what in twins.shown if len(what) == 2}
    assert shown >= {
        "/meja", "/meja/antrean", "/pindai", "/buku-tamu", "/sedang-di-dalam", "/ringkasan",
        "/kunjungan/2026/1", "/kunjungan/2026/2", "/kunjungan/2026/3", "/petugas", "/tujuan",
        "/tujuan/1", "/kantor", "/buku-tamu/baru", "/buku-tamu/ekspor", "/evakuasi",
    }  # fmt: skip


# --- Addresses ------------------------------------------------------------------------------------


def parameters():
    """Every name by which a view looks something up in what was sent."""
    views = Path(app.__file__).parent / "views"
    text = "".join(path.read_text() for path in views.glob("*.py"))
    names = set(re.findall(r'\.get\(\s*"(\w+)"', text))
    for listed in re.findall(r"PARAMETERS = \(([^)]*)\)", text):
        names |= set(re.findall(r'"(\w+)"', listed))
    return sorted(names)


def test_whatever_an_address_says_stays_a_word(twins):
    assert {"next", "cari", "untuk", "tersimpan", "dari", "bulan", "kertas"} <= set(parameters())
    for url in addresses(twins.offices[0].app, "GET"):
        for payload, headers in [(payload, {}) for payload in PAYLOADS] + [(WORD, HTMX)]:
            word = dict.fromkeys(parameters(), twins.word(payload))
            twins.ask("serba", url, {}, word, headers=headers)
        twins.ask(None, url, {}, word)
    assert twins.wrong == []
    assert {what[1] for what in twins.shown} >= {"/buku-tamu", "/tanda-pengenal/cetak"}


PATHS = ["/{}", "/T/{}", "/static/{}", "/kunjungan/2026/{}", "/petugas/{}", "/%00{}", "/{}/../{}"]


@pytest.mark.parametrize("who", [None, "serba"])
def test_an_address_of_nothing_is_not_shown_back(twins, who):
    for path in PATHS:
        for payload in PAYLOADS:
            word = twins.word(payload).replace("/", "|")
            twins.send(
                (who, path),
                lambda office, worded, word=word, path=path: looker(office, who).get(
                    path.replace("{}", quote(worded(word)))
                ),
            )
    assert twins.wrong == []


def test_no_header_becomes_a_part_of_a_page(twins):
    names = (
        "Host", "User-Agent", "Accept-Language", "X-Page-Person", "X-Forwarded-Host", "Referer",
        "HX-Current-URL", "HX-Target", "HX-Trigger", "HX-Prompt", "X-Request-ID",
    )  # fmt: skip
    evil = "x'\"><img src=x onerror=alert(1)>"
    for who, url in ((None, "/masuk"), (None, "/percaya"), ("serba", "/meja"), ("serba", "/x")):
        for name in names:
            twins.send(
                (who, url, name),
                lambda office, worded, url=url, name=name, who=who: under_any_host(
                    looker(office, who)
                ).get(url, headers={name: worded(evil)}),
            )
    assert twins.wrong == []
    assert twins.shown == set()


# --- Before the set-up, at the sign-in, after a session has run out -------------------------------


def test_the_set_up_shows_what_was_typed_as_words(clock, tmp_path, quick_passwords):
    offices = [twin_of(None, tmp_path / name, clock) for name in ("plain", "attacked")]
    for office in offices:
        prepare_database(office.app)
    twins = Twins(*offices)
    page = offices[0].app.test_client().get("/penyiapan")
    tokens = {id(office): office.app.test_client() for office in offices}
    fields = [each.name for each in forms_of(page.text, "/penyiapan")[0].fields]
    word = {name: twins.word() for name in fields if name != "csrf_token"}

    def act(office, worded):
        client = tokens[id(office)]
        token = token_of(client.get("/penyiapan").text)
        sent = {name: worded(text) for name, text in word.items()}
        return client.post("/penyiapan", data={**sent, "csrf_token": token})

    plain, _ = twins.send(("/penyiapan", "all"), act)
    assert (plain.status_code, twins.wrong, len(twins.shown)) == (422, [], 1)
    for office in offices:
        office.close()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_sign_in_shows_the_name_as_a_word(twins, headers):
    for payload in PAYLOADS:
        for name in ("username", "password", "next", "kept_action", "kept.name"):
            data = {"username": "kasim", "password": "salah", "kept.name": "x", name: ""}
            twins.post(None, "/masuk", data, {name: twins.word(payload)}, headers=headers)
            clear_failures(twins)
    assert twins.wrong == []
    assert twins.shown != set()


def clear_failures(twins):
    for office in twins.offices:
        office.clock.pass_time(minutes=16)


def test_what_was_typed_before_a_session_ran_out_stays_words_by_name_and_value(twins):
    word = {"name": twins.word(), "origin": twins.word()}
    names = twins.word()

    def carried(office, worded):
        sent = {name: worded(text) for name, text in word.items()} | {worded(names): worded(names)}
        return twins.desk(office, None).post("/buku-tamu/baru", sent)

    def resumed(office, worded):
        desk = twins.desk(office, None)
        form = form_to(carried(office, worded).text, "/masuk")
        return desk.post("/masuk", form.data | {"username": who, "password": PASSWORD})

    twins.send("asked to sign in", carried)
    for who in ("fitri", "kasim"):
        twins.send(f"resumed by {who}", resumed)
    assert twins.wrong == []
    assert len(twins.shown) == 3


# --- Answers that are no page ---------------------------------------------------------------------


def test_an_answer_for_a_program_is_json_and_nothing_else(twins):
    for name in ("code", "visit", "purpose", "method", "nonce", "device"):
        data = {"nonce": str(uuid.uuid4()), "code": "12", name: ""}
        _, answer = twins.post("kasim", "/pindai", data, {name: twins.word()}, headers=JSON)
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    _, answer = twins.get("kasim", "/" + quote(WORD), headers=JSON)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert twins.wrong == []
