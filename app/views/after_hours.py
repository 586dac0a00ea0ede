"""What the front desk decides after closing time about a guest who is still inside."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.permissions import Permission
from app.htmx import see_other
from app.operations.after_hours import note_stay
from app.operations.visits import NotPossible
from app.security import officer, open_to
from app.views.seeing import visible_visit

blueprint = Blueprint("after_hours", __name__)


@blueprint.post("/kunjungan/<int:year>/<int:number>/masih-diterima")
@open_to(Permission.REGISTER)
def stay(year: int, number: int) -> ResponseReturnValue:
    """Note that the guest stays; the desk then says who noted it and when."""
    view = visible_visit(year, number)
    try:
        if note_stay(view.label, officer=officer(), at=now()):
            flash(f"Dicatat: {view.name} masih diterima. Kunjungan tetap terbuka.", "ok")
        else:
            flash("Itu sudah dicatat hari ini.", "ok")
    except NotPossible:
        flash("Kunjungan ini sudah berubah, jadi tidak ada yang dicatat.", "warn")
    return see_other(url_for("desk.desk"))
