"""The page of one badge: where it is, how it got there, and what can be done; what is away."""

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import phrases
from app.clock import now
from app.domain.badge_life import BadgeState, Move, Refusal, stock_moves
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import badge as shown_number
from app.htmx import see_other
from app.operations.badge_stock import renew, write_off
from app.operations.badges import BadgeMoveRefused
from app.qr import new_code
from app.queries.badge_stock import history, stock_rows
from app.security import officer, open_to
from app.views.badge_forms import StockMoveForm
from app.views.forms import first_errors

blueprint = Blueprint("badge_page", __name__, url_prefix="/tanda-pengenal")
DONE: dict[Move, str] = {
    Move.LOSE: "Kartu {number} dicatat hilang. Kodenya tidak berlaku lagi.",
    Move.BREAK: "Kartu {number} dicatat rusak. Kodenya tidak berlaku lagi.",
    Move.RETIRE: "Kartu {number} tidak dipakai lagi. Kodenya tidak berlaku.",
    Move.RENEW: "Kartu {number} tersedia lagi dengan kode baru. Cetak kartunya sebelum dipakai.",
}
MOVES_SHOWN = 50
REPORTED = (BadgeState.OUTSTANDING, BadgeState.LOST, BadgeState.IN_USE)


@blueprint.get("/<int(max=9999):number>")
@open_to(Permission.KEEP_BADGES)
def badge(number: int) -> ResponseReturnValue:
    """One badge and its history."""
    return _page(number, {}, 200)


@blueprint.post("/<int(max=9999):number>")
@open_to(Permission.KEEP_BADGES)
def move(number: int) -> ResponseReturnValue:
    """Move a badge that is in nobody's hands."""
    form = StockMoveForm(request.form)
    if not form.validate():
        return _page(number, first_errors(form), 422)
    how, at, reason = Move(form.move.data or ""), now(), form.reason.data or ""
    try:
        if how is Move.RENEW:
            renew(number, reason=reason, new_code=new_code, officer=officer(), at=at)
        else:
            write_off(number, how, reason=reason, officer=officer(), at=at)
    except BadgeMoveRefused as error:
        return _page(number, {"move": wrong_words(error.refusal)}, 409)
    flash(DONE[how].format(number=shown_number(number)), "ok")
    return see_other(url_for(".badge", number=number))


@blueprint.get("/laporan")
@open_to(Permission.KEEP_BADGES)
def report() -> ResponseReturnValue:
    """What is not in the rack: not back, lost, with guests."""
    rows = stock_rows(db.session(), REPORTED)
    groups = [(state, [row for row in rows if row.state is state]) for state in REPORTED]
    return render_template("badges/report.html", groups=groups, at=now())


def wrong_words(refusal: Refusal) -> str:
    """Why a badge does not move, as a sentence that says what to do."""
    state = phrases.BADGE_STATES[refusal.state] if refusal.state else ""
    return phrases.BADGE_WRONGS[refusal.why].format(
        number=shown_number(refusal.number), state=state
    )


def _page(number: int, errors: dict[str, str], status: int) -> ResponseReturnValue:
    session = db.session()
    row = next(iter(stock_rows(session, number=number)), None)
    if row is None:
        abort(404)
    most = None if request.args.get("riwayat") == "semua" else MOVES_SHOWN
    moves = history(session, number, most and most + 1)
    page = render_template(
        "badges/badge.html",
        row=row,
        history=moves[:most],
        has_more=most is not None and len(moves) > most,
        moves=[(str(move), *MOVE_CHOICES[move]) for move in stock_moves(row.state)],
        errors=errors,
        at=now(),
    )
    return make_response(page, status)


MOVE_CHOICES: dict[Move, tuple[str, str]] = {
    Move.LOSE: ("Hilang", "Kodenya dimatikan seketika"),
    Move.BREAK: ("Rusak", "Kodenya dimatikan seketika"),
    Move.RETIRE: ("Tidak dipakai lagi", "Keluar dari persediaan"),
    Move.RENEW: ("Dipakai lagi", "Dengan kode baru; kartunya harus dicetak lagi"),
}
