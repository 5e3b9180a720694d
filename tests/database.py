"""What only the superuser can do to the test database: set its clock, and empty it."""

import hashlib
from pathlib import Path

import psycopg

from pharmacy.local import roles
from pharmacy.simulation.clock import VIRTUAL_CLOCK
from pharmacy.simulation.clock import VirtualClock as VirtualClock
from tests.lasting import LastingConnection
from tests.remembering import memory

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "test_template_"
# Everything that decides what `setup_database` makes of an empty database.
MADE_FROM = (
    "*/migrations/*.py",
    "*/sql/*.sql",
    "*/grants.py",
    "accounts/roles.py",
    "accounts/sql_files.py",
    "orders/states.py",
    "rems/core/program*.py",
    "rems/canonical.py",
    "rems/seals.py",
    "rems/services/programs.py",
    "pharmacy/privileges.py",
    "pharmacy/local/roles.py",
    "requirements/local.txt",
    "tests/database.py",
    "pharmacy/simulation/clock.py",
)

# Under `replica` no trigger and no foreign key speaks. Only tables that hold rows are touched:
# that costs a millisecond, where TRUNCATE of every table would cost a hundred.
ERASER = """
CREATE SCHEMA test_reference;
REVOKE ALL ON SCHEMA test_reference FROM PUBLIC;

CREATE FUNCTION test_reference.keep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    filled boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE test_reference.%I AS TABLE public.%I', name, name);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION test_reference.put_back(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    columns text;
    differs boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT t::text FROM public.%1$I t EXCEPT ALL SELECT t::text FROM '
        'test_reference.%1$I t) OR (SELECT count(*) FROM public.%1$I) <> '
        '(SELECT count(*) FROM test_reference.%1$I)', name) INTO differs;
    IF NOT differs THEN RETURN; END IF;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
        FROM pg_attribute
        WHERE attrelid = format('public.%I', name)::regclass
          AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('DELETE FROM public.%I', name);
    EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE '
                   'SELECT %2$s FROM test_reference.%1$I', name, columns);
END $$;

CREATE FUNCTION test_reference.erase() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    filled boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        IF to_regclass(format('test_reference.%I', name)) IS NOT NULL THEN
            PERFORM test_reference.put_back(name);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
            IF filled THEN EXECUTE format('DELETE FROM public.%I', name); END IF;
        END IF;
    END LOOP;
END $$;
"""


def server_address(url: str) -> str:
    """The same server's maintenance database, where databases are made and dropped."""
    return f"{url.rpartition('/')[0]}/postgres"


def template_name() -> str:
    """The name of the migrated database that these very migrations make."""
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return f"{TEMPLATE}{digest.hexdigest()[:16]}"


def create_database(superuser_url: str, template: str = "template1") -> None:
    """The test database anew: empty with its extensions, or a copy of the template."""
    server, name = server_address(superuser_url), superuser_url.rpartition("/")[2]
    roles.drop_database(server, name)
    roles.create_database(server, name, template)
    if template == "template1":
        roles.create_extensions(superuser_url)


def keep_as_template(superuser_url: str, template: str) -> None:
    """Remember the test database as it is now, before any test. Nobody may be connected to it."""
    name = superuser_url.rpartition("/")[2]
    roles.create_database(server_address(superuser_url), template, name)


def drop_templates(server: str) -> None:
    """Remove what earlier migrations made."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEMPLATE]
        ).fetchall()
    for (name,) in found:
        roles.drop_database(server, name)


def install_virtual_clock(superuser_url: str) -> None:
    """Let `pharmacy_clock()` read a table that the application's role cannot touch."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(VIRTUAL_CLOCK)


def install_eraser(superuser_url: str) -> None:
    """Remember every row that the migrations left, and how to return to exactly those."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(ERASER)
        connection.execute("SELECT test_reference.keep()")


class Eraser:
    """Removes what tests committed."""

    def __init__(self, superuser_url: str) -> None:
        self._connection = LastingConnection(superuser_url)

    def erase(self) -> None:
        """Bring the database back to what the migrations left.

        Raises psycopg.errors.LockNotAvailable when a test left a transaction open.
        """
        self._connection.execute("SELECT test_reference.erase()")
        memory.erased()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def erase_rows(superuser_url: str) -> None:
    """The same, once, for a caller that does not keep a connection."""
    eraser = Eraser(superuser_url)
    try:
        eraser.erase()
    finally:
        eraser.close()
