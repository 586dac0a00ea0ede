"""`python -m tools.simulate`: a year of an office; exits with 1 when the books do not agree."""

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter

from tools.simulate.fates import Fate
from tools.simulate.parts import Part, live_through_parts
from tools.simulate.year import Plan

MEMORY = Path("/dev/shm")  # the year is not kept, so no disk need wait for it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=Plan.days)
    parser.add_argument("--visits", type=int, default=Plan.visits_a_day, metavar="A_DAY")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--parts", type=int, default=os.cpu_count() or 1, metavar="PROCESSES")
    options = parser.parse_args()
    plan = Plan(options.days, options.visits, options.seed)
    began = perf_counter()
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="tamu-year-", dir=where) as name:
        parts = live_through_parts(Path(name), plan, options.parts)
    tell(parts, plan, perf_counter() - began)
    sys.exit(1 if any(part.wrong for part in parts) else 0)


def tell(parts: list[Part], plan: Plan, seconds: float) -> None:
    """Print what the year came to, and what is wrong with it."""
    visits, writes = sum(part.visits for part in parts), sum(part.writes for part in parts)
    print(f"{plan.days} days in {len(parts)} parts, {visits} visits, {writes} writes", end="")
    print(f", seed {plan.seed}: {seconds:.0f} s")
    fates = sum((part.fates for part in parts), start=Counter[Fate]())
    print(", ".join(f"{count} {fate}" for fate, count in fates.most_common()))
    wrong = [sentence for part in parts for sentence in part.wrong]
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    print("wrong" if wrong else "every invariant holds and the books agree")


if __name__ == "__main__":
    main()
