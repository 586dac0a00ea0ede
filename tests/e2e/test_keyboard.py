"""A whole visit with the keyboard alone: the focus is always seen, and nothing that is swapped,
closed or faded away takes it along."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, stored_visit
from tests.e2e.conftest import DESKTOP, Stage

FOCUS = (Path(__file__).parent / "focus.js").read_text(encoding="utf-8")
TITLE = "#result .panel-title"
MOST_STOPS = 80


@dataclass
class Keyboard:
    """A page on which nobody has a mouse."""

    page: Page

    def __post_init__(self) -> None:
        self.page.emulate_media(reduced_motion="reduce")  # what is fading in cannot be seen yet

    def focus(self) -> dict[str, Any]:
        """Where the focus is: on something, and to be seen."""
        # A new page gives it when it is first drawn, a swap when it has settled.
        expect(self.page.locator("body")).not_to_be_focused()
        found: dict[str, Any] = self.page.evaluate(FOCUS)
        assert not found["isLost"]
        assert found["faults"] == [], found
        return found

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str, *, then: str) -> None:
        self.focus()
        self.page.keyboard.type(text)
        self.press(then)

    def go_to(self, name: str, key: str = "Tab") -> None:
        """Step on until the focus is on what has this name."""
        for _ in range(MOST_STOPS):
            self.press(key)
            if self.focus()["name"].startswith(name):
                return
        raise AssertionError(f"{name} was not reached")

    def walk(self) -> list[str]:
        """Step through the whole page and out of it."""
        stops: list[str] = []
        self.page.locator(".skip").focus()
        while len(stops) < MOST_STOPS:
            stops.append(self.focus()["name"])
            self.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                return stops
        raise AssertionError(f"no end: {stops}")

    def sign_in(self, username: str) -> None:
        self.page.wait_for_url("**/masuk")
        self.type(username, then="Tab")
        self.type(PASSWORD, then="Enter")
        self.page.wait_for_url("**/meja")

    def leave(self, name: str, by: str) -> None:
        """Open the menu of the person who is signed in, and sign out by this way."""
        self.page.locator("body").press("Escape")
        self.go_to(name, "Shift+Tab")
        self.press("Enter")
        self.go_to(by)
        self.press("Enter")


@pytest.fixture
def keyboard(stage: Stage) -> Keyboard:
    context = stage.open_browser().new_context(viewport=DESKTOP, locale="id-ID")
    return Keyboard(stage.watch(context))


def scan(keyboard: Keyboard, badge: str, title: str) -> None:
    """From a desk to the scanner, and the badge's number."""
    keyboard.press("F8")
    keyboard.page.wait_for_url("**/pindai")
    keyboard.type(badge, then="Enter")
    expect(keyboard.page.locator(TITLE)).to_have_text(title)
    keyboard.focus()


def test_a_whole_visit_needs_no_mouse(stage: Stage, keyboard: Keyboard) -> None:
    page = keyboard.page
    page.goto(f"{stage.url}/masuk")

    keyboard.sign_in("fitri")
    keyboard.press("F2")
    page.wait_for_url("**/buku-tamu/baru")
    keyboard.type("Nurhayati", then="Tab")
    keyboard.type("perorangan", then="Enter")
    expect(page.get_by_text("Nurhayati tercatat sebagai kunjungan 1/2026")).to_be_visible()
    keyboard.go_to("Serahkan tanda pengenal sekarang", "Shift+Tab")
    keyboard.press("Enter")
    page.wait_for_url("**/pindai?untuk=**")
    keyboard.type("12", then="Enter")
    expect(page.locator(TITLE)).to_have_text("Tanda pengenal 012 diserahkan")
    keyboard.leave("Fitri", "Ganti petugas")

    stage.office.clock.pass_time(minutes=2)
    keyboard.sign_in("kasim")
    scan(keyboard, "12", "Isi keperluan lebih dahulu")
    keyboard.page.keyboard.type("Izin usaha")
    keyboard.go_to("Simpan, laporkan ke Sekretaris")
    keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    keyboard.leave("Kasim", "Ganti petugas")

    stage.office.clock.pass_time(minutes=2)
    keyboard.sign_in("sekar")
    scan(keyboard, "12", "Beri arahan")
    keyboard.go_to("Tujuan")
    keyboard.press("ArrowDown")
    keyboard.go_to("Simpan arahan")
    keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text("Langkah 3 selesai")
    keyboard.leave("Sekar", "Ganti petugas")

    stage.office.clock.pass_time(minutes=2)
    keyboard.sign_in("kasim")
    scan(keyboard, "12", "Langkah 4 selesai")
    keyboard.leave("Kasim", "Ganti petugas")

    stage.office.clock.pass_time(minutes=2)
    keyboard.sign_in("hadi")
    scan(keyboard, "12", "Mulai diterima")
    stage.office.clock.pass_time(minutes=20)
    keyboard.type("12", then="Enter")
    expect(page.locator(TITLE)).to_have_text("Selesai diterima")
    keyboard.leave("Hadi", "Ganti petugas")

    stage.office.clock.pass_time(minutes=2)
    keyboard.sign_in("fitri")
    scan(keyboard, "12", "Kunjungan selesai")
    keyboard.leave("Fitri", "Keluar")
    page.wait_for_url("**/masuk")
    visit = stored_visit(stage.office.session, "1/2026")
    assert visit is not None
    assert visit.outcome == "completed"


PAGES = [
    "/meja",
    "/pindai",
    "/buku-tamu",
    "/buku-tamu/baru",
    "/sedang-di-dalam",
    "/kunjungan/2026/1",
    "/sop",
]


@pytest.mark.parametrize("size", [DESKTOP, {"width": 640, "height": 400}], ids=["wide", "200 %"])
def test_every_stop_of_a_page_is_seen(stage: Stage, size: dict[str, int]) -> None:
    for step in range(1, 7):
        stage.office.bring_to_step(step, str(step), name=f"Tamu {step}")
    page = stage.sign_in(stage.open_browser(), "fitri", size)
    for path in PAGES:
        page.goto(stage.url + path)
        stops = Keyboard(page).walk()
        assert stops[0] == "Langsung ke isi"
        assert len(stops) > 8, path


def test_a_row_that_is_done_hands_the_focus_to_the_next(stage: Stage) -> None:
    for badge, name in (("3", "Wulan"), ("4", "Udin"), ("5", "Maria")):
        stage.office.bring_to_step(4, badge, name=name)
    stage.office.clock.pass_time(minutes=2)
    page = stage.sign_in(stage.open_browser(), "kasim")
    keyboard = Keyboard(page)
    rows = page.locator("#queue .guest-list .guest-row")
    keyboard.go_to("Selesaikan langkah 4 untuk Wulan")
    keyboard.press("Enter")
    expect(rows).to_have_count(2)
    assert keyboard.focus()["id"] == rows.first.get_attribute("id")
    keyboard.press("Enter")  # pressed twice: the next guest's step is not done
    keyboard.go_to("Selesaikan langkah 4 untuk Udin")

    stage.office.scan("kasim", "5")
    expect(rows).to_have_count(1)
    assert keyboard.focus()["name"] == "Selesaikan langkah 4 untuk Udin"

    keyboard.press("Enter")
    expect(rows).to_have_count(0)
    assert keyboard.focus()["name"] == "Meja saya"


def test_a_link_keeps_the_focus_when_its_list_is_refreshed(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", name="Tono")
    page = stage.sign_in(stage.open_browser(), "kasim")
    keyboard = Keyboard(page)
    for path, badge, newcomer in (("/meja", "13", "Wulan"), ("/sedang-di-dalam", "14", "Udin")):
        page.goto(stage.url + path)
        keyboard.go_to("Tono")
        stage.office.bring_to_step(2, badge, name=newcomer)
        new = page.get_by_role("link", name=newcomer, exact=True)
        expect(new).to_be_visible(timeout=10_000)
        assert keyboard.focus()["name"] == "Tono"


def test_who_clicked_elsewhere_is_not_called_back(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", name="Tono")
    page = stage.sign_in(stage.open_browser(), "kasim")
    page.get_by_role("button", name="Selesaikan langkah 2 untuk Tono").focus()
    page.locator("h1").click()
    stage.office.bring_to_step(2, "13", name="Wulan")
    expect(page.locator("#queue")).to_contain_text("Wulan", timeout=10_000)
    expect(page.locator("main")).to_be_focused()


def test_what_closes_gives_the_focus_back(stage: Stage) -> None:
    stage.office.bring_to_step(3, "12", name="Tono")
    context = stage.open_browser().new_context(viewport=DESKTOP, locale="id-ID")
    page = stage.watch(context)
    page.clock.install(time=stage.office.clock())
    stage.sign_in_at(page, "sekar")
    keyboard = Keyboard(page)
    button = "Selesaikan langkah 3 untuk Tono"

    keyboard.go_to(button)
    keyboard.press("Enter")
    expect(page.get_by_label("Arahan untuk Kasubbag")).to_be_focused()
    keyboard.press("Escape")
    assert keyboard.focus()["name"] == button

    keyboard.press("Enter")
    expect(page.get_by_label("Arahan untuk Kasubbag")).to_be_focused()
    keyboard.go_to("Simpan arahan")
    keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text("Langkah 3 selesai")
    assert keyboard.focus()["id"] == "result"
    expect(page.locator("#queue .guest-row")).to_have_count(0)
    page.clock.run_for(31_000)
    expect(page.locator(TITLE)).to_have_count(0)
    assert keyboard.focus()["name"] == "Meja saya"


def test_signing_in_above_the_page_gives_the_focus_back(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", name="Tono")
    stage.expect_complaint("401 (UNAUTHORIZED)")
    page = stage.sign_in(stage.open_browser(), "kasim")
    keyboard = Keyboard(page)
    keyboard.go_to("Selesaikan langkah 2 untuk Tono")
    stage.office.clock.pass_time(hours=13)
    expect(page.get_by_role("dialog", name="Masuk lagi")).to_be_visible(timeout=10_000)
    keyboard.type("kasim", then="Tab")
    keyboard.type(PASSWORD, then="Enter")
    expect(page.get_by_text("Anda sudah masuk lagi.")).to_be_visible()
    assert keyboard.focus()["name"] == "Selesaikan langkah 2 untuk Tono"
