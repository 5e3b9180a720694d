"""A recall that arrives with a release stops the parcel, or comes after it (R47). With the control."""

from typing import Any

import pytest
from django.db import transaction

from orders import services as orders
from tests.concurrency.work import STEP_KNOWS_THE_FACTS, Race, Work, shipping, status
from tests.guards.life import Fill, a_placed_order

pytestmark = pytest.mark.django_db(transaction=True)

RECALL_IS_WRITTEN = "orders.services.stock.plan_for_subjects"


def recalling(fill: Fill) -> Work:
    """Pat marks the lot as recalled in the admin site."""
    lot = fill.lot

    def work() -> None:
        with transaction.atomic():
            lot.is_recalled = True
            lot.save()

    return work


def resuming(fill: Fill) -> Work:
    step = fill.pharmacist("I take this order off hold.")
    return lambda: orders.resume(**step, reason="Found")


def a_packed_parcel(step: Any) -> Fill:
    fill = a_placed_order().to("dispensed")
    if step is resuming:
        actor = fill.pharmacist()["actor"]
        orders.pause(order_id=fill.order.pk, actor=actor, reason="Looked for")
    return fill


@pytest.mark.parametrize("step", [shipping, resuming])
def test_a_recall_that_was_just_recorded_stops_the_packed_parcel(step: Any, race: Race) -> None:
    fill = a_packed_parcel(step)
    stood = status(fill)
    _, result = race.run(recalling(fill), RECALL_IS_WRITTEN, step(fill))
    assert not result.is_done
    assert [finding.rule for finding in result.decision.findings] == ["R47"]
    assert status(fill) == stood


def test_a_recall_waits_for_a_parcel_that_is_just_leaving(race: Race) -> None:
    fill = a_packed_parcel(shipping)
    lot = fill.lot
    result, _ = race.run(shipping(fill), STEP_KNOWS_THE_FACTS, recalling(fill))
    assert result.is_done
    lot.refresh_from_db()
    assert lot.is_recalled


def test_control_without_the_lot_s_lock_a_parcel_leaves_after_its_recall(race: Race) -> None:
    fill = a_packed_parcel(shipping)
    _, result = race.run_unlocked(
        recalling(fill), RECALL_IS_WRITTEN, shipping(fill), STEP_KNOWS_THE_FACTS
    )
    assert result.is_done
    assert status(fill) == "shipped"
