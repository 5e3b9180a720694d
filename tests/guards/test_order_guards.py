"""Invariants 1 and 5: no move of an order without its own permit, event and place in the story."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from uuid6 import uuid7

from orders import services as orders
from orders.models import OrderEvent
from rems.models import DecisionRecord
from tests import builders as b
from tests.cast import ana, carl, pat
from tests.guards.life import Fill, a_placed_order
from tests.guards.raw import (
    CHECK,
    UNIQUE,
    Connection,
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


def test_a_decision_by_a_clock_that_was_set_back_is_refused(
    app: Connection, superuser_connection: Connection
) -> None:
    """The hold before it would lie ahead, as if it had not happened yet."""
    fill = a_placed_order()
    superuser_connection.execute("ALTER TABLE rems_seal DISABLE TRIGGER USER")
    superuser_connection.execute("UPDATE rems_seal SET sealed_at = now() + interval '20 s'")
    superuser_connection.execute("ALTER TABLE rems_seal ENABLE TRIGGER USER")
    with refused(app, CHECK, "rems_decisionrecord_not_before_facts"):
        take(app, fill, "approved")
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
