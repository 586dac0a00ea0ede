"""`/sehat`: whether the office is served, for a monitor; it says nothing else."""

import logging

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.extensions import limiter
from app.models.migrate import is_ready
from app.security import open_to_monitors

blueprint = Blueprint("health", __name__)
STATE = "health"  # the last answer, so that the log tells of changes only

logger = logging.getLogger(__name__)


@blueprint.get("/sehat")
@open_to_monitors
@limiter.limit("120 per minute")
def health() -> ResponseReturnValue:
    """200 while the database answers and has the app's schema, else 503."""
    is_well = is_ready(current_app)
    _note(is_well=is_well)
    return (jsonify(status="ok"), 200) if is_well else (jsonify(status="gangguan"), 503)


def _note(*, is_well: bool) -> None:
    was_well = current_app.extensions.get(STATE, True)
    current_app.extensions[STATE] = is_well
    if was_well and not is_well:
        logger.error("/sehat: gangguan.")
    elif is_well and not was_well:
        logger.warning("/sehat: ok kembali.")
