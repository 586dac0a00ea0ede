"""Pictures of every page of the demo, in each role, size and theme (`make screenshots`).

With --readme the README's pictures are made anew from the same pages.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging import ERROR, getLogger
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.startup import prepare_database
from tools.driving.chromium import CHROMIUM, arguments
from tools.shots import SET_UP, SHOTS, Shot

ROOT = Path(__file__).parents[1]
SIZES = {"phone": (360, 780), "desktop": (1280, 800), "wall": (1920, 1080)}
THEMES = ("light", "dark")
PICTURES = {"fitri-meja-desktop-light": ROOT / "docs" / "meja-front-desk.png"}
NO_MOTION = "*,*::before,*::after{animation:none!important;transition:none!important}"


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


@contextmanager
def empty_office() -> Iterator[dict[str, Any]]:
    """An office that nobody has set up yet, served from here."""
    with TemporaryDirectory() as folder:
        app = create_app({"INSTANCE": Path(folder)})
        prepare_database(app)
        getLogger("werkzeug").setLevel(ERROR)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield {"url": f"http://127.0.0.1:{server.server_port}", "accounts": []}
        server.shutdown()
        serving.join()
        server.server_close()


def picture_all(
    browser: Browser,
    office: dict[str, Any],
    wanted: Mapping[str, tuple[Shot, ...]],
    folder: Path,
    only: str,
) -> int:
    """Write every picture whose name holds `only`; how many there were."""
    passwords = {one["username"]: one["password"] for one in office["accounts"]}
    made = 0
    for who, shots in wanted.items():
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
    with demo() as office, empty_office() as empty, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments())
        made = picture_all(browser, office, SHOTS, options.folder, options.only)
        made += picture_all(browser, empty, SET_UP, options.folder, options.only)
        browser.close()
    if options.readme:
        for name, target in PICTURES.items():
            shutil.copy(options.folder / f"{name}.png", target)
    print(f"{made} pictures in {options.folder}")


if __name__ == "__main__":
    main()
