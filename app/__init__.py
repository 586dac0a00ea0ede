"""The application factory."""

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from app import assets, compression, form_bounds, formatting, htmx, proxy, security, views
from app.config import flask_config, instance_folder, read_settings
from app.extensions import babel, csrf, db, limiter, login_manager, migrate
from app.extensions import htmx as flask_htmx
from app.logs import requests as request_log
from app.models import tables  # noqa: F401  the metadata must be whole before a migration
from app.models.dialect import configure_engine
from app.models.migrate import MIGRATIONS
from app.operations.sops import digest_of
from app.sop_files import read_sop_files, sop_in_force


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """The app for one instance folder; `settings` overrides the configuration (tests).

    Raises SettingError or SopFileError when the office's own files or settings cannot be used.
    """
    overrides = dict(settings or {})
    instance = Path(str(overrides.pop("INSTANCE", instance_folder(os.environ))))
    app = Flask(
        __name__,
        instance_path=str(instance),
        template_folder=str(_beside("templates")),
        static_folder=str(_beside("static")),
    )
    app.url_map.merge_slashes = False  # it would lead to the host that the request names
    app.config.from_mapping(flask_config(read_settings(os.environ), instance))
    app.config.from_mapping(overrides)
    _load_sops(app, instance)
    request_log.init_app(app)
    form_bounds.init_app(app)
    _bind_extensions(app)
    compression.init_app(app)
    assets.init_app(app)
    formatting.init_app(app)
    htmx.init_app(app)
    security.init_app(app)
    proxy.init_app(app)
    views.init_app(app)
    return app


def _beside(folder: str) -> Path:
    """The folder inside the package (installed from a wheel), else beside it (a checkout)."""
    inside = Path(__file__).parent / folder
    return inside if inside.is_dir() else Path(__file__).parents[1] / folder


def _load_sops(app: Flask, instance: Path) -> None:
    files = read_sop_files(instance)
    in_force = sop_in_force(files, app.config["SOP"])
    app.config["SOP_BODIES"] = [file.body for file in files]
    app.config["SOP_IN_FORCE"] = in_force.sop
    app.config["SOP_SHA256"] = digest_of(in_force.body)


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine, app.config["BUSY_MS"])
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    flask_htmx.init_app(app)
    babel.init_app(app)
