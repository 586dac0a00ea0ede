"""Cadangan: the last good backup, all of them, a new one at once, and how to restore."""

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.backups.backing_up import back_up_and_log
from app.backups.making import Outcome
from app.backups.places import Busy, CannotBackUp, NoFile, Places, places_of
from app.backups.shelf import Why, backups_in
from app.backups.standing import standing_of
from app.clock import now
from app.domain.permissions import Permission
from app.formatting import file_size
from app.htmx import see_other
from app.lan.authority import FOLDER
from app.security import open_to

blueprint = Blueprint("backups", __name__, url_prefix="/cadangan")


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def backups() -> ResponseReturnValue:
    """How the office stands with its backups."""
    return _page("", 200)


@blueprint.post("")
@open_to(Permission.ADMINISTER)
def make() -> ResponseReturnValue:
    """Make one now."""
    try:
        outcome = back_up_and_log(current_app, why=Why.BY_HAND, at=now())
    except Busy as error:
        return _page(str(error), 409)
    except CannotBackUp as error:
        return _page(str(error), 503)
    return _made(outcome)


def _made(outcome: Outcome) -> ResponseReturnValue:
    size = file_size(outcome.backup.manifest.size)
    flash(f"Cadangan dibuat dan diperiksa: {outcome.backup.file.name}, {size}.", "ok")
    if outcome.problem:
        flash(outcome.problem, "warn")
    return see_other(url_for(".backups"))


def _page(problem: str, status: int) -> Response:
    try:
        places = places_of(current_app)
    except NoFile as error:
        return make_response(render_template("backups/elsewhere.html", why=str(error)), status)
    page = render_template(
        "backups/page.html",
        problem=problem,
        places=places,
        standing=standing_of(places, now()),
        backups=backups_in(places.own),
        copied=_copied(places),
        is_lan=(places.instance / FOLDER).is_dir(),
    )
    return make_response(page, status)


def _copied(places: Places) -> set[str]:
    """Which backups the second place has too, by their digests."""
    if places.second is None:
        return set()
    return {it.manifest.sha256 for it in backups_in(places.second, places.origin)}
