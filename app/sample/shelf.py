"""Which badge each guest of a day carries: the lowest number that is free at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush

from app.sample.scripts import Script
from app.sample.words import NO_BADGE_LEFT


@dataclass
class Card:
    """A badge: its live code, its place among the badges, and how many moves its log holds."""

    badge_id: int
    code: str
    place: int
    moves: int


def given_badges(
    scripts: Sequence[Script], cards: Sequence[Card]
) -> list[tuple[Script, Card | None]]:
    """Each visit with its badge; a guest for whom there is none left is sent away."""
    free = [card.place for card in cards]
    heapify(free)
    out: list[tuple[datetime, int]] = []
    given: list[tuple[Script, Card | None]] = [(script, None) for script in scripts]
    for index in sorted(_with_badge(scripts), key=lambda index: _issued_at(scripts[index])):
        script = scripts[index]
        while out and out[0][0] < _issued_at(script):
            heappush(free, heappop(out)[1])
        if not free:
            given[index] = (script.without_badge(NO_BADGE_LEFT), None)
            continue
        place = heappop(free)
        heappush(out, (script.ends_at, place))
        given[index] = (script, cards[place])
    return given


def _with_badge(scripts: Sequence[Script]) -> list[int]:
    return [index for index, script in enumerate(scripts) if script.stages]


def _issued_at(script: Script) -> datetime:
    return script.stages[0][0].at
