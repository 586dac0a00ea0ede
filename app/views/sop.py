"""SOP: the office's procedure as its form shows it, on paper, and as it goes today."""

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from app.clock import now
from app.domain.figures import StepFigures
from app.domain.period import day_of
from app.domain.permissions import Permission
from app.domain.sop import Sop
from app.extensions import db
from app.formatting import local
from app.htmx import page_or_block
from app.own_office import own_office
from app.paper import PaperSize
from app.queries.office import screen_version
from app.queries.step_counts import step_counts
from app.queries.step_figures import step_figures
from app.security import open_to
from app.sop_drawing import choices_of, draw_flow
from app.sop_form import sop_form
from app.sop_sheet import render_sop
from app.views.downloads import paper_mark

blueprint = Blueprint("sop", __name__)
PAPERS: dict[str, PaperSize] = {"a4": "A4", "f4": "F4"}


@blueprint.get("/sop")
@open_to(Permission.WORK)
def sop() -> ResponseReturnValue:
    """The SOP in force, as its form shows it; with `tambahan=1` what the app has added too."""
    return render_template("sop/page.html", **_form())


@blueprint.get("/sop/hari-ini")
@open_to(Permission.WORK)
def today() -> ResponseReturnValue:
    """Its steps as they go today; 204 for a poll when nothing has changed since version `v`."""
    version = _version()
    if request.args.get("v") == version:
        return make_response("", 204)
    return page_or_block("sop/today.html", "today", version=version, **_form(), **_figures())


@blueprint.get("/sop.pdf")
@open_to(Permission.WORK)
def sheet() -> ResponseReturnValue:
    """The SOP on the office's paper, or on that of `kertas`: a4 or f4.

    It is the office's own document: what the app has added is drawn with `tambahan=1` alone.
    """
    paper = PAPERS.get(request.args.get("kertas", own_office().paper).lower())
    if paper is None:
        abort(404)
    choices = choices_of(_in_force(), with_added=_with_added())
    response = make_response(render_sop(_in_force(), paper, choices, mark=paper_mark()))
    name = secure_filename(f"sop-{_in_force().code}-{paper}.pdf".lower())
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _in_force() -> Sop:
    in_force: Sop = current_app.config["SOP_IN_FORCE"]
    return in_force


def _form() -> dict[str, object]:
    in_force = _in_force()
    with_added = _with_added()
    return {
        "sop": in_force,
        "form": sop_form(in_force),
        "flow": draw_flow(in_force, choices_of(in_force, with_added=with_added)),
        "with_added": with_added,
        "added": _added(in_force),
    }


def _with_added() -> bool:
    """Whether the ways are drawn that the app has added to the office's own document."""
    return request.args.get("tambahan") == "1"


def _added(sop: Sop) -> list[str]:
    """The ways that the app has added, each once, in words."""
    choices = (choice for step in sop.steps for choice in step.choices)
    return list(dict.fromkeys(choice.label for choice in choices if choice.is_added))


def _version() -> str:
    """What the figures depend on: the visits, and which day it is."""
    return f"{screen_version(db.session())}.{local(now()).date():%Y%m%d}"


def _figures() -> dict[str, object]:
    session, steps = db.session(), _in_force().steps
    figures = step_figures(session, day_of(local(now()).date()))
    return {
        "counts": step_counts(session, _in_force()),
        "figures": {step.key: figures.get(step.key, StepFigures(step.key)) for step in steps},
        "at": now(),
    }
