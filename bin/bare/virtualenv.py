"""The one virtual environment, `.venv/`, filled with exactly the pinned packages."""

import fcntl
import hashlib
import importlib.util
import os
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .debian import fetch
from .steps import StepFailed, run, say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements" / "local.txt"
LOG = ROOT / ".local" / "log" / "setup.log"
PIP_OPTIONS = ("--disable-pip-version-check", "--require-hashes", "--only-binary=:all:")
STAMP = VENV / "requirements.sha256"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the set-up's lock: two first runs at once would fill one folder together."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (LOG.parent / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Waiting for another set-up of this folder ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure() -> None:
    """Make `.venv/` hold the pinned packages; a second run finds the stamp and does nothing.

    Raises StepFailed when a package cannot be installed.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if _stamped(wanted):
        return
    pip = [PYTHON, "-m", "pip"]
    environment = dict(os.environ)
    if not _has_pip():
        environment |= _create()
    run(
        f"Installing the packages of {REQUIREMENTS.relative_to(ROOT)}",
        [*pip, "install", *PIP_OPTIONS, "-r", REQUIREMENTS],
        LOG,
        environment,
    )
    STAMP.write_text(wanted, encoding="ascii")


def _stamped(wanted: str) -> bool:
    """Whether the interpreter still runs and was filled from these very requirements."""
    return (
        os.access(PYTHON, os.X_OK)
        and STAMP.exists()
        and STAMP.read_text(encoding="ascii") == wanted
    )


def _has_pip() -> bool:
    return os.access(PYTHON, os.X_OK) and any(VENV.glob("lib/python3*/site-packages/pip"))


def _create() -> dict[str, str]:
    """Create the environment; returns what pip's own environment needs."""
    say(f"  Creating {VENV.name}/ with Python {sys.version.split()[0]} ...")
    with_pip = importlib.util.find_spec("ensurepip") is not None
    venv.EnvBuilder(with_pip=with_pip, clear=False, symlinks=True, upgrade_deps=False).create(VENV)
    if with_pip:
        return {}
    return {"PYTHONPATH": str(_debians_pip())}


def _debians_pip() -> Path:
    """Debian without python3-venv has no pip to put into it: run one from Debian's own wheel."""
    into = VENV / "system" / "pip"
    wheels = "usr/share/python-wheels/pip-*.whl"
    found = sorted(Path("/").glob(wheels))
    if not found:
        found = sorted(fetch(["python3-pip-whl"], into, LOG).glob(wheels))
    if not found:
        raise StepFailed("python3-pip-whl holds no pip. Install python3-venv and start again.")
    return found[-1]
