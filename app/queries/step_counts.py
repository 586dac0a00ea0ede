"""How many guests stand at each step of an SOP now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.sop import Sop
from app.queries.visits import open_visits


@dataclass(frozen=True)
class Headcount:
    """Visits, and the people who came for them."""

    visits: int = 0
    people: int = 0

    def __add__(self, other: "Headcount") -> "Headcount":
        return Headcount(self.visits + other.visits, self.people + other.people)


@dataclass(frozen=True)
class StepCounts:
    """Who stands where; `elsewhere` are visits under an SOP with other steps (an earlier one)."""

    at_step: Mapping[str, Headcount]
    elsewhere: Headcount

    @property
    def total(self) -> Headcount:
        """Everybody at the steps of this SOP."""
        return sum(self.at_step.values(), start=Headcount())


def step_counts(session: Session, sop: Sop) -> StepCounts:
    """The open visits by the step at which they stand, those without a badge too."""
    at_step = defaultdict(Headcount, {step.key: Headcount() for step in sop.steps})
    elsewhere = Headcount()
    for view in open_visits(session):
        one = Headcount(1, view.visit.party_size)
        if view.step is not None and view.sop.steps == sop.steps:
            at_step[view.step.key] += one
        else:
            elsewhere += one
    return StepCounts(dict(at_step), elsewhere)
