"""The person who acts, as an operation needs to know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.decision import Actor
from app.domain.permissions import ADMIN
from app.domain.sop import Sop


@dataclass(frozen=True)
class Officer:
    """A signed-in person with the name and roles of this moment.

    `acting_as` says of the roles held for somebody else in which capacity that is ("Plh.").
    """

    person_id: int
    name: str
    roles: frozenset[str]
    acting_as: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The person as the rules need it."""
        return Actor(self.person_id, self.roles)

    def post_as(self, sop: Sop, role: str) -> str:
        """The post under which this role's acts are recorded: "Plh. Sekretaris" for a deputy."""
        post = sop.performer(role).name
        return f"{self.acting_as[role]} {post}" if role in self.acting_as else post

    def role_in(self, sop: Sop) -> str:
        """The role to record when no step names one; none when nothing is held any more."""
        own = next((role for role in sop.roles if role in self.roles), "")
        return own or (ADMIN if ADMIN in self.roles else "")

    def post_in(self, sop: Sop) -> str:
        """The post to record when no step names one: the first of the SOP's that is held."""
        for role in sop.roles:
            if role in self.roles:
                return self.post_as(sop, role)
        return "Admin" if ADMIN in self.roles else "Pegawai"
