"""Many patients made of one: every row of a real patient's record, copied with new keys.

As the superuser and with the triggers off, in a throwaway database: what guards refuse one by one
would take hours for a hundred thousand patients. Keys are md5(old key, number), so that each
copy's rows refer to each other.
"""

from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]

_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique
    AND i.indkey::text = a.attnum::text)
FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
AND a.attgenerated = '' ORDER BY a.attnum
"""
_CHILDREN = """
SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND c.conrelid::regclass::text LIKE 'rems%%'
"""
LEFT_OUT = {"rems_reminder", "rems_prescriberdelegate", "rems_pharmacist", "rems_prescriber"}


def copy_patient(connection: Connection, patient_id: UUID, user_id: UUID, copies: int) -> None:
    """Patients number 1 to `copies`, each with the whole record and the account of the one, and
    reached in the same way at the same hours."""
    preferences = connection.execute(
        "SELECT id FROM rems_contactpreference WHERE user_id = %s", [user_id]
    ).fetchall()
    found = {
        "accounts_user": {user_id},
        "rems_patient": {patient_id},
        "rems_contactpreference": {key for (key,) in preferences},
    }
    _collect(connection, "rems_patient", {patient_id}, found)
    keys = [key for rows in found.values() for key in rows]
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, rows in found.items():
            _copy(connection, table, list(rows), keys, copies)


def _collect(
    connection: Connection, table: str, keys: set[UUID], found: dict[str, set[UUID]]
) -> None:
    """The rows below these, table by table."""
    for child, column in connection.execute(_CHILDREN, [table]).fetchall():
        if child in LEFT_OUT:
            continue
        statement = sql.SQL("SELECT id FROM {} WHERE {} = ANY(%s)").format(
            sql.Identifier(child), sql.Identifier(column)
        )
        rows = {key for (key,) in connection.execute(statement, [list(keys)]).fetchall()}
        rows -= found.get(child, set())
        if rows:
            found.setdefault(child, set()).update(rows)
            _collect(connection, child, rows, found)


def _copy(
    connection: Connection, table: str, rows: list[UUID], keys: list[UUID], copies: int
) -> None:
    columns = connection.execute(_COLUMNS, [table]).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
    values = sql.SQL(", ").join(_value(*column) for column in columns)
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, "
        "generate_series(1, %(copies)s) n WHERE t.id = ANY(%(rows)s)"
    ).format(table=sql.Identifier(table), names=names, values=values)
    connection.execute(statement, {"copies": copies, "rows": rows, "keys": keys})


def _value(name: str, kind: str, is_unique: bool) -> sql.Composed:
    column = sql.Identifier("t", name)
    if kind == "uuid":
        template = "CASE WHEN {c} = ANY(%(keys)s) THEN md5({c}::text || n)::uuid ELSE {c} END"
        if is_unique:
            template = "md5({c}::text || n)::uuid"
    elif is_unique and kind.startswith(("character", "text", "citext")):
        template = "lpad(n::text, 6, '0') || substr({c}, 7)"
    else:
        template = "{c}"
    return sql.SQL(cast(LiteralString, template)).format(c=column)


_REMINDERS = """
INSERT INTO rems_reminder ({names})
SELECT {values} FROM rems_reminder t, generate_series(1, %(copies)s) n WHERE t.id = %(row)s
"""


def copy_reminder(
    connection: Connection, row_id: UUID, copies: int, changes: dict[str, LiteralString]
) -> None:
    """The reminder for every copy of its patient. `changes` are SQL by column; `n` is the number."""
    columns = connection.execute(_COLUMNS, ["rems_reminder"]).fetchall()
    mapped = ("id", "subject_id", "patient_id", "recipient_id")
    values = [
        sql.SQL(changes[name])
        if name in changes
        else sql.SQL("md5({}::text || n)::uuid").format(sql.Identifier("t", name))
        if name in mapped
        else sql.Identifier("t", name)
        for name, _, _ in columns
    ]
    statement = sql.SQL(cast(LiteralString, _REMINDERS)).format(
        names=sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns),
        values=sql.SQL(", ").join(values),
    )
    connection.execute(statement, {"copies": copies, "row": row_id})
