"""In CI every test runs and counts: one skipped, expected to fail or deselected fails the run.

With xdist what a worker never ran is told to the process that prints the summary.
"""

import os
from collections.abc import Sequence
from typing import Any

import pytest

NOTE = "strict_ci_unrun"  # under this name a worker hands over what it left out


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(StrictRun(), "strict-ci-run")


class StrictRun:
    """Counts what did not run for real, and fails the session for it."""

    def __init__(self) -> None:
        self.unrun: dict[str, list[str]] = {}

    def _add(self, kind: str, name: str) -> None:
        names = self.unrun.setdefault(kind, [])
        if name not in names:  # each worker collects every test
            names.append(name)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            self._add("deselected", item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._add("skipped", report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "wasxfail"):
            self._add("xfailed", report.nodeid)
        elif report.skipped:
            self._add("skipped", report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        for kind, names in getattr(node, "workeroutput", {}).get(NOTE, {}).items():
            for name in names:
                self._add(kind, name)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[NOTE] = self.unrun
        if self.unrun and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for kind, names in sorted(self.unrun.items()):
            terminalreporter.section(f"CI: {len(names)} {kind}, and in CI every test must run")
            for name in names:
                terminalreporter.write_line(name)
