"""Markup in every field: finds the forms of a page and fills them in; an office full of markup."""

import re
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser

# {n} tells one use from another. The first breaks out of whatever it stands in, the second leads
# an address to a script and is short enough for every field; both sort as their harmless twins do.
PAYLOADS = (
    "p{n} '\"></textarea></title></script><img src=x onerror=alert({n})>{{{{1337*7331}}}}&lt;b&gt;",
    "javascript:a{n}('\"><u x=y",
)
SHORT = "'\"><img src=x onerror=alert(0)>"
EVALUATED = "9801547"  # 1337 * 7331
TYPED = frozenset({"text", "search", "email", "tel", "url", "number", "date", "time", "month"})
NEEDED = {  # what a form needs besides the field under attack
    "name": "Rina {n}",
    "origin": "perorangan {n}",
    "username": "rina{n}",
    "password": "kata sandi yang panjang",
    "again": "kata sandi yang panjang",
    "current": "bukan ini",
    "reason_text": "salah ketik {n}",
    "outcome_choice": "cancelled",
    "purpose": "izin {n}",
    "direction": "antar {n}",
    "destination": "1",
    "token": "x",
    "office_name": "Dinas {n}",
}


def harmless(payload):
    """Words of the same length without a sign in them: what the page must do with both alike."""
    return re.sub(r"[^A-Za-z0-9 ]", "x", payload)


@dataclass
class Field:
    """A field of a form: its kind, and what stands in it."""

    name: str
    kind: str
    value: str = ""


@dataclass
class Form:
    """A form of a page, as a browser would send it."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, number, **values):
        """All that is sent but the token, needed words put in where nothing stands yet."""
        sent = {}
        for each in self.fields:
            needed = NEEDED.get(each.name, "").replace("{n}", str(number))
            sent[each.name] = each.value or needed
        sent.pop("csrf_token", None)
        return {**sent, **values}

    @property
    def key(self):
        """What makes it another form than one already seen."""
        names = tuple((each.name, each.kind) for each in self.fields)
        section = [each.value for each in self.fields if each.name in {"section", "intent"}]
        return (re.sub(r"\d+", "N", self.action), self.method, names, *section)


class _Forms(HTMLParser):
    def __init__(self, page, address):
        super().__init__()
        self.forms, self._address, self._area = [], address, None
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self._address
            self.forms.append(Form(action, given.get("method", "get")))
            self._open = True
        elif self._open and given.get("name"):
            self._field(tag, given)
        elif self._open and tag == "option" and self.forms[-1].fields:
            self._option(given)

    def _field(self, tag, given):
        kind = given.get("type", "text") if tag == "input" else tag
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        one = Field(given["name"], kind, given.get("value", ""))
        self.forms[-1].fields.append(one)
        self._area = one if tag == "textarea" else None

    def _option(self, given):
        last = self.forms[-1].fields[-1]
        if last.kind == "select" and ("selected" in given or not last.value):
            last.value = given.get("value", "")

    def handle_data(self, data):
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None
        elif tag == "form":
            self._open = False


def forms_of(page, address):
    """The forms of a page."""
    return _Forms(page, address).forms


def plant(send, word):
    """Lead an office through a day on which everything is told in markup.

    `send` posts a form as somebody, with fields of its own and fields under attack; `word` gives
    another payload each time. Visit 1 stands at the host, 2 was cancelled, 3 and 4 went early.
    """
    _furnish(send, word)
    _register(send, word, purpose=False)
    _scan(send, "fitri", visit="1/2026")
    for who, fields in (
        ("kasim", ("purpose",)),
        ("kasim", ("purpose",)),  # too late: what was typed is shown beside what is on record
        ("sekar", ("direction",)),  # the destination is missing: what was typed stays in its field
    ):
        _scan(send, who, word={name: word() for name in fields})
    _scan(send, "sekar", destination="1", word={"direction": word()})
    _scan(send, "sekar", word={"direction": word()})
    _scan(send, "kasim", confirm="1")
    send("fitri", "/kunjungan/2026/1/koreksi", {}, {"purpose": word()})
    send("fitri", "/kunjungan/2026/1/koreksi", {}, {"purpose": word() * 9})
    _register(send, word)
    send("fitri", "/kunjungan/2026/2/batal", {}, {"reason_text": word() * 9})
    send("fitri", "/kunjungan/2026/2/batal", {}, {"reason_text": word()})
    for number in (3, 4):
        _register(send, word)
        _scan(send, "fitri", str(number), visit=f"{number}/2026")
        _scan(send, "fitri", str(number), intent="return", word={"reason_text": word()})
        leaving = {"intent": "return_early", "outcome_choice": "declined"}
        _scan(send, "fitri", str(number), **leaving, word={"reason_text": word()})
    _register(send, word)
    _scan(send, "kasim", "", word={"code": word()})
    for name in ("device", "at", "stage", "method", "intent", "visit", "outcome_choice", "nonce"):
        _scan(send, "kasim", word={name: word()})


def _furnish(send, word):
    """The office, its destination and its people, renamed."""
    named = {"name": word()}
    send("adi", "/tujuan/1", {"active": "1", "is_default": "1", "hosts": "5"}, named)
    send(
        "adi", "/petugas/baru", {"username": "rina", "password": "panjang sekali"}, {"name": word()}
    )
    kop = {name: word() for name in ("name", "unit", "address", "government")}
    kop |= {"city": SHORT, "phone": SHORT}
    send("adi", "/kantor", {"section": "kop", "email": ""}, kop)
    signer = {"signer_name": word(), "signer_post": word(), "signer_rank": SHORT}
    send("adi", "/kantor", {"section": "signer", "signer_nip": "", "signer_capacity": ""}, signer)


def _register(send, word, *, purpose=True):
    fields = ("name", "origin", "position", *(("purpose",) if purpose else ()))
    data = {"nonce": str(uuid.uuid4()), "party_size": "2"}
    send("fitri", "/buku-tamu/baru", data, {name: word() for name in fields})


def _scan(send, who, code="12", word=None, **fields):
    data = {"nonce": str(uuid.uuid4()), "code": code, "method": "typed", **fields}
    send(who, "/pindai", data, word or {})
