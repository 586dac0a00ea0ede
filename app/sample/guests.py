"""One made-up guest as the front desk writes them into the book."""

from collections.abc import Sequence
from random import Random

from app.operations.guest_entries import GuestEntry
from app.sample.odds import Odds
from app.sample.words import CIRCLES, FIRST_NAMES, LAST_NAMES, Circle

KINDS = Odds({kind: circle.weight for kind, circle in CIRCLES.items()})
PARTIES = Odds({1: 58, 2: 20, 3: 9, 4: 5, 5: 3, 6: 2, 7: 2, 8: 1})
IDENTITIES: Odds[str | None] = Odds({
    "ktp": 66, "kartu_pegawai": 12, "sim": 9, "surat_tugas": 5, None: 4, "tanpa_identitas": 3,
    "paspor": 1,
})  # fmt: skip
ONE_WORD_NAMES = 0.22
WITH_PHONE = 0.7
WITH_PURPOSE = 0.65
WITH_DESTINATION = 0.6
WITH_POSITION = 0.7
TO_THE_FIRST_UNIT = 0.45


def guest(rng: Random, unit_ids: Sequence[int]) -> GuestEntry:
    """A guest; the first unit is the one most of them ask for."""
    kind = KINDS.pick(rng)
    circle = CIRCLES[kind]
    identity = IDENTITIES.pick(rng)
    return GuestEntry(
        name=_name(rng),
        origin=rng.choice(circle.origins),
        position=_position(rng, circle),
        phone=f"+62811{rng.randrange(10**6):07d}" if rng.random() < WITH_PHONE else None,
        guest_kind=kind,
        purpose=purpose(rng, kind) if rng.random() < WITH_PURPOSE else None,
        destination_id=destination(rng, unit_ids) if rng.random() < WITH_DESTINATION else None,
        party_size=PARTIES.pick(rng),
        identity_kind=identity,
        identity_shown=identity not in {None, "tanpa_identitas"},
    )


def purpose(rng: Random, guest_kind: str) -> str:
    """What a guest of that kind comes for."""
    return rng.choice(CIRCLES[guest_kind].purposes)


def destination(rng: Random, unit_ids: Sequence[int]) -> int:
    """A destination: nearly half go to the first one."""
    goes_to_first = rng.random() < TO_THE_FIRST_UNIT
    return unit_ids[0] if goes_to_first else rng.choice(unit_ids[1:] or unit_ids)


def _name(rng: Random) -> str:
    first = rng.choice(FIRST_NAMES)
    return first if rng.random() < ONE_WORD_NAMES else f"{first} {rng.choice(LAST_NAMES)}"


def _position(rng: Random, circle: Circle) -> str | None:
    has_one = circle.positions and rng.random() < WITH_POSITION
    return rng.choice(circle.positions) if has_one else None
