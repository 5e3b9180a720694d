"""Chromium, for the journeys: found, installed where we may, or named as missing."""

import os
import shutil
from pathlib import Path

from .steps import StepFailed, run
from .virtualenv import LOG

NAMES = ("chromium", "chromium-browser", "google-chrome")


def ensure() -> dict[str, str]:
    """CHROMIUM with the browser's path, or CHROMIUM_MISSING with the reason there is none.

    Raises StepFailed where CI is set: there a journey is never left out.
    """
    found = _find() or _install()
    if isinstance(found, Path):
        return {"CHROMIUM": str(found)}
    if os.environ.get("CI"):
        raise StepFailed(f"The journeys must run here, but {found}")
    return {"CHROMIUM_MISSING": found}


def _find() -> Path | None:
    given = os.environ.get("CHROMIUM")
    names = (given, *NAMES) if given else NAMES
    paths = [shutil.which(name) for name in names]
    return next((Path(path) for path in paths if path), None)


def _install() -> Path | str:
    """Install it by apt as root; otherwise the reason why not."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return "Chromium is not installed (as root: apt-get install chromium)"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    try:
        run("Reading Debian's package lists", ["apt-get", "update"], LOG, environment)
        run("Installing Chromium for the journeys", apt, LOG, environment)
    except StepFailed as error:
        return f"Chromium could not be installed: {error}"
    return _find() or "Chromium was installed but is not on the PATH"
