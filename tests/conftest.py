"""The fixtures that every test shares: the app, its clock, the office with its people."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from app import create_app
from tests.cast import Clock, Office, copy_instance, make_template

hypothesis.settings.register_profile(
    "office", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("office")

pytest_plugins = ["tests.plugins.strict_ci", "tests.plugins.compile_once"]

MEMORY = Path("/dev/shm")
ROOM = 8 * 2**30


def pytest_configure() -> None:
    """Keep the offices of tests in memory where there is room: none has to outlive a power cut."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder made once: migrated, with the cast and twenty badges."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def clock() -> Clock:
    """Tuesday 24 November 2026, 09.00 WIB, until the test says otherwise."""
    return Clock()


@pytest.fixture
def app(template: Path, tmp_path: Path, clock: Clock) -> Flask:
    """The app on an instance of its own (no context: requests would share its `g`)."""
    instance = copy_instance(template, tmp_path / "instance")
    return create_app({"INSTANCE": instance, "NOW": clock})


@pytest.fixture
def office(app: Flask, clock: Clock) -> Iterator[Office]:
    """The office at work."""
    office = Office(app, clock)
    yield office
    office.close()
