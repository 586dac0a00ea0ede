"""The way of one guest after another through the SOP, as forms with nonces that the desks send."""

import itertools
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from tools.driving.browsers import JSON, Answer, Browser

ENTRY = "/buku-tamu/baru"
SCAN = "/pindai"


@dataclass(frozen=True)
class Stop:
    """A scan on the guest's way: who scans, what they answer, what comes of it."""

    username: str
    outcome: str
    answers: dict[str, str] = field(default_factory=dict)


WAY = (
    Stop("fitri", "issued"),
    Stop("kasim", "advanced"),
    Stop("sekar", "advanced", {"direction": "Antar ke tujuan.", "destination": "1"}),
    Stop("kasim", "advanced", {"confirm": "1"}),
    Stop("hadi", "started"),
    Stop("hadi", "ended", {"confirm": "1"}),
    Stop("fitri", "closed", {"confirm": "1"}),
)
EVENTS = {  # what a scan leaves in the log
    "issued": ["issued", "completed"],
    "advanced": ["completed"],
    "started": ["started"],
    "ended": ["ended"],
    "closed": ["returned", "completed", "closed"],
}
DESKS = ("fitri", "kasim", "sekar", "hadi")


@dataclass
class Form:
    """A form with the nonce by which it counts once, and its answer if one came."""

    username: str
    path: str
    fields: dict[str, str]
    expected: str = ""  # outcome of a scan
    answer: str | None = None  # outcome of a scan, number of an entry's visit

    @property
    def nonce(self) -> str:
        return self.fields["nonce"]

    def send(self, browser: Browser) -> str:
        """Send it, and keep what the server answered."""
        answer = browser.post(self.path, self.fields, JSON if self.path == SCAN else None)
        self.answer = self._read(answer)
        return self.answer

    def _read(self, answer: Answer) -> str:
        if self.path == SCAN:
            assert answer.status == HTTPStatus.OK, answer.text
            facts = json.loads(answer.body)
            assert facts["outcome"] == self.expected, (self, facts)
            return str(facts["outcome"])
        assert answer.status == HTTPStatus.SEE_OTHER, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["tersimpan"][0]


@dataclass
class Guests:
    """One guest after another with the same badge, each by all stops of the way.

    Iterating gives the forms in order; one must be answered before the next is asked for.
    """

    badge: str
    way: tuple[Stop, ...] = WAY
    sent: list[Form] = field(default_factory=list)

    def __iter__(self) -> Iterator[Form]:
        for number in itertools.count(1):
            for form in self.visit(f"Tamu {number} kartu {self.badge}"):
                self.sent.append(form)
                yield form

    def visit(self, name: str) -> Iterator[Form]:
        """The forms of one guest: the guest book's, then a scan at each stop."""
        fields = {"name": name, "origin": "perorangan", "purpose": "Izin usaha"}
        entry = Form("fitri", ENTRY, with_nonce(**fields))
        yield entry
        assert entry.answer, "the visit must be known before its badge is handed out"
        for stop in self.way:
            visit = {"visit": entry.answer} if stop.outcome in {"issued", "closed"} else {}
            fields = with_nonce(code=self.badge, method="typed", **visit, **stop.answers)
            yield Form(stop.username, SCAN, fields, stop.outcome)


def with_nonce(**fields: str) -> dict[str, str]:
    return {"nonce": str(uuid.uuid4()), **fields}
