"""Guests who are led through the SOP by the desks of a running office, and how long scans take."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

from tools.driving.browsers import FRAGMENT, Browser, Session
from tools.driving.guests import SCAN, Form, Guests

Desks = Mapping[str, Browser]


@dataclass(frozen=True)
class Sent:
    """A scan that was answered."""

    nonce: str
    outcome: str
    seconds: float


def enter(desks: Desks, badge: int, name: str) -> Iterator[Form]:
    """Write a guest into the guest book; the scans that lead them through all steps are left."""
    forms = Guests(str(badge)).visit(name)
    entry = next(forms)
    entry.send(desks[entry.username])
    return forms


def lead(desks: Desks, scans: Iterable[Form]) -> list[Sent]:
    """Send these scans, one after the other."""
    return [scan(desks[form.username], form) for form in scans]


def scan(browser: Browser, form: Form) -> Sent:
    """Send a scan as the scanner page does, and read its panel.

    Raises AssertionError when it comes to anything else than the SOP says.
    """
    start = perf_counter()
    answer = browser.post(SCAN, form.fields, FRAGMENT)
    seconds = perf_counter() - start
    assert f'data-outcome="{form.expected}"' in answer.text, answer.text
    form.answer = form.expected
    return Sent(form.nonce, form.expected, seconds)


def serve(port: int, sessions: Mapping[str, Session], badge: int, guests: int) -> list[Sent]:
    """What one client does, in a process of its own: guest after guest with the same badge."""
    desks = {name: Browser(port, session) for name, session in sessions.items()}
    sent = []
    for number in range(guests):
        sent += lead(desks, enter(desks, badge, f"Tamu {number} kartu {badge}"))
    return sent
