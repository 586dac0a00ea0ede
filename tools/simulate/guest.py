"""One guest of the simulation: their fate, their account in the books, their own dice."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from app.operations.scanning import Recorded
from tools.simulate.books import Account
from tools.simulate.fates import Fate, Trait
from tools.simulate.office import UNITS, Office

Course = Iterator[float]  # each wait in seconds; between them the guest acts
MINUTE = 60
SHARE_LATE = 0.1  # of the steps with a standard
DESTINATIONS = (1, *UNITS)
PARTIES = {1: 75, 2: 12, 3: 8, 8: 5}
GUEST_KINDS = ("umum", "pelaku_umkm", "pengurus_koperasi", "dinas_kabkota", "dprd", "perbankan")


class Guest:
    """One visit on its way; `appointment` is the one it keeps, with its destination."""

    def __init__(
        self,
        office: Office,
        fate: Fate,
        traits: frozenset[Trait],
        *,
        appointment: tuple[int, int | None] | None = None,
    ) -> None:
        self.office, self.fate, self.traits = office, fate, traits
        self.appointment = appointment
        self.chance = Random(office.chance.getrandbits(64))
        party = self.chance.choices(list(PARTIES), weights=list(PARTIES.values()))[0]
        self.account = Account(self.chance.choice(GUEST_KINDS), party, None)
        office.books.accounts.append(self.account)

    @property
    def now(self) -> datetime:
        return self.office.now

    @property
    def badge(self) -> str:
        return str(self.account.badges[0])

    def has(self, trait: Trait) -> bool:
        return trait in self.traits

    def happens(self, odds: float) -> bool:
        return self.chance.random() < odds

    def pick(self, names: Sequence[str]) -> str:
        return self.chance.choice(names)

    def one_of(self, role: str) -> str:
        """Somebody who holds the role today."""
        return self.pick(self.office.holders(role))

    def step_time(self) -> float:
        """Seconds that a step with a standard takes."""
        if self.happens(SHARE_LATE):
            return self.chance.randint(301, 20 * MINUTE)
        return self.chance.randint(62, 300)

    def minutes(self, least: int, most: int) -> float:
        """Some minutes, in seconds."""
        return self.chance.randint(least, most) * MINUTE

    def wait_for_badge(self) -> Iterator[float]:
        """Until one hangs on the rack; its number."""
        while (number := self.office.free_badge()) is None:
            yield 2 * MINUTE
        return number

    def take(self, number: int) -> None:
        """A badge is theirs."""
        self.account.badges.append(number)
        self.office.rack[number] = "in_use"

    def hang_up(self, number: int) -> None:
        """A badge is back."""
        self.account.badges.remove(number)
        self.office.rack[number] = "available"


def expect(recorded: Recorded, *outcomes: str) -> None:
    """Stop the year when a scan comes to something else than it must."""
    assert recorded.outcome in outcomes, (recorded.outcome, recorded.reason, recorded.scan_id)
