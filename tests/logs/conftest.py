"""The office of the page tests, with its log written to files as a server does."""

import pytest

from app.logs.files import FOLDER, NAME, written_to_files
from tests.views.conftest import (  # noqa: F401  the fixtures of the page tests are ours too
    office,
    quick_passwords,
    sessions,
)


class Log:
    """The log in an instance folder; `lines` are those written since they were last asked for."""

    def __init__(self, folder):
        self.file = folder / FOLDER / NAME
        self._read = 0

    def lines(self):
        text = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
        new, self._read = text[self._read :], len(text)
        return new.splitlines()

    def everything(self):
        return b"".join(path.read_bytes() for path in self.file.parent.iterdir())


@pytest.fixture
def log(tmp_path):
    with written_to_files(tmp_path):
        yield Log(tmp_path)
