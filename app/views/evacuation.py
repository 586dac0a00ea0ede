"""Daftar evakuasi: everyone inside, to print and to call out on a phone."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.queries.evacuation import roll_call
from app.security import open_to

blueprint = Blueprint("evacuation", __name__)


@blueprint.get("/evakuasi")
@open_to(Permission.OVERSEE)
def evacuation() -> ResponseReturnValue:
    """The list of this moment; the page never renews itself, so that it outlives the network."""
    at = now()
    return render_template("evacuation/page.html", call=roll_call(db.session(), at), at=at)
