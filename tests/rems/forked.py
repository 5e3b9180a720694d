"""Workers that are born in no time, by fork, and die by `kill -9`: the loop of a tick, no broker."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from rems.services.reminders import send_due
from tests.rems.killing import until

STEP = 5
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE usename = 'pharmacy_app' AND datname = current_database()
"""

Superuser = psycopg.Connection[tuple[object, ...]]


def fork_worker(folder: Path, backend: str) -> int:
    """Another process that sends what is due, batch after batch; its process id."""
    connections.close_all()
    process = os.fork()
    if process == 0:
        try:
            settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = backend, folder
            while True:
                if not send_due(STEP).claimed:
                    time.sleep(0.02)
        finally:
            # Not one destructor of the parent's things.
            os._exit(1)
    return process


def kill_9(process: int) -> None:
    """End it at once, and bury it."""
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


@contextmanager
def worker(folder: Path, backend: str) -> Iterator[int]:
    """One worker, killed at the end if nobody did so before."""
    process = fork_worker(folder, backend)
    try:
        yield process
    finally:
        if not _is_buried(process):
            kill_9(process)


def _is_buried(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def until_the_database_is_alone(superuser: Superuser) -> None:
    """The server notices late that a client is dead; what it was told, it does to the end."""
    connections.close_all()
    until(lambda: superuser.execute(_OTHERS).fetchone() == (0,))
