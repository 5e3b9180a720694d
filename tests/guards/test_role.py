"""Invariant 8: the application's role owns nothing and can loosen nothing."""

from collections.abc import Callable

import psycopg
import pytest

from pharmacy.privileges import listed_grants
from pharmacy.role_check import overreach
from tests.guards.life import a_placed_order
from tests.guards.raw import CHECK, FORBIDDEN, Connection, columns_of, insert, refused

pytestmark = pytest.mark.django_db(transaction=True)

# Nobody may: each with what the database answers to the application's role.
ATTEMPTS = {
    "disable a table's triggers": "ALTER TABLE orders_order DISABLE TRIGGER ALL",
    "disable one trigger": "ALTER TABLE rems_hold DISABLE TRIGGER rems_hold_evidence",
    "drop a trigger": "DROP TRIGGER orders_order_guard ON orders_order",
    "add a trigger": "CREATE TRIGGER mine BEFORE INSERT ON orders_order FOR EACH ROW "
    "EXECUTE FUNCTION pharmacy_append_only()",
    "add a rule": "CREATE RULE mine AS ON UPDATE TO orders_order DO INSTEAD NOTHING",
    "drop a constraint": "ALTER TABLE orders_order DROP CONSTRAINT orders_order_no_refills",
    "drop a table": "DROP TABLE rems_hold",
    "rename a table": "ALTER TABLE rems_hold RENAME TO rems_forgotten",
    "silence triggers": "SET session_replication_role = replica",
    "replace the clock": "CREATE OR REPLACE FUNCTION pharmacy_clock() RETURNS timestamptz "
    "LANGUAGE sql AS 'SELECT now()'",
    "drop the clock": "DROP FUNCTION pharmacy_clock() CASCADE",
    "replace a guard": "CREATE OR REPLACE FUNCTION pharmacy_refuse(guard text, message text) "
    "RETURNS void LANGUAGE sql AS ''",
    "change a guard's settings": "ALTER FUNCTION orders_order_guard() RESET ALL",
    "create a table": "CREATE TABLE mine (id int)",
    "create a temporary table": "CREATE TEMPORARY TABLE rems_decisionrecord (id int)",
    "create a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "create a schema": "CREATE SCHEMA mine",
    "drop an extension": "DROP EXTENSION btree_gist CASCADE",
    "become the owner": "SET ROLE pharmacy_owner",
    "be given the owner's rights": "GRANT pharmacy_owner TO pharmacy_app",
    "make a role": "CREATE ROLE mine",
    "change the log's settings": "SET log_min_error_statement = 'error'",
    "add a move": "INSERT INTO orders_transition (from_status, to_status, gate) "
    "VALUES ('placed', 'shipped', '')",
    "change a move": "UPDATE orders_transition SET gate = ''",
    "remove a move": "DELETE FROM orders_transition",
    "change a version of the program": "UPDATE rems_programversion SET data = '{}'",
    "take back a sign-off": "DELETE FROM rems_limitsignoff",
    "bring in a program": "INSERT INTO rems_program (code, name, revision) VALUES ('X', 'X', 0)",
    "lower the sequence of the seals": "SELECT setval('rems_seal_id_seq', 1)",
    "pretend to have migrated": "DELETE FROM django_migrations",
    "change a role's permissions": "DELETE FROM auth_group_permissions",
    "read the roles' passwords": "SELECT rolpassword FROM pg_authid",
    "run a program": "COPY accounts_user TO PROGRAM 'cat'",
    "read a file": "SELECT pg_read_file('postgresql.conf')",
}


@pytest.mark.parametrize("statement", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_the_application_s_role_cannot(
    statement: str, app_connection: Callable[..., Connection]
) -> None:
    app = app_connection(autocommit=True)
    with refused(app, FORBIDDEN):
        app.execute(statement)


def test_the_application_s_role_cannot_give_itself_privileges(
    app_connection: Callable[..., Connection],
) -> None:
    """PostgreSQL answers a GRANT that grants nothing with a warning only."""
    app = app_connection(autocommit=True)
    app.execute("GRANT ALL ON rems_seal TO pharmacy_app")
    with refused(app, FORBIDDEN):
        app.execute("DELETE FROM rems_seal")


def test_the_application_s_role_can_do_what_the_lists_grant_and_nothing_more(
    app_connection: Callable[..., Connection], superuser_connection: Connection
) -> None:
    granted = superuser_connection.execute(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges "
        "WHERE grantee IN ('pharmacy_app', 'PUBLIC') AND table_schema = 'public'"
    ).fetchall()
    by_column = superuser_connection.execute(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE grantee = 'pharmacy_app' AND table_schema = 'public' AND privilege_type = 'UPDATE'"
    ).fetchall()
    for table, privilege in granted:
        assert privilege in listed_grants()[table], (table, privilege)
    for table, column in by_column:
        listed = listed_grants()[table]
        assert "UPDATE" in listed, table
        if "UPDATE (" in listed:
            columns = listed.partition("UPDATE (")[2].partition(")")[0].split(", ")
            assert column in columns, (table, column)


def test_the_store_finds_no_fault_with_its_role_and_would_notice_each(
    superuser_connection: Connection,
) -> None:
    assert overreach() == []
    for grant, revoke, word in (
        ("GRANT UPDATE ON rems_hold TO {}", "REVOKE UPDATE ON rems_hold FROM {}", "append-only"),
        (
            "GRANT TRUNCATE ON rems_patient TO {}",
            "REVOKE TRUNCATE ON rems_patient FROM {}",
            "trunc",
        ),
        (
            "GRANT INSERT ON orders_transition TO {}",
            "REVOKE INSERT ON orders_transition FROM {}",
            "tr",
        ),
        ("GRANT CREATE ON SCHEMA public TO {}", "REVOKE CREATE ON SCHEMA public FROM {}", "create"),
        ("ALTER ROLE {} CREATEROLE", "ALTER ROLE {} NOCREATEROLE", "ordinary"),
        ("GRANT pharmacy_owner TO {}", "REVOKE pharmacy_owner FROM {}", "member"),
    ):
        superuser_connection.execute(grant.format("pharmacy_app"))
        try:
            assert any(word in what for what in overreach()), grant
        finally:
            superuser_connection.execute(revoke.format("pharmacy_app"))
    assert overreach() == []


LOOKS_AT_TABLES = ("orders_order_guard()", "orders_require_permit(text, uuid, uuid, text, uuid)")


def test_a_temporary_table_of_a_guard_s_name_does_not_deceive_the_guard(
    app_connection: Callable[..., Connection], superuser_connection: Connection
) -> None:
    """Even where the role may make temporary tables, which PostgreSQL looks at first."""
    order = a_placed_order().order
    database = superuser_connection.info.dbname
    superuser_connection.execute(f'GRANT TEMPORARY ON DATABASE "{database}" TO pharmacy_app')
    try:
        app = app_connection(autocommit=True)
        app.execute("CREATE TEMPORARY TABLE orders_transition AS TABLE public.orders_transition")
        app.execute("UPDATE orders_transition SET gate = ''")
        app.execute(
            "CREATE TEMPORARY TABLE rems_decisionrecord AS SELECT * FROM public.rems_decisionrecord"
        )
        app.execute(
            "UPDATE rems_decisionrecord SET gate = 'approve', "
            "transaction_id = pg_current_xact_id()::text::bigint"
        )
        with refused(app, CHECK, "orders_order_needs_permit"):
            app.execute("UPDATE orders_order SET status = 'approved' WHERE id = %s", [order.pk])
        # The control: without its fixed search path the guard is deceived; only the last one is not.
        for function in LOOKS_AT_TABLES:
            superuser_connection.execute(f"ALTER FUNCTION {function} RESET search_path")
        fresh = app_connection(autocommit=True)
        fresh.execute("CREATE TEMPORARY TABLE orders_transition AS TABLE public.orders_transition")
        fresh.execute("UPDATE orders_transition SET gate = ''")
        with refused(fresh, CHECK, "orders_order_status_matches_last_event"):
            fresh.execute("UPDATE orders_order SET status = 'approved' WHERE id = %s", [order.pk])
    finally:
        for function in LOOKS_AT_TABLES:
            superuser_connection.execute(
                f"ALTER FUNCTION {function} SET search_path = pg_catalog, public, pg_temp"
            )
        superuser_connection.execute(f'REVOKE TEMPORARY ON DATABASE "{database}" FROM pharmacy_app')


def test_every_guard_function_looks_only_where_the_owner_put_the_tables(
    superuser_connection: Connection,
) -> None:
    loose = superuser_connection.execute(
        "SELECT DISTINCT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' AND p.proname <> 'pharmacy_clock' "
        "AND p.proname ~ '^(pharmacy|accounts|catalog|rems|orders)_' AND NOT coalesce("
        "'search_path=pg_catalog, public, pg_temp' = ANY (p.proconfig), false)"
    ).fetchall()
    assert loose == []


def test_a_session_that_looks_elsewhere_is_refused_like_any_other(
    app_connection: Callable[..., Connection],
) -> None:
    order = a_placed_order().order
    app = app_connection(autocommit=True)
    app.execute("SET search_path = pg_temp")
    with pytest.raises(psycopg.errors.UndefinedTable):
        insert(app, "orders_order", columns_of(order))
    with refused(app, CHECK, "orders_order_needs_permit"):
        app.execute("UPDATE public.orders_order SET status = 'approved' WHERE id = %s", [order.pk])
