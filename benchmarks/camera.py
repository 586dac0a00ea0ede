"""From the badge in the camera's view to the panel on the screen, in Chromium with a film of it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session as Reads

from app import create_app
from app.extensions import db
from app.queries.badges import printed_badges
from benchmarks.clients import enter, lead
from benchmarks.desks import running, sign_in
from benchmarks.figures import Effort, Figure
from benchmarks.offices import PASSWORD
from tests.support.clips import write_clip
from tools.driving.browsers import Browser
from tools.driving.chromium import CHROMIUM, arguments
from tools.driving.servers import Server

BADGE = 12
URL = "http://tamu.dinas.lan:8000"
LONGEST_MS = 30_000
WATCH = (Path(__file__).parent / "camera.js").read_text(encoding="utf-8")


def measure(office: Path, *, effort: Effort) -> Iterator[Figure]:
    """Each time another guest holds the badge, and the scan does their step 2."""
    with running(office) as server, TemporaryDirectory(prefix="tamu-film-") as name:
        film = write_clip(
            Path(name) / "badge.mjpeg",
            f"{URL}/T/{_code(server)}",
            seconds_in_view=2,
            seconds_blank=1.75,  # twice: out of view for more than 3 s
            fps=30,
            tilt=14,
            noise=10,
            number=BADGE,
        )
        taken = _film(server, film, effort.appearances)
    read = [moment for moment in taken if moment["outcome"] == "advanced"]
    middle = median(moment["ms"] for moment in read)
    values = ", ".join(f"{moment['ms']:.0f}" for moment in taken)
    detail = f"{values}; {len(read)} of {effort.appearances} read at their first appearance"
    yield Figure("Badge in view → panel on screen", middle, 500, "ms", detail)
    yield Figure("Appearances that were not read", effort.appearances - len(read), 0, "")


def _code(server: Server) -> str:
    app = create_app({"INSTANCE": server.folder / "instance"})
    with app.app_context(), Reads(db.engine) as session:
        return printed_badges(session, BADGE, BADGE)[0].code


def _film(server: Server, film: Path, appearances: int) -> list[dict]:
    """The panel of each appearance: its outcome, and the milliseconds since the badge was seen."""
    desks = sign_in(server)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments(film))
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="id-ID")
        guests = _guests(desks)
        next(guests)
        _open_scanner(page, server)
        for number in range(appearances):
            page.locator(f"#result[data-seen='{number + 1}']").wait_for(timeout=LONGEST_MS)
            next(guests)
        taken = page.evaluate("window.moments")
        browser.close()
    return taken


def _guests(desks: dict[str, Browser]) -> Iterator[None]:
    """One guest after the other waits at step 2 with the badge, and is led on after it."""
    for number in count(1):
        forms = enter(desks, BADGE, f"Tamu {number}")
        lead(desks, [next(forms)])
        purpose = next(forms)
        yield
        purpose.answer = purpose.expected
        lead(desks, forms)


def _open_scanner(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/masuk")
    page.get_by_label("Nama pengguna").fill("kasim")
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/meja")
    page.goto(f"{server.url}/pindai")
    page.locator("#camera[data-live]").wait_for()
    page.evaluate(WATCH)
