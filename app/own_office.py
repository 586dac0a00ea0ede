"""The office as this request shows it: read once, and only when something asks for it."""

from flask import g

from app.extensions import db
from app.models.office import Office
from app.queries.office import office


def let_be_read() -> None:
    """Let this request read the office; pages for strangers are made without the database."""
    g.office_may_be_read = True


def known_office() -> Office | None:
    """The office; None before the set-up, and on a page for strangers."""
    if "office" not in g:
        g.office = office(db.session()) if g.get("office_may_be_read") else None
    found: Office | None = g.office
    return found


def own_office() -> Office:
    """The office, on a page that nobody sees before the set-up."""
    found = known_office()
    assert found is not None, "the set-up comes first"
    return found


def timezone() -> str | None:
    """The name of the office's time zone, once there is an office."""
    found = known_office()
    return found.timezone if found else None
