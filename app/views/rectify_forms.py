"""What the forms that put a record right ask for: the guest's data, a time, a reason."""

from wtforms import BooleanField, Form, StringField
from wtforms.validators import NumberRange, Optional

from app.phrases import GUEST_KINDS, IDENTITY_KINDS, PRIORITIES
from app.views.forms import (
    HOW_MANY,
    WholeNumberField,
    at_most,
    check_phone,
    line,
    one_of,
    squeezed,
)

WHY = "Tulis alasan perbaikan, singkat saja."


class GuestForm(Form):
    """The guest's data as they should have been."""

    name = line("Nama", needed="Tulis nama tamu, seperti yang disebutkannya.")
    origin = line("Asal", needed="Tulis asal tamu: nama instansi, atau “perorangan”.", letters=160)
    position = line("Jabatan")
    phone = StringField("No. HP", filters=[squeezed], validators=[Optional(), at_most(40)])
    guest_kind = one_of("Jenis tamu", GUEST_KINDS, "Pilih jenis tamu dari daftar.", "umum")
    party_size = WholeNumberField(
        "Jumlah orang", HOW_MANY, validators=[Optional(), NumberRange(1, 999, HOW_MANY)]
    )
    identity_kind = one_of("Identitas", IDENTITY_KINDS, "Pilih jenis identitas dari daftar.")
    identity_shown = BooleanField("Sudah ditunjukkan", false_values=("", "0", "false"))
    priority = one_of("Didahulukan", PRIORITIES, "Pilih dari daftar, atau kosongkan.")
    reason = line("Alasan", needed=WHY, letters=200)

    def validate_phone(self, field: StringField) -> None:
        """The number must be whole, if there is one."""
        check_phone(field.data or "")


class TimeForm(Form):
    """Which time, what it should be, and why."""

    seq = StringField("Waktu", filters=[squeezed])
    right = StringField("Waktu yang benar", filters=[squeezed])
    reason = line("Alasan", needed=WHY, letters=200)


class ReopenForm(Form):
    """Why a closed visit is opened again."""

    reason = line("Alasan", needed=WHY, letters=200)
