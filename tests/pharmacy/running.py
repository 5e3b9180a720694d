"""A real run of the store in a folder of its own, for tests of the supervisor."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# A first start migrates and seeds: 20 seconds on an idle machine, minutes on a crowded one.
PATIENCE_SECONDS = 240
# What the tests' own servers put into the environment, and the run must not see.
OWN_SERVERS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_SUPERUSER_URL",
    "REDIS_URL",
    "PHARMACY_TESTS_READY",
    "DJANGO_SETTINGS_MODULE",
)


def clean_environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has just opened a terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN_SERVERS}
    return {**kept, "PHARMACY_DATA": str(data), **more}


def _stat(pid: int) -> tuple[int, str]:
    """A process's parent and state letter; (0, "") when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, ""
    return int(fields[1]), fields[0]


def children(parent: int) -> list[int]:
    """The processes whose parent this is."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if _stat(pid)[0] == parent]


def descendants(ancestor: int) -> list[int]:
    """Children, and children's children."""
    found = children(ancestor)
    return found + [pid for child in found for pid in descendants(child)]


def command_line(pid: int) -> str:
    """How the process was called; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_running(pid: int) -> bool:
    """Whether the process does anything still; one that only waits to be buried does not."""
    return _stat(pid)[1] not in {"", "Z", "X"}


class Run:
    """One `pharmacy.local.serve`, as bin/serve starts it."""

    def __init__(self, data: Path, port: int, *arguments: str, **environment: str) -> None:
        self.data, self.port = data, port
        self.output = data.with_name(f"{data.name}-{port}.out")
        with self.output.open("wb") as output:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "pharmacy.local.serve", "--port", str(port), *arguments],
                cwd=ROOT,
                env=clean_environment(data, **environment),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """Everything it printed so far."""
        return self.output.read_text(encoding="utf-8")

    def health(self) -> dict[str, Any]:
        """What /health/ready answers; {} while nobody answers."""
        address = f"http://127.0.0.1:{self.port}/health/ready"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except (urllib.error.URLError, OSError):
            return {}

    def wait_until_ready(self) -> None:
        """Return once it has announced itself."""
        wait_for(lambda: "Ready after" in self.said() or self.child.poll() is not None)
        assert self.child.poll() is None, self.said()

    def everyone(self) -> list[int]:
        """Every process of the run: its children and theirs."""
        return descendants(self.child.pid)

    def one(self, word: str) -> int:
        """The direct child whose command line has the word."""
        return next(pid for pid in children(self.child.pid) if word in command_line(pid))

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; returns the exit code."""
        self.child.send_signal(sign)
        return self.child.wait(PATIENCE_SECONDS)


def wait_for(happened: Any, seconds: float = PATIENCE_SECONDS) -> None:
    """Return once `happened()` is true; fail when it is not in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
