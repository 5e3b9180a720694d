"""Refuse to run when the application's database role could do more than it should (invariant 8).

Also refuses on a clock that is not the project's own (invariant 4): a store whose clock somebody
can set would permit what the real date forbids.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

OWN_CLOCK = "SELECT clock_timestamp()"

# Each query yields one row per thing that the current role could do and must not.
_OVERREACH = {
    "is more than an ordinary role": """
        SELECT rolname FROM pg_roles WHERE rolname = current_user AND
        (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)""",
    "is a member of another role": """
        SELECT r.rolname FROM pg_roles r
        WHERE r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')""",
    "owns the database": """
        SELECT datname FROM pg_database
        WHERE datname = current_database() AND pg_has_role(current_user, datdba, 'MEMBER')""",
    "owns a schema": """
        SELECT nspname FROM pg_namespace WHERE nspowner = (
            SELECT oid FROM pg_roles WHERE rolname = current_user)""",
    "owns a table": """
        SELECT relname FROM pg_class WHERE relowner = (
            SELECT oid FROM pg_roles WHERE rolname = current_user)""",
    "owns a function": """
        SELECT proname FROM pg_proc WHERE proowner = (
            SELECT oid FROM pg_roles WHERE rolname = current_user)""",
    "can create in the schema": """
        SELECT 'public' WHERE has_schema_privilege('public', 'CREATE')""",
    # A temporary table can shadow the one that a guard reads.
    "can make temporary tables": """
        SELECT datname FROM pg_database
        WHERE datname = current_database() AND has_database_privilege(oid, 'TEMPORARY')""",
    "can truncate, reference or put triggers on a table": """
        SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname = 'public'
        AND has_table_privilege(pg_class.oid, 'TRUNCATE, REFERENCES, TRIGGER')""",
    "can change the transition table": """
        SELECT relname FROM pg_class WHERE oid = to_regclass('public.orders_transition')
        AND (has_table_privilege(oid, 'INSERT, DELETE') OR has_any_column_privilege(oid, 'UPDATE'))
        """,
    "can change an append-only table": """
        SELECT DISTINCT relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
        JOIN pg_proc p ON p.oid = tgfoid
        WHERE proname = 'pharmacy_append_only' AND (has_table_privilege(c.oid, 'DELETE')
        OR has_any_column_privilege(c.oid, 'UPDATE'))""",
    "can silence triggers": """
        SELECT 'session_replication_role'
        WHERE has_parameter_privilege('session_replication_role', 'SET')""",
}


class RoleTooStrong(ImproperlyConfigured):
    """The role in DATABASE_URL could go round a guard."""


def overreach() -> list[str]:
    """What the application's role could do and must not, in words. Empty is right.

    Raises django.db.DatabaseError when the database cannot be asked.
    """
    found = []
    with connection.cursor() as cursor:
        for what, query in _OVERREACH.items():
            cursor.execute(query)
            names = [str(row[0]) for row in cursor.fetchall()]
            if names:
                found.append(f"it {what} ({', '.join(names[:5])})")
    return found


def clock_is_own() -> bool:
    """Whether `pharmacy_clock()` is the migrations' definition.

    Only the tests' settings and a simulation's (VIRTUAL_CLOCK = True) may have another.
    """
    if getattr(settings, "VIRTUAL_CLOCK", False):
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            # Volatile: the server may keep no answer of it in a plan.
            "SELECT btrim(prosrc), lanname, proconfig IS NULL, provolatile = 'v' FROM pg_proc "
            "JOIN pg_language l ON l.oid = prolang WHERE pg_proc.oid = "
            "to_regprocedure('public.pharmacy_clock()')"
        )
        return bool(cursor.fetchone() == (OWN_CLOCK, "sql", True, True))


def refuse_if_role_too_strong() -> None:
    """Raise RoleTooStrong when the role or the clock is not as it must be."""
    found = overreach()
    if found:
        raise RoleTooStrong(
            "DATABASE_URL must name the application's role, which owns nothing. This role is too "
            f"strong: {'; '.join(found)}. Run `manage.py setup_database` with DATABASE_OWNER_URL."
        )
    if not clock_is_own():
        raise RoleTooStrong("pharmacy_clock() is missing or not the project's own definition.")


def stop_if_role_too_strong() -> None:
    """The same for a process that starts: it ends with the reason, whatever called it.

    Celery only logs what a signal's receiver raises, so the exit must not be an Exception.
    """
    try:
        refuse_if_role_too_strong()
    except Exception as error:
        raise SystemExit(f"Refusing to start: {error}") from error
    finally:
        connection.close()
