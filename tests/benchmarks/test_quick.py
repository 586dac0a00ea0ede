"""The benchmarks in their quick form: each measures, and nothing that it checks is broken.

How fast anything is, is for `make bench` to say.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<value>[\d.e+]+) ?[^|]* \|", re.MULTILINE)
MEASURED = {
    "CPU of a complete scan ÷ of a bare Flask route",
    "p99 ÷ p50 of 112 scans by 8 clients at once",
    "Of these lost, doubled or met by a locked database",
    "Scan: 1,000 ÷ 1,000 past visits",
    "Desk page: 1,000 ÷ 1,000 past visits",
    "Sedang di dalam: 1,000 ÷ 1,000 past visits",
    "Guest book 1,000 pages back: 1,000 ÷ 1,000 past visits",
    "Month summary: 1,000 ÷ 1,000 past visits",
    "10 desk screens polling, nothing happens: share of a core",
    "10 desk screens polling, a guest led through each 10 s: share of a core",
    "Badge in view → panel on screen",
    "Appearances that were not read",
    "10 badges as PDF ÷ by reportlab's QR widget",
}


@pytest.mark.timeout(120)
def test_each_benchmark_measures(tmp_path):
    results = tmp_path / "RESULTS.md"
    results.write_text("# Results\n\nWords that stay.\n", encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--visits", "1000"]
    places = ["--results", str(results), "--kept-in", str(tmp_path)]
    done = subprocess.run(
        [*command, *places], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

    text = results.read_text(encoding="utf-8")
    values = {row["name"]: float(row["value"]) for row in ROW.finditer(text)}
    assert "Words that stay." in text
    assert set(values) - {"What"} == MEASURED
    assert values["Of these lost, doubled or met by a locked database"] == 0
    assert values["Appearances that were not read"] == 0
    assert all(value > 0 for name, value in values.items() if " ÷ " in name)
