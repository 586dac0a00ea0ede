"""The forms of the office's settings; a field is named as the column that it fills."""

import re
from datetime import time
from typing import Any

from wtforms import BooleanField, Field, Form, StringField, ValidationError
from wtforms.validators import AnyOf, Optional
from wtforms.widgets import TextInput

from app.domain.hours import ClockError, DayHours, HoursFault, fault_of, read_clock
from app.domain.nip import NipError, normalise_nip
from app.formatting import ZONE_NAMES
from app.models.office import CAPACITIES, PAPERS
from app.views.forms import at_most, line, one_of, squeezed

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
OWN_PREFIX = re.compile(r"(a\.?\s?n|plt|plh)\b\.?\s", re.IGNORECASE)
CLOCK = "{}: tulis seperti 07.30."
NEEDED = {
    "opens_at": "Tulis jam buka, misalnya 07.30.",
    "closes_at": "Tulis jam tutup, misalnya 16.00.",
}
FAULTS = {
    HoursFault.ORDER: ("closes_at", "Jam tutup harus sesudah jam buka."),
    HoursFault.HALF_BREAK: (
        "break_until",
        "Isi awal dan akhir istirahat, atau kosongkan keduanya.",
    ),
    HoursFault.BREAK_ORDER: ("break_until", "Akhir istirahat harus sesudah awalnya."),
    HoursFault.BREAK_OUTSIDE: ("break_from", "Istirahat harus di antara jam buka dan jam tutup."),
}


def asked(label: str, *, letters: int) -> StringField:
    """A line that may have to be filled in because another one is."""
    return StringField(label, filters=[squeezed], validators=[at_most(letters)])


class KopForm(Form):
    """The office as the head of its letters shows it."""

    government = line("Pemerintah daerah")
    name = line("Nama kantor", needed="Tulis nama kantor, seperti pada kop surat.", letters=160)
    unit = line("Bagian")
    address = line("Alamat", letters=160)
    city = line("Kota", letters=60)
    phone = line("Telepon", letters=60)
    email = line("Pos-el", letters=120)

    def validate_email(self, field: StringField) -> None:
        """An address that could be one."""
        if not EMAIL.fullmatch(field.data):
            raise ValidationError("Alamat pos-el kurang lengkap. Contoh: dinas@kalbarprov.go.id.")


class SignerForm(Form):
    """Who signs, and in which capacity."""

    signer_capacity = one_of("Bertindak sebagai", CAPACITIES, "Pilih kapasitas dari daftar.")
    signer_for = asked("Atas nama", letters=80)
    signer_post = asked("Jabatan", letters=80)
    signer_name = asked("Nama", letters=120)
    signer_rank = line("Pangkat/golongan", letters=60)
    signer_nip = StringField("NIP", filters=[squeezed], validators=[Optional()])

    def validate_signer_for(self, field: StringField) -> None:
        """Signing for somebody needs the somebody."""
        _check_post(field.data)
        if self.signer_capacity.data == "an" and not field.data:
            raise ValidationError("Tulis jabatan yang diatasnamakan, misalnya Kepala Dinas.")

    def validate_signer_post(self, field: StringField) -> None:
        """A name or a capacity needs a post."""
        _check_post(field.data)
        if not field.data and (self.signer_name.data or self.signer_capacity.data):
            raise ValidationError("Tulis jabatan penanda tangan, misalnya Sekretaris.")

    def validate_signer_name(self, field: StringField) -> None:
        """A rank or a NIP needs a name."""
        if not field.data and (self.signer_rank.data or self.signer_nip.data):
            raise ValidationError("Tulis nama penanda tangan, lengkap dengan gelarnya.")

    def validate_signer_nip(self, field: StringField) -> None:
        """Eighteen digits, kept without the spaces."""
        try:
            field.data = normalise_nip(field.data)
        except NipError:
            raise ValidationError(
                "NIP terdiri atas 18 angka. Contoh: 19750101 200003 1 002."
            ) from None


class PaperForm(Form):
    """The paper that the office prints on."""

    paper = StringField("Ukuran kertas", validators=[AnyOf(PAPERS, "Pilih ukuran kertas.")])


class ZoneForm(Form):
    """The clock that the office lives by."""

    timezone = StringField(
        "Zona waktu kantor", validators=[AnyOf(tuple(ZONE_NAMES), "Pilih zona waktu kantor.")]
    )


class ClockField(Field):
    """A time of day as people write it: 07.30."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time, if one was typed; raises ValueError with the sentence."""
        self.data: time | None = None
        text = squeezed(valuelist[0]) if valuelist else ""
        if not text:
            return
        try:
            self.data = read_clock(text)
        except ClockError:
            raise ValueError(CLOCK.format(self.label.text)) from None

    @property
    def text(self) -> str:
        """What was typed, else what is stored."""
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H.%M}" if self.data else ""


class DayForm(Form):
    """One weekday: open or not, and if so, when. Its fields' names begin with the day's number."""

    open = BooleanField("Buka", false_values=("", "0", "false"))
    opens_at = ClockField("Jam buka")
    closes_at = ClockField("Jam tutup")
    break_from = ClockField("Istirahat dari")
    break_until = ClockField("Istirahat sampai")

    def validate(self, extra_validators: Any = None) -> bool:
        """Times count on an open day only."""
        if not self.open.data:
            return True
        is_readable = super().validate(extra_validators)
        return self._has_both_ends() and is_readable and self._is_sound()

    def _has_both_ends(self) -> bool:
        """Ask for the opening and the closing time where nothing was typed."""
        missing = [name for name in NEEDED if not self[name].errors and self[name].data is None]
        for name in missing:
            self[name].errors = [NEEDED[name]]
        return not missing

    def _is_sound(self) -> bool:
        """Say what is wrong with times that can be read."""
        fault = fault_of(self.hours)
        if fault is not None:
            name, sentence = FAULTS[fault]
            self[name].errors = [sentence]
        return fault is None

    @property
    def hours(self) -> DayHours:
        """The day as it is stored; only for an open day that is sound."""
        opens, closes = self.opens_at.data, self.closes_at.data
        assert opens is not None, "asked for only when both are there"
        assert closes is not None, "asked for only when both are there"
        return DayHours(opens, closes, self.break_from.data, self.break_until.data)


def _check_post(post: str) -> None:
    if OWN_PREFIX.match(post):
        raise ValidationError(
            "Tulis jabatannya saja; a.n., Plt. atau Plh. dicetak menurut pilihan."
        )
