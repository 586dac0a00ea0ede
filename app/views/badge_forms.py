"""What the forms about badges ask for: a move and its reason, another card, a time of leaving."""

from wtforms import Form, StringField, ValidationError
from wtforms.validators import Optional

from app.domain.badge_life import Move
from app.domain.codes import BadgeCode, BadgeNumber, read_content
from app.extensions import Session
from app.models.badge import Badge
from app.queries.badges import code_row
from app.views.forms import line, squeezed

WHY = "Tulis alasannya, singkat saja."
WHICH = "Tulis nomor yang tercetak di kartu, atau pindai kartunya."
WHEN = "Tulis tanggal dan jam, misalnya 24/11/2026 15.20."
GONE_MOVES = (Move.LOSE, Move.BREAK)


class ReasonForm(Form):
    """Why."""

    reason = line("Alasan", needed=WHY, letters=200)


class StockMoveForm(ReasonForm):
    """A move of a badge that is in nobody's hands."""

    move = StringField("Yang terjadi", filters=[squeezed])

    def validate_move(self, field: StringField) -> None:
        """One of the moves that there are."""
        if field.data not in list(Move):
            raise ValidationError("Pilih yang terjadi dengan kartu ini.")


class GoneForm(ReasonForm):
    """A badge that was lost or damaged in mid-visit, and the one that takes its place."""

    number = line("Kartu", needed=WHICH)
    how = StringField("Yang terjadi", filters=[squeezed])
    replacement = line("Kartu pengganti")

    def validate_how(self, field: StringField) -> None:
        """Lost or damaged."""
        if field.data not in GONE_MOVES:
            raise ValidationError("Pilih hilang atau rusak.")


class SwapForm(ReasonForm):
    """The badge of this visit, and the one that its guest carries in truth."""

    number = line("Kartu", needed=WHICH)
    other = line("Tertukar dengan kartu", needed=WHICH)


class LeaveForm(Form):
    """When a guest is thought to have left; `number` for one card of several."""

    number = line("Kartu")
    left_at = StringField("Perkiraan waktu pulang", filters=[squeezed], validators=[Optional()])
    reason = line("Keterangan", letters=200)


def read_number(session: Session, text: str) -> int | None:
    """The number of the badge that was typed or scanned; None when it is none of ours."""
    match read_content(text):
        case BadgeNumber(value):
            return value
        case BadgeCode(value):
            row = code_row(session, value)
            return session.get_one(Badge, row.badge_id).number if row else None
        case _:
            return None
