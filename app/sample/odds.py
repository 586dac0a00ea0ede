"""Picking one of several things, some more often than others."""

from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Odds(Generic[Thing]):
    """Things with their weights, added up once."""

    def __init__(self, weights: Mapping[Thing, float]) -> None:
        self._things = tuple(weights)
        self._upto = tuple(accumulate(weights.values()))

    def pick(self, rng: Random) -> Thing:
        """One of them."""
        return rng.choices(self._things, cum_weights=self._upto)[0]
