"""What the forms that put a record right ask for: the guest's data, a time, a reason."""

from wtforms import Form, StringField
from wtforms.validators import Optional

from app.views.forms import at_most, check_phone, line, squeezed

WHY = "Tulis alasan perbaikan, singkat saja."


class GuestForm(Form):
    """The guest's data as they should have been."""

    name = line("Nama", needed="Tulis nama tamu, seperti yang disebutkannya.")
    origin = line("Asal", needed="Tulis asal tamu: nama instansi, atau “perorangan”.", letters=160)
    position = line("Jabatan")
    phone = StringField("No. HP", filters=[squeezed], validators=[Optional(), at_most(40)])
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
