"""Acts scripts out through the operations themselves, moment after moment."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from app.domain.sop import Sop
from app.extensions import db
from app.operations.scanning import IncomingScan, record_scan
from app.operations.visits import cancel_entry, open_visit
from app.queries.badges import PrintedBadge, highest_number, printed_badges
from app.sample.scripts import Move, Script


def act_out(scripts: Iterable[Script], *, sop: Sop, sop_sha256: str, key: bytes) -> None:
    """Do everything the scripts say, in the order in which it happens at the desks."""
    guests = [_Guest(script, sop, sop_sha256, key) for script in scripts]
    moments = ((at, guest, move) for guest in guests for at, move in guest.moments())
    for at, guest, move in sorted(moments, key=lambda moment: moment[0]):
        guest.go_on(at, move)


class _Guest:
    """One visit on its way; the badge is the first free one when it is handed over."""

    def __init__(self, script: Script, sop: Sop, sop_sha256: str, key: bytes) -> None:
        self.script, self.sop, self.sop_sha256, self.key = script, sop, sop_sha256, key
        self.label = ""
        self.badge: PrintedBadge | None = None

    def moments(self) -> Iterator[tuple[datetime, Move | None]]:
        """When something happens; by no move, the entry is written or cancelled."""
        yield self.script.saved_at, None
        for move in self.script.moves:
            yield move.at, move
        if self.script.cancelling is not None:
            yield self.script.cancelling.at, None

    def go_on(self, at: datetime, move: Move | None) -> None:
        """Do what is due."""
        if move is not None:
            self._scan(at, move)
        elif self.label:
            self._cancel()
        else:
            self._open(at)

    def _open(self, at: datetime) -> None:
        self.label = open_visit(
            self.script.entry,
            officer=self.script.registrar,
            sop_sha256=self.sop_sha256,
            nonce=self.script.entry_nonce,
            arrived_at=self.script.opened_at,
            at=at,
        ).label

    def _cancel(self) -> None:
        cancelling = self.script.cancelling
        assert cancelling is not None, "nothing else happens without a move"
        officer, reason = cancelling.officer, cancelling.reason
        cancel_entry(self.label, reason=reason, officer=officer, at=cancelling.at)

    def _scan(self, at: datetime, move: Move) -> None:
        content = None if move.method == "tap" else self._content(move.method)
        incoming = IncomingScan(
            move.nonce, move.method, content, self.label, move.answers, move.client_at
        )
        record_scan(incoming, officer=move.officer, sop=self.sop, at=at, key=self.key)

    def _content(self, method: str) -> str:
        if self.badge is None:
            badges = printed_badges(db.session(), 1, highest_number(db.session()))
            self.badge = next(badge for badge in badges if badge.state == "available")
        return str(self.badge.number) if method == "typed" else self.badge.code
