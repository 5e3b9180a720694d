"""What is in the patient's hands decides when the next fill may be approved (R45), and what is a
start (R20, R21)."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from orders import services as orders
from rems.models import Patient, Supply
from rems.services import supplies
from tests import builders as b
from tests.cast import ana, carl
from tests.database import VirtualClock
from tests.orders.steps import by_pat, delivered, shipped
from tests.rems.asking import denying

pytestmark = pytest.mark.django_db(transaction=True)


def end(supply: Supply, cause: str) -> None:
    user = b.the_store().user
    supplies.end_outside_supply(
        supply_id=supply.pk,
        cause=cause,
        note="The patient called.",
        actor=user,
        signature=b.sign(user, Role.PHARMACIST),
    )


def refused_for_supply(patient: Patient, prescription: object) -> bool:
    return "R45" in denying(patient, prescription)  # type: ignore[arg-type]


def test_a_week_left_is_little_enough_and_a_day_more_is_not() -> None:
    cleared = carl()
    seven = b.an_outside_supply(cleared.patient, days_left=7)
    assert not refused_for_supply(cleared.patient, cleared.prescription)
    b.an_outside_supply(cleared.patient, days_left=8)
    assert refused_for_supply(cleared.patient, cleared.prescription)
    assert seven.source == "elsewhere"


def test_two_supplies_begun_on_one_day_come_on_top_of_each_other_until_one_is_lost() -> None:
    """28 days from here and 28 from elsewhere last 56 days, not 28."""
    cleared = carl()
    first, second = (b.an_outside_supply(cleared.patient, days_left=3) for _ in range(2))
    assert first.occurred_at.date() == second.occurred_at.date()
    assert refused_for_supply(cleared.patient, cleared.prescription)

    end(first, "lost")
    assert not refused_for_supply(cleared.patient, cleared.prescription)


def test_an_older_longer_supply_still_counts_when_a_newer_one_is_used_up() -> None:
    cleared = carl()
    long_ago = b.an_outside_supply(cleared.patient, days_left=20, days_supply=60)
    b.an_outside_supply(cleared.patient, days_left=2, days_supply=10)
    assert refused_for_supply(cleared.patient, cleared.prescription)
    end(long_ago, "returned")
    assert not refused_for_supply(cleared.patient, cleared.prescription)


def test_a_fill_that_came_a_week_early_is_counted_from_its_own_start_alone() -> None:
    """As the rule reads: start and days of the supply, whatever was left of the one before."""
    cleared = carl()
    b.an_outside_supply(cleared.patient, days_left=-14)  # 21 days before the next began, 7 left
    b.an_outside_supply(cleared.patient, days_left=7)
    assert not refused_for_supply(cleared.patient, cleared.prescription)


def test_anas_first_parcel_that_never_arrived_started_nothing(clock: VirtualClock) -> None:
    """Her next fill is a start again, with its two tests; for Carl it is a second prescription."""
    for who, rules in ((ana, {"R20", "R21"}), (carl, {"R30"})):
        cleared = who()
        order = shipped(cleared)
        clock.shift(timedelta(days=5))
        orders.record_loss(order_id=order.pk, reason="The carrier lost it.", **by_pat())
        again = b.a_prescription(cleared.patient, written_at=b.now())
        asked = {"R20", "R21", "R30", "R45"}
        assert asked & set(denying(cleared.patient, again)) == rules


def test_a_parcel_that_arrived_and_came_back_was_a_start(clock: VirtualClock) -> None:
    cleared = ana()
    order = delivered(cleared)
    clock.shift(timedelta(days=5))
    orders.record_return(order_id=order.pk, reason="She brought it back.", **by_pat())
    again = b.a_prescription(cleared.patient, written_at=b.now())
    asked = {"R20", "R21", "R30", "R45"}
    assert asked & set(denying(cleared.patient, again)) == {"R30"}
