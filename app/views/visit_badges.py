"""The badges of one visit: one more, lost, damaged, swapped, carried home; and who came along."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.badge_life import Move
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import badge as shown_number
from app.formatting import local
from app.htmx import see_other
from app.operations.badge_loans import leave_with_badge, report_gone, swap_badges
from app.operations.badges import BadgeMoveRefused
from app.operations.party import note_party
from app.operations.visits import NotPossible
from app.queries.badges import stock
from app.queries.loans import carried_home, loans_of_visit
from app.queries.visits import VisitView, members_of
from app.security import officer, open_to
from app.views.badge_forms import (
    GONE_MOVES,
    WHEN,
    WHICH,
    GoneForm,
    LeaveForm,
    SwapForm,
    read_number,
)
from app.views.badge_page import wrong_words
from app.views.forms import HOW_MANY, first_errors, squeezed
from app.views.moments import read_moment, shown_moment
from app.views.seeing import visible_visit

blueprint = Blueprint("visit_badges", __name__, url_prefix="/kunjungan/<int:year>/<int:number>")
LARGEST_PARTY = 999
LONGEST_NAME = 120
MISTAKES = "Nama anggota paling banyak {room} orang: jumlah orang {size}, termasuk {leader}."


@blueprint.get("/kartu")
@open_to(Permission.REGISTER)
def cards(year: int, number: int) -> ResponseReturnValue:
    """The badges that the visit has and had, and what can happen to them."""
    return _page(visible_visit(year, number), {}, 200)


@blueprint.post("/kartu/hilang")
@open_to(Permission.REGISTER)
def gone(year: int, number: int) -> ResponseReturnValue:
    """A badge is lost or damaged: its code dies, another one takes its place."""
    view, form = visible_visit(year, number), GoneForm(request.form)
    errors = {} if form.validate() else first_errors(form)
    old, new = _number(form.number.data), _number(form.replacement.data)
    if form.replacement.data and new is None:
        errors["replacement"] = WHICH
    if errors or old is None:
        return _page(view, _of("gone", {"number": WHICH} if old is None else {}, errors), 422)

    def act(at: datetime) -> str:
        has_closed = report_gone(
            view.label,
            old,
            Move(form.how.data or ""),
            replacement=new,
            reason=form.reason.data or "",
            officer=officer(),
            at=at,
        )
        return _told_gone(old, new, has_closed=has_closed)

    return _acted(view, "gone", act)


@blueprint.post("/kartu/tukar")
@open_to(Permission.REGISTER)
def swap(year: int, number: int) -> ResponseReturnValue:
    """Two guests carry each other's badge."""
    view, form = visible_visit(year, number), SwapForm(request.form)
    errors = {} if form.validate() else first_errors(form)
    ours, theirs = _number(form.number.data), _number(form.other.data)
    if form.other.data and theirs is None:
        errors["other"] = WHICH
    if errors or ours is None or theirs is None:
        return _page(view, _of("swap", {"number": WHICH} if ours is None else {}, errors), 422)

    def act(at: datetime) -> str:
        reason = form.reason.data or ""
        other = swap_badges(view.label, ours, theirs, reason=reason, officer=officer(), at=at)
        return (
            f"Dibetulkan: kunjungan ini memegang kartu {shown_number(theirs)}, "
            f"kunjungan {other} memegang kartu {shown_number(ours)}."
        )

    return _acted(view, "swap", act)


@blueprint.post("/kartu/pulang")
@open_to(Permission.REGISTER)
def leave(year: int, number: int) -> ResponseReturnValue:
    """A guest has gone with the badge: all of the visit, or one of a group."""
    view, form = visible_visit(year, number), LeaveForm(request.form)
    errors = {} if form.validate() else first_errors(form)
    one = _number(form.number.data)
    left_at = read_moment(form.left_at.data or "", not_before=view.progress.last_at)
    if errors or left_at is None:
        return _page(view, _of("leave", {"left_at": WHEN} if left_at is None else {}, errors), 422)
    reason = form.reason.data or ""
    if one is not None:
        return _acted(view, "leave", partial(_one_left, view, one, left_at, reason))
    return _acted(view, "leave", partial(_all_left, view, left_at, reason))


@blueprint.post("/rombongan")
@open_to(Permission.REGISTER)
def party(year: int, number: int) -> ResponseReturnValue:
    """How many people came, and the names of those who came along."""
    view = visible_visit(year, number)
    size, names = _size(), _names()
    room = (size or 0) - 1
    errors = {} if size else {"size": HOW_MANY}
    known = {name.casefold() for name in members_of(db.session(), view.visit.id)}
    if size and len(known | {name.casefold() for name in names}) > room:
        leader = view.name
        errors["names"] = MISTAKES.format(room=room, size=size, leader=leader)
    if errors or size is None:
        return _page(view, _of("party", errors), 422)
    try:
        changed = note_party(view.label, size=size, names=names, officer=officer(), at=now())
    except NotPossible:
        flash("Kunjungan ini sudah ditutup; datanya tidak diubah.", "warn")
    else:
        flash("Rombongan dicatat." if changed else "Tidak ada yang berubah.", "ok")
    return see_other(url_for(".cards", year=year, number=number))


def _acted(view: VisitView, form: str, act: Callable[[datetime], str]) -> ResponseReturnValue:
    try:
        told = act(now())
    except BadgeMoveRefused as error:
        return _page(view, _of(form, {"refused": wrong_words(error.refusal)}), 409)
    flash(told, "ok")
    return see_other(url_for(".cards", year=view.visit.year, number=view.visit.number))


def _one_left(view: VisitView, number: int, left_at: datetime, reason: str, at: datetime) -> str:
    report_gone(
        view.label,
        number,
        Move.LEAVE,
        replacement=None,
        reason=reason or "Dibawa pulang.",
        left_at=left_at,
        officer=officer(),
        at=at,
    )
    return f"Kartu {shown_number(number)} dicatat belum kembali, waktunya perkiraan."


def _all_left(view: VisitView, left_at: datetime, reason: str, at: datetime) -> str:
    out = leave_with_badge(
        view.label, left_at=left_at, reason=reason or None, officer=officer(), at=at
    )
    numbers = ", ".join(map(shown_number, out))
    away = f" Kartu {numbers} belum kembali." if out else ""
    return f"Dicatat pulang tanpa lapor, waktunya perkiraan.{away}"


def _told_gone(old: int, new: int | None, *, has_closed: bool) -> str:
    dead = f"Kode kartu {shown_number(old)} tidak berlaku lagi."
    if new is not None:
        return f"{dead} Tamu kini memegang kartu {shown_number(new)}."
    if has_closed:
        return f"{dead} Semua kartu sudah kembali atau tercatat; kunjungan ditutup."
    return f"{dead} Kunjungan berjalan terus tanpa kartu itu."


def _number(text: str | None) -> int | None:
    return read_number(db.session(), text) if text else None


def _size() -> int | None:
    text = squeezed(request.form.get("size"))
    return int(text) if text.isdigit() and 1 <= int(text[:9]) <= LARGEST_PARTY else None


def _names() -> list[str]:
    lines = request.form.get("names", "").splitlines()
    return [name[:LONGEST_NAME] for text in lines if (name := squeezed(text))]


def _of(form: str, *errors: dict[str, str]) -> dict[str, str]:
    """The sentences of one of the page's forms."""
    return {f"{form}.{name}": text for each in errors for name, text in each.items()}


def _page(view: VisitView, errors: dict[str, str], status: int) -> ResponseReturnValue:
    session, at = db.session(), now()
    free = [badge for badge in stock(session) if badge.is_free]
    is_of_today = local(view.visit.arrived_at).date() == local(at).date()
    guess = at if is_of_today else (view.progress.last_at or at)
    page = render_template(
        "visits/cards.html",
        view=view,
        loans=loans_of_visit(session, view.visit.id),
        carried_home=carried_home(session, view.visit.id),
        members=members_of(session, view.visit.id),
        gone_moves=[
            (str(move), text) for move, text in zip(GONE_MOVES, ("Hilang", "Rusak"), strict=True)
        ],
        next_free=free[0].number if free else None,
        guess=shown_moment(guess),
        errors=errors,
        at=at,
    )
    return make_response(page, status)
