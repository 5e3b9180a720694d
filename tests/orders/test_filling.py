"""Approve, dispense, ship, hand over: each signed, each gated, each stopped by what came between."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.roles import Role
from catalog.models import Lot
from orders import services
from orders.models import Dispense, Order, Release
from orders.services import StepResult
from orders.states import Status
from rems.errors import DomainError, GuardRefused, NotAllowed, SignatureRefused, StaleForm
from rems.models import DecisionRecord, Supply
from tests import cast
from tests.builders import (
    a_hold,
    a_pharmacist,
    a_positive_test,
    a_technician,
    a_test,
    ago,
    an_outside_supply,
    clear,
    confirm,
    now,
    sign,
    the_store,
)

from .steps import (
    anyone,
    approve,
    approved,
    by_pat,
    deliver,
    dispense,
    dispensed,
    everything_is_sealed,
    hand_over,
    placed,
    refusals,
    ship,
    status_of,
    traces,
)

NEW_YORK = ZoneInfo("America/New_York")
pytestmark = pytest.mark.django_db(transaction=True)

# By name: the order as it stands before the step, and the step.
GATED: dict[str, tuple[Callable[..., Order], Callable[[Order], StepResult], str]] = {
    "approve": (placed, approve, "placed"),
    "dispense": (approved, dispense, "approved"),
    "ship": (dispensed, ship, "dispensed"),
    "hand over": (lambda cleared: dispensed(cleared, "hand"), hand_over, "dispensed"),
}


@pytest.mark.parametrize("who", ["carl", "ana"])
def test_a_parcel_goes_all_the_way_to_the_patient(who: str) -> None:
    cleared = getattr(cast, who)()
    order = placed(cleared)
    shelf = the_store().lot.quantity_on_hand
    for step in (approve, dispense, ship, deliver):
        assert step(order).is_done
    assert status_of(order.pk) == Status.DELIVERED
    assert [e.to_status for e in order.events.all()] == [
        "placed",
        "approved",
        "dispensed",
        "shipped",
        "delivered",
    ]
    assert the_store().lot.quantity_on_hand == shelf - 1
    row = Dispense.objects.get(order=order)
    assert (row.serial_number, row.quantity, row.days_supply) == ("SN-1", 21, 28)
    assert row.confirmation.prescription_id == cleared.prescription.pk
    supply = Supply.objects.get(order_id=order.pk)
    assert supply.deliveries.count() == 1
    assert everything_is_sealed(order)


def test_finn_is_handed_his_capsules_at_the_counter() -> None:
    order = dispensed(cast.finn(), "hand")
    assert hand_over(order, handed_to="Guardian Of Finn Gray").is_done
    release = Release.objects.get(order=order)
    assert (release.mode, release.handed_to) == ("hand", "Guardian Of Finn Gray")
    assert deliver(order).is_done


def test_a_signature_names_signer_meaning_and_what_it_stands_under() -> None:
    order = approved(cast.carl())
    event = order.events.get(to_status="approved")
    signed = event.attestation
    assert signed is not None
    assert (signed.signer, signed.printed_name, signed.role) == (
        the_store().user,
        "Pat Lee",
        "pharmacist",
    )
    assert signed.signed_row == order.pk
    assert order.number in signed.meaning
    assert event.decision is not None
    assert event.decision.gate == "approve"


@pytest.mark.parametrize("step", GATED)
@pytest.mark.parametrize("who", ["carl", "ana"])
def test_a_hold_opened_in_between_stops_every_step(step: str, who: str) -> None:
    before_it, take, status = GATED[step]
    cleared = getattr(cast, who)()
    order = before_it(cleared)
    a_hold(cleared.patient)
    before = traces()
    result = take(order)
    assert not result.is_done
    assert result.decision is not None
    assert result.decision.denying_rules == ("R25",)
    assert status_of(order.pk) == status
    assert traces() == before
    assert refusals(order.pk) == 1


@pytest.mark.parametrize("step", GATED)
def test_a_positive_test_in_between_stops_every_step(step: str) -> None:
    before_it, take, status = GATED[step]
    ana = cast.ana()
    order = before_it(ana)
    a_positive_test(ana.patient)
    before = traces()
    result = take(order)
    assert result.decision is not None
    assert "R23" in result.decision.denying_rules
    assert (status_of(order.pk), traces()) == (status, before)


def test_a_hold_that_the_prescriber_cleared_stops_nothing_more() -> None:
    ana = cast.ana()
    order = placed(ana)
    hold = a_hold(ana.patient)
    a_test(ana.patient)
    clear(hold)
    assert approve(order).is_done


@pytest.mark.parametrize("take", [ship, hand_over])
def test_an_expired_confirmation_stops_the_release(take: Callable[..., StepResult], clock) -> None:  # type: ignore[no-untyped-def]
    carl = cast.carl()
    order = dispensed(carl, "ship" if take is ship else "hand")
    clock.shift(timedelta(hours=25))
    before = traces()
    result = take(order)
    assert result.decision is not None
    assert result.decision.denying_rules == ("R41",)
    assert (status_of(order.pk), traces()) == ("dispensed", before)
    confirm(carl.prescription, number="C-second")
    assert take(order).is_done


def test_anas_parcel_leaves_on_the_day_of_its_confirmation_or_not_at_all(clock) -> None:  # type: ignore[no-untyped-def]
    ana = cast.ana()
    order = dispensed(ana)
    tomorrow = now().astimezone(NEW_YORK).date() + timedelta(days=1)
    clock.set(datetime.combine(tomorrow, time(0, 0, 1), NEW_YORK))
    result = ship(order)
    assert result.decision is not None
    assert result.decision.denying_rules == ("R42",)


def test_dispensing_wants_confirmation_and_counseling() -> None:
    carl = cast.carl(ready_for="checkout")
    order = approved(carl)
    before = traces()
    result = dispense(order)
    assert result.decision is not None
    assert result.decision.denying_rules == ("R43", "R44", "R40")
    assert (status_of(order.pk), traces()) == ("approved", before)


def test_too_many_capsules_left_from_elsewhere_stop_the_approval() -> None:
    carl = cast.carl()
    order = placed(carl)
    an_outside_supply(carl.patient, days_left=8)
    result = approve(order)
    assert result.decision is not None
    assert "R45" in result.decision.denying_rules
    assert status_of(order.pk) == "placed"


def test_an_untrained_pharmacist_cannot_approve() -> None:
    order = placed(cast.carl())
    new = a_pharmacist("Uma Reed", trained=False)
    result = approve(order, **anyone(new.user))
    assert result.decision is not None
    assert result.decision.denying_rules == ("R05",)
    assert status_of(order.pk) == "placed"


@pytest.mark.parametrize("step", GATED)
def test_nobody_but_a_pharmacist_takes_a_signed_step(step: str) -> None:
    before_it, take, status = GATED[step]
    carl = cast.carl()
    order = before_it(carl)
    before = traces()
    for user in (carl.user, a_technician(), cast.dr_okafor().user):
        with pytest.raises(NotAllowed):
            take(order, **anyone(user))  # type: ignore[call-arg]
    assert (status_of(order.pk), traces()) == (status, before)


@pytest.mark.parametrize("step", GATED)
def test_an_old_presence_or_another_name_is_no_signature(step: str) -> None:
    before_it, take, status = GATED[step]
    order = before_it(cast.carl())
    before = traces()
    pat = the_store().user
    old = sign(pat, Role.PHARMACIST, age=timedelta(seconds=301))
    with pytest.raises(SignatureRefused):
        take(order, signature=old)  # type: ignore[call-arg]
    other = by_pat()["signature"]
    borrowed = type(other)(pat, "Sam Ortiz", other.meaning, other.role, other.presence_age)
    with pytest.raises(SignatureRefused):
        take(order, signature=borrowed)  # type: ignore[call-arg]
    assert (status_of(order.pk), traces()) == (status, before)


def test_somebody_elses_signature_is_refused() -> None:
    order = placed(cast.carl())
    sam = cast.sam()
    before = traces()
    with pytest.raises(DomainError):
        approve(order, signature=sign(sam.user, Role.PHARMACIST))
    assert (status_of(order.pk), traces()) == ("placed", before)


def test_steps_out_of_their_order_are_refused() -> None:
    order = placed(cast.carl())
    before = traces()
    for take in (dispense, ship, hand_over, deliver):
        with pytest.raises(StaleForm):
            take(order)
    assert (status_of(order.pk), traces()) == ("placed", before)


def test_each_step_is_taken_once() -> None:
    order = placed(cast.carl())
    for take in (approve, dispense, ship, deliver):
        assert take(order).is_done
        before = traces()
        with pytest.raises(StaleForm):
            take(order)
        assert traces() == before


def test_a_parcel_ordered_for_the_carrier_is_not_handed_over() -> None:
    order = dispensed(cast.carl(), "ship")
    before = traces()
    with pytest.raises(DomainError):
        hand_over(order)
    assert (status_of(order.pk), traces()) == ("dispensed", before)


def test_a_release_names_its_receiver() -> None:
    order = dispensed(cast.carl(), "ship")
    with pytest.raises(GuardRefused) as refused:
        ship(order, tracking_number=" ")
    assert refused.value.guard == "orders_release_names_receiver"
    assert status_of(order.pk) == "dispensed"


def test_a_serial_number_is_dispensed_once() -> None:
    carl, beth = cast.carl(), cast.beth()
    first, second = approved(carl), approved(beth)
    assert dispense(first, serial_number="SN-7").is_done
    before = traces()
    with pytest.raises(GuardRefused) as refused:
        dispense(second, serial_number="SN-7")
    assert refused.value.guard == "orders_dispense_serial_once"
    assert (status_of(second.pk), traces()) == ("approved", before)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"is_recalled": True}, "R47"),
        ({"is_suspect": True}, "R47"),
        ({"expires_on": "past"}, "R47"),
    ],
)
def test_a_package_that_may_not_be_used_is_refused(change: dict[str, object], rule: str) -> None:
    order = approved(cast.carl())
    if change.get("expires_on"):
        change = {"expires_on": ago(days=2).date()}
    lot = the_store().lot
    Lot.objects.filter(pk=lot.pk).update(**change)
    result = dispense(order, lot_id=lot.pk)
    assert result.decision is not None
    assert result.decision.denying_rules == (rule,)
    assert status_of(order.pk) == "approved"
    assert not Dispense.objects.exists()


def test_a_package_without_a_serial_number_is_refused() -> None:
    order = approved(cast.carl())
    result = dispense(order, serial_number="  ")
    assert result.decision is not None
    assert result.decision.denying_rules == ("R47",)


def test_an_unknown_lot_and_an_empty_one_are_refused() -> None:
    order = approved(cast.carl())
    with pytest.raises(DomainError):
        dispense(order, lot_id=uuid4())
    Lot.objects.filter(pk=the_store().lot.pk).update(quantity_on_hand=0)
    with pytest.raises(GuardRefused) as refused:
        dispense(order)
    assert refused.value.guard == "catalog_lot_quantity_not_negative"
    assert status_of(order.pk) == "approved"


def test_an_unknown_order_is_not_found() -> None:
    the_store()
    with pytest.raises(Order.DoesNotExist):
        services.approve(order_id=uuid4(), **by_pat())


def test_every_gate_of_a_delivered_order_is_on_record_with_its_facts() -> None:
    order = placed(cast.carl())
    for take in (approve, dispense, ship):
        take(order)
    records = DecisionRecord.objects.filter(subject_id=order.pk).order_by("at")
    assert [r.gate for r in records] == ["checkout", "approve", "dispense", "release"]
    assert all(r.outcome == "permit" and r.permitted_until >= r.at for r in records)
    assert all(r.event.order_id == order.pk for r in records)
