"""What a device keeps for the time when the server cannot be reached: a worker and two pages."""

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.security import open_to, open_to_strangers
from app.views.stamps import new_nonce

blueprint = Blueprint("offline", __name__)


@blueprint.get("/pekerja.js")
@open_to_strangers
def worker() -> Response:
    """The service worker; its address decides that it may keep any page of ours."""
    source = Path(current_app.static_folder or "") / "js" / "worker.js"
    response = Response(source.read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


@blueprint.get("/pindai/luring")
@open_to(Permission.WORK)
def scanner() -> ResponseReturnValue:
    """The scanner page as a device keeps it: nothing on it is of a guest, or of this moment."""
    return render_template("scan/page.html", is_kept=True, clock=None, scans=(), nonce=new_nonce())


@blueprint.get("/luring")
@open_to_strangers
def cut_off() -> ResponseReturnValue:
    """What a device shows instead of any other page."""
    return render_template("offline/page.html")
