"""One durable transaction for each mutation; refusals of the database leave it as domain errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import DeleteQuery, UpdateQuery

from rems.errors import GuardRefused, guard_name


@contextmanager
def mutation() -> Iterator[None]:
    """A durable transaction. Deferred guards speak at its commit.

    Raises GuardRefused, without the driver's detail, when the database refuses.
    """
    try:
        with transaction.atomic(durable=True):
            yield
    except IntegrityError as error:
        raise GuardRefused(guard_name(error)) from None


Columns = dict[str, Any]
# Rows, and the columns of theirs to set; None removes the rows.
Change = tuple[models.QuerySet[Any], Columns | None]


def write_together(rows: Sequence[models.Model], changes: Sequence[Change] = ()) -> None:
    """Insert new rows and change others in one statement, and take over what the database stamped.

    PostgreSQL chooses the order, so no guard of one may need to see another; deferred guards see
    them all. Raises IntegrityError.
    """
    inserts = [_insert(row) for row in rows]
    statements = [one[:2] for one in inserts] + [_change(*change) for change in changes]
    links = ", ".join(f"w{place} AS ({sql})" for place, (sql, _) in enumerate(statements))
    stamps = ", ".join(
        f"w{place}.{field.column}" for place, insert in enumerate(inserts) for field in insert[2]
    )
    sources = ", ".join(f"w{place}" for place in range(len(inserts)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {links} SELECT {stamps} FROM {sources}",
            [value for _, values in statements for value in values],
        )
        found = iter(cursor.fetchone() or ())
    for row, (_, _, fields) in zip(rows, inserts, strict=True):
        for field in fields:
            setattr(row, field.attname, next(found))
        row._state.adding, row._state.db = False, connection.alias


def _insert(row: models.Model) -> tuple[str, list[Any], list[Any]]:
    """The INSERT of the row, its values, and the columns that the database fills in.

    Written out here: it takes Django's compiler longer than PostgreSQL.
    """
    given = [
        field
        for field in row._meta.concrete_fields
        if not isinstance(getattr(row, field.attname), DatabaseDefault)
    ]
    stamped = list(row._meta.db_returning_fields)
    columns = ", ".join(f'"{field.column}"' for field in given)
    returned = ", ".join(f'"{field.column}"' for field in stamped)
    places = ", ".join(["%s"] * len(given))
    sql = f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({places}) RETURNING {returned}'
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in given]
    return sql, values, stamped


def _change(rows: models.QuerySet[Any], columns: Columns | None) -> tuple[str, Any]:
    """Django's own UPDATE or DELETE of the rows, and its values."""
    query: Any = rows.query.chain(DeleteQuery if columns is None else UpdateQuery)
    if columns is not None:
        query.add_update_values(columns)
    sql, values = query.get_compiler(connection=connection).as_sql()
    return sql, values
