"""A throwaway store for measurements: servers of its own, durable, in a folder that is removed."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from pharmacy.local.reach import postgres_home
from pharmacy.local.roles import APP, OWNER
from pharmacy.local.servers import DATABASE, EmbeddedServers

# As fast as the store's own clock; a measurement only lets it run ahead.
CLOCK = """
CREATE OR REPLACE FUNCTION public.pharmacy_clock() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT clock_timestamp() + interval '{days} days' $$
"""


class Scratch:
    """What a measurement may do to the throwaway store as its superuser."""

    def __init__(self, superuser_url: str) -> None:
        self._superuser = psycopg.connect(superuser_url, autocommit=True)
        self._days = 0

    def days_pass(self, days: int) -> None:
        """Let the store's clock run ahead by so many days more."""
        self._days += days
        self._superuser.execute(CLOCK.format(days=self._days))

    def analyze(self) -> None:
        """Do what autovacuum does in a store that runs."""
        self._superuser.execute("ANALYZE")

    def close(self) -> None:
        """Let go of the database."""
        self._superuser.close()


@contextmanager
def scratch_store() -> Iterator[Scratch]:
    """The store, empty and migrated, with Django set up to use it as the application's role."""
    data = Path(mkdtemp(prefix="pharmacy-bench-"))
    servers = EmbeddedServers(data)
    servers.reserve()
    try:
        servers.start()
        servers.create_database_if_missing()
        superuser_url = _point_django_at(servers)
        scratch = Scratch(superuser_url)
        yield scratch
        _let_go(scratch)
    finally:
        servers.close()
        shutil.rmtree(postgres_home(data), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


def _point_django_at(servers: EmbeddedServers) -> str:
    known = servers.connection
    superuser_url = known.postgres_url("postgres", known.superuser_password, DATABASE)
    os.environ |= {
        "DATABASE_URL": known.postgres_url(APP, known.app_password, DATABASE),
        "DATABASE_OWNER_URL": known.postgres_url(OWNER, known.owner_password, DATABASE),
        "DATABASE_SUPERUSER_URL": superuser_url,
        "REDIS_URL": known.redis_url,
        "PHARMACY_DATA": str(servers.data),
        "PHARMACY_TESTS_READY": "1",
        "DJANGO_SETTINGS_MODULE": "pharmacy.settings.test",
    }
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("setup_database", verbosity=0)
    return superuser_url


def _let_go(scratch: Scratch) -> None:
    from django.db import connections

    connections.close_all()
    scratch.close()
