"""The office of the page tests, attacked."""

import uuid

import pytest

from tests.views.conftest import (  # noqa: F401  the fixtures of the page tests are ours too
    office,
    quick_passwords,
    sessions,
)

EVERY_ROLE = ("front_desk", "general_affairs", "secretary", "host", "admin")


@pytest.fixture
def house(office):  # noqa: F811
    """The office with guests in it and one person who may do everything, Serba.

    Visit 1/2026 stands at step 2 with badge 12, visit 2/2026 waits for one.
    """
    office.hire("serba", *EVERY_ROLE)
    office.bring_to_step(2)
    office.open_visit("Udin")
    return office


@pytest.fixture
def nonce():
    """A new number of a form, each time it is called."""
    return lambda: str(uuid.uuid4())
