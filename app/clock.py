"""The present instant, as configured: only views and the command line read it."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app


def now() -> datetime:
    """The present instant, aware; `app.config["NOW"]` in tests."""
    read: Callable[[], datetime] = current_app.config["NOW"]
    return read()
