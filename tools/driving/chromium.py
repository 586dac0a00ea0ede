"""Where Chromium is on this machine, and how it is started without a screen."""

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium-headless-shell",  # the same engine without windows: three times as quick
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def arguments(film: Path | None = None) -> list[str]:
    """The options of a browser with a camera that shows the film, if there is one."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        "--disable-background-networking",
        "--disable-component-update",
        *CAMERA,
        *([f"--use-file-for-fake-video-capture={film}"] if film else []),
        *(["--no-sandbox"] if is_root else []),
    ]
