"""Invariants 1, 5, 6 and 7 at the counter: what is dispensed, from where, and how it leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from catalog.models import Lot, Package
from orders import services as orders
from orders.models import Dispense, Order, Release
from orders.services import StepResult
from rems.errors import GuardRefused
from rems.models import Confirmation, FirstDose, Supply
from rems.services.corrections import correct_evidence
from tests import builders as b
from tests.cast import ana, carl, pat
from tests.guards.evidence import sign
from tests.guards.life import Fill, a_placed_order, signed
from tests.guards.raw import CHECK, UNIQUE, Connection, copy_of, insert, insert_like, refused
from tests.guards.steps import clock, dispense_row, permit, release_row, status_of, take

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


def nothing_left(fill: Fill) -> bool:
    """The order stands where it stood; nothing was dispensed or released beyond what was."""
    return (
        status_of(fill.order) == fill.order.status
        and Dispense.objects.filter(order=fill.order).exists() == (fill.order.revision > 2)
        and not Release.objects.filter(order=fill.order).exists()
    )


# Dispensing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "guard"),
    [
        ("permit", "orders_order_needs_permit"),
        ("event", "orders_order_status_matches_last_event"),
        ("status", "orders_order_status_matches_last_event"),
        ("signature", "orders_orderevent_signed"),
        ("orders_dispense", "orders_order_dispensed_has_dispense"),
        ("rems_supply", "orders_dispense_starts_supply"),
    ],
)
def test_a_dispense_without_one_of_its_parts_is_refused(
    left_out: str, guard: str, app: Connection
) -> None:
    fill = a_placed_order().to("approved")
    with refused(app, CHECK, guard):
        take(app, fill, "dispensed", without=left_out)
    assert nothing_left(fill)


def test_a_dispense_row_alone_is_refused(app: Connection) -> None:
    fill = a_placed_order().to("approved")
    with refused(app, CHECK, "orders_dispense_needs_permit"):
        dispense_row(app, fill)
    with refused(app, CHECK, "orders_order_dispensed_has_dispense"):
        permit(app, fill, "dispense")
        dispense_row(app, fill)
        app.execute("SET CONSTRAINTS orders_dispense_agrees IMMEDIATE")
    assert nothing_left(fill)


@pytest.mark.parametrize(
    ("lie", "guard"),
    [
        ({"quantity": 20}, "orders_dispense_numbers_belong"),
        ({"days_supply": 14}, "orders_dispense_numbers_belong"),
        ({"serial_number": ""}, "orders_dispense_serial_captured"),
    ],
)
def test_a_dispense_that_is_not_what_was_ordered_is_refused(
    lie: dict[str, Any], guard: str, app: Connection
) -> None:
    fill = a_placed_order().to("approved")
    with refused(app, CHECK, guard):
        take(app, fill, "dispensed", orders_dispense=lie)
    assert nothing_left(fill)


def test_ana_s_confirmation_prescription_and_authorization_do_not_serve_carl(
    app: Connection,
) -> None:
    fill = a_placed_order().to("approved")
    other = ana("checkout")
    confirmation = b.confirm(other.prescription)
    for lie in (
        {"confirmation_id": confirmation.pk},
        {"prescription_id": other.prescription.pk},
        {"authorization_id": other.authorization.pk},
    ):
        with refused(app, CHECK, "orders_dispense_numbers_belong"):
            take(app, fill, "dispensed", orders_dispense=lie)
    assert nothing_left(fill)


def test_a_confirmation_that_was_replaced_does_not_serve(app: Connection) -> None:
    fill = a_placed_order().to("approved")
    old = fill.cleared.prescription.confirmations.get()
    correct_evidence(
        row=old,
        replacement=Confirmation(number="C-NEW", source="phone"),
        reason="Misread",
        actor=pat().user,
        signature=signed("I correct this."),
    )
    with refused(app, CHECK, "orders_dispense_numbers_belong"):
        take(app, fill, "dispensed", orders_dispense={"confirmation_id": old.pk})
    assert nothing_left(fill)


def test_a_lot_of_another_package_does_not_serve(app: Connection) -> None:
    fill = a_placed_order().to("approved")
    package = Package.objects.exclude(pk=fill.order.package_id).first()
    if package is None:
        other = copy_of(b.the_store().package, ndc11="99999999999", ndc_printed="9999-9999-99")
        package = Package.objects.get(pk=insert(app, "catalog_package", other))
    lot = insert(app, "catalog_lot", copy_of(fill.lot, package_id=package.pk, number="ELSE"))
    with refused(app, CHECK, "orders_dispense_lot_of_package"):
        take(app, fill, "dispensed", orders_dispense={"lot_id": lot})
    assert nothing_left(fill)


def test_capsules_cannot_be_dispensed_without_an_approval(app: Connection) -> None:
    """From a pause an order may go back to dispensed: only if it had been dispensed before."""
    fill = a_placed_order()
    orders.pause(order_id=fill.order.pk, actor=pat().user, reason="Call")
    fill.order.refresh_from_db()
    with refused(app, CHECK, "orders_dispense_after_approval"):
        take(app, fill, "dispensed")
    assert not Dispense.objects.exists()
    assert status_of(fill.order) == "on_hold"


def test_each_number_and_each_package_is_used_once(app: Connection) -> None:
    """Each column by itself, each on an otherwise right row."""
    used = a_placed_order().to("dispensed")
    fill = a_placed_order(b.a_cleared_patient(name="Gus Hall")).to("approved")
    with refused(app, UNIQUE, "orders_dispense_serial_once"):
        take(app, fill, "dispensed", orders_dispense={"serial_number": f"S{used.order.number}"})
    assert nothing_left(fill)


def test_no_second_dispense_for_the_same_order_prescription_or_number(
    superuser_connection: Connection,
) -> None:
    """The guards refuse first; were they gone, the constraints would still refuse."""
    used = a_placed_order().to("dispensed")
    fill = a_placed_order(b.a_cleared_patient(name="Gus Hall")).to("approved")
    order = fill.order
    right = {
        "order_id": order.pk,
        "prescription_id": order.prescription_id,
        "authorization_id": order.authorization_id,
        "confirmation_id": fill.cleared.prescription.confirmations.get().pk,
        "serial_number": "OTHER",
    }
    for column in ("order_id", "prescription_id", "authorization_id", "confirmation_id"):
        values = copy_of(used.order.dispense, **(right | {column: kept(used, column)}))
        with refused(superuser_connection, UNIQUE, f"orders_dispense_{column}_key"):
            superuser_connection.execute("SET LOCAL session_replication_role = replica")
            insert(superuser_connection, "orders_dispense", values)


def kept(used: Fill, column: str) -> Any:
    return getattr(used.order.dispense, column)


def test_a_number_that_was_used_cannot_be_ordered_on_again(app: Connection) -> None:
    fill = a_placed_order().to("dispensed")
    orders.cancel(
        order_id=fill.order.pk, actor=pat().user, signature=signed("I cancel."), reason="Broken"
    )
    with refused(app, CHECK, "orders_order_authorization_used"):
        told = {"subject_id": (order_id := copy_of(fill.order)["id"]), "at": clock(app)}
        permit(app, fill, "checkout", **told)
        insert(app, "orders_order", copy_of(fill.order, id=order_id, number="2", status="placed"))
    assert Order.objects.count() == 1


def test_stock_never_falls_below_zero(app: Connection) -> None:
    fill = a_placed_order().to("approved")
    Lot.objects.update(quantity_on_hand=0)
    with refused(app, CHECK, "catalog_lot_quantity_not_negative"):
        app.execute("UPDATE catalog_lot SET quantity_on_hand = quantity_on_hand - 1")
    dispensed = {"lot_id": fill.lot.pk, "serial_number": "S1"}
    with pytest.raises(GuardRefused, match="no package of this lot left"):
        orders.dispense(**fill.pharmacist("I dispensed this."), **dispensed)
    assert nothing_left(fill)
    Lot.objects.update(quantity_on_hand=F("quantity_on_hand") + 1)
    assert orders.dispense(**fill.pharmacist("I dispensed this."), **dispensed).is_done


# Releasing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "guard"),
    [
        ("permit", "orders_order_needs_permit"),
        ("event", "orders_order_status_matches_last_event"),
        ("status", "orders_order_status_matches_last_event"),
        ("signature", "orders_orderevent_signed"),
        ("orders_release", "orders_order_released_has_release"),
    ],
)
def test_a_shipment_without_one_of_its_parts_is_refused(
    left_out: str, guard: str, app: Connection
) -> None:
    fill = a_placed_order().to("dispensed")
    with refused(app, CHECK, guard):
        take(app, fill, "shipped", without=left_out)
    assert nothing_left(fill)


def test_a_release_row_alone_is_refused(app: Connection) -> None:
    fill = a_placed_order().to("dispensed")
    with refused(app, CHECK, "orders_release_needs_permit"):
        release_row(app, fill)
    assert nothing_left(fill)


@pytest.mark.parametrize(
    ("lie", "guard"),
    [
        ({"carrier": ""}, "orders_release_names_receiver"),
        ({"tracking_number": ""}, "orders_release_names_receiver"),
        ({"mode": "hand"}, "orders_release_mode_as_ordered"),
    ],
)
def test_a_parcel_that_leaves_otherwise_than_decided_is_refused(
    lie: dict[str, Any], guard: str, app: Connection
) -> None:
    fill = a_placed_order().to("dispensed")
    with refused(app, CHECK, guard):
        take(app, fill, "shipped", orders_release=lie)
    assert nothing_left(fill)


def test_a_parcel_for_the_counter_is_not_shipped_and_the_other_way_round(app: Connection) -> None:
    """The state licence that the gate asked about depends on the way it leaves (R53)."""
    for mode, status in (("hand", "shipped"), ("ship", "handed_over")):
        fill = a_placed_order(carl(), mode=mode).to("dispensed")
        with refused(app, CHECK, "orders_release_status_as_mode"):
            take(app, fill, status)
        assert nothing_left(fill)
        Lot.objects.update(quantity_on_hand=10)


def test_a_way_of_release_that_nobody_knows_is_refused(superuser_connection: Connection) -> None:
    fill = a_placed_order().to("shipped")
    with refused(superuser_connection, CHECK, "orders_release_mode_known"):
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        insert(superuser_connection, "orders_release", copy_of(fill.order.release, mode="fly"))


def test_a_parcel_leaves_once(superuser_connection: Connection) -> None:
    fill = a_placed_order().to("shipped")
    with refused(superuser_connection, UNIQUE, "orders_release_order_id_key"):
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        insert(superuser_connection, "orders_release", copy_of(fill.order.release))


def test_what_a_supply_says_comes_from_one_order(app: Connection) -> None:
    fill = a_placed_order().to("dispensed")
    supply = Supply.objects.get(order_id=fill.order.pk)
    with refused(app, UNIQUE, "rems_supply_order_id_key"):
        insert(app, "rems_supply", copy_of(supply))
    for lie, guard in (
        ({"order_id": None}, "rems_supply_source_has_order"),
        ({"source": "elsewhere"}, "rems_supply_source_has_order"),
        # `rems_supply_source_known` would refuse it too; the first by name speaks.
        ({"source": "moon"}, "rems_supply_source_has_order"),
    ):
        with refused(app, CHECK, guard):
            row = copy_of(supply, **lie)
            insert(app, "rems_supply", row | {"attestation_id": sign(app, supply, row["id"])})


def test_a_step_that_was_permitted_is_done_by_the_services_too() -> None:
    """So that the refusals above are not refusals of everything."""
    fill = a_placed_order().to("delivered")
    assert status_of(fill.order) == "delivered"
    done: StepResult = orders.record_return(
        **fill.pharmacist("The capsules came back."), reason="Unopened"
    )
    assert done.is_done


# The first dose ---------------------------------------------------------------------------------


def test_a_first_dose_of_capsules_that_are_still_in_the_pharmacy_is_refused(
    app: Connection,
) -> None:
    fill = a_placed_order().to("dispensed")
    supply = Supply.objects.get(order_id=fill.order.pk)
    dose = FirstDose(
        patient_id=fill.order.patient_id,
        supply=supply,
        started_on=supply.occurred_at.date(),
        occurred_at=supply.occurred_at,
        recorded_by=fill.cleared.user,
    )
    with refused(app, CHECK, "rems_firstdose_after_release"):
        insert_like(app, dose, recorded_at=clock(app), transaction_id=0)
    assert not FirstDose.objects.exists()
