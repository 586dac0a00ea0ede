"""`python -m tools.soak`: ten minutes by thirty devices; exits with 1 when anything is wrong."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.cast import PASSWORD, make_template
from tools.soak.day import MINUTE_S, Plan, Report, live_through

MOST_GROWTH = 1.1
MINUTES_TO_COMPARE = 3  # below that the last minute is the second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kill-every", type=float, default=60, metavar="SECONDS")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tamu-soak-") as name:
        folder = Path(name)
        make_template(folder / "instance")
        plan = Plan(options.minutes * MINUTE_S, options.kill_every)
        report = live_through(folder, PASSWORD, plan)
    tell(report, plan)
    sys.exit(1 if report.wrong else 0)


def tell(report: Report, plan: Plan) -> None:
    """Print what came of it; a memory that grew is wrong too."""
    print(f"{report.devices} devices, {plan.seconds:.0f} s, {report.kills} kills of the server")
    print(f"{report.guests} guests led to the end, {report.scans} scans, {report.polls} polls")
    print(f"{report.cuts} connections cut in mid-request, {report.late} scans sent later")
    if plan.seconds >= MINUTES_TO_COMPARE * MINUTE_S:
        second = report.megabytes(MINUTE_S, 2 * MINUTE_S)
        last = report.megabytes(plan.seconds - MINUTE_S, plan.seconds)
        print(f"memory: {second:.0f} MB in the second minute, {last:.0f} MB in the last")
        if last > MOST_GROWTH * second:
            report.wrong.append(f"memory grew by {last / second:.2f} ×")
    for sentence in report.wrong:
        print(f"WRONG: {sentence}")
    print("wrong" if report.wrong else "nothing lost, nothing doubled")


if __name__ == "__main__":
    main()
