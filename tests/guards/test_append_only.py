"""Invariant 2: what was recorded stays as it was recorded, whoever asks and however."""

from collections.abc import Callable

import pytest
from django.apps import apps

from accounts.models import AccessLog
from orders.models import Transition
from rems.models import Anchor, PatientAccess, Reminder, Seal
from tests.guards.life import a_whole_life, stamped_models
from tests.guards.raw import CHECK, FORBIDDEN, Connection, refused

KEPT_FOR_EVER = [
    *(model._meta.db_table for model in stamped_models()),
    *(model._meta.db_table for model in (Seal, Transition, AccessLog)),
]
KEPT_BUT_CHANGING = [
    *(model._meta.db_table for model in apps.get_models() if issubclass(model, Anchor)),
    *(model._meta.db_table for model in (PatientAccess, Reminder)),
    "rems_program",
]
pytestmark = pytest.mark.django_db(transaction=True)


def first_column(connection: Connection, table: str) -> str:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
    ).fetchone()
    assert found is not None
    return str(found[0])


def rows(connection: Connection, table: str) -> list[tuple[object, ...]]:
    return sorted(connection.execute(f"SELECT {table}::text FROM {table}").fetchall())


def test_nothing_that_was_recorded_about_ana_can_be_changed_or_removed(
    app_connection: Callable[..., Connection],
    owner_connection: Connection,
    superuser_connection: Connection,
) -> None:
    a_whole_life()
    app = app_connection(autocommit=True)
    for table in KEPT_FOR_EVER:
        before = rows(superuser_connection, table)
        assert before, f"{table} is empty: this would prove nothing"
        column = first_column(superuser_connection, table)
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with refused(app, FORBIDDEN):
                app.execute(statement)
            # The schema's owner has the privileges: there the triggers stand.
            name = None if "TRUNCATE" in statement else f"{table}_append_only"
            with refused(owner_connection, CHECK, name):
                owner_connection.execute(statement)
        assert rows(superuser_connection, table) == before


@pytest.mark.parametrize("table", KEPT_FOR_EVER)
def test_even_an_empty_table_of_evidence_cannot_be_truncated_by_its_owner(
    table: str, owner_connection: Connection
) -> None:
    with refused(owner_connection, CHECK):
        owner_connection.execute(f"TRUNCATE {table} CASCADE")


def test_people_programs_and_orders_change_but_are_never_removed(
    app_connection: Callable[..., Connection], owner_connection: Connection
) -> None:
    a_whole_life()
    app = app_connection(autocommit=True)
    for table in KEPT_BUT_CHANGING:
        assert rows(owner_connection, table), f"{table} is empty: this would prove nothing"
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with refused(app, FORBIDDEN):
                app.execute(statement)
        with refused(owner_connection, CHECK, f"{table}_no_delete"):
            owner_connection.execute(f"DELETE FROM {table}")
        with refused(owner_connection, CHECK):
            owner_connection.execute(f"TRUNCATE {table} CASCADE")


def test_the_birth_date_and_the_name_of_a_patient_are_not_the_application_s_to_change(
    app_connection: Callable[..., Connection],
) -> None:
    app = app_connection(autocommit=True)
    for column in ("born_on", "name", "number"):
        with refused(app, FORBIDDEN):
            app.execute(f"UPDATE rems_patient SET {column} = {column}")
