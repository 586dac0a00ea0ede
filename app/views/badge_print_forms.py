"""What the form to print badges asks for."""

from wtforms import BooleanField, Form, IntegerField
from wtforms.validators import Optional

from app.badge_print.products import PRODUCTS
from app.views.forms import one_of

WHICH = {
    "all": "Semua",
    "range": "Rentang nomor",
    "new": "Belum pernah dicetak",
    "replacements": "Pengganti",
}
HINTS = {"replacements": "Kode baru yang belum dicetak, pengganti kartu hilang atau rusak."}
UNKNOWN = "Pilih tanda pengenal dari daftar."


class BadgePrintForm(Form):
    """Which badges, on what, from which place on; the range has a form of its own."""

    which = one_of("Tanda pengenal", WHICH, UNKNOWN, "all")
    product = one_of(
        "Produk",
        [one.code for one in PRODUCTS],
        "Pilih produk dari daftar.",
        PRODUCTS[0].code,
    )
    start = IntegerField("Mulai dari tempat", validators=[Optional()])
    both = BooleanField("Cetak dua sisi")
