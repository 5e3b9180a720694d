"""Starting a program so that it cannot outlive us, not even if we are killed with -9."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sign: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send us the signal when our parent dies.

    The wish is lost when a program changes its user, and is not inherited by children:
    each process that needs it must ask for itself. Other systems than Linux have no such wish.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


@dataclass(frozen=True)
class Account:
    """The system account a program runs as."""

    uid: int
    gid: int


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    on_parent_death: signal.Signals = signal.SIGKILL,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to the log.

    Its own session keeps a Ctrl-C at the terminal from reaching it before its turn.
    """
    parent = os.getpid()

    def before_exec() -> None:
        # Runs after the change of user, which would clear the wish.
        die_with_parent(on_parent_death)
        if os.getppid() != parent:  # the parent died before the wish was made
            os._exit(1)

    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=folder,
            start_new_session=True,
            preexec_fn=before_exec,
            **_user(account),
        )


def run_as(
    account: Account | None, command: Sequence[str | Path]
) -> "subprocess.CompletedProcess[str]":
    """Run a short program to its end as the account; the caller reads the return code."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_user(account),
    )


def _user(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def stop_all(
    children: "Sequence[tuple[subprocess.Popen[bytes], signal.Signals]]",
    patience: float,
    give_up: Callable[[], bool] = lambda: False,
) -> "list[subprocess.Popen[bytes]]":
    """Ask children to stop, together, and wait; then kill those left, with their sessions.

    `patience` is in seconds; `give_up` may end the wait earlier. Returns those killed.
    """
    for child, sign in children:
        if child.poll() is None:
            child.send_signal(sign)
    deadline = time.monotonic() + patience
    while any(child.poll() is None for child, _ in children):
        if time.monotonic() > deadline or give_up():
            break
        time.sleep(0.02)
    left = [child for child, _ in children if child.poll() is None]
    for child in left:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return left
