"""Two real transactions on two real connections, let loose at a known point and never by a sleep.

`Gate` stops a service at a function of its own: the first to come waits inside it, holding its
locks, until the test has seen the other one wait in PostgreSQL (or go through: the control).
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection

SECONDS = 20
Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def two_threads() -> Iterator[Callable[..., "Future[Any]"]]:
    """Starts work in threads whose database connections are closed afterwards."""
    with ThreadPoolExecutor(max_workers=2) as pool:

        def start(work: Callable[..., Any], **arguments: Any) -> "Future[Any]":
            return pool.submit(_on_own_connection, work, arguments)

        yield start


def _on_own_connection(work: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        return work(**arguments)
    finally:
        connection.close()


class Gate:
    """Stops the first caller of a function just after it ran, until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def wait_until_reached(self) -> None:
        """Until somebody stands in it."""
        assert self.reached.wait(SECONDS), "nobody came to the gate"

    def open(self) -> None:
        """Let whoever stands in it go on."""
        self._open.set()

    def stop_here(self) -> None:
        """Called by who comes: only the first one stops."""
        if not self.reached.is_set():
            self.reached.set()
            assert self._open.wait(SECONDS), "the gate was never opened"


@contextmanager
def stopped_after(target: str) -> Iterator[Gate]:
    """The first call of the named function stops after it returned, its transaction still open."""
    gate = Gate()
    module, _, name = target.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)

    def with_a_stop(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        gate.stop_here()
        return answer

    with patch(target, with_a_stop):
        try:
            yield gate
        finally:
            gate.open()


def wait_until_blocked(observer: Connection, how_many: int = 1) -> None:
    """Until so many sessions of this database wait for a lock that another holds."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        row = observer.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'"
        ).fetchone()
        if row is not None and row[0] >= how_many:
            return
    raise AssertionError("nobody waited for a lock")


@contextmanager
def noticed(target: str) -> Iterator[Gate]:
    """Like `stopped_after`, but nobody stops: the gate only tells that somebody came by."""
    with stopped_after(target) as gate:
        gate.open()
        yield gate


@contextmanager
def without(superuser: Connection, *, triggers: str = "", constraints: str = "") -> Iterator[None]:
    """The database without the named guards (`table.guard table.guard`), for a control.

    What the test wrote is erased before the guards come back: they would not bear it.
    """
    silenced = [name.split(".") for name in triggers.split()]
    dropped = [
        (table, name, _definition(superuser, table, name))
        for table, name in (name.split(".") for name in constraints.split())
    ]
    for table, name in silenced:
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    for table, name, _ in dropped:
        superuser.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute("SELECT test_reference.erase()")
        for table, name in silenced:
            superuser.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
        for table, name, definition in dropped:
            superuser.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _definition(superuser: Connection, table: str, name: str) -> str:
    row = superuser.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND conname = %s",
        [table, name],
    ).fetchone()
    assert row is not None, name
    return str(row[0])
