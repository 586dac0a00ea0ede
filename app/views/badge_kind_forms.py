"""What the forms about kinds of badges ask for."""

from collections.abc import Collection

from wtforms import Form, StringField, ValidationError
from wtforms.validators import AnyOf

from app.badge_print.kinds import WHITE, Pattern, colour_of, contrast
from app.paper import printable
from app.views.forms import BadgeRangeForm, line, required, squeezed

LONGEST_WORD = 14
SEEN_ON_PAPER = 1.3  # contrast with white
COLOUR, PATTERN = "Pilih warna dari kotak warna.", "Pilih pola dari gambar."
KIND = "Pilih jenis dari daftar."


class BadgeKindForm(Form):
    """The word, the colour and the pattern of a kind."""

    word = line("Kata", needed="Tulis kata pada pita, misalnya Magang.", letters=LONGEST_WORD)
    colour = StringField(
        "Warna", filters=[lambda text: squeezed(text).lower()], validators=required(COLOUR)
    )
    pattern = StringField(
        "Pola", filters=[squeezed], validators=[*required(PATTERN), AnyOf(list(Pattern), PATTERN)]
    )

    def validate_word(self, field: StringField) -> None:
        """Only what a printer has."""
        word = (field.data or "").upper()
        if printable(word) != word:
            raise ValidationError("Pakai huruf Latin, angka, dan tanda baca biasa saja.")

    def validate_colour(self, field: StringField) -> None:
        """A colour that shows on white paper."""
        try:
            colour = colour_of(field.data or "")
        except ValueError:
            raise ValidationError(COLOUR) from None
        if contrast(colour, WHITE) < SEEN_ON_PAPER:
            raise ValidationError("Hampir tidak tampak di kertas putih. Pilih warna lebih tua.")


class KindOfBadgesForm(BadgeRangeForm):
    """A range of badge numbers and their kind; the view says which kinds there are."""

    kind = StringField("Jenis", filters=[lambda text: squeezed(text) or "general"])
    known: Collection[str] = ()

    def validate_kind(self, field: StringField) -> None:
        """One of those that there are."""
        if field.data not in self.known:
            raise ValidationError(KIND)
