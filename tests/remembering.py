"""Arrange once, put back often: what the builders wrote is remembered and restored as it was.

The first time, an arrangement goes through the services. When the next test asks for the same on
the same ground (an erased database, or one that holds exactly an earlier arrangement), its rows
are put back: the same keys, times, seals and transaction numbers, in a few milliseconds. Whether
anything was written in between is told by the server's transaction numbers; if so, or if the
memory is two minutes old, the services do it again. So nothing is ever put back onto a database in
which anybody wrote, or whose clock was set.
"""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import connection as djangos
from django.db.models import Model

from tests.lasting import LastingConnection

P = ParamSpec("P")
T = TypeVar("T")
Path = tuple[tuple[Any, ...], ...]
FRESH_SECONDS = 120.0

# Of each arrangement: a digest of every table, and the rows of those that differ from its ground.
MEMORY = """
CREATE TABLE test_reference.kept (
    arrangement int, name text, digest text NOT NULL, content text,
    PRIMARY KEY (arrangement, name)
);

CREATE FUNCTION test_reference.remember(number int, ground int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    filled text;
    found text;
    before text;
BEGIN
    FOR filled IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT coalesce(json_agg(t)::text, ''[]'') FROM public.%I t', filled)
            INTO found;
        SELECT k.digest INTO before FROM test_reference.kept k
            WHERE k.arrangement = ground AND k.name = filled;
        INSERT INTO test_reference.kept VALUES (
            number, filled, md5(found), CASE WHEN md5(found) IS DISTINCT FROM before THEN found END
        );
    END LOOP;
END $$;

CREATE FUNCTION test_reference.recall(number int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    it record;
    columns text;
BEGIN
    FOR it IN SELECT k.name, k.content FROM test_reference.kept k
              WHERE k.arrangement = number AND k.content IS NOT NULL LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
            FROM pg_attribute
            WHERE attrelid = format('public.%I', it.name)::regclass
              AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format('DELETE FROM public.%I', it.name);
        EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s '
                       'FROM json_populate_recordset(NULL::public.%1$I, $1::json)',
                       it.name, columns) USING it.content;
    END LOOP;
END $$;
"""


class Unnamed(Exception):
    """An argument that says nothing lasting about what is arranged: an instant, a function."""


@dataclass(frozen=True)
class Kept:
    """One arrangement: its number in the database, what it returned, and when it was made."""

    number: int
    result: bytes
    at: float

    @property
    def is_fresh(self) -> bool:
        """Whether its evidence is hardly older than when it was written."""
        return time.monotonic() - self.at < FRESH_SECONDS


class Memory:
    """What was arranged on this run's test database. Closed, it remembers nothing."""

    def __init__(self) -> None:
        self._connection: LastingConnection | None = None
        self._kept: dict[Path, Kept] = {}
        self._numbers = 0
        self._stands: tuple[Path, int] | None = None

    def open(self, superuser_url: str) -> None:
        """Begin on an erased database."""
        self._connection = LastingConnection(superuser_url)
        self._connection.execute(MEMORY)
        self._keep((), b"", ground=-1)

    def close(self) -> None:
        """Forget everything."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._stands, self._kept = None, None, {}

    def erased(self) -> None:
        """The database is now as the migrations left it; under a clock that is set, none is."""
        if self._connection is not None:
            row = self._execute("SELECT EXISTS (SELECT FROM test_clock.setting)").fetchone()
            self._stands = None if row == (True,) else ((), self._position())

    def arrange(self, name: tuple[Any, ...], call: Callable[[], T]) -> T:
        """Put back what `call` made on this very ground before, or call it and remember."""
        ground = self._ground()
        if ground is None:
            return call()
        path = (*ground, name)
        kept = self._kept.get(path)
        if kept is not None and kept.is_fresh:
            self._execute("SELECT test_reference.recall(%s)", kept.number)
            self._stands = (path, self._position())
            return pickle.loads(kept.result)  # type: ignore[no-any-return]
        position = self._position()
        result = call()
        if ground in self._kept and self._position() != position:
            self._keep(path, pickle.dumps(result), ground=self._kept[ground].number)
        return result

    def _keep(self, path: Path, result: bytes, ground: int) -> None:
        at = time.monotonic()
        self._numbers += 1
        # What was built upon an older making of the same does not stand upon this one.
        self._kept = {p: kept for p, kept in self._kept.items() if p[: len(path)] != path}
        self._execute("SELECT test_reference.remember(%s, %s)", self._numbers, ground)
        self._kept[path] = Kept(self._numbers, result, at)
        self._stands = (path, self._position())

    def _ground(self) -> Path | None:
        """The arrangement that the database holds, if nobody has written since."""
        if self._connection is None or self._stands is None or djangos.in_atomic_block:
            return None
        path, position = self._stands
        return path if self._position() == position else None

    def _position(self) -> int:
        """Grows with every transaction that writes."""
        row = self._execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        assert row is not None
        return int(row[0])

    def _execute(self, statement: str, *values: object) -> "psycopg.Cursor[tuple[Any, ...]]":
        assert self._connection is not None
        return self._connection.execute(statement, *values)


memory = Memory()


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """A builder whose result depends on its plain arguments and on the database alone."""

    @wraps(build)
    def arranged(*args: P.args, **more: P.kwargs) -> T:
        def call() -> T:
            return build(*args, **more)

        try:
            name = (
                f"{build.__module__}.{build.__qualname__}",
                _name(args),
                _name(tuple(sorted(more.items()))),
            )
        except Unnamed:
            return call()
        return memory.arrange(name, call)

    return arranged


def _name(value: object) -> Any:
    """What the argument stands for. Raises Unnamed."""
    if isinstance(value, Model):
        return (value._meta.label, value.pk)
    if isinstance(value, tuple):
        return tuple(_name(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_name(getattr(value, field.name)) for field in fields(value))
    if value is None or (isinstance(value, (str, int, date)) and not isinstance(value, datetime)):
        return value
    raise Unnamed
