"""Saying what is being done, and how long it takes, while it is being done."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

EVERY_SECONDS = 5


class StepFailed(Exception):
    """A step of the set-up failed; the message says which, and shows the end of its output."""


def say(text: str) -> None:
    """One line for the person who waits."""
    print(text, flush=True)


def run(
    what: str,
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a program under a heading, its output kept in the log.

    Raises StepFailed when the program is missing or fails.
    """
    say(f"  {what} ...")
    log.parent.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with log.open("ab") as output:
        start_of_ours = output.tell()
        try:
            child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                preexec_fn=_die_with_parent,
            )
        except FileNotFoundError as error:
            raise StepFailed(f"{what}: {command[0]} was not found.") from error
        _watch(child, what, begun)
    if child.returncode != 0:
        raise StepFailed(f"{what} failed. The end of {log}:\n{_tail(log, start_of_ours)}")
    say(f"  {what}: done in {time.monotonic() - begun:.1f} s")


def _watch(child: "subprocess.Popen[bytes]", what: str, begun: float) -> None:
    """Wait for the child, with a sign of life every few seconds."""
    while True:
        try:
            child.wait(EVERY_SECONDS)
            return
        except subprocess.TimeoutExpired:
            say(f"  {what}: {time.monotonic() - begun:.0f} s so far")
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise


def _die_with_parent() -> None:
    """Nothing is left behind when the set-up itself is killed (Linux alone knows this wish)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)


def _tail(log: Path, start: int, lines: int = 25) -> str:
    with log.open("rb") as output:
        output.seek(start, os.SEEK_SET)
        text = output.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
