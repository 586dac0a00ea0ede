"""What `tamu run` and `tamu demo` say of their options."""

import pytest
from click.testing import CliRunner

from app.cli import main

FIRST_FREE = "Port server; tanpa ini, yang pertama bebas dari 8000 sampai 8010"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("run", f"{FIRST_FREE}, dengan --lan 443 (bila tidak dapat, 8443)."),
        ("demo", f"{FIRST_FREE}."),
    ],
)
def test_the_port_without_the_option_is_said_as_it_is(command, said):
    text = " ".join(CliRunner().invoke(main, [command, "--help"]).output.split())
    assert said in text
    assert ("--lan" in text) is (command == "run")
