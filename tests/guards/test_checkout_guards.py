"""Invariants 1, 5, 6 and 7 at the checkout: an order is what was prescribed, on its own permit."""

from collections.abc import Callable
from typing import Any

import pytest
from uuid6 import uuid7

from catalog.models import Package
from orders import services as orders
from orders.models import Order, OrderEvent
from rems.models import DecisionRecord
from tests import builders as b
from tests.cast import ana, pat
from tests.guards.life import Fill, a_placed_order, signed
from tests.guards.raw import (
    CHECK,
    FORBIDDEN,
    UNIQUE,
    Connection,
    columns_of,
    copy_of,
    insert,
    insert_like,
    refused,
    seal,
    update,
)
from tests.guards.steps import clock, status_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


FAR = {"permitted_until": "2100-01-01T00:00:00Z"}


def unchanged(fill: Fill) -> bool:
    """The order stands where it stood, with the events it had."""
    events = OrderEvent.objects.filter(order=fill.order)
    return status_of(fill.order) == fill.order.status and events.count() == fill.order.revision


# An order that was raw from the start ------------------------------------------------------------


def a_second_order(fill: Fill, **lies: Any) -> dict[str, Any]:
    """The columns of another order like the fill's, which was cancelled before."""
    orders.cancel(
        order_id=fill.order.pk, actor=pat().user, signature=signed("I cancel."), reason="Wrong"
    )
    values = copy_of(fill.order, number="SECOND", revision=1, status="placed")
    return values | lies


def place(app: Connection, fill: Fill, values: dict[str, Any], **lies: Any) -> None:
    """A checkout by raw SQL, right but for the lies in `values` and in the permit."""
    template = DecisionRecord.objects.filter(subject_id=fill.order.pk, gate="checkout")[0]
    told = {"subject_id": values["id"], "at": clock(app), **lies}
    told.setdefault("permitted_until", told["at"] if told.get("outcome") != "refuse" else None)
    decision = insert_like(app, template, **told)
    insert(app, "orders_order", values)
    checkout = OrderEvent.objects.get(order=fill.order, seq=1)
    row = insert_like(app, checkout, order_id=values["id"], decision_id=decision)
    seal(app, values["patient_id"], "rems_decisionrecord", decision)
    seal(app, values["patient_id"], "orders_orderevent", row)


def test_a_raw_checkout_that_tells_no_lie_goes_through(app: Connection) -> None:
    fill = a_placed_order()
    values = a_second_order(fill)
    with app.transaction():
        place(app, fill, values)
    assert Order.objects.get(pk=values["id"]).status == "placed"


@pytest.mark.parametrize(
    ("lie", "guard"),
    [
        ({"status": "approved"}, "orders_order_starts_placed"),
        ({"status": "dispensed"}, "orders_order_starts_placed"),
        ({"status": "shipped"}, "orders_order_starts_placed"),
        ({"status": "delivered"}, "orders_order_starts_placed"),
        ({"days_supply_cap": 90}, "orders_order_cap_of_program"),
        ({"days_supply_cap": 365}, "orders_order_cap_of_program"),
        ({"days_supply": 14, "quantity": 10}, "orders_order_matches_prescription"),
        ({"quantity": 7}, "orders_order_matches_prescription"),
        ({"refills": 1}, "orders_order_no_refills"),
        ({"mode": "fly"}, "orders_order_mode_known"),
    ],
)
def test_carl_s_second_order_is_refused_when_it_says(
    lie: dict[str, Any], guard: str, app: Connection
) -> None:
    fill = a_placed_order()
    values = a_second_order(fill, **lie)
    with refused(app, CHECK, guard):
        place(app, fill, values)
    assert Order.objects.count() == 1


def test_an_order_of_more_days_than_the_cap_or_of_more_capsules_than_days_is_refused(
    app: Connection,
) -> None:
    """Prescriptions are kept as they came; the guards bite at the order."""
    Package.objects.update(capsules=100)
    for days, quantity, guard in (
        (90, 21, "orders_order_days_supply_within_cap"),
        (28, 56, "orders_order_quantity_within_days"),
    ):
        patient = b.a_patient(name=f"Finn {days} {quantity}")
        prescription = b.a_prescription(patient, days_supply=days, quantity=quantity)
        number = b.authorize(prescription)
        fill = a_placed_order(b.clear_for(b.a_patient(name=f"Gus {days} {quantity}")))
        values = copy_of(
            fill.order,
            patient_id=patient.pk,
            prescription_id=prescription.pk,
            authorization_id=number.pk,
            number=f"N{quantity}{days}",
            days_supply=days,
            quantity=quantity,
        )
        with refused(app, CHECK, guard):
            place(app, fill, values, patient_id=patient.pk)


@pytest.mark.parametrize("too_small", [{"capsules": 20}, {"days_supply_max": 27}])
def test_an_order_of_a_package_that_does_not_hold_what_was_prescribed_is_refused(
    too_small: dict[str, int], app: Connection
) -> None:
    cleared = b.clear_for(b.a_patient(name="Gus Hall"))
    fill = a_placed_order()
    values = copy_of(
        fill.order,
        patient_id=cleared.patient.pk,
        prescription_id=cleared.prescription.pk,
        authorization_id=cleared.authorization.pk,
        number="N21",
    )
    Package.objects.update(**too_small)
    with refused(app, CHECK, "orders_order_package_suffices"):
        place(app, fill, values, patient_id=cleared.patient.pk)
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"outcome": "refuse", "permitted_until": None},
        {"gate": "approve"},
        {"subject_id": uuid7()},
    ],
)
def test_an_order_is_not_placed_on_a_decision_that_does_not_permit_it(
    lie: dict[str, Any], app: Connection
) -> None:
    fill = a_placed_order()
    values = a_second_order(fill)
    with refused(app, CHECK, "orders_order_needs_permit"):
        place(app, fill, values, **lie)
    assert Order.objects.count() == 1


def test_ana_s_permit_does_not_place_carl_s_order(app: Connection) -> None:
    fill = a_placed_order()
    other = ana("checkout").patient
    values = a_second_order(fill)
    with refused(app, CHECK, "orders_order_needs_permit"):
        place(app, fill, values, patient_id=other.pk)


@pytest.mark.parametrize("what", ["package", "product"])
def test_what_is_off_sale_is_not_ordered_but_what_was_ordered_before_goes_on(
    what: str, app: Connection
) -> None:
    fill, other = a_placed_order(), a_placed_order(ana())
    values = a_second_order(fill)
    update(app, getattr(b.the_store(), what), on_sale=False)
    with refused(app, CHECK, "orders_order_on_sale"):
        place(app, fill, values)
    assert Order.objects.count() == 2
    assert orders.approve(**other.pharmacist("I approve this order.")).is_done


def test_an_order_for_ana_on_carl_s_prescription_is_refused(app: Connection) -> None:
    fill = a_placed_order()
    other = ana("checkout").patient
    values = a_second_order(fill, patient_id=other.pk)
    with refused(app, CHECK, "orders_order_matches_prescription"):
        place(app, fill, values, patient_id=other.pk)


def test_one_prescription_has_one_open_order(app: Connection) -> None:
    fill = a_placed_order()
    values = copy_of(fill.order, number="SECOND")
    with refused(app, UNIQUE, "orders_order_one_per_prescription"):
        place(app, fill, values)
    assert Order.objects.count() == 1


def test_an_order_never_changes_what_it_is_for(
    app: Connection, owner_connection: Connection
) -> None:
    fill = a_placed_order()
    changes = {"quantity": 20, "days_supply": 27, "days_supply_cap": 99, "mode": "hand"}
    changes |= {"ship_to_state": "NJ", "patient_id": ana("checkout").patient.pk}
    for column, value in changes.items():
        with refused(app, FORBIDDEN):
            update(app, fill.order, **{column: value})
        with refused(owner_connection, CHECK, "orders_order_is_fixed"):
            update(owner_connection, fill.order, **{column: value})
    assert columns_of(Order.objects.get(pk=fill.order.pk)) == columns_of(fill.order)
