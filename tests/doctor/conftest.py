"""An office to look at."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.doctor.case import Case, case_of
from tests.cast import MORNING, copy_instance


@pytest.fixture
def instance(template: Path, tmp_path: Path) -> Path:
    return copy_instance(template, tmp_path / "instance")


@pytest.fixture
def case(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The office of the cast on Tuesday morning, with no server and no setting."""
    for name in [name for name in os.environ if name.startswith("TAMU_")]:
        monkeypatch.delenv(name)
    return case_of(instance, MORNING, None)


@pytest.fixture
def with_settings(case: Case) -> Callable[..., Case]:
    def with_them(**settings: object) -> Case:
        texts = {f"TAMU_{name}": str(value) for name, value in settings.items()}
        return replace(case, environ={**case.environ, **texts})

    return with_them
