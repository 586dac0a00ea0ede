"""Measures what the product promises of its speed, in ratios taken in one run (`make bench`)."""

import argparse
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from benchmarks import camera, crowd, growth, polling, scan_cost, sheets
from benchmarks.desks import shared
from benchmarks.figures import FULL, QUICK, Figure
from benchmarks.machine import description
from benchmarks.offices import RECENT, office_with

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
KEPT_IN = HERE.parent / ".bench"
BEGIN, END = "<!-- measured: {} -->", "<!-- end of {} -->"
tell = partial(print, flush=True)


def main() -> None:
    """Measure, print each figure as it comes, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=100_000, help="past visits of the big office")
    parser.add_argument("--quick", action="store_true", help="try everything, measure little")
    parser.add_argument("--only", default="", help="part of a benchmark's name")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help="folder for made offices")
    options = parser.parse_args()
    figures = []
    for figure in measure(options):
        tell(line(figure))
        figures.append(figure)
    if not options.only:
        write(options.results, options.visits, figures)


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    """All figures, one benchmark after the other."""
    small = office_with(RECENT, options.kept_in, tell)
    big = office_with(options.visits, options.kept_in, tell)
    benchmarks = {
        "scan_cost": partial(scan_cost.measure, big),
        "crowd": partial(crowd.measure, big),
        "growth": partial(growth.measure, big, small, visits=options.visits),
        "polling": partial(polling.measure, big),
        "camera": partial(camera.measure, big),
        "sheets": sheets.measure,
    }
    effort = QUICK if options.quick else FULL
    with shared(big) if options.quick else nullcontext():
        for name, benchmark in benchmarks.items():
            if options.only in name:
                yield from benchmark(effort=effort)


def line(figure: Figure) -> str:
    """The figure as a row of the results."""
    value, aim, kept = f"{figure.value:.3g} {figure.unit}".strip(), "", ""
    if figure.aim is not None:
        aim = f"≤ {figure.aim:g} {figure.unit}".strip()
        kept = "yes" if figure.is_met else "**no**"
    return f"| {figure.name} | {value} | {aim} | {kept} | {figure.detail} |"


def write(path: Path, visits: int, figures: list[Figure]) -> None:
    """Put the table of this size into the results; the words around it and other sizes stay."""
    title = f"{visits:,} past visits"
    begin, end = BEGIN.format(title), END.format(title)
    table = ["| What | Measured | Aim | Kept | Of what |", "|---|---|---|---|---|"]
    facts = [f"- {fact}" for fact in description()]
    part = "\n".join([begin, f"## {title}", "", *facts, "", *table, *map(line, figures), end])
    text = path.read_text(encoding="utf-8") if path.exists() else "# Results\n"
    if begin in text:
        before, _, rest = text.partition(begin)
        text = before + part + rest.partition(end)[2]
    else:
        text = f"{text.rstrip()}\n\n{part}\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
