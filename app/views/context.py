"""What every page knows: the office, who is signed in, where they can go, and the time."""

from collections.abc import Mapping

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app import phrases
from app.backups.standing import is_office_late
from app.clock import now
from app.domain.permissions import Permission
from app.formatting import clock, short_day
from app.models.person import Person
from app.own_office import known_office
from app.security import holds, signed_in
from app.views.display import (
    NavItem,
    clock_display,
    clock_label,
    performer_name,
    place,
    step_displays,
    time_display,
)
from app.views.scan_words import scan_words
from app.views.stamps import new_nonce
from app.views.verdicts import verdict_words

NOT_ACTING: Mapping[str, str] = {}
SHORTCUTS = {"visits.new": "F2", "scan.scanner": "F8"}
SETTINGS = "badges.stock"  # the first of the settings' pages; the others lie behind the same link
SETTINGS_BLUEPRINTS = (
    "badges", "badge_kinds", "badge_page", "badge_print", "people", "units",
    "delegations", "office", "backups",
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Give the templates the UI kit and the page's surroundings."""
    app.context_processor(_surroundings)
    app.add_template_global(_backup_is_late, "backup_is_late")
    for function in (clock_display, clock_label, new_nonce, performer_name, place, step_displays,
                     role_names, scan_words, time_display, verdict_words):  # fmt: skip
        app.add_template_global(function)
    with app.app_context():
        app.jinja_env.globals["ui"] = app.jinja_env.get_template("_ui.html").module


def post_of(roles: frozenset[str], acting_as: Mapping[str, str] = NOT_ACTING) -> str:
    """The posts of a person in words, in the order of the SOP; "Plh. Sekretaris" for a deputy."""
    sop = current_app.config["SOP_IN_FORCE"]
    codes = [*sop.roles, "admin"]
    held = [code for code in codes if code in roles]
    names = (f"{acting_as.get(code, '')} {phrases.role_name(sop, code)}" for code in held)
    return ", ".join(name.lstrip() for name in names)


def role_names(person: Person) -> str:
    """A person's roles in words."""
    return post_of(frozenset(row.role for row in person.roles))


def _surroundings() -> dict[str, object]:
    at = now()
    person = None
    if signed_in():
        person = {
            "name": current_user.name,
            "post": post_of(current_user.roles, current_user.acting_as) or "Tanpa peran",
        }
    return {
        "office": known_office(),
        "person_id": current_user.person_id if person else None,
        "person": person,
        "nav": _nav() if person else [],
        "now": at,
        "now_epoch": at.timestamp(),
        "clock": clock(at),
        "today": short_day(at),
        "can_oversee": holds(Permission.OVERSEE),
        "can_register": holds(Permission.REGISTER),
        "can_keep_badges": holds(Permission.KEEP_BADGES),
        "can_supervise": holds(Permission.SUPERVISE),
        "can_administer": holds(Permission.ADMINISTER),
    }


def _backup_is_late() -> bool:
    """Whether this page reminds an admin of the backups; asked once a page, not in its parts."""
    is_elsewhere = holds(Permission.ADMINISTER) and request.blueprint != "backups"
    return is_elsewhere and is_office_late(current_app, now())


def _nav() -> list[NavItem]:
    registers, oversees = holds(Permission.REGISTER), holds(Permission.OVERSEE)
    links = [
        ("desk.desk", "Meja saya", "list-checks", holds(Permission.WORK), True),
        ("visits.new", "Tamu baru", "user-plus", registers, True),
        ("scan.scanner", "Pindai", "scan-qr-code", holds(Permission.WORK), True),
        ("visits.inside", "Sedang di dalam", "door-open", oversees, False),
        ("guest_book.guest_book", "Buku tamu", "book-open", oversees, False),
        ("summary.summary", "Ringkasan", "chart-column", oversees, False),
        (SETTINGS, "Pengaturan", "settings", holds(Permission.ADMINISTER), False),
    ]
    return [
        NavItem(
            label,
            url_for(endpoint),
            icon,
            _is_here(endpoint),
            in_tabs,
            SHORTCUTS.get(endpoint, ""),
        )
        for endpoint, label, icon, is_shown, in_tabs in links
        if is_shown
    ]


def _is_here(endpoint: str) -> bool:
    """Whether a link of the bar leads to the page that is shown, or to its part of the app."""
    if endpoint == SETTINGS:
        return request.blueprint in SETTINGS_BLUEPRINTS
    return request.endpoint == endpoint
