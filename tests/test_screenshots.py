"""`make screenshots` takes a picture of every page there is."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import NotFound

from tests.e2e.views import NOT_PAGES
from tools.shots import SET_UP, SHOTS, Shot


def route_of(app: Flask, shot: Shot) -> str | None:
    """The route of the page that is pictured; None for the page that does not exist."""
    if shot.route:
        return shot.route
    try:
        rule, _ = app.url_map.bind("").match(urlsplit(shot.path).path, return_rule=True)
    except NotFound:
        return None
    return rule.rule


def test_every_page_is_pictured(app: Flask) -> None:
    shots = [shot for role in (*SHOTS.values(), *SET_UP.values()) for shot in role]
    pictured = {route_of(app, shot) for shot in shots} - {None}
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pictured == routes - set(NOT_PAGES)
