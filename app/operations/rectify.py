"""Put right what was recorded, by new events: undo, correct times and data, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.badge_life import BadgeState, Move
from app.domain.decision import Draft
from app.domain.events import Event, EventKind, Note
from app.domain.progress import fold
from app.domain.rectify import (
    Batch,
    Unfit,
    check_time,
    reopening,
    undoable,
    written_together,
)
from app.operations.appointments import drop_appointments
from app.operations.badges import ENDED_AS, end_loan, issue
from app.operations.log import Authorship, add_text, append, drafted, put_right
from app.operations.officer import Officer
from app.operations.transaction import retrying, write
from app.operations.visits import DROP_OFF
from app.queries.loans import LoanRow, latest_move, loans_of_visit
from app.queries.office import office
from app.queries.visits import VisitView, log_events, view_by_label

OF_GUEST = ("name", "origin", "position", "phone", "identity_kind", "identity_shown")
OF_VISIT = ("guest_kind", "priority", "party_size")
SHOWN = "1"  # the identity was shown
BECAME = " > "  # between the code before and the one that stands


class NotRectified(Exception):
    """It is not put right; `why` says what stands against it."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Record:
    """A visit with its whole log, inside a transaction."""

    session: Session
    view: VisitView
    log: list[Event]
    by: Authorship

    def write(self, drafts: list[Draft]) -> None:
        """Append the events; the whole log is folded anew."""
        progress = self.view.progress
        events = drafted(progress, drafts, self.by)
        append(self.session, self.view.visit.id, self.view.sop, progress, events, self.by)


def undo_own(label: str, *, officer: Officer, at: datetime) -> None:
    """Undo one's own last scan or tap on a visit, within 15 minutes.

    A badge that it handed out or took back goes back to where it was, unless it has moved on.
    Raises NotRectified.
    """

    def attempt() -> None:
        with write() as session:
            record = _record(session, label, officer, at)
            batch = undoable(record.log, actor_id=officer.person_id, at=at)
            if isinstance(batch, Unfit):
                raise NotRectified(batch)
            _move_badges_back(record, batch, officer, at)
            _drop_appointments(record, batch, at)
            record.write(_undoing(batch))

    retrying(attempt)


def reopen_visit(
    label: str, *, reason: str, officer: Officer, at: datetime, before_verdict: bool = False
) -> None:
    """Open a visit again that was closed by mistake, where it stood before that.

    `before_verdict` takes a verdict back too, of a visit that is still open as well. Its badges
    stay where they are now: the front desk hands one out again. Raises NotRectified.
    """

    def attempt() -> None:
        with write() as session:
            record = _record(session, label, officer, at)
            if record.view.visit.late_entry:  # its close was part of one stroke, the whole visit
                raise NotRectified(Unfit.LATE_ENTRY)
            batch = reopening(record.log, before_verdict=before_verdict)
            if record.view.visit.kind == DROP_OFF:
                batch = Unfit.NOT_CLOSED  # documents were never under way
            if isinstance(batch, Unfit):
                raise NotRectified(batch)
            add_text(session, record.view.visit.id, "reopen_reason", reason, record.by)
            _drop_appointments(record, batch, at)
            reopened = [Draft(EventKind.REOPENED)] if record.view.progress.is_closed else []
            record.write([*reopened, *_undoing(batch)])

    retrying(attempt)


def correct_time(
    label: str, seq: int, right: datetime, *, reason: str, officer: Officer, at: datetime
) -> None:
    """Put right when something happened; both times stay in the record. Raises NotRectified."""

    def attempt() -> None:
        with write() as session:
            record = _record(session, label, officer, at)
            unfit = check_time(record.log, seq, right, at=at)
            if unfit is not None:
                raise NotRectified(unfit)
            add_text(session, record.view.visit.id, "time_reason", reason, record.by)
            record.write(
                [
                    Draft(
                        EventKind.CORRECTED,
                        reason_code=Note.TIME,
                        corrects=one,
                        corrected_to=right,
                    )
                    for one in written_together(record.log, seq)
                ]
            )
            _move_arrival(session, record.view.visit.id)

    retrying(attempt)


def correct_guest(
    label: str, words: Mapping[str, str], *, reason: str, officer: Officer, at: datetime
) -> bool:
    """Put right what was written of the guest, of a closed visit too; the earlier words stay.

    `words` has the new ones by field (see `OF_GUEST`, `OF_VISIT`). Returns whether anything
    differed. Raises NotRectified.
    """

    def attempt() -> bool:
        with write() as session:
            record = _record(session, label, officer, at)
            changed = {
                field: value
                for field, value in words.items()
                if value != standing_words(record.view, field)
            }
            if not changed:
                return False
            for field, value in changed.items():
                _put_right(record, field, value)
            add_text(session, record.view.visit.id, "guest_reason", reason, record.by)
            record.write([Draft(EventKind.CORRECTED, reason_code=Note.GUEST)])
            return True

    return retrying(attempt)


def standing_words(view: VisitView, field: str) -> str:
    """What is on record of the guest for a field that may be put right."""
    if field in OF_VISIT:
        return str(getattr(view.visit, field))
    said = view.said(field) or ""
    return SHOWN if said and field == "identity_shown" else said


def _put_right(record: Record, field: str, value: str) -> None:
    """Keep the right words; a column of the visit takes them, its text has those before too."""
    visit, text = record.view.visit, value
    if field == "party_size":
        text = f"{visit.party_size} orang menjadi {value} orang"
        put_right(record.session, visit.id, party_size=int(value))
    elif field in OF_VISIT:
        text = f"{getattr(visit, field)}{BECAME}{value}"
        put_right(record.session, visit.id, **{field: value})
    add_text(record.session, visit.id, field, text, record.by)


def _record(session: Session, label: str, officer: Officer, at: datetime) -> Record:
    view = view_by_label(session, label)
    if view is None:
        raise NotRectified(Unfit.NO_SUCH_VISIT)
    by = Authorship(officer, officer.role_in(view.sop), officer.post_in(view.sop), at)
    return Record(session, view, log_events(session, view.visit.id), by)


def _undoing(batch: Batch) -> list[Draft]:
    return [Draft(EventKind.UNDONE, undoes=seq) for seq in reversed(batch.seqs)]


def _move_badges_back(record: Record, batch: Batch, officer: Officer, at: datetime) -> None:
    """Each badge once, though two may have changed hands at one instant."""
    loans = loans_of_visit(record.session, record.view.visit.id)
    for kind, then in dict.fromkeys((event.kind, event.occurred_at) for event in batch.events):
        if kind is EventKind.ISSUED:
            _take_back(record, [loan for loan in loans if loan.issued_at == then], officer, at)
        elif kind is EventKind.RETURNED:
            back = [
                loan
                for loan in loans
                if loan.ended_as == ENDED_AS[Move.RETURN] and loan.ended_at == then
            ]
            _hand_out_again(record, back, officer, at)


def _take_back(record: Record, loans: list[LoanRow], officer: Officer, at: datetime) -> None:
    """The badge that was handed out by mistake is free again."""
    if not loans or any(loan.ended_at is not None for loan in loans):
        raise NotRectified(Unfit.BADGE_MOVED_ON)
    for loan in loans:
        end_loan(record.session, loan, Move.RETURN, officer=officer, at=at, reason="diurungkan")


def _hand_out_again(record: Record, loans: list[LoanRow], officer: Officer, at: datetime) -> None:
    """The badge that was taken back by mistake is the guest's again."""
    if not loans:
        raise NotRectified(Unfit.BY_FORM)  # one that had been missing and turned up
    for loan in loans:
        is_where_it_was = latest_move(record.session, loan.badge.id).loan_id == loan.id
        if loan.badge.state is not BadgeState.AVAILABLE or not is_where_it_was:
            raise NotRectified(Unfit.BADGE_MOVED_ON)
        issue(record.session, loan.badge, record.view.visit.id, officer, at)


def _drop_appointments(record: Record, batch: Batch, at: datetime) -> None:
    if batch.holds(EventKind.RESCHEDULED):
        drop_appointments(record.session, record.view.visit.id, at)


def _move_arrival(session: Session, visit_id: int) -> None:
    """Bring the columns by which a visit is found by day in line with its arrival as it stands."""
    own_office = office(session)
    assert own_office is not None, "the set-up comes before the first guest"
    arrived_at = fold(log_events(session, visit_id)).arrived_at
    assert arrived_at is not None, "every visit has an arrival"
    local = arrived_at.astimezone(ZoneInfo(own_office.timezone))
    put_right(
        session,
        visit_id,
        arrived_at=arrived_at,
        arrived_on=local.date(),
        arrived_hour=local.hour,
    )
