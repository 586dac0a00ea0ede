"""In CI a run that left tests out fails and names them, whether one process ran it or two."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "runs": "def test_it():\n    assert True\n",
    "is_skipped": "import pytest\n@pytest.mark.skip\ndef test_it():\n    raise AssertionError\n",
    "is_no_file": "import pytest\npytest.skip('not here', allow_module_level=True)\n",
    "xfails": "import pytest\n@pytest.mark.xfail\ndef test_it():\n    raise AssertionError\n",
    "is_deselected": "def test_it():\n    assert True\n",
}


def run(folder: Path, *names: str, workers: int = 0, ci: str = "true"):
    for name in names:
        (folder / f"test_{name}.py").write_text(FILES[name], encoding="utf-8")
    plugins = ["-p", "tests.plugins.strict_ci", "-p", "no:cacheprovider", "-n", str(workers)]
    choice = ["--deselect", "test_is_deselected.py::test_it"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *choice, str(folder)],
        cwd=folder,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


@pytest.mark.parametrize("workers", [0, 2])
def test_what_is_left_out_fails_the_run(tmp_path, workers):
    done = run(tmp_path, *FILES, workers=workers)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    for kind, count in (("skipped", 2), ("xfailed", 1), ("deselected", 1)):
        assert f"CI: {count} {kind}, and in CI every test must run" in done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("workers", [0, 2])
def test_a_whole_run_passes(tmp_path, workers):
    done = run(tmp_path, "runs", workers=workers)
    assert done.returncode == pytest.ExitCode.OK, done.stdout


def test_at_a_desk_a_test_may_be_left_out(tmp_path):
    done = run(tmp_path, *FILES, ci="")
    assert done.returncode == pytest.ExitCode.OK, done.stdout
