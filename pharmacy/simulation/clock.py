"""A clock that the superuser of a database sets: for tests, and for the simulation's own database."""

from datetime import datetime, timedelta
from typing import Any

import psycopg

# SECURITY DEFINER: the application's role reads the virtual clock without any grant on it.
VIRTUAL_CLOCK = """
CREATE SCHEMA IF NOT EXISTS test_clock;
REVOKE ALL ON SCHEMA test_clock FROM PUBLIC;
CREATE TABLE IF NOT EXISTS test_clock.setting (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    stands_at timestamptz,
    runs_ahead interval,
    CHECK (num_nonnulls(stands_at, runs_ahead) = 1)
);
GRANT USAGE ON SCHEMA test_clock TO pharmacy_owner;
GRANT SELECT ON test_clock.setting TO pharmacy_owner;
CREATE OR REPLACE FUNCTION public.pharmacy_clock() RETURNS timestamptz
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$
    SELECT coalesce(
        (SELECT coalesce(stands_at, clock_timestamp() + runs_ahead) FROM test_clock.setting),
        clock_timestamp()
    )
$$;
"""


class VirtualClock:
    """The clock of the test database; every connection sees it at once."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def now(self) -> datetime:
        """What the database's clock says, in UTC."""
        row = self._connection.execute("SELECT pharmacy_clock()").fetchone()
        assert row is not None
        return row[0]  # type: ignore[no-any-return]

    def set(self, at: datetime) -> None:
        """Stop the clock at an instant. Raises ValueError for a time without an offset."""
        if at.tzinfo is None:
            raise ValueError("the clock is set to an instant, not to a naive time")
        self._store(stands_at=at)

    def shift(self, by: timedelta) -> None:
        """Move the clock by a duration; a stopped clock stays stopped, a running one runs on."""
        updated = self._connection.execute(
            "UPDATE test_clock.setting SET stands_at = stands_at + %(by)s, "
            "runs_ahead = runs_ahead + %(by)s",
            {"by": by},
        )
        if updated.rowcount == 0:
            self._store(runs_ahead=by)

    def tick(self, seconds: float = 1) -> None:
        """Let a second, or as many as asked for, pass."""
        self.shift(timedelta(seconds=seconds))

    def run(self) -> None:
        """Let a stopped clock run on from the instant it shows."""
        self._connection.execute(
            "UPDATE test_clock.setting SET runs_ahead = stands_at - clock_timestamp(), "
            "stands_at = NULL WHERE stands_at IS NOT NULL"
        )

    def reset(self) -> None:
        """Tell the real time again."""
        self._connection.execute("DELETE FROM test_clock.setting")

    def _store(
        self, stands_at: datetime | None = None, runs_ahead: timedelta | None = None
    ) -> None:
        self.reset()
        self._connection.execute(
            "INSERT INTO test_clock.setting (stands_at, runs_ahead) VALUES (%s, %s)",
            [stands_at, runs_ahead],
        )
