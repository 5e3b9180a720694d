"""Invariant 6 by raw SQL: a number is one number, of one prescription, and is used once."""

from collections.abc import Callable
from typing import Any

import pytest

from orders import services as orders
from rems.models import (
    Authorization,
    Confirmation,
    Prescription,
)
from tests import builders as b
from tests.cast import ana, carl
from tests.guards.evidence import write
from tests.guards.life import a_placed_order
from tests.guards.raw import (
    CHECK,
    EXCLUDE,
    UNIQUE,
    Connection,
    insert_like,
    refused,
)

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"supersedes_id": None, "correction_reason": ""}


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


def test_a_number_belongs_to_one_prescription_for_ever(app: Connection) -> None:
    """Also when its first row was taken back, and whichever patient the second is for."""
    cleared = carl()
    for model, other in (
        (Authorization, b.a_prescription(cleared.patient)),
        (Confirmation, b.a_prescription(cleared.patient)),
        (Confirmation, ana("checkout").prescription),
    ):
        row = model.objects.filter(prescription=cleared.prescription)[0]
        name = f"{row._meta.db_table}_number_one_prescription"
        with refused(app, EXCLUDE, name):
            write(app, row, prescription_id=other.pk, patient_id=other.patient_id, **NEW)
    row = Confirmation.objects.get(prescription=cleared.prescription)
    with app.transaction():
        write(app, row, retracts=True)
    with refused(app, EXCLUDE, "rems_confirmation_number_one_prescription"):
        write(app, row, prescription_id=ana_s(), patient_id=ana_s("patient_id"), **NEW)


def test_a_number_on_record_is_not_renewed_by_a_later_time(app: Connection) -> None:
    """Neither as a correction nor after it was taken back, in whatever spelling."""
    prescription = carl().prescription
    for model in (Authorization, Confirmation):
        row = model.objects.get(prescription=prescription)
        guard = f"{row._meta.db_table}_number_not_renewed"
        with refused(app, CHECK, guard):
            write(app, row, occurred_at=b.now())
        with app.transaction():
            # That it was entered in error is said at any time, whatever time it has.
            gone = write(app, row, retracts=True, occurred_at=b.now())
        taken_back = model.objects.get(pk=gone)
        with refused(app, CHECK, guard):
            write(app, taken_back, retracts=False, occurred_at=b.now(), number=f"-{row.number}")
        with app.transaction():
            again = write(app, taken_back, retracts=False, occurred_at=row.occurred_at)
        assert model.objects.get(pk=again).number == row.number


def ana_s(column: str = "pk") -> Any:
    return getattr(Prescription.objects.get(patient__name="Ana Ruiz"), column)


def test_a_number_is_there_and_has_one_spelling(app: Connection) -> None:
    cleared = carl()
    for model in (Authorization, Confirmation):
        row = model.objects.get(prescription=cleared.prescription)
        with refused(app, CHECK, f"{row._meta.db_table}_number_present"):
            write(app, row, number="")
        for spelling in (row.number.lower(), f" {row.number}", f"{row.number} ", "A 1", "Ä1"):
            with refused(app, CHECK, f"{row._meta.db_table}_number_plain"):
                write(app, row, number=spelling)


def test_an_order_s_number_and_a_patient_s_are_given_once(
    app: Connection, superuser_connection: Connection
) -> None:
    fill = a_placed_order()
    with refused(app, UNIQUE, "rems_patient_number_key"):
        insert_like(app, fill.cleared.patient)
    with refused(superuser_connection, UNIQUE, "orders_order_number_key"):
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        insert_like(superuser_connection, fill.order)


def test_one_number_has_one_open_order_were_the_guards_gone(
    superuser_connection: Connection,
) -> None:
    fill, other = a_placed_order(), a_placed_order(b.a_cleared_patient(name="Gus Hall"))
    changed = {"number": "2", "prescription_id": other.order.prescription_id}
    orders.cancel(order_id=other.order.pk, actor=other.cleared.user, signature=None, reason="No")
    with refused(superuser_connection, UNIQUE, "orders_order_authorization_once"):
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        insert_like(superuser_connection, fill.order, **changed)
