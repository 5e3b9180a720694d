"""Rows by raw SQL, round the ORM and round every service, as whichever role holds the connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection as django_connection
from django.db import models
from psycopg import sql
from uuid6 import uuid7

Connection = psycopg.Connection[tuple[Any, ...]]

CHECK, UNIQUE, EXCLUDE, FORBIDDEN = "23514", "23505", "23P01", "42501"


def columns_of(row: models.Model, **changes: Any) -> dict[str, Any]:
    """The row's columns as the database takes them, with changes by column name."""
    fields = row._meta.concrete_fields
    values = {
        field.column: field.get_db_prep_save(getattr(row, field.attname), django_connection)
        for field in fields
    }
    unknown = set(changes) - set(values)
    assert not unknown, unknown
    return values | changes


def copy_of(row: models.Model, **changes: Any) -> dict[str, Any]:
    """The columns of another row like this one, under a new key."""
    return columns_of(row, **{"id": uuid7(), **changes})


def insert(connection: Connection, table: str, values: dict[str, Any]) -> Any:
    """INSERT one row; returns its key."""
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    found = connection.execute(statement, list(values.values())).fetchone()
    assert found is not None
    return found[0]


def insert_like(connection: Connection, row: models.Model, **changes: Any) -> Any:
    """INSERT a copy of the row with changes; returns its key."""
    return insert(connection, row._meta.db_table, copy_of(row, **changes))


def update(connection: Connection, row: models.Model, **changes: Any) -> None:
    """UPDATE the row's columns."""
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier(row._meta.db_table),
        sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in changes
        ),
        sql.Identifier(row._meta.pk.column),
    )
    connection.execute(statement, [*changes.values(), row.pk])


def seal(connection: Connection, subject_id: Any, table: str, row_id: Any) -> None:
    """A link at the end of the subject's chain; its digest is nobody's concern but the verifier's."""
    connection.execute(
        'INSERT INTO rems_seal (subject_id, seq, "table", row_id, digest) SELECT %s, 1 + '
        "coalesce(max(seq), 0), %s, %s, 'forged' FROM rems_seal WHERE subject_id = %s",
        [subject_id, table, row_id, subject_id],
    )


@contextmanager
def refused(connection: Connection, sqlstate: str, name: str | None = None) -> Iterator[None]:
    """What stands inside is refused with this SQLSTATE by this guard, at once or at the commit."""
    with pytest.raises(psycopg.Error) as caught, connection.transaction():
        yield
    said = caught.value.diag.constraint_name
    assert (caught.value.sqlstate, name or said) == (sqlstate, said), str(caught.value)
