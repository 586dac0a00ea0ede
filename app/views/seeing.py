"""Whose guests a person may see by name."""

from flask import abort
from flask_login import current_user

from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.queries.hosting import receiver_ids
from app.queries.units import receives_for
from app.queries.visits import VisitView, view_by_label
from app.security import holds


def may_see(view: VisitView) -> bool:
    """Who oversees the house sees every guest, a host only those who come to them."""
    return holds(Permission.OVERSEE) or _is_own_guest(view)


def visible_visit(year: int, number: int) -> VisitView:
    """The visit of an address; 404 when there is none, 403 when it is not for this person.

    Who sees their own guests alone gets 403 for both, and cannot count the others by their numbers.
    """
    view = view_by_label(db.session(), f"{number}/{year}")
    if view is None:
        abort(404 if holds(Permission.OVERSEE) else 403)
    if not may_see(view):
        abort(403)
    return view


def _is_own_guest(view: VisitView) -> bool:
    me = current_user.person_id
    if view.progress.destination_id in receives_for(db.session(), me, now()):
        return True
    return me in receiver_ids(db.session(), view, now())
