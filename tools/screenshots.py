"""Pictures of every page of the demo, in each role, size and theme (`make screenshots`).

With --readme the README's pictures are made anew from the same pages.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tools.driving.chromium import CHROMIUM, arguments

ROOT = Path(__file__).parents[1]
SIZES = {"phone": (360, 780), "desktop": (1280, 800), "wall": (1920, 1080)}
THEMES = ("light", "dark")
PICTURES = {"fitri-meja-desktop-light": ROOT / "docs" / "meja-front-desk.png"}
NO_MOTION = "*,*::before,*::after{animation:none!important;transition:none!important}"

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it; `act` brings it into a state of interest."""

    name: str
    path: str
    act: Act | None = None


def scan(page: Page, content: str) -> None:
    """Type it at the scanner."""
    page.locator("#scan-code").fill(content)
    page.locator("#scan-code").press("Enter")
    page.locator("#result[data-result]").wait_for()


def scan_unknown(page: Page) -> None:
    """A number that no badge has."""
    scan(page, "9999")


def scan_undirected(page: Page) -> None:
    """A guest who waits for the direction: the Sekretaris is asked for it, others are told so."""
    page.goto("/sedang-di-dalam")
    row = page.locator("#inside tr", has_text="Langkah 3").first
    number = row.locator(".plate").inner_text().strip()[-3:]
    page.goto("/pindai")
    scan(page, number)


def this_month(page: Page) -> None:
    """The figures of the month."""
    page.get_by_role("link", name="Bulan ini").first.click()
    page.wait_for_load_state()


def send_empty(page: Page) -> None:
    """Send the page's form as it is."""
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def first_visit(page: Page) -> None:
    """Open the first visit of a list."""
    page.locator("#visits a.row-link").first.click()
    page.wait_for_load_state()


EVERYBODY = (Shot("meja", "/meja"), Shot("pindai", "/pindai"))
OVERSEERS = (
    Shot("sedang-di-dalam", "/sedang-di-dalam"),
    Shot("buku-tamu", "/buku-tamu"),
    Shot("kunjungan", "/buku-tamu", first_visit),
    Shot("ringkasan", "/ringkasan"),
)
SHOTS: dict[str, tuple[Shot, ...]] = {
    "": (
        Shot("masuk", "/masuk"),
        Shot("masuk-salah", "/masuk", send_empty),
        Shot("tautan", "/T/" + "A" * 16),
    ),
    "fitri": (
        *EVERYBODY,
        *OVERSEERS,
        Shot("tamu-baru", "/buku-tamu/baru"),
        Shot("tamu-baru-salah", "/buku-tamu/baru", send_empty),
        Shot("pindai-tak-dikenal", "/pindai", scan_unknown),
        Shot("ekspor", "/buku-tamu/ekspor"),
    ),
    "kasim": (
        *EVERYBODY,
        *OVERSEERS,
        Shot("pindai-bukan-giliran", "/pindai", scan_undirected),
        Shot("sop", "/sop"),
        Shot("sop-hari-ini", "/sop/hari-ini"),
    ),
    "sekar": (
        *EVERYBODY,
        Shot("pindai-arahan", "/pindai", scan_undirected),
        Shot("ringkasan-bulan", "/ringkasan", this_month),
        Shot("buku-tamu-terlambat", "/buku-tamu?mutu=late"),
        Shot("tidak-ada", "/buku-tamu?cari=zzzz"),
    ),
    "hadi": EVERYBODY,
    "adi": (
        Shot("meja", "/meja"),
        Shot("tanda-pengenal", "/tanda-pengenal"),
        Shot("cetak", "/tanda-pengenal/cetak?start=3"),
        Shot("jenis", "/tanda-pengenal/jenis"),
        Shot("jenis-ubah", "/tanda-pengenal/jenis/vip"),
        Shot("petugas", "/petugas"),
        Shot("petugas-baru", "/petugas/baru"),
        Shot("tujuan", "/tujuan"),
        Shot("tujuan-ubah", "/tujuan/1"),
        Shot("kantor", "/kantor"),
        Shot("kata-sandi", "/akun/kata-sandi"),
        Shot("404", "/tidak-ada"),
        Shot("403", "/buku-tamu/baru"),
    ),
}


@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """`tamu demo`, running; what it says of itself."""
    command = [str(Path(sys.executable).parent / "tamu"), "demo", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None, "it was asked for"
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


def picture_all(browser: Browser, office: dict[str, Any], folder: Path, only: str) -> int:
    """Write every picture whose name holds `only`; how many there were."""
    passwords = {one["username"]: one["password"] for one in office["accounts"]}
    made = 0
    for who, shots in SHOTS.items():
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                base_url=office["url"],
                viewport={"width": width, "height": height},
                has_touch=size == "phone",
                reduced_motion="reduce",
            )
            page = context.new_page()
            if who:
                sign_in(page, who, passwords[who])
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                for shot in shots:
                    name = f"{who or 'siapa-saja'}-{shot.name}-{size}-{theme}"
                    if only in name:
                        take(page, shot, folder / f"{name}.png")
                        made += 1
            context.close()
    return made


def sign_in(page: Page, who: str, password: str) -> None:
    """Sign in as one of the demo's people."""
    page.goto("/masuk")
    page.fill("[name=username]", who)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/meja")


def take(page: Page, shot: Shot, path: Path) -> None:
    """One picture of the whole page."""
    page.goto(shot.path)
    if shot.act is not None:
        shot.act(page)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, full_page=True, animations="disabled", style=NO_MOTION)


def main() -> None:
    """Make the pictures; the folder is emptied first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--only", default="", help="part of the pictures' names")
    parser.add_argument("--readme", action="store_true", help="renew the README's pictures too")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("Chromium is not there: install it, or name it in CHROMIUM.")
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    with demo() as office, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments())
        made = picture_all(browser, office, options.folder, options.only)
        browser.close()
    if options.readme:
        for name, target in PICTURES.items():
            shutil.copy(options.folder / f"{name}.png", target)
    print(f"{made} pictures in {options.folder}")


if __name__ == "__main__":
    main()
