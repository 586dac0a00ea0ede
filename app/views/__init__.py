"""Requests in, pages out: parse, call one operation or query, render."""

from flask import Flask

from app.security import check_every_route_is_marked
from app.views import (
    after_hours,
    appointments,
    auth,
    backups,
    badge_kinds,
    badge_page,
    badge_print,
    badges,
    context,
    delegations,
    desk,
    drop_offs,
    errors,
    evacuation,
    exports,
    guest_book,
    health,
    late_entry,
    late_scans,
    office,
    offline,
    people,
    rectify,
    scan,
    setup,
    sop,
    summary,
    trust,
    turns,
    units,
    visit_badges,
    visits,
)

BLUEPRINTS = (
    after_hours,
    appointments,
    auth,
    backups,
    badge_kinds,
    badge_print,
    badge_page,
    badges,
    delegations,
    desk,
    drop_offs,
    evacuation,
    exports,
    guest_book,
    health,
    late_entry,
    late_scans,
    office,
    offline,
    people,
    rectify,
    scan,
    setup,
    sop,
    summary,
    trust,
    turns,
    units,
    visit_badges,
    visits,
)


def init_app(app: Flask) -> None:
    """Register every page and what all of them share."""
    context.init_app(app)
    errors.init_app(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    check_every_route_is_marked(app)
