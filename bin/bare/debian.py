"""Debian packages unpacked into a private folder: no root, and nothing on the system changes."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from .steps import StepFailed, run


def fetch(packages: Sequence[str], into: Path, log: Path) -> Path:
    """Download packages, and what they need that is missing here; unpack them.

    Returns the folder that stands for `/`. Raises StepFailed where there is no apt, or no package.
    """
    if shutil.which("apt-get") is None:
        raise StepFailed(
            f"This machine has no apt-get. Install by its own means: {' '.join(packages)}"
        )
    options = _private_state(into)
    run("Reading Debian's package lists", ["apt-get", *options, "update"], log)
    wanted = ["install", "--download-only", "--no-install-recommends", "-y", *packages]
    run(f"Downloading {', '.join(packages)}", ["apt-get", *options, *wanted], log)
    files = into / "files"
    for package in sorted((into / "cache" / "archives").glob("*.deb")):
        run(f"Unpacking {package.name.split('_')[0]}", ["dpkg-deb", "-x", package, files], log)
    return files


def _private_state(into: Path) -> list[str]:
    """apt's own records in our folder, so that an ordinary user may write them."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::State": into / "state",
        "Dir::State::lists": into / "state" / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": into / "cache",
        "Dir::Cache::archives": into / "cache" / "archives",
        "Debug::NoLocking": "1",
        # Hooks of the system's own configuration are for the system's own folders.
        "APT::Sandbox::User": "",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
