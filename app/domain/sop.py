"""An SOP as data: the office's steps, their performers, standards and effects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What the engine does at a step, beyond recording that it was done."""

    ISSUES_BADGE = "issues_badge"
    BY_HOST = "by_host"
    OPEN_ENDED = "open_ended"
    RETURNS_BADGE = "returns_badge"


class Field(StrEnum):
    """A kelengkapan that a step may require to be recorded (SOP, column Kelengkapan)."""

    PURPOSE = "purpose"
    DIRECTION = "direction"
    DESTINATION = "destination"


class Verdict(StrEnum):
    """What a choice may end a visit with; these are outcomes of a visit too (`events.Outcome`)."""

    DECLINED = "declined"
    RESCHEDULED = "rescheduled"


class SopError(ValueError):
    """An SOP text that cannot be used; its message names the key and what is wrong with it."""


@dataclass(frozen=True)
class Performer:
    """A column of the SOP's "Pelaksana": a role's code and the words for it.

    `recorded_by` is the role that records the steps of somebody who does not sign in, as a guest.
    """

    code: str
    name: str
    role_name: str
    recorded_by: str | None = None


@dataclass(frozen=True)
class Choice:
    """A way on from a step that decides: to another step, or to the end with a verdict.

    `word` stands on its line of the drawing. `is_added` marks a way that the application adds to
    what the office wrote.
    """

    key: str
    label: str
    word: str
    goto: str | None
    outcome: Verdict | None
    is_added: bool


@dataclass(frozen=True)
class Step:
    """One row of the SOP; `limit` is None where the SOP sets no time ("sesuai kebutuhan").

    `performer` is the column of the SOP, `role` who may record the step (see `Performer`).
    """

    number: int
    key: str
    performer: str
    role: str
    activity: str
    requirement: str
    standard: str
    limit: timedelta | None
    output: str
    requires: tuple[Field, ...]
    effects: frozenset[Effect]
    title: str
    short_title: str
    instruction: str
    instruction_running: str
    choices: tuple[Choice, ...] = ()

    def choice(self, key: str) -> Choice | None:
        """The choice of that key, or None."""
        return next((choice for choice in self.choices if choice.key == key), None)


@dataclass(frozen=True)
class Sop:
    """One version of an office's SOP."""

    code: str
    status: str
    identity: Mapping[str, Any]
    performers: tuple[Performer, ...]
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """The step of that key; raises KeyError when this SOP has none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def step_with(self, effect: Effect) -> Step | None:
        """The step that has the effect, or None."""
        return next((step for step in self.steps if effect in step.effects), None)

    def must_choose(self, step: Step) -> bool:
        """Whether the office itself made the way on one of the step's choices.

        Such a step is never just completed. Where going straight on is no choice of its own, it
        stays the plain way (`sop_drawing.choices_of` draws it so).
        """
        return any(
            not one.is_added and one.goto is not None and self.step(one.goto).number > step.number
            for one in step.choices
        )

    @property
    def returns_badge(self) -> bool:
        """Whether the visit ends with the badge's return; else its last step ends it."""
        return Effect.RETURNS_BADGE in self.steps[-1].effects

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that people hold under this SOP, in the order of its columns."""
        return tuple(one.code for one in self.performers if one.recorded_by is None)

    def performer(self, code: str) -> Performer:
        """The performer of that role code; raises KeyError when this SOP has none."""
        for performer in self.performers:
            if performer.code == code:
                return performer
        raise KeyError(code)
