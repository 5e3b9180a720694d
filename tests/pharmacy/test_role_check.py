"""Web, worker and beat refuse a database role that could go round a guard (invariant 8)."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from pharmacy import role_check
from pharmacy.local import environment
from pharmacy.privileges import ForbiddenGrant, checked, grant_statements, listed_grants
from pharmacy.simulation.clock import VIRTUAL_CLOCK
from tests.conftest import Connection
from tests.pharmacy.running import ROOT, clean_environment

pytestmark = pytest.mark.django_db(transaction=True)

OVERREACHES = [
    (
        "GRANT TRUNCATE ON orders_order TO pharmacy_app",
        "truncate",
        "REVOKE TRUNCATE ON orders_order FROM pharmacy_app",
    ),
    (
        "GRANT UPDATE ON orders_orderevent TO pharmacy_app",
        "append-only",
        "REVOKE UPDATE ON orders_orderevent FROM pharmacy_app",
    ),
    (
        "GRANT UPDATE (to_status) ON orders_orderevent TO pharmacy_app",
        "append-only",
        "REVOKE UPDATE (to_status) ON orders_orderevent FROM pharmacy_app",
    ),
    (
        "GRANT INSERT ON orders_transition TO pharmacy_app",
        "transition",
        "REVOKE INSERT ON orders_transition FROM pharmacy_app",
    ),
    (
        "GRANT CREATE ON SCHEMA public TO pharmacy_app",
        "create in the schema",
        "REVOKE CREATE ON SCHEMA public FROM pharmacy_app",
    ),
    (
        "GRANT TEMPORARY ON DATABASE test_pharmacy TO pharmacy_app",
        "make temporary tables",
        "REVOKE TEMPORARY ON DATABASE test_pharmacy FROM pharmacy_app",
    ),
    (
        "GRANT pharmacy_owner TO pharmacy_app",
        "member of another role",
        "REVOKE pharmacy_owner FROM pharmacy_app",
    ),
    (
        "ALTER ROLE pharmacy_app CREATEROLE",
        "more than an ordinary role",
        "ALTER ROLE pharmacy_app NOCREATEROLE",
    ),
    (
        "GRANT SET ON PARAMETER session_replication_role TO pharmacy_app",
        "silence triggers",
        "REVOKE SET ON PARAMETER session_replication_role FROM pharmacy_app",
    ),
]


def test_the_applications_role_as_migrated_is_weak_enough() -> None:
    assert role_check.overreach() == []
    role_check.refuse_if_role_too_strong()


@pytest.mark.parametrize(("grant", "words", "revoke"), OVERREACHES)
def test_one_privilege_too_many_is_refused_in_words(
    superuser_connection: Connection, grant: str, words: str, revoke: str
) -> None:
    superuser_connection.execute(grant)
    try:
        with pytest.raises(role_check.RoleTooStrong, match=words):
            role_check.refuse_if_role_too_strong()
    finally:
        superuser_connection.execute(revoke)
    assert role_check.overreach() == []


OWN_CLOCK = (ROOT / "accounts/sql/0001_ground.sql").read_text(encoding="ascii")


def test_a_clock_that_may_be_read_once_and_kept_is_not_our_own(
    superuser_connection: Connection, settings: Settings
) -> None:
    """A server that may take two answers for one lets yesterday's stand in a plan that it keeps."""
    settings.VIRTUAL_CLOCK = False
    own = OWN_CLOCK[OWN_CLOCK.index("CREATE FUNCTION pharmacy_clock()") :].partition(";")[0]
    try:
        superuser_connection.execute("ALTER FUNCTION pharmacy_clock() RESET ALL")
        superuser_connection.execute(own.replace("CREATE", "CREATE OR REPLACE", 1))
        assert role_check.clock_is_own()
        for kept in ("STABLE", "IMMUTABLE"):
            superuser_connection.execute(f"ALTER FUNCTION pharmacy_clock() {kept}")
            with pytest.raises(role_check.RoleTooStrong, match="clock"):
                role_check.refuse_if_role_too_strong()
    finally:
        superuser_connection.execute(VIRTUAL_CLOCK)


def test_a_store_whose_clock_somebody_could_set_does_not_start(settings: Settings) -> None:
    """The tests' own clock reads a table; where no setting of the tests allows it, it is refused."""
    settings.VIRTUAL_CLOCK = False
    with pytest.raises(SystemExit, match=r"Refusing to start: pharmacy_clock\(\)"):
        role_check.stop_if_role_too_strong()
    settings.VIRTUAL_CLOCK = True
    role_check.stop_if_role_too_strong()


@pytest.mark.parametrize(
    "program",
    [
        ["-c", "import pharmacy.wsgi"],
        ["-m", "celery", "--app", "pharmacy.celery", "worker", "--pool", "solo"],
        ["-m", "celery", "--app", "pharmacy.celery", "beat", "--schedule", "beat-schedule"],
    ],
    ids=["web", "worker", "beat"],
)
def test_a_program_given_the_owners_address_does_not_start(
    program: list[str], tmp_path: Path
) -> None:
    servers = environment.load_for_tests()
    result = subprocess.run(
        [sys.executable, *program],
        # A folder of its own: beat replaces the file that it is told to keep its schedule in.
        cwd=tmp_path,
        env=clean_environment(
            servers.data_dir,
            PYTHONPATH=str(ROOT),
            DJANGO_SETTINGS_MODULE="pharmacy.settings.local",
            DATABASE_URL=servers.database_owner_url,
            REDIS_URL=servers.redis_url,
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode != 0
    assert "Refusing to start: DATABASE_URL must name the application's role" in result.stderr
    assert servers.database_owner_url.split("@")[0].rpartition(":")[2] not in result.stderr


def test_no_list_grants_more_than_rows() -> None:
    text = " ".join(listed_grants().values())
    assert not {"TRUNCATE", "TRIGGER", "REFERENCES", "ALL"} & set(text.replace(",", " ").split())


@pytest.mark.parametrize("privileges", ["ALL", "SELECT, TRUNCATE", "SELECT; DROP TABLE x", ""])
def test_a_list_that_asks_for_more_is_refused(privileges: str) -> None:
    with pytest.raises(ForbiddenGrant, match="orders_order"):
        checked({"orders_order": privileges})


def test_every_table_is_named_by_a_list() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}
    assert tables - set(listed_grants()) == set()
    assert set(listed_grants()) - tables == set()


def test_setting_up_takes_away_what_no_list_grants_any_more() -> None:
    statements = list(grant_statements({"orders_order": "SELECT"}, ["orders_order", "stray"]))
    assert statements[0].startswith("REVOKE ALL ON ALL TABLES")
    assert [s for s in statements if "stray" in s] == []
