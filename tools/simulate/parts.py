"""The year in parts, one after the other in time, lived through side by side: one a process."""

import gc
import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from tests.cast import copy_instance, make_template
from tools.simulate.checking import check_invariants, differences
from tools.simulate.fates import Fate
from tools.simulate.office import furnish, open_office
from tools.simulate.year import FIRST_DAY, Plan, live_through, working_days


@dataclass(frozen=True)
class Part:
    """What a span of the year came to; `wrong` has a sentence for each thing that is."""

    visits: int
    writes: int
    fates: Counter[Fate]
    wrong: list[str] = field(default_factory=list)


def live_through_parts(folder: Path, plan: Plan, parts: int) -> list[Part]:
    """Live through the whole plan in as many processes; each part has an office of its own."""
    instance = make_template(folder / "instance")
    furnish(instance, FIRST_DAY)
    spans = part_into(plan, parts)
    homes = [copy_instance(instance, folder / f"part-{number}") for number in range(len(spans))]
    # Spawned, not forked: no connection or lock of this process is taken along.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(spans), mp_context=context) as pool:
        return list(pool.map(live_through_part, homes, spans))


def part_into(plan: Plan, parts: int) -> list[Plan]:
    """Spans of days that make up the plan, each with a seed of its own."""
    days = list(working_days(plan.days, plan.first_day))
    ends = [len(days) * number // parts for number in range(parts + 1)]
    return [
        replace(plan, days=end - start, first_day=days[start], seed=plan.seed * parts + number)
        for number, (start, end) in enumerate(pairwise(ends))
        if start < end
    ]


def live_through_part(instance: Path, plan: Plan) -> Part:
    """Live through a span of days, then hold the record against the books."""
    gc.disable()  # what lives here lives until the process ends; the little else can wait for that
    with open_office(instance, plan.first_day, plan.seed) as office:
        fates = live_through(office, plan)
        wrong = differences(office)
        try:
            check_invariants(office)
        except AssertionError as broken:
            wrong.append(f"an invariant is broken: {broken}")
        visits = sum(1 for _ in office.books.written())
        return Part(visits, office.writes, fates, wrong)
