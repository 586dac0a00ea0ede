"""The forms of the app: what is read from each, and the sentence for each thing that is wrong."""

import re
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.domain.phone import PhoneError, normalise_phone
from app.passwords import LONGEST, SHORTEST
from app.phrases import GUEST_KINDS, IDENTITY_KINDS

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
NIK = re.compile(r"(?<!\d)\d{16}(?!\d)")
HIGHEST_BADGE = 9999
MOST_BADGES = 1000


def submitted() -> MultiDict[str, str] | None:
    """What was sent with this request; None on a GET, so that a form shows what is stored."""
    return request.form if request.method == "POST" else None


def squeezed(text: str | None) -> str:
    """The text without spaces around it, and single spaces within."""
    return " ".join((text or "").split())


def trimmed(text: str | None) -> str:
    """The text without spaces around it."""
    return (text or "").replace("\x00", "").strip()


def required(sentence: str) -> list[Any]:
    """A field that must say something, with the sentence that asks for it."""
    return [InputRequired(sentence)]


def at_most(letters: int) -> Length:
    """A limit of length, with its sentence."""
    return Length(
        max=letters, message=f"Terlalu panjang. Ringkas menjadi paling banyak {letters} huruf."
    )


def line(label: str, *, needed: str = "", letters: int = 120) -> StringField:
    """One line of text; `needed` is the sentence when it must not stay empty."""
    validators = [InputRequired(needed)] if needed else [Optional()]
    return StringField(label, filters=[squeezed], validators=[*validators, at_most(letters)])


class GuestBookForm(Form):
    """The guest book (SOP step 1): only name and origin are required."""

    name = line("Nama", needed="Tulis nama tamu, seperti yang disebutkannya.")
    origin = line("Asal", needed="Tulis asal tamu: nama instansi, atau “perorangan”.", letters=160)
    position = line("Jabatan")
    phone = StringField("No. HP", filters=[squeezed], validators=[Optional(), at_most(40)])
    guest_kind = SelectField("Jenis tamu", choices=list(GUEST_KINDS.items()), default="umum")
    purpose = TextAreaField("Keperluan", filters=[trimmed], validators=[Optional(), at_most(500)])
    destination = StringField("Tujuan", filters=[squeezed], validators=[Optional()])
    party_size = IntegerField(
        "Jumlah orang",
        default=1,
        validators=[
            Optional(),
            NumberRange(1, 999, "Tulis jumlah orang dengan angka, dari 1 sampai 999."),
        ],
    )
    identity_kind = SelectField(
        "Identitas yang ditunjukkan",
        choices=[("", "Belum diminta"), *IDENTITY_KINDS.items()],
        default="",
    )
    identity_shown = BooleanField(
        "Sudah ditunjukkan dan dikembalikan", false_values=("", "0", "false")
    )

    def validate_phone(self, field: StringField) -> None:
        """The number must be whole, if there is one."""
        try:
            normalise_phone(field.data or "")
        except PhoneError:
            raise ValidationError("Nomor HP kurang lengkap. Contoh: 0812-3456-7890.") from None

    def validate_guest_kind(self, field: SelectField) -> None:
        """An empty choice means the general kind."""
        field.data = field.data or "umum"


class PersonForm(Form):
    """What an admin writes about a person."""

    name = line("Nama lengkap", needed="Tulis nama lengkap petugas.")
    nip = line("NIP", letters=30)
    roles = SelectMultipleField("Peran", choices=[])
    active = BooleanField("Aktif", false_values=("", "0", "false"))


class NewPersonForm(PersonForm):
    """A new account: as above, with the name to sign in with and a first password."""

    username = StringField(
        "Nama pengguna",
        filters=[lambda text: trimmed(text).lower()],
        validators=required("Tulis nama pengguna, misalnya nama depan."),
    )
    password = PasswordField("Kata sandi pertama")

    def validate_username(self, field: StringField) -> None:
        """Letters, digits, dot, dash: what everybody can type."""
        check_username(field.data or "")

    def validate_password(self, field: PasswordField) -> None:
        """Long enough."""
        check_password(field.data or "")


class PasswordForm(Form):
    """One's own new password, or one that an admin gives."""

    current = PasswordField("Kata sandi sekarang")
    password = PasswordField("Kata sandi baru")
    again = PasswordField("Ulangi kata sandi baru")

    def validate_password(self, field: PasswordField) -> None:
        """Long enough."""
        check_password(field.data or "")

    def validate_again(self, field: PasswordField) -> None:
        """The same twice."""
        if field.data != self.password.data:
            raise ValidationError("Kedua kata sandi belum sama. Ketik ulang keduanya.")


class UnitForm(Form):
    """A destination and who receives there."""

    name = line("Nama unit", needed="Tulis nama unit atau tujuan, misalnya Bidang Koperasi.")
    post = line("Jabatan penerima", letters=80)
    hosts = SelectMultipleField("Penerima tamu", choices=[])
    assistants = SelectMultipleField("Ajudan", choices=[])
    is_default = BooleanField("Tujuan utama", false_values=("", "0", "false"))
    active = BooleanField("Aktif", false_values=("", "0", "false"))


class BadgeRangeForm(Form):
    """A range of badge numbers."""

    first = IntegerField("Dari nomor", validators=required("Tulis nomor pertama dengan angka."))
    last = IntegerField("Sampai nomor", validators=required("Tulis nomor terakhir dengan angka."))

    def validate_last(self, field: IntegerField) -> None:
        """A sensible range, in order."""
        first, last = self.first.data, field.data
        if first is None or last is None:
            return
        if not 1 <= first <= last <= HIGHEST_BADGE:
            raise ValidationError(
                f"Nomor berurutan dari 1 sampai {HIGHEST_BADGE}, yang terakhir tidak lebih kecil."
            )
        if last - first >= MOST_BADGES:
            raise ValidationError("Paling banyak 1.000 tanda pengenal sekaligus.")


def check_username(username: str) -> None:
    """Raise ValidationError for a name nobody could sign in with."""
    if not USERNAME.fullmatch(username):
        raise ValidationError(
            "Pakai 2 sampai 32 huruf kecil, angka, titik, atau tanda hubung, tanpa spasi."
        )


def check_password(password: str) -> None:
    """Raise ValidationError for a password that is too short or far too long."""
    if len(password) < SHORTEST:
        raise ValidationError(
            f"Paling sedikit {SHORTEST} karakter. Kalimat pendek lebih mudah diingat."
        )
    if len(password) > LONGEST:
        raise ValidationError(f"Paling banyak {LONGEST} karakter.")


def first_errors(form: Form) -> dict[str, str]:
    """The first sentence for each field that needs mending."""
    return {field.name: str(field.errors[0]) for field in form if field.errors}
