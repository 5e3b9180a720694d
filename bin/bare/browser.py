"""Chromium and what drives it, for the journeys: found, installed, or named as missing."""

import ctypes
import os
import shutil
from pathlib import Path

from .steps import StepFailed, run
from .virtualenv import LOG

# The driver's own JavaScript engine is linked against libatomic, which a small Debian lacks.
DRIVER_NEEDS = "libatomic.so.1"
PACKAGES = ("chromium", "libatomic1")
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
    if not _loads(DRIVER_NEEDS):
        return None
    given = os.environ.get("CHROMIUM")
    names = (given, *NAMES) if given else NAMES
    paths = [shutil.which(name) for name in names]
    return next((Path(path) for path in paths if path), None)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install() -> Path | str:
    """Install it by apt as root; otherwise the reason why not."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"Chromium is not installed (as root: apt-get install {' '.join(PACKAGES)})"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    try:
        run("Reading Debian's package lists", ["apt-get", "update"], LOG, environment)
        run("Installing Chromium for the journeys", apt, LOG, environment)
    except StepFailed as error:
        return f"Chromium could not be installed: {error}"
    return _find() or "Chromium was installed but is not on the PATH"
