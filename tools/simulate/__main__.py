"""`python -m tools.simulate`: a year of an office; exits with 1 when the books do not agree."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.cast import make_template
from tools.simulate.checking import check_invariants, differences
from tools.simulate.office import furnish, open_office
from tools.simulate.year import FIRST_DAY, Plan, live_through

MEMORY = Path("/dev/shm")  # the year is not kept, so no disk need wait for it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=Plan.days)
    parser.add_argument("--visits", type=int, default=Plan.visits_a_day, metavar="A_DAY")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    options = parser.parse_args()
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="tamu-year-", dir=where) as name:
        wrong = simulate(Path(name), Plan(options.days, options.visits, options.seed))
    sys.exit(1 if wrong else 0)


def simulate(folder: Path, plan: Plan) -> list[str]:
    """Live through the year, compare, and tell; what is wrong."""
    instance = make_template(folder / "instance")
    furnish(instance, FIRST_DAY)
    with open_office(instance, FIRST_DAY, plan.seed) as office:
        began = perf_counter()
        fates = live_through(office, plan)
        lived = perf_counter()
        check_invariants(office)
        wrong = differences(office)
    visits = sum(1 for _ in office.books.written())
    print(f"{plan.days} days, {visits} visits, {office.writes} writes, seed {plan.seed}")
    print(", ".join(f"{count} {fate}" for fate, count in fates.most_common()))
    print(f"{lived - began:.0f} s to live through, {perf_counter() - lived:.0f} s to compare")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    print("wrong" if wrong else "every invariant holds and the books agree")
    return wrong


if __name__ == "__main__":
    main()
