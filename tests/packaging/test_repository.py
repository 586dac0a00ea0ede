"""What the repository itself must and must not hold."""

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written so that this file does not match itself.
HOSTS = re.compile(
    r"npmj[s]\.|pypi\.o[r]g|pythonhoste[d]\.|deb\.debia[n]\.|jsdeliv[r]\.|unpk[g]\.|cdnj[s]\."
)
THIRD_PARTY = re.compile(r"\.min\.(js|css)$|\.wasm$|\.woff2?$|(^|/)node_modules/|(^|/)vendor/")
NOT_OURS = {".git", ".venv", "build", "dist", "instance", "node_modules", "vendor"}


def _files() -> list[str]:
    """Name the project's own files: by git where there is one, else by looking."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        names = listed.stdout.rstrip("\0").split("\0")
        return sorted(name for name in names if (ROOT / name).is_file())
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(str(path) for path in paths if NOT_OURS.isdisjoint(path.parts))


def test_no_file_names_a_registry_or_a_cdn():
    named = [
        name
        for name in _files()
        if HOSTS.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert named == []


def test_third_party_files_come_at_install_time():
    assert [name for name in _files() if THIRD_PARTY.search(name)] == []


def test_the_lock_file_pins_hashes_and_no_addresses():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    del packages[""]
    assert packages
    assert all("resolved" not in package for package in packages.values())
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_front_end_versions_are_exact():
    package = json.loads((ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("name", [name for name in _files() if re.match(r"app/.*\.py$", name)])
def test_every_module_says_what_it_is_for(name):
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{name} has no docstring"
