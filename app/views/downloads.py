"""Files that leave the app, and the words of print on them."""

from datetime import datetime

from flask import Response, current_app, make_response
from flask_login import current_user

from app.extensions import db
from app.formatting import clock_zone, full_day
from app.letterhead import Letterhead, letterhead_of
from app.official_paper import Printing
from app.own_office import own_office
from app.queries.office import emblem
from app.security import officer

DEMO_MARK = "DEMO, data rekaan"
MIME_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def download(body: bytes, stem: str, file_format: str) -> Response:
    """An answer that the browser saves as a file of that name."""
    response = make_response(body)
    response.headers["Content-Type"] = MIME_TYPES[file_format]
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{file_format}"'
    return response


def own_letterhead() -> Letterhead:
    """The office as its forms show it."""
    return letterhead_of(own_office(), emblem(db.session()), mark=paper_mark())


def paper_mark() -> str:
    """What every page of a form says of a demo: a print outlives it."""
    return DEMO_MARK if current_app.config["DEMO"] else ""


def printing(at: datetime) -> Printing:
    """Who prints, and when, by the office's clock."""
    post = officer().post_in(current_app.config["SOP_IN_FORCE"])
    return Printing(full_day(at), clock_zone(at), current_user.name, post)
