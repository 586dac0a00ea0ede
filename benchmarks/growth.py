"""Whether years of visits slow pages and scans down: a big office beside a small one."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from html import unescape
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import perf_counter

from benchmarks.clients import enter, lead
from benchmarks.desks import running, sign_in
from benchmarks.figures import Effort, Figure, Measure, milliseconds, ratio_in_turn
from benchmarks.offices import last_month
from tools.driving.browsers import Browser

PAGE = 1_000
INSIDE = 12  # guests inside in both offices: one at each step, twice
FOLLOWING = re.compile(r'href="(/buku-tamu\?[^"]*setelah=[^"]*)"')


def measure(big: Path, small: Path, *, visits: int, effort: Effort) -> Iterator[Figure]:
    """Time over HTTP in the office of so many past visits ÷ in one of a thousand."""
    with ExitStack() as stack:
        tasks = {}
        for office in dict.fromkeys((big, small)):
            browsers = sign_in(stack.enter_context(running(office)))
            _let_in(browsers)
            tasks[office] = _tasks(browsers, effort)
        for name in tasks[big]:
            one, other = tasks[big][name], tasks[small][name]
            one(), other()
            ratio, above, below = ratio_in_turn(one, other, effort.pairs)
            detail = f"{milliseconds(above)} ÷ {milliseconds(below)}"
            yield Figure(f"{name}: {visits:,} ÷ 1,000 past visits", ratio, 1.2, detail=detail)


def _let_in(browsers: Mapping[str, Browser]) -> None:
    """Guests at every step of the SOP."""
    for number in range(INSIDE):
        forms = enter(browsers, 100 + number, f"Tamu {number} yang menunggu")
        for form, _ in zip(forms, range(number % 6), strict=False):
            lead(browsers, [form])


def _tasks(browsers: Mapping[str, Browser], effort: Effort) -> dict[str, Measure]:
    badges, requests = count(1), effort.page_requests

    def scan() -> float:
        taken = []
        for _ in range(effort.passing_guests):
            badge = next(badges) % 50 + 1
            taken += lead(browsers, enter(browsers, badge, "Tamu yang lewat"))
        return sum(one.seconds for one in taken) / len(taken)

    month = f"/ringkasan?bulan={last_month():%Y-%m}"
    fitri, kasim, sekar = browsers["fitri"], browsers["kasim"], browsers["sekar"]
    far = _page_far_back(fitri)
    return {
        "Scan": scan,
        "Desk page": _page(kasim, "/meja", requests),
        "Sedang di dalam": _page(fitri, "/sedang-di-dalam", requests),
        f"Guest book {PAGE:,} pages back": _page(fitri, far, requests),
        "Month summary": _page(sekar, month, requests),
    }


def _page(browser: Browser, path: str, requests: int) -> Callable[[], float]:
    def fetch() -> float:
        start = perf_counter()
        for _ in range(requests):
            answer = browser.get(path)
            assert answer.status == HTTPStatus.OK, answer.text
        return (perf_counter() - start) / requests

    return fetch


def _page_far_back(browser: Browser) -> str:
    """The address of page 1,000, or of the last full one of a book that has fewer."""
    pages = ["/buku-tamu"]
    while len(pages) <= PAGE:
        found = FOLLOWING.search(browser.get(pages[-1]).text)
        if found is None:
            break
        pages.append(unescape(found[1]))
    return pages[-2]
