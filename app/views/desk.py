"""Meja saya: who waits for me, what to do next, and the front desk's view of the house."""

from datetime import datetime

from flask import Blueprint, current_app, make_response, request
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import local
from app.htmx import page_or_block
from app.queries.after_hours import evening, stays
from app.queries.badges import stock
from app.queries.desks import Desk, desk_of, done_today
from app.queries.late_scans import undecided_count
from app.queries.messages import messages_for
from app.queries.office import screen_version
from app.security import holds, officer, open_to
from app.views.verdicts import new_times

blueprint = Blueprint("desk", __name__)
OWN_STEPS_SHOWN = 5


@blueprint.get("/meja")
@open_to(Permission.WORK)
def desk() -> ResponseReturnValue:
    """The desk of whoever is signed in."""
    return page_or_block("desk/page.html", "queue", **_desk())


@blueprint.get("/meja/antrean")
@open_to(Permission.WORK)
def queue() -> ResponseReturnValue:
    """The live part of the desk; 204 when nothing has changed since version `v`."""
    if request.args.get("v") == _version(now()):
        return make_response("", 204)
    return page_or_block("desk/page.html", "queue", **_desk())


def _version(at: datetime) -> str:
    """What the desk shows; at the front desk closing time changes it too."""
    session = db.session()
    over = evening(session, at) if holds(Permission.REGISTER) else ""
    return f"{screen_version(session)}{'.' if over else ''}{over}"


def _has_badges(desk: Desk) -> bool:
    """Whether badges are handed out here: by the SOP in force, or to guests of an earlier one."""
    if current_app.config["SOP_IN_FORCE"].returns_badge:
        return True
    return any(view.sop.returns_badge for view in (*desk.without_badge, *desk.inside))


def _desk() -> dict[str, object]:
    session, at, me = db.session(), now(), officer()
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    registers = holds(Permission.REGISTER)
    desk = desk_of(session, me.actor, at)
    return {
        "version": _version(at),
        "desk": desk,
        "new_times": new_times(session, (row.view for row in desk.waiting)),
        "stays": stays(session, desk.inside, at) if registers else (),
        "own": done_today(session, me.person_id, midnight, OWN_STEPS_SHOWN),
        "has_badges": _has_badges(desk),
        "badges": stock(session) if registers else (),
        "badges_low": current_app.config["BADGES_LOW"],
        "registers": registers,
        "messages": messages_for(session, me.person_id, at),
        "late_scans": undecided_count(session, me.person_id),
        "at": at,
    }
