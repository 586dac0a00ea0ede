"""The forms of the app: what is read from each, and the sentence for each thing that is wrong."""

import re
from collections.abc import Collection
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from app.domain.phone import PhoneError, normalise_phone
from app.passwords import LONGEST, SHORTEST
from app.phrases import GUEST_KINDS, IDENTITY_KINDS, PRIORITIES

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
INVISIBLE = re.compile("[\x00\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # they turn a line around
NIK = re.compile(r"(?<!\d)\d{16}(?!\d)")
HIGHEST_BADGE = 9999
WITHOUT_IDENTITY = "tanpa_identitas"
MOST_BADGES = 1000
HOW_MANY = "Tulis jumlah orang dengan angka, dari 1 sampai 999."
FIRST_NUMBER = "Tulis nomor pertama dengan angka."
LAST_NUMBER = "Tulis nomor terakhir dengan angka."


def submitted() -> MultiDict[str, str] | None:
    """What was sent with this request; None on a GET, so that a form shows what is stored."""
    return request.form if request.method == "POST" else None


def squeezed(text: str | None) -> str:
    """The text without spaces around it, and single spaces within."""
    return " ".join(INVISIBLE.sub("", text or "").split())


def trimmed(text: str | None) -> str:
    """The text without spaces around it; a line's end counts as one letter, as in the browser."""
    return INVISIBLE.sub("", text or "").replace("\r\n", "\n").strip()


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
    validators = [DataRequired(needed)] if needed else [Optional()]
    return StringField(label, filters=[squeezed], validators=[*validators, at_most(letters)])


def one_of(label: str, codes: Collection[str], sentence: str, default: str = "") -> StringField:
    """A choice from a list of codes; an empty one means the default."""
    pick = [lambda text: squeezed(text) or default]
    return StringField(label, filters=pick, validators=[Optional(), AnyOf(codes, sentence)])


class CodesField(SelectMultipleField):
    """Any number of codes out of those that are known; the view says which these are."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, validate_choice=False, **options)
        self.known: Collection[str] = ()

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002  WTForms passes it
        """Refuse what is not there to be chosen."""
        if not set(self.data or ()) <= set(self.known):
            raise ValidationError("Pilihan itu sudah tidak ada. Pilih dari yang tampil di sini.")


class WholeNumberField(IntegerField):
    """A whole number, with a sentence of its own for everything else."""

    def __init__(self, label: str, sentence: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; raises ValueError with the sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(self.sentence) from None


class GuestBookForm(Form):
    """The guest book (SOP step 1): only name and origin are required."""

    name = line("Nama", needed="Tulis nama tamu, seperti yang disebutkannya.")
    origin = line("Asal", needed="Tulis asal tamu: nama instansi, atau “perorangan”.", letters=160)
    position = line("Jabatan")
    phone = StringField("No. HP", filters=[squeezed], validators=[Optional(), at_most(40)])
    guest_kind = one_of("Jenis tamu", GUEST_KINDS, "Pilih jenis tamu dari daftar.", "umum")
    purpose = TextAreaField("Keperluan", filters=[trimmed], validators=[Optional(), at_most(500)])
    destination = StringField("Tujuan", filters=[squeezed], validators=[Optional()])
    party_size = WholeNumberField(
        "Jumlah orang",
        HOW_MANY,
        default=1,
        validators=[Optional(), NumberRange(1, 999, HOW_MANY)],
    )
    identity_kind = one_of("Identitas", IDENTITY_KINDS, "Pilih jenis identitas dari daftar.")
    identity_shown = BooleanField(
        "Sudah ditunjukkan dan dikembalikan", false_values=("", "0", "false")
    )
    vouched = BooleanField("Saya menjamin tamu ini", false_values=("", "0", "false"))
    priority = one_of("Didahulukan", PRIORITIES, "Pilih dari daftar, atau kosongkan.")

    def validate_phone(self, field: StringField) -> None:
        """The number must be whole, if there is one."""
        check_phone(field.data or "")

    def validate_vouched(self, field: BooleanField) -> None:
        """A guest who can show nothing needs an officer who vouches (domain: no ID)."""
        if self.identity_kind.data == WITHOUT_IDENTITY and not field.data:
            raise ValidationError(
                "Centang bila Anda menjamin tamu tanpa identitas ini, atau pilih identitas lain."
            )


class DocumentForm(Form):
    """Documents that are dropped at the desk: who brings what, and for whom."""

    name = line("Nama pengantar", needed="Tulis nama pengantar.")
    origin = line("Asal", needed="Tulis asalnya: instansi pengirim atau nama kurir.", letters=160)
    purpose = line("Dokumen", needed="Tulis dokumennya, misalnya nomor surat.", letters=500)
    destination = StringField("Untuk", filters=[squeezed], validators=[Optional()])
    phone = StringField("No. HP", filters=[squeezed], validators=[Optional(), at_most(40)])

    def validate_phone(self, field: StringField) -> None:
        """The number must be whole, if there is one."""
        check_phone(field.data or "")


class PersonForm(Form):
    """What an admin writes about a person."""

    name = line("Nama lengkap", needed="Tulis nama lengkap petugas.")
    nip = line("NIP", letters=30)
    roles = CodesField("Peran")
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
        """Long enough, and new."""
        check_password(field.data or "")
        if field.data == self.current.data:
            raise ValidationError("Kata sandi baru harus berbeda dari yang sekarang.")

    def validate_again(self, field: PasswordField) -> None:
        """The same twice."""
        if field.data != self.password.data:
            raise ValidationError("Kedua kata sandi belum sama. Ketik ulang keduanya.")


class UnitForm(Form):
    """A destination and who receives there."""

    name = line("Nama unit", needed="Tulis nama unit atau tujuan, misalnya Bidang Koperasi.")
    post = line("Jabatan penerima", letters=80)
    hosts = CodesField("Penerima tamu")
    assistants = CodesField("Ajudan")
    is_default = BooleanField("Tujuan utama", false_values=("", "0", "false"))
    active = BooleanField("Aktif", false_values=("", "0", "false"))


class BadgeRangeForm(Form):
    """A range of badge numbers."""

    first = WholeNumberField("Dari nomor", FIRST_NUMBER, validators=required(FIRST_NUMBER))
    last = WholeNumberField("Sampai nomor", LAST_NUMBER, validators=required(LAST_NUMBER))

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


def check_phone(phone: str) -> None:
    """Raise ValidationError for a number that is not whole."""
    try:
        normalise_phone(phone)
    except PhoneError:
        raise ValidationError("Nomor HP kurang lengkap. Contoh: 0812-3456-7890.") from None


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


def of_form(name: str, errors: dict[str, str]) -> dict[str, str]:
    """The sentences of one of a page's forms, by the form and the field."""
    return {f"{name}.{field}": text for field, text in errors.items()}


def first_errors(form: Form) -> dict[str, str]:
    """The first sentence for each field that needs mending."""
    return {field.name: str(field.errors[0]) for field in form if field.errors}
