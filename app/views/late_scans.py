"""Pindaian tertunda: scans that were sent later and moved nothing, decided upon one by one."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clock import now
from app.domain.permissions import Permission
from app.extensions import db
from app.htmx import page_or_block, see_other
from app.operations.late_scans import NothingToDecide, Verdict, let_go
from app.queries.late_scans import undecided
from app.security import officer, open_to
from app.views.seeing import may_see

blueprint = Blueprint("late_scans", __name__, url_prefix="/pindai/tertunda")


@blueprint.get("")
@open_to(Permission.WORK)
def late() -> ResponseReturnValue:
    """The scans of this person that are still to be decided upon."""
    scans = undecided(db.session(), current_user.person_id)
    page = "late_scans/page.html"
    return page_or_block(page, "late_list", scans=scans, may_see=may_see, at=now())


@blueprint.post("/<int:scan_id>")
@open_to(Permission.WORK)
def dismiss(scan_id: int) -> ResponseReturnValue:
    """Let one go."""
    verdict = request.form.get("verdict", "")
    if verdict not in list(Verdict):
        flash("Pilih alasannya, lalu tekan lagi.", "warn")
        return see_other(url_for(".late"))
    try:
        let_go(scan_id, Verdict(verdict), officer=officer(), at=now())
        flash("Pindaian itu tidak dicatat. Alasannya tersimpan.", "ok")
    except NothingToDecide:
        flash("Pindaian itu sudah diputuskan.", "warn")
    return see_other(url_for(".late"))
