"""Jenis tanda pengenal: the kinds with their bands, and giving badges another kind."""

from typing import NamedTuple

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.badge_print.kinds import Pattern, stored_kinds
from app.badge_print.preview import Sample, band_sample, pattern_sample
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import ranges
from app.htmx import see_other
from app.models.badge import BadgeKind
from app.operations.badge_kinds import (
    ChangedBadges,
    KindData,
    PatternTaken,
    WordTaken,
    add_kind,
    change_kind,
    save_kind,
)
from app.queries.badge_kinds import badge_kinds, kind_by_code, numbers_by_kind
from app.security import open_to
from app.views.badge_kind_forms import BadgeKindForm, KindOfBadgesForm
from app.views.forms import first_errors, submitted

blueprint = Blueprint("badge_kinds", __name__, url_prefix="/tanda-pengenal/jenis")
NEW = BadgeKind(word="", colour="#744700", pattern="")


class Listed(NamedTuple):
    """A kind of the list: its bands in colour and in black, and the badges that are of it."""

    kind: BadgeKind
    band: Sample
    black: Sample
    numbers: str


class Choice(NamedTuple):
    """A pattern to choose, and the word of the other kind that has it."""

    pattern: Pattern
    sample: Sample
    taken_by: str


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def kinds() -> ResponseReturnValue:
    """Every kind, and the form that gives badges another one."""
    return _list_page({}, 200)


@blueprint.post("")
@open_to(Permission.ADMINISTER)
def change() -> ResponseReturnValue:
    """Give the badges of a range of numbers another kind."""
    form = KindOfBadgesForm(request.form)
    words = {kind.code: kind.word for kind in badge_kinds(db.session())}
    form.known = words
    if not form.validate():
        return _list_page(first_errors(form), 422)
    wanted = form.kind.data or ""
    changed = change_kind(form.first.data or 0, form.last.data or 0, kind=wanted)
    if not changed.found:
        sentence = "Belum ada tanda pengenal dengan nomor itu. Buat lebih dahulu."
        return _list_page({"last": sentence}, 422)
    _say(changed, words[wanted])
    return see_other(url_for(".kinds"))


@blueprint.route("/baru", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    """Add a kind."""
    return _edit(None)


@blueprint.route("/<kind_code>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def edit(kind_code: str) -> ResponseReturnValue:
    """Change the word, the colour and the pattern of a kind."""
    kind = kind_by_code(db.session(), kind_code)
    if kind is None:
        abort(404)
    return _edit(kind)


def _edit(kind: BadgeKind | None) -> ResponseReturnValue:
    form = BadgeKindForm(submitted(), obj=kind or NEW)
    if request.method == "GET":
        return _form_page(form, kind, {}, 200)
    if not form.validate():
        return _form_page(form, kind, first_errors(form), 422)
    data = KindData(form.word.data or "", form.colour.data or "", form.pattern.data or "")
    try:
        saved = save_kind(kind.code, data) if kind else add_kind(data)
    except WordTaken as taken:
        error = {"word": f"Sudah ada jenis “{taken}”. Pilih kata lain."}
    except PatternTaken as taken:
        error = {"pattern": f"Pola itu milik jenis “{taken}”. Pilih yang lain agar kartu berbeda "
                 "juga tanpa warna."}  # fmt: skip
    else:
        _say_saved(saved)
        return see_other(url_for(".kinds"))
    return _form_page(form, kind, error, 422)


def _say(changed: ChangedBadges, word: str) -> None:
    if not changed.numbers:
        flash(f"Semua kartu itu sudah berjenis {word}.", "ok")
        return
    numbers = ranges(changed.numbers)
    flash(f"{len(changed.numbers)} kartu sekarang berjenis {word}.", "ok")
    flash(f"Cetak lagi kartu {numbers}: yang beredar masih menunjukkan jenis lama.", "warn")


def _say_saved(kind: BadgeKind) -> None:
    flash(f"Jenis {kind.word} disimpan.", "ok")
    numbers = numbers_by_kind(db.session()).get(kind.code)
    if numbers:
        flash(f"Kartu {ranges(numbers)} berjenis ini. Cetak lagi bila tampilannya berubah.", "warn")


def _list_page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    stored, numbers = badge_kinds(db.session()), numbers_by_kind(db.session())
    listed = [
        Listed(
            row, band_sample(kind), band_sample(kind, is_black=True),
            ranges(numbers.get(kind.code, [])),
        )
        for row, kind in zip(stored, stored_kinds(stored), strict=True)
    ]  # fmt: skip
    page = render_template(
        "badges/kinds.html",
        listed=listed,
        kind_options=[(row.code, row.word) for row in stored],
        errors=errors,
        typed=request.form,
        may_add=len(stored) < len(Pattern),
    )
    return make_response(page, status)


def _form_page(
    form: BadgeKindForm, kind: BadgeKind | None, errors: dict[str, str], status: int
) -> ResponseReturnValue:
    page = render_template(
        "badges/kind.html", form=form, kind=kind, patterns=_patterns(kind), errors=errors
    )
    return make_response(page, status)


def _patterns(kind: BadgeKind | None) -> list[Choice]:
    """Every pattern; those of other kinds are there to be seen."""
    taken = {one.pattern: one.word for one in badge_kinds(db.session()) if one != kind}
    return [Choice(one, pattern_sample(one), taken.get(one, "")) for one in Pattern]
