"""Kantor: the office's letterhead, emblem, signer, paper, clock and hours; each saved by itself."""

from collections.abc import Mapping
from hashlib import sha256

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import Form

from app import phrases
from app.clock import now
from app.domain.permissions import Permission
from app.emblem import TOO_LARGE, EmblemError, clean_emblem
from app.extensions import db
from app.formatting import ZONE_NAMES
from app.htmx import see_other
from app.letterhead import letterhead_of
from app.operations.office import WEEK, change_office, remove_emblem, save_emblem, save_hours
from app.own_office import own_office
from app.queries.office import emblem as stored_emblem
from app.queries.office import office_hours
from app.security import open_to
from app.views.forms import first_errors
from app.views.office_forms import DayForm, KopForm, PaperForm, SignerForm, ZoneForm

blueprint = Blueprint("office", __name__, url_prefix="/kantor")
A_YEAR = 365 * 24 * 60 * 60
NOTHING_CHANGED = "Tidak ada yang berubah: isinya sama dengan yang tersimpan."
WORDS: dict[str, tuple[type[Form], str]] = {
    "kop": (KopForm, "Kop surat"),
    "signer": (SignerForm, "Penanda tangan"),
    "paper": (PaperForm, "Kertas"),
    "zone": (ZoneForm, "Zona waktu"),
}


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def settings() -> ResponseReturnValue:
    """All settings of the office, and how they look on paper."""
    return _page({}, {}, 200)


@blueprint.post("")
@open_to(Permission.ADMINISTER)
def save() -> ResponseReturnValue:
    """Save one section; the others stay as they are."""
    section = request.form.get("section", "")
    others = {"hours": _save_hours, "emblem": _save_emblem, "no_emblem": _remove_emblem}
    if section in WORDS:
        return _save_words(section)
    return others.get(section, _unknown)()


@blueprint.get("/lambang.png")
@open_to(Permission.WORK)
def emblem() -> ResponseReturnValue:
    """The emblem; the address on our pages names its version, so that browsers may keep it."""
    stored = stored_emblem(db.session())
    if stored is None:
        abort(404)
    response = make_response(stored.png)
    response.mimetype = "image/png"
    response.set_etag(sha256(stored.png).hexdigest())
    response.cache_control.private = True
    response.cache_control.max_age = A_YEAR if "v" in request.args else 0
    return response.make_conditional(request)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The server stopped reading: only a picture is ever that large."""
    return _page({}, {"emblem": TOO_LARGE}, 413)


def _save_words(section: str) -> ResponseReturnValue:
    kind, title = WORDS[section]
    form = kind(request.form)
    if not form.validate():
        return _page({section: form}, first_errors(form), 422)
    changed = change_office({field.name: field.data or "" for field in form})
    return _saved(title, [form[name].label.text for name in changed])


def _save_hours() -> ResponseReturnValue:
    days = [DayForm(request.form, prefix=f"d{day}") for day in WEEK]
    unsound = [day for day in days if not day.validate()]
    if unsound:
        return _page({"hours": days}, first_errors(unsound[0]), 422)
    changed = save_hours({number: days[number].hours for number in WEEK if days[number].open.data})
    if not any(day.open.data for day in days):
        flash("Kantor tercatat tidak buka pada hari apa pun.", "warn")
    return _saved("Jam kerja", [phrases.WEEKDAYS[day] for day in changed])


def _save_emblem() -> ResponseReturnValue:
    file = request.files.get("emblem")
    if file is None or not file.filename:
        return _page({}, {"emblem": "Pilih berkas lambang lebih dulu."}, 422)
    try:
        new = clean_emblem(file.read())
    except EmblemError as error:
        return _page({}, {"emblem": str(error)}, 422)
    is_new = save_emblem(new, at=now())
    size = f"{new.width} × {new.height} piksel"
    return _back(f"Lambang disimpan, {size}." if is_new else NOTHING_CHANGED)


def _remove_emblem() -> ResponseReturnValue:
    is_gone = remove_emblem()
    return _back("Lambang dihapus; kop dicetak tanpa lambang." if is_gone else NOTHING_CHANGED)


def _unknown() -> ResponseReturnValue:
    abort(400)


def _saved(title: str, changed: list[str]) -> ResponseReturnValue:
    said = f"{title} disimpan. Yang berubah: {', '.join(changed)}." if changed else NOTHING_CHANGED
    return _back(said)


def _back(said: str) -> ResponseReturnValue:
    flash(said, "ok")
    return see_other(url_for(".settings"))


def _page(
    typed: Mapping[str, Form | list[DayForm]], errors: Mapping[str, str], status: int
) -> Response:
    stored = stored_emblem(db.session())
    forms = {section: kind(obj=own_office()) for section, (kind, _) in WORDS.items()}
    page = render_template(
        "office/page.html",
        forms={**forms, "hours": _stored_week(), **typed},
        errors=errors,
        first=next(iter(errors), ""),
        head=letterhead_of(own_office(), stored),
        emblem=stored,
        zones=[(name, f"{name} ({short})") for name, short in ZONE_NAMES.items()],
        papers=[(code, *words) for code, words in phrases.PAPERS.items()],
        capacities=[(code, *words) for code, words in phrases.CAPACITIES.items()],
    )
    return make_response(page, status)


def _stored_week() -> list[DayForm]:
    stored = office_hours(db.session())
    return [
        DayForm(prefix=f"d{day}", obj=stored.get(day), data={"open": day in stored}) for day in WEEK
    ]
