"""The list of every guard trigger, kept beside the code, against what the database has.

A trigger that was dropped or disabled, or whose function was replaced, shows in /health/ready. So
does a function that the guards' own functions call: without it they would all stand and not refuse.
`manage.py record_guards` writes the list after a migration that changes a guard.
"""

from pathlib import Path

from django.db import connection

RECORD = Path(__file__).with_name("guards.txt")

# The function's text is hashed: the name alone would survive a replaced body.
_INSTALLED = """
    SELECT concat_ws(' ', relname, tgname, md5(prosrc))
    FROM pg_trigger
    JOIN pg_class c ON c.oid = tgrelid
    JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_proc p ON p.oid = tgfoid
    WHERE nspname = 'public' AND NOT tgisinternal AND tgenabled IN ('O', 'A')
    UNION ALL
    SELECT concat_ws(' ', 'function', proname, md5(prosrc))
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = pronamespace
    WHERE nspname = 'public' AND prorettype <> 'trigger'::regtype
    AND proname ~ '^(pharmacy|accounts|catalog|rems|orders)_'
    -- The tests and the simulation set their own; pharmacy.role_check looks at it.
    AND proname <> 'pharmacy_clock'
"""


def installed() -> set[str]:
    """Every enabled trigger of the database: table, name, hash of its function; and what they call."""
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED)
        return {row[0] for row in cursor.fetchall()}


def recorded() -> set[str]:
    """Every trigger that the code relies on. Raises FileNotFoundError without the list."""
    return set(RECORD.read_text(encoding="ascii").splitlines())


def missing() -> list[str]:
    """Guards that are dropped, disabled or replaced, by trigger name, in order."""
    return sorted(line.split()[1] for line in recorded() - installed())
