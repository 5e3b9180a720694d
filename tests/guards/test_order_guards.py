"""Invariants 1 and 5: no move of an order without its own permit, event and place in the story."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from uuid6 import uuid7

from orders import services as orders
from orders.models import Order, OrderEvent
from rems.models import DecisionRecord
from tests import builders as b
from tests.cast import ana, carl, pat
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
from tests.guards.steps import clock, event, permit, signature, status_of, take

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


# A step -----------------------------------------------------------------------------------------


def test_raw_steps_that_tell_no_lie_go_through(app: Connection) -> None:
    fill = a_placed_order()
    for status in ("approved", "dispensed", "shipped", "delivered"):
        with app.transaction():
            take(app, fill, status)
        fill.order.refresh_from_db()
        assert fill.order.status == status


@pytest.mark.parametrize("status", ["approved", "dispensed", "shipped", "rejected"])
def test_a_bare_update_of_the_status_is_refused(status: str, app: Connection) -> None:
    fill = a_placed_order()
    with refused(app, CHECK):
        app.execute("UPDATE orders_order SET status = %s", [status])
    assert unchanged(fill)


@pytest.mark.parametrize(
    ("left_out", "guard"),
    [
        ("permit", "orders_order_needs_permit"),
        ("event", "orders_order_status_matches_last_event"),
        ("status", "orders_order_status_matches_last_event"),
        ("signature", "orders_orderevent_signed"),
        ("seal", "rems_decisionrecord_sealed"),
    ],
)
def test_an_approval_without_one_of_its_parts_is_refused(
    left_out: str, guard: str, app: Connection
) -> None:
    fill = a_placed_order()
    with refused(app, CHECK, guard):
        take(app, fill, "approved", without=left_out)
    assert unchanged(fill)


@pytest.mark.parametrize(
    ("lie", "guard"),
    [
        ({"outcome": "refuse", "permitted_until": None}, "orders_order_needs_permit"),
        ({"gate": "checkout"}, "orders_order_needs_permit"),
        ({"gate": "dispense"}, "orders_order_needs_permit"),
        ({"gate": "release"}, "orders_order_needs_permit"),
        ({"subject_id": None}, "orders_order_needs_permit"),
        ({"gate": "any"}, "rems_decisionrecord_gate_known"),
        ({"outcome": "maybe"}, "rems_decisionrecord_outcome_known"),
        ({"outcome": "refuse"}, "rems_decisionrecord_permit_has_no_finding"),
        ({"permitted_until": None}, "rems_decisionrecord_permit_has_no_finding"),
        ({"findings": '[{"rule": "R20"}]'}, "rems_decisionrecord_permit_has_no_finding"),
    ],
)
def test_an_approval_on_a_decision_that_does_not_permit_it_is_refused(
    lie: dict[str, Any], guard: str, app: Connection
) -> None:
    fill = a_placed_order()
    with refused(app, CHECK, guard):
        take(app, fill, "approved", permit=lie)
    assert unchanged(fill)


def test_a_decision_by_yesterday_s_clock_is_refused(app: Connection) -> None:
    """It could otherwise be dated back into the reign of a version no longer in force."""
    fill = a_placed_order()
    with refused(app, CHECK, "rems_decisionrecord_at_is_now"):
        take(app, fill, "approved", permit={"at": clock(app) - timedelta(days=1)})
    with refused(app, CHECK, "rems_decisionrecord_at_read"):
        take(app, fill, "approved", permit={"at": clock(app) + timedelta(hours=1), **FAR})
    assert unchanged(fill)


def test_a_permit_of_an_earlier_transaction_is_refused(app: Connection) -> None:
    fill = a_placed_order()
    with app.transaction():
        decision = permit(app, fill, "approve")
        seal(app, fill.order.patient_id, "rems_decisionrecord", decision)
    with refused(app, CHECK, "orders_order_needs_permit"):
        take(app, fill, "approved", without="permit")
    # Not even for the event alone, though it names the permit.
    with refused(app, CHECK, "orders_orderevent_needs_permit"):
        event(app, fill, "approved", decision_id=decision, attestation_id=signature(app, fill))
    assert unchanged(fill)


def test_a_permit_that_claims_to_be_of_this_transaction_is_stamped_with_its_own(
    app: Connection,
) -> None:
    fill = a_placed_order()
    found = app.execute("SELECT pg_current_xact_id()::text::bigint + 5").fetchone()
    assert found is not None
    with app.transaction():
        lie = {"transaction_id": found[0], "recorded_at": "2020-01-01T00:00:00Z"}
        decision = permit(app, fill, "approve", **lie)
        seal(app, fill.order.patient_id, "rems_decisionrecord", decision)
    row = DecisionRecord.objects.get(pk=decision)
    assert row.transaction_id != found[0]
    assert row.recorded_at > b.ago(minutes=5)


def test_another_order_s_permit_is_refused(app: Connection) -> None:
    carls, anas = a_placed_order(), a_placed_order(ana())
    with refused(app, CHECK, "orders_order_needs_permit"):
        permit(app, anas, "approve")
        take(app, carls, "approved", without="permit")
    with refused(app, CHECK, "orders_orderevent_needs_permit"):
        theirs = permit(app, anas, "approve")
        take(app, carls, "approved", event={"decision_id": theirs})
    assert unchanged(carls)
    assert unchanged(anas)


def test_a_permit_for_another_patient_is_refused(app: Connection) -> None:
    fill = a_placed_order()
    other = ana("checkout").patient
    with refused(app, CHECK, "orders_order_needs_permit"):
        take(app, fill, "approved", permit={"patient_id": other.pk})
    assert unchanged(fill)


def test_one_permit_serves_one_step(app: Connection) -> None:
    """Approved, paused, placed and approved again in one transaction, on one approval."""
    fill = a_placed_order()
    with refused(app, UNIQUE, "orders_orderevent_decision_id_key"):
        first = permit(app, fill, "approve")
        again = permit(app, fill, "checkout")
        steps = [("placed", "approved", first), ("approved", "on_hold", None)]
        steps += [("on_hold", "placed", again), ("placed", "approved", first)]
        for seq, (before, after, decision) in enumerate(steps, start=2):
            links = {"seq": seq, "from_status": before, "decision_id": decision}
            event(app, fill, after, **links, attestation_id=signature(app, fill, meaning=f"{seq}"))
    assert unchanged(fill)


@pytest.mark.parametrize(
    ("lie", "guard"),
    [
        ({"decision_id": None}, "orders_orderevent_needs_permit"),
        ({"from_status": "on_hold"}, "orders_orderevent_follows"),
        ({"seq": 7}, "orders_orderevent_follows"),
        ({"to_status": "lost"}, "orders_orderevent_transition_allowed"),
        ({"to_status": "shipped"}, "orders_orderevent_transition_allowed"),
    ],
)
def test_an_event_that_does_not_fit_is_refused(
    lie: dict[str, Any], guard: str, app: Connection
) -> None:
    fill = a_placed_order()
    with refused(app, CHECK, guard):
        take(app, fill, "approved", event=lie)
    assert unchanged(fill)


def test_an_event_of_a_status_that_nobody_knows_is_refused(owner_connection: Connection) -> None:
    """Even if the owner lists the move."""
    fill = a_placed_order()
    with refused(owner_connection, CHECK, "orders_orderevent_status_known"):
        owner_connection.execute(
            "INSERT INTO orders_transition (from_status, to_status, gate) VALUES ('placed','gone','')"
        )
        event(owner_connection, fill, "gone")
    with refused(owner_connection, CHECK, "orders_order_status_known"):
        owner_connection.execute(
            "INSERT INTO orders_transition (from_status, to_status, gate) VALUES ('placed','gone','')"
        )
        update(owner_connection, fill.order, status="gone")


def test_moves_that_are_not_listed_are_refused(app: Connection) -> None:
    fill = a_placed_order()
    for status in ("shipped", "delivered", "lost", "handed_over"):
        with refused(app, CHECK, "orders_order_transition_allowed"):
            update(app, fill.order, status=status)
    assert unchanged(fill)


@pytest.mark.parametrize(
    ("lie", "guard"),
    [
        ({"signed_row": uuid7()}, "orders_orderevent_signature_is_its_own"),
        ({"signed_table": "rems_hold"}, "orders_orderevent_signature_is_its_own"),
        ({"printed_name": ""}, "rems_attestation_has_name"),
        ({"reauthenticated_at": "2100-01-01T00:00Z"}, "rems_attestation_reauthenticated_before"),
    ],
)
def test_an_approval_under_a_signature_for_something_else_is_refused(
    lie: dict[str, Any], guard: str, app: Connection
) -> None:
    fill = a_placed_order()
    with refused(app, CHECK, guard):
        take(app, fill, "approved", signature=lie)
    assert unchanged(fill)


def test_somebody_else_s_signature_is_refused(app: Connection) -> None:
    fill = a_placed_order()
    with refused(app, CHECK, "orders_orderevent_signature_is_its_own"):
        take(app, fill, "approved", signature={"signer_id": fill.cleared.user.pk})
    assert unchanged(fill)


def test_yesterday_s_signature_is_refused(app: Connection) -> None:
    fill = a_placed_order()
    with app.transaction():
        old = signature(app, fill)
        seal(app, fill.order.patient_id, "rems_attestation", old)
    with refused(app, CHECK, "orders_orderevent_signature_is_its_own"):
        take(app, fill, "approved", event={"attestation_id": old})
    assert unchanged(fill)


def test_one_signature_serves_one_step(app: Connection) -> None:
    fill = a_placed_order()
    with refused(app, UNIQUE, "orders_orderevent_signature_once"):
        take(app, fill, "approved")
        found = app.execute(
            "SELECT attestation_id FROM orders_orderevent WHERE to_status = 'approved'"
        ).fetchone()
        assert found is not None
        links = {"seq": 3, "from_status": "approved", "attestation_id": found[0]}
        event(app, fill, "on_hold", **links)
    assert unchanged(fill)


def test_carl_s_order_can_be_paused_and_approved_again_under_the_same_words() -> None:
    """Each step has its signature; the words of the second are those of the first."""
    fill = a_placed_order(carl())
    for _ in range(2):
        assert orders.approve(**fill.pharmacist("I approve this order.")).is_done
        assert orders.pause(order_id=fill.order.pk, actor=pat().user, reason="Call").is_done
        assert orders.resume(**fill.pharmacist("I resume this order."), reason="Called").is_done
    assert status_of(fill.order) == "placed"
