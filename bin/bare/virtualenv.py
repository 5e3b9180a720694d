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
LOG = ROOT / ".local" / "log" / "setup.log"
# Python compiles what is imported, when it is; compiling all of it first takes longer.
# The pins are whole, so nothing is resolved: an extra (coverage[toml]) that is not pinned under
# that name would ask for its newest release, and fail on the day that there is a newer one.
PIP_OPTIONS = (
    *("--disable-pip-version-check", "--no-compile", "--no-deps"),
    *("--require-hashes", "--only-binary=:all:"),
)
SERVERS, EVERYTHING, PROOF = "servers", "local", "proof"


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


def environment() -> dict[str, str]:
    """The environment for programs that run in `.venv/`: ours, but what they compile is kept.

    Packages are installed uncompiled, so without that each start would compile them anew.
    """
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def ensure(name: str) -> None:
    """Make `.venv/` hold the packages pinned in requirements/NAME.txt.

    A second run finds the stamp of the first and does nothing.
    Raises StepFailed when a package cannot be installed.
    """
    if _is_filled(name) or (name == SERVERS and _is_filled(EVERYTHING)):
        return
    pip = [PYTHON, "-m", "pip"]
    surroundings = environment()
    if not _has_pip():
        surroundings |= _create()
    run(
        f"Installing the packages of {_requirements(name).relative_to(ROOT)}",
        [*pip, "install", *PIP_OPTIONS, "-r", _requirements(name)],
        LOG,
        surroundings,
    )
    # One file's pins may have moved another's packages: only the last one is certain.
    for other in (SERVERS, EVERYTHING, PROOF):
        _stamp(other).unlink(missing_ok=True)
    _stamp(name).write_text(_digest(name), encoding="ascii")


def _requirements(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _stamp(name: str) -> Path:
    return VENV / f"{name}.sha256"


def _digest(name: str) -> str:
    return hashlib.sha256(_requirements(name).read_bytes()).hexdigest()


def _is_filled(name: str) -> bool:
    """Whether the interpreter still runs and was filled from these very requirements."""
    stamp = _stamp(name)
    return (
        os.access(PYTHON, os.X_OK)
        and stamp.exists()
        and stamp.read_text(encoding="ascii") == _digest(name)
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
