"""Checkout: an order comes to exist when the gate permits, and in no other way."""

from uuid import uuid4

import pytest

from orders import services
from orders.models import Basket, Order
from orders.states import Status
from rems.errors import DomainError, NotAllowed
from rems.models import DecisionRecord
from tests import cast
from tests.builders import (
    a_hold,
    a_patient,
    a_positive_test,
    a_prescription,
    acting_user,
    the_store,
)

from .steps import delivered, everything_is_sealed, place, placed, refusals, traces

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("category", cast.CAST)
def test_every_cleared_patient_places_an_order(category: str) -> None:
    cleared = cast.CAST[category](ready_for="checkout")
    order = placed(cleared)
    assert order.status == Status.PLACED
    assert (order.quantity, order.days_supply, order.refills) == (21, 28, 0)
    assert order.authorization_id == cleared.authorization.pk
    assert order.ship_to_street == "4 Elm Street"
    event = order.events.get()
    assert (event.from_status, event.to_status, event.actor) == ("", "placed", cleared.user)
    assert event.decision is not None
    assert event.decision.outcome == "permit"
    assert event.decision.gate == "checkout"
    assert everything_is_sealed(order)


def test_placing_empties_the_basket() -> None:
    carl = cast.carl()
    Basket.objects.create(user=carl.user, package=the_store().package)
    placed(carl)
    assert not Basket.objects.exists()


def test_a_patient_without_a_prescription_is_refused_and_it_is_on_record() -> None:
    carl = cast.carl()
    before = traces()
    result = place(carl, prescription_id=None)
    assert result.order is None
    assert result.decision is not None
    assert "R13" in result.decision.denying_rules
    assert traces() == before
    assert refusals() == 1


def test_an_open_hold_stops_the_checkout() -> None:
    carl = cast.carl()
    a_hold(carl.patient)
    before = traces()
    result = place(carl)
    assert result.decision is not None
    assert result.decision.denying_rules == ("R25",)
    assert traces() == before
    assert DecisionRecord.objects.get(outcome="refuse").gate == "checkout"


def test_a_positive_test_stops_anas_checkout() -> None:
    ana = cast.ana()
    a_positive_test(ana.patient)
    result = place(ana)
    assert result.decision is not None
    assert result.decision.denying_rules[0] == "R23"
    assert not Order.objects.exists()


def test_somebody_elses_prescription_counts_as_none() -> None:
    carl, beth = cast.carl(), cast.beth()
    before = traces()
    result = place(carl, prescription_id=beth.prescription.pk)
    assert result.decision is not None
    assert "R13" in result.decision.denying_rules
    assert traces() == before


def test_nobody_orders_for_a_patient_whom_they_do_not_act_for() -> None:
    carl, beth = cast.carl(), cast.beth()
    before = traces()
    with pytest.raises(NotAllowed):
        place(carl, actor=beth.user)
    with pytest.raises(NotAllowed):
        place(carl, patient_id=uuid4())
    assert traces() == before


def test_staff_who_act_for_nobody_cannot_order() -> None:
    carl = cast.carl()
    with pytest.raises(NotAllowed):
        place(carl, actor=the_store().user)
    assert not Order.objects.exists()


def test_an_unknown_package_or_way_of_leaving_is_refused() -> None:
    carl = cast.carl()
    with pytest.raises(DomainError):
        place(carl, package_id=uuid4())
    with pytest.raises(DomainError):
        place(carl, mode="pigeon")
    assert not Order.objects.exists()


def test_a_prescription_is_ordered_once() -> None:
    carl = cast.carl()
    placed(carl)
    before = traces()
    second = place(carl)
    assert second.decision is not None
    assert second.decision.denying_rules == ("R16",)
    assert traces() == before


def test_a_patient_with_more_than_a_week_left_is_permitted_to_order_but_not_more() -> None:
    """R45 is asked at the approval, not at the checkout."""
    carl = cast.carl()
    delivered(carl)
    again = a_prescription(carl.patient)
    result = place(carl, prescription_id=again.pk)
    assert result.decision is not None
    assert "R13" in result.decision.denying_rules
    assert "R45" not in result.decision.denying_rules


def test_a_patient_whom_nobody_enrolled_is_told_everything_at_once() -> None:
    newcomer = a_patient(category=None, name="Nell Hart", enrolled=False)
    result = services.place(
        patient_id=newcomer.pk,
        prescription_id=None,
        package_id=the_store().package.pk,
        mode="ship",
        actor=acting_user(newcomer),
    )
    assert result.decision is not None
    assert {"R03", "R13"} <= set(result.decision.denying_rules)
