"""A database of the simulation's own, on the store's server: made, used and dropped.

The services' connections are pointed at it for as long as it lives, so that nothing that happens
here can reach the store's own database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from pharmacy.local import roles
from pharmacy.simulation.audit import Connection
from pharmacy.simulation.clock import VIRTUAL_CLOCK

EMPTY = "template1"
PREFIX = "simulation_"


@contextmanager
def throwaway_database(superuser_url: str, copy_of: str = "") -> Iterator[Connection]:
    """A migrated database with a virtual clock; yields its superuser's connection (autocommit).

    `copy_of` names a migrated database on the server to copy, which saves the time to migrate.
    Raises psycopg.Error when the address is not a superuser's.
    """
    server, _, _ = superuser_url.rpartition("/")
    name = f"{PREFIX}{os.getpid()}"
    _drop_what_the_dead_left(f"{server}/postgres")
    roles.create_database(f"{server}/postgres", name, copy_of or EMPTY)
    try:
        with pointed_at(name):
            if not copy_of:
                roles.create_extensions(f"{server}/{name}")
                call_command("setup_database", verbosity=0)
            with psycopg.connect(f"{server}/{name}", autocommit=True) as superuser:
                superuser.execute(VIRTUAL_CLOCK)
                _hurry(superuser, name)
                yield superuser
    finally:
        roles.drop_database(f"{server}/postgres", name)


def _drop_what_the_dead_left(server: str) -> None:
    """Databases of simulations that were killed; each is named after its process."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        ).fetchall()
    for (name,) in found:
        if not Path(f"/proc/{name.removeprefix(PREFIX)}").exists():
            roles.drop_database(server, name)


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Let every connection of this process lead to the named database of the same server."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _lead_to(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _lead_to(before)


def _lead_to(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _hurry(superuser: Connection, name: str) -> None:
    """A commit does not wait for the disk: only a crash of the machine could lose it, and here
    processes and connections die, not machines."""
    superuser.execute(
        sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name))
    )
    superuser.execute("SET synchronous_commit = off")
