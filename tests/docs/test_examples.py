"""The example files of the documentation name what there is."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.commands.common import Refusal
from app.config import SETTINGS

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((DOCS / "contoh").iterdir())
TOLD = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port")


def command_lines():
    """Every `tamu …` of the documentation, where it came from, without its environment."""
    for path in (*EXAMPLES, *sorted(DOCS.glob("*.md")), DOCS.parent / "README.md"):
        text = path.read_text(encoding="utf-8")
        for line in re.findall(r"(?:^|[ /\\`\"])tamu(?:\.exe)? +((?:run|demo|password|backup|restore|key|doctor)\b[^`\"#\n]*)", text):  # fmt: skip  # noqa: E501
            yield pytest.param(line.strip().rstrip(".,;"), id=f"{path.name}: {line.strip()}")


@pytest.mark.parametrize("line", list(command_lines()))
def test_a_command_is_one_that_tamu_takes(line):
    name, *arguments = shlex.split(line, posix=True)
    command = main.commands[name]
    context = command.make_context(name, arguments, resilient_parsing=True)
    assert context.args == []


def test_the_service_starts_the_office_on_its_network():
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(DOCS / "contoh" / "pelayanan-tamu.service", encoding="utf-8")
    service = unit["Service"]
    assert service["ExecStart"].split()[1:3] == ["run", "--lan"]
    assert service["ExecStart"].endswith(f"/var/lib/{service['StateDirectory']}")
    assert service["AmbientCapabilities"] == service["CapabilityBoundingSet"]
    assert (service["Restart"], service["KillMode"]) == ("always", "mixed")
    assert int(service["RestartPreventExitStatus"]) == Refusal.exit_code


DIRECTIVES = {  # all that we may write, with what each takes; systemd ignores a misspelt one
    "Unit": {"Description": ".+", "Wants": r"[\w.-]+", "After": r"[\w. -]+"},
    "Service": {
        "User": r"[a-z][a-z0-9-]*",
        "Group": r"[a-z][a-z0-9-]*",
        "StateDirectory": r"[\w-]+",
        "StateDirectoryMode": "0[0-7]{3}",
        "ExecStart": "/.+",
        "Environment": r"TAMU_[A-Z_]+=\S+",
        "ReadWritePaths": r"-?/\S+",
        "Restart": "no|always|on-failure|on-success|on-abnormal|on-abort|on-watchdog",
        "RestartSec": r"\d+",
        "RestartPreventExitStatus": r"\d+",
        "TimeoutStopSec": r"\d+",
        "KillMode": "control-group|mixed|process|none",
        "LimitNOFILE": r"\d+",
        "AmbientCapabilities": "CAP_[A-Z_]+",
        "CapabilityBoundingSet": "CAP_[A-Z_]+",
        "NoNewPrivileges": "yes|no",
        "PrivateDevices": "yes|no",
        "PrivateTmp": "yes|no",
        "ProtectControlGroups": "yes|no",
        "ProtectHome": "yes|no|read-only|tmpfs",
        "ProtectKernelModules": "yes|no",
        "ProtectKernelTunables": "yes|no",
        "ProtectSystem": "yes|no|full|strict",
        "RestrictAddressFamilies": "(AF_[A-Z0-9]+ ?)+",
        "RestrictNamespaces": "yes|no",
        "RestrictSUIDSGID": "yes|no",
    },
    "Install": {"WantedBy": r"[\w.-]+"},
}


def misspelt(text):
    """The lines of a unit that are none that we may write, on any machine."""
    section, wrong = "", []
    for line in filter(None, text.splitlines()):
        name, _, value = line.partition("=")
        if line.startswith("["):
            section = line.strip("[]")
            is_known = line == f"[{section}]" and section in DIRECTIVES
        else:
            pattern = DIRECTIVES.get(section, {}).get(name)
            is_known = pattern is not None and re.fullmatch(pattern, value) is not None
        if not is_known and not line.startswith("#"):
            wrong.append(line)
    return wrong


def complaints(unit, text):
    """What systemd says of a unit, on a machine that has it; its program need not be installed."""
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", text))
    program = shutil.which("systemd-analyze")
    if program is None:
        return []
    done = subprocess.run(
        [program, "verify", unit], check=False, capture_output=True, text=True, timeout=30
    )
    return [line for line in done.stderr.splitlines() if unit.name in line]


def test_the_service_and_what_it_offers_are_understood(tmp_path):
    text = (DOCS / "contoh" / "pelayanan-tamu.service").read_text(encoding="utf-8")
    offered = re.sub(r"(?m)^# (?=[A-Z]\w+=)", "", text)
    for name in ("TAMU_BACKUP_FOLDER=/media/usb", "\nReadWritePaths=-/media/usb"):
        assert name in offered
    unit = tmp_path / "pelayanan-tamu.service"
    for words in (text, offered):
        assert (misspelt(words), complaints(unit, words)) == ([], [])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("RestartSec=5", "RestartSecs=5"),
        ("Restart=always", "Restart=selalu"),
        ("KillMode=mixed", "KillMode mixed"),
        ("[Install]", "[Instal]"),
        ("User=tamu", "User = tamu"),
        ("ProtectSystem=strict", "ProtectSystem=ketat"),
    ],
)
def test_a_misspelt_service_is_told_on_any_machine(right, wrong):
    text = (DOCS / "contoh" / "pelayanan-tamu.service").read_text(encoding="utf-8")
    assert f"\n{right}\n" in text
    assert wrong in misspelt(text.replace(f"\n{right}\n", f"\n{wrong}\n"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_setting_is_one_that_the_app_reads(path):
    named = set(re.findall(r"TAMU_([A-Z_]+)", path.read_text(encoding="utf-8")))
    assert named
    assert named <= {setting.name for setting in SETTINGS}


def test_nginx_tells_all_that_the_app_listens_to():
    text = (DOCS / "contoh" / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"proxy_set_header (X-Forwarded-\w+)", text)) == set(TOLD)
