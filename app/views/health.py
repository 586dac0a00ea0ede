"""`/sehat`: whether the office is served, for a monitor; it says nothing else."""

import logging
from shutil import disk_usage

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app import fault_words
from app.backups.places import NoFile, places_of
from app.disk_room import least_room, size_of
from app.extensions import limiter
from app.models.dialect import Fault
from app.models.migrate import is_ready
from app.operations.storing import lasting_fault
from app.security import open_to_monitors

blueprint = Blueprint("health", __name__)
STATE = "health"  # the last answer, so that the log tells of changes only

logger = logging.getLogger(__name__)


@blueprint.get("/sehat")
@open_to_monitors
@limiter.limit("120 per minute")
def health() -> ResponseReturnValue:
    """200 while the database answers, has the app's schema and stores what is written; else 503."""
    is_readable = is_ready(current_app)
    fault = _storing_fault() if is_readable else None
    is_well = is_readable and fault is None
    _note(fault, is_well=is_well)
    return (jsonify(status="ok"), 200) if is_well else (jsonify(status="gangguan"), 503)


def _storing_fault() -> Fault | None:
    """What keeps writes from being stored, or soon will."""
    return lasting_fault() or (None if _has_room() else Fault.FULL)


def _has_room() -> bool:
    """Whether the disk has the room without which nothing is sure to be stored."""
    try:
        database = places_of(current_app).database
        return disk_usage(database.parent).free >= least_room(size_of(database))
    except NoFile:
        return True  # another program keeps the data
    except OSError:
        return False


def _note(fault: Fault | None, *, is_well: bool) -> None:
    was_well = current_app.extensions.get(STATE, True)
    current_app.extensions[STATE] = is_well
    if was_well and not is_well:
        told = fault_words.for_the_admin(fault, current_app.config["INSTANCE"]) if fault else ""
        logger.error("%s", f"/sehat: gangguan. {told}".rstrip())
    elif is_well and not was_well:
        logger.warning("/sehat: ok kembali.")
