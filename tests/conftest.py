"""Real servers for the tests, real commits, and a clock that a test can set.

Tests connect as the application's role. What a test committed is removed by the superuser
(the application's role may not delete, and TRUNCATE is refused to it); rows that the
migrations put there come back exactly as they were.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from pharmacy.local import environment, roles
from pharmacy.local.servers import EmbeddedServers
from tests.database import (
    Eraser,
    VirtualClock,
    create_database,
    drop_templates,
    install_eraser,
    install_virtual_clock,
    keep_as_template,
    server_address,
    template_name,
)
from tests.remembering import memory
from tests.shares import Shares, long_first

Connection = psycopg.Connection[tuple[Any, ...]]


def pytest_configure(config: pytest.Config) -> None:
    """Of a parallel run each worker has servers of its own; who hands tests out has none."""
    hands_out = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if hands_out:
        environment.give_test_servers_back()


def pytest_unconfigure() -> None:
    """Tests of the core alone reserve a folder and never start its servers."""
    environment.give_test_servers_back()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares | None:
    """`--dist loadfile` keeps the journeys together too."""
    return Shares(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a parallel run no long file comes last."""
    if hasattr(config, "workerinput"):
        long_first(items)


def pytest_collection_finish() -> None:
    """What was loaded and collected stays: the garbage collector need not look through it again."""
    gc.freeze()


@pytest.fixture(scope="session")
def local_servers() -> Iterator[EmbeddedServers]:
    """PostgreSQL and Valkey for this run; what the environment names is used instead."""
    servers = environment.start_test_servers()
    yield servers
    servers.close()


@pytest.fixture(scope="session")
def superuser_url(local_servers: EmbeddedServers) -> str:
    """The superuser's address of the test database."""
    return environment.load_for_tests().superuser_url


@pytest.fixture(scope="session")
def django_db_setup(
    superuser_url: str,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_createdb: bool,
) -> Iterator[None]:
    """A fresh database that the owner migrated and the application's role uses.

    Migrating takes ten seconds, so its result is kept as a template until a migration changes;
    `--create-db` migrates anew, and CI always does.
    """
    template = template_name()
    server = server_address(superuser_url)
    if django_db_createdb or os.environ.get("CI") or not roles.database_exists(server, template):
        drop_templates(server)
        create_database(superuser_url)
        with django_db_blocker.unblock():
            call_command("setup_database", verbosity=0)
            connections.close_all()
        install_virtual_clock(superuser_url)
        install_eraser(superuser_url)
        keep_as_template(superuser_url, template)
    else:
        create_database(superuser_url, template)
    eraser = Eraser(superuser_url)
    memory.open(superuser_url)
    TransactionTestCase._fixture_teardown = lambda case: eraser.erase()  # type: ignore[method-assign]
    yield
    memory.close()
    eraser.close()


@pytest.fixture
def superuser_connection(django_db_setup: None, superuser_url: str) -> Iterator[Connection]:
    """The superuser, each statement committed at once: for arranging what nobody else may."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[Connection]:
    """The schema's owner, each statement committed at once."""
    url = environment.load_for_tests().database_owner_url
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def app_connection(django_db_setup: None) -> Iterator[Callable[..., Connection]]:
    """Opens further connections as the application's role: for raw SQL and for races.

    `app_connection()` begins a transaction with its first statement, as psycopg does;
    `app_connection(autocommit=True)` commits each statement. All are closed after the test.
    """
    url = environment.load_for_tests().database_url
    with ExitStack() as opened:

        def connect(**options: Any) -> Connection:
            connection = psycopg.connect(url, **options)
            opened.callback(connection.close)
            return connection

        yield connect


@pytest.fixture
def clock(django_db_setup: None, superuser_url: str) -> Iterator[VirtualClock]:
    """The database's clock, to be set by the test; it tells the real time again afterwards."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        virtual = VirtualClock(connection)
        yield virtual
        virtual.reset()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser, for the journeys.

    Where there is none the test is skipped with the reason; under CI it fails.
    """
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is not None:
        return found
    reason = os.environ.get("CHROMIUM_MISSING", "Chromium is not installed")
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
