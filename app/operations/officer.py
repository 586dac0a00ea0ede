"""The person who acts, as an operation needs to know them."""

from dataclasses import dataclass

from app.domain.decisions import Actor
from app.domain.permissions import ADMIN
from app.domain.sop import Sop


@dataclass(frozen=True)
class Officer:
    """A signed-in person with the name and roles of this moment."""

    person_id: int
    name: str
    roles: frozenset[str]

    @property
    def actor(self) -> Actor:
        """The person as the rules need it."""
        return Actor(self.person_id, self.roles)

    def post_in(self, sop: Sop) -> str:
        """The post to record when no step names one: the first of the SOP's that is held."""
        for performer in sop.performers:
            if performer.code in self.roles:
                return performer.name
        return "Admin" if ADMIN in self.roles else "Pegawai"
