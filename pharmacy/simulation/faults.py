"""Workers and connections that die in the middle: really, and at a place that the seed chooses.

The n-th statement of an act is such a place, its COMMIT is one, and so is the moment after it. So
it is known what must be there afterwards: before the COMMIT nothing, after it everything.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from time import monotonic, sleep
from typing import Any, NoReturn, TypeVar
from unittest.mock import patch

from django.db import InterfaceError, OperationalError, connection

from pharmacy.simulation.audit import Auditor, Connection
from pharmacy.simulation.ledger import HALF_DONE, Ledger
from rems.errors import DomainError

T = TypeVar("T")
OF_ALL_ACTS = 0.02
LAST_PLACE = 32  # an act takes ten to thirty statements: the rest of the blows fall after it
PATIENCE = 10.0
_inherited: list[Any] = []


class Faults:
    """Strikes one act in fifty."""

    def __init__(self, dice: Random, superuser: Connection, ledger: Ledger) -> None:
        self._dice = dice
        self._superuser = superuser
        self._auditor = Auditor(superuser)
        self._ledger = ledger

    def around(self, call: Callable[[], T]) -> T:
        """Do it; perhaps the process or its connection dies on the way, and it is done again."""
        if self._dice.random() >= OF_ALL_ACTS:
            return call()
        place, is_worker = self._dice.randint(1, LAST_PLACE), self._dice.random() < 0.5
        before = self._auditor.counts()
        told = self._in_a_dying_worker(call, place) if is_worker else self._cut_off(call, place)
        name = "a worker killed" if is_worker else "a connection cut"
        self._ledger.faults[f"{name} {'after its answer' if told else 'in an act'}"] += 1
        if told:
            answer: T = _opened(told[0])
            return answer
        if self._auditor.counts() != before:
            self._ledger.violation(HALF_DONE, f"{name} at statement {place}")
        return call()

    def _in_a_dying_worker(self, call: Callable[[], T], place: int) -> list[tuple[bool, Any]]:
        told = in_a_child(lambda: _outcome(call), place)
        return [pickle.loads(told)] if told else []

    def _cut_off(self, call: Callable[[], T], place: int) -> list[tuple[bool, Any]]:
        connection.ensure_connection()
        try:
            with struck_at(place, self._cut):
                told = [_outcome(call)]
            self._cut()
        except (OperationalError, InterfaceError):
            told = []
        connection.close()
        return told

    def _cut(self) -> None:
        """End our own session from outside, and wait until it is gone."""
        assert connection.connection is not None
        pid = connection.connection.info.backend_pid
        self._superuser.execute("SELECT pg_terminate_backend(%s)", [pid])
        alive = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
        deadline = monotonic() + PATIENCE
        while self._superuser.execute(alive, [pid]).fetchone() and monotonic() < deadline:
            sleep(0.001)


@contextmanager
def struck_at(place: int, blow: Callable[[], None]) -> Iterator[None]:
    """Strike just before the n-th statement of this connection; a COMMIT counts as one."""
    steps = count(1)
    commit = connection._commit  # type: ignore[attr-defined]

    def on_statement(execute: Callable[..., Any], *statement: Any) -> Any:
        if next(steps) == place:
            blow()
        return execute(*statement)

    def on_commit() -> None:
        if next(steps) == place:
            blow()
        commit()

    with connection.execute_wrapper(on_statement), patch.object(connection, "_commit", on_commit):
        yield


def in_a_child(work: Callable[[], Any], place: int) -> bytes:
    """Do the work in a process of its own that is killed with -9 at that place, or after it.

    What it had to say, pickled; empty when it died before it could.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _work_and_die(work, place, reader, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as ear:
        told = ear.read()
    os.waitpid(child, 0)
    return told


def _work_and_die(work: Callable[[], Any], place: int, reader: int, writer: int) -> NoReturn:
    """In the child: nothing of the parent may be touched, not even by tidying up."""
    try:
        os.close(reader)
        # The parent's session: forgotten, not closed, or it would end for the parent too.
        _inherited.append(connection.connection)
        connection.connection = None
        with struck_at(place, _die):
            outcome = work()
        with os.fdopen(writer, "wb") as mouth:
            mouth.write(pickle.dumps(outcome))
    finally:
        _die()


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def _outcome(call: Callable[[], Any]) -> tuple[bool, Any]:
    """What it returned, or the domain's refusal in a form that can be carried over."""
    try:
        return True, call()
    except DomainError as error:
        return False, (type(error), error.args, vars(error))


def _opened(told: tuple[bool, Any]) -> Any:
    is_answer, content = told
    if is_answer:
        return content
    kind, arguments, attributes = content
    error = kind.__new__(kind)
    error.args = arguments
    vars(error).update(attributes)
    raise error
