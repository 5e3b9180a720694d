"""Who acts for a patient does so by one row at a time, round the ORM; and what was there is mended."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from rems.models import PatientAccess
from tests import builders as b
from tests.guards.raw import CHECK, EXCLUDE, Connection, insert_like, refused, update

pytestmark = pytest.mark.django_db(transaction=True)

SQL = Path(__file__).resolve().parents[2] / "rems/sql"
MENDING = "0012_one_access_at_a_time"
HOUR = timedelta(hours=1)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


@pytest.fixture
def access(transactional_db: None) -> PatientAccess:
    """The access of Finn Gray's guardian, until Finn is 18."""
    b.a_patient("MALE_CHILD", "Finn Gray")
    return PatientAccess.objects.get()


def sql_of(name: str) -> Any:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def test_an_account_acts_for_a_patient_once_at_a_time(
    app: Connection, access: PatientAccess
) -> None:
    for changes in ({}, {"starts_at": b.now()}, {"relation": "self", "ends_at": None}):
        with refused(app, EXCLUDE, "rems_patientaccess_once"):
            insert_like(app, access, **changes)
    assert PatientAccess.objects.count() == 1
    insert_like(app, access, user_id=b.a_user(Role.PATIENT, "Uma Gray").pk)
    update(app, access, ends_at=access.starts_at + HOUR)
    insert_like(app, access, starts_at=access.starts_at + HOUR)
    assert PatientAccess.objects.count() == 3


def test_an_access_does_not_end_before_it_starts(app: Connection, access: PatientAccess) -> None:
    for change in (insert_like, update):
        with refused(app, CHECK, "rems_patientaccess_interval_forward"):
            change(app, access, ends_at=access.starts_at - HOUR)


def test_of_two_links_of_old_the_first_is_left_until_either_was_to_end(
    superuser_connection: Connection, access: PatientAccess
) -> None:
    """The migration mends what it finds: whom a pharmacist unlinked once acts no more, unless they
    linked them again since."""
    uma, start, never = b.a_user(Role.PATIENT, "Uma Gray").pk, access.starts_at, access.ends_at
    links = [(1, start + 5 * HOUR), (2, never), (6, never), (7, never)]
    with superuser_connection.transaction(force_rollback=True):
        superuser_connection.execute(sql_of(f"{MENDING}.reverse"))
        for hours, ends_at in links:
            insert_like(
                superuser_connection, access, starts_at=start + hours * HOUR, ends_at=ends_at
            )
        insert_like(superuser_connection, access, user_id=uma)
        superuser_connection.execute(sql_of(MENDING))
        rows = superuser_connection.execute(
            "SELECT user_id = %s, starts_at, ends_at FROM rems_patientaccess ORDER BY 1, 2", [uma]
        ).fetchall()
    lasting = {0: start + 5 * HOUR, 6: never}
    finn_s = [
        (False, start + hours * HOUR, lasting.get(hours, start + hours * HOUR))
        for hours in (0, 1, 2, 6, 7)
    ]
    assert rows == [*finn_s, (True, start, never)]


def test_what_was_there_before_the_migration_began_is_mended_too(
    superuser_connection: Connection, access: PatientAccess
) -> None:
    """As `migrate` finds it: a row that two sentences of the migration change."""
    start = access.starts_at
    superuser_connection.execute(sql_of(f"{MENDING}.reverse"))
    try:
        superuser_connection.execute(
            "UPDATE rems_patientaccess SET ends_at = %s", [start + 5 * HOUR]
        )
        later = {"starts_at": start + HOUR, "ends_at": access.ends_at}
        insert_like(superuser_connection, access, **later)
    finally:
        with superuser_connection.transaction():
            superuser_connection.execute(sql_of(MENDING))
    rows = superuser_connection.execute("SELECT ends_at FROM rems_patientaccess ORDER BY starts_at")
    assert rows.fetchall() == [(start + 5 * HOUR,), (start + HOUR,)]
