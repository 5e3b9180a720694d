"""Invariant 5: two steps of one order that arrive together are one step. Each with its control."""

import pytest

from orders.models import Dispense
from rems.errors import StaleForm
from tests import builders as b
from tests.cast import sam
from tests.concurrency.race import (
    Connection,
    without,
)
from tests.concurrency.work import (
    LINKS_APART,
    LINKS_FOLLOW,
    STEP_IS_WRITTEN,
    STEP_KNOWS_THE_FACTS,
    Race,
    approving,
    cancelling,
    dispensing,
    shipping,
    status,
    steps_to,
)
from tests.guards.life import a_placed_order

pytestmark = pytest.mark.django_db(transaction=True)


# A step against a step --------------------------------------------------------------------------

ONE_STORY = "orders_orderevent.orders_orderevent_guard orders_order.orders_order_guard"
ONE_PLACE = f"orders_orderevent.orders_orderevent_seq_unique {LINKS_APART}"


def test_two_pharmacists_who_approve_at_once_approve_once(race: Race) -> None:
    fill = a_placed_order()
    first, second = race.run(approving(fill), STEP_KNOWS_THE_FACTS, approving(fill, by=sam()))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert steps_to(fill, "approved") == 1


def test_control_without_locks_and_guards_an_order_is_approved_twice(
    race: Race, superuser_connection: Connection
) -> None:
    fill, other = a_placed_order(), sam()
    with without(
        superuser_connection, triggers=f"{ONE_STORY} {LINKS_FOLLOW}", constraints=ONE_PLACE
    ):
        first, second = race.run_unlocked(
            approving(fill), STEP_KNOWS_THE_FACTS, approving(fill, by=other), STEP_KNOWS_THE_FACTS
        )
        assert first.is_done
        assert second.is_done
        assert steps_to(fill, "approved") == 2


def test_an_authorization_is_dispensed_on_once_however_often_one_clicks(race: Race) -> None:
    fill = a_placed_order().to("approved")
    first, second = race.run(dispensing(fill, "S1"), STEP_KNOWS_THE_FACTS, dispensing(fill, "S2"))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert Dispense.objects.get().serial_number == "S1"
    assert b.the_store().lot.quantity_on_hand == 9


USED_ONCE = " ".join(
    f"orders_dispense.orders_dispense_{column}_id_key"
    for column in ("order", "prescription", "authorization", "confirmation")
)


def test_control_without_locks_and_guards_one_authorization_is_dispensed_on_twice(
    race: Race, superuser_connection: Connection
) -> None:
    fill = a_placed_order().to("approved")
    with without(
        superuser_connection,
        triggers=f"{ONE_STORY} {LINKS_FOLLOW}",
        constraints=f"{ONE_PLACE} {USED_ONCE} rems_supply.rems_supply_order_id_key",
    ):
        race.run_unlocked(
            dispensing(fill, "S1"),
            STEP_KNOWS_THE_FACTS,
            dispensing(fill, "S2"),
            STEP_KNOWS_THE_FACTS,
        )
        assert Dispense.objects.filter(authorization=fill.order.authorization_id).count() == 2


def test_a_parcel_that_was_just_cancelled_is_not_shipped(race: Race) -> None:
    fill = a_placed_order().to("dispensed")
    first, second = race.run(cancelling(fill), STEP_IS_WRITTEN, shipping(fill))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert status(fill) == "cancelled"


def test_a_parcel_that_was_just_shipped_is_not_cancelled(race: Race) -> None:
    fill = a_placed_order().to("dispensed")
    first, second = race.run(shipping(fill), STEP_KNOWS_THE_FACTS, cancelling(fill))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert status(fill) == "shipped"


ALL_AGREE = (
    "orders_order.orders_order_agrees orders_orderevent.orders_orderevent_agrees "
    "orders_release.orders_release_agrees"
)


def test_control_without_locks_and_guards_a_cancelled_parcel_is_shipped(
    race: Race, superuser_connection: Connection
) -> None:
    fill = a_placed_order().to("dispensed")
    with without(
        superuser_connection,
        triggers=f"{ONE_STORY} {LINKS_FOLLOW} {ALL_AGREE}",
        constraints=ONE_PLACE,
    ):
        first, second = race.run_unlocked(
            cancelling(fill), STEP_IS_WRITTEN, shipping(fill), STEP_KNOWS_THE_FACTS
        )
        assert first.is_done
        assert second.is_done
        assert steps_to(fill, "cancelled") == steps_to(fill, "shipped") == 1
