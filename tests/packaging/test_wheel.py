"""The wheel is the whole app: installed in an empty environment, it runs with no checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.running import Server, ask
from tools.driving.servers import free_port

ROOT = Path(__file__).parents[2]
BUILD_S = 120
INSTALL_S = 240

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, without npm on PATH: the sdist carries the front-end files."""
    folder = tmp_path_factory.mktemp("dist")
    options = ["--no-isolation", "--skip-dependency-check", "--outdir", str(folder)]
    _run(
        [sys.executable, "-m", "build", *options, str(ROOT)],
        timeout=BUILD_S,
        env=os.environ | {"PATH": str(Path(sys.executable).parent)},
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def server(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("office")
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    _run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", str(wheel)],
        timeout=INSTALL_S,
    )
    server = Server(environment / "bin" / "tamu", folder, "--port", str(free_port()))
    yield server
    server.close()


def _run(command: list[str], **options) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_wheel_holds_the_app_and_nothing_of_an_office(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for expected in (
        "app/templates/base.html",
        "app/static/vendor/htmx.min.js",
        "app/static/vendor/licences/htmx.txt",
        "app/static/vendor/zxing/zxing_reader.wasm",
        "app/sop/pelayanan-tamu.toml",
        "app/migrations/env.py",
    ):
        assert expected in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"app"}
    assert not [name for name in names if "instance" in name or name.endswith((".db", ".pyc"))]
    assert not [name for name in names if "axe" in name]


def test_the_installed_app_serves_pages_and_front_end_files(server):
    address = server.address()
    assert "environment" not in str(server.instance)
    status, content_type, page = ask(address)
    assert (status, content_type) == (200, "text/html")
    assert b"/static/vendor/htmx.min." in page

    for path, expected in (
        ("htmx.min.js", "text/javascript"),
        ("icons.svg", "image/svg+xml"),
        ("zxing/zxing_reader.wasm", "application/wasm"),
        ("fonts/plus-jakarta-sans-latin-wght-normal.woff2", "font/woff2"),
    ):
        status, content_type, body = ask(f"{address}/static/vendor/{path}")
        assert (status, content_type) == (200, expected)
        assert body == (ROOT / "static" / "vendor" / path).read_bytes()
    assert server.stop() == 0
