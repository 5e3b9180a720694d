"""Pauses, ends, delivery, loss and return."""

import pytest

from orders import services
from orders.states import Status
from rems.errors import NotAllowed, StaleForm
from rems.models import Supply, SupplyEnd
from tests import cast
from tests.builders import a_hold, a_technician, an_auditor, the_store

from .steps import (
    approve,
    approved,
    by_pat,
    delivered,
    dispense,
    dispensed,
    everything_is_sealed,
    hand_over,
    place,
    placed,
    refusals,
    ship,
    shipped,
    status_of,
    traces,
)

pytestmark = pytest.mark.django_db(transaction=True)


def pause(order, actor=None):  # type: ignore[no-untyped-def]
    actor = actor or the_store().user
    return services.pause(order_id=order.pk, actor=actor, reason="The patient called.")


def resume(order):  # type: ignore[no-untyped-def]
    return services.resume(order_id=order.pk, reason="All is well.", **by_pat())


@pytest.mark.parametrize("who", ["carl", "ana"])
def test_an_approval_does_not_outlive_a_pause_and_is_signed_once_more(who: str) -> None:
    order = approved(getattr(cast, who)())
    pause(order)
    assert status_of(order.pk) == Status.ON_HOLD
    assert resume(order).is_done
    assert status_of(order.pk) == Status.PLACED
    with pytest.raises(StaleForm):
        dispense(order)
    assert approve(order).is_done
    assert dispense(order).is_done
    assert everything_is_sealed(order)


def test_a_packed_order_comes_back_from_a_pause_packed() -> None:
    order = dispensed(cast.carl())
    for _ in range(2):
        pause(order)
        assert resume(order).is_done
        assert status_of(order.pk) == Status.DISPENSED
    assert ship(order).is_done
    assert Supply.objects.filter(order_id=order.pk).count() == 1


@pytest.mark.parametrize("as_it_stood", [placed, approved, dispensed])
def test_a_hold_keeps_a_paused_order_paused(as_it_stood) -> None:  # type: ignore[no-untyped-def]
    ana = cast.ana()
    order = as_it_stood(ana)
    pause(order)
    a_hold(ana.patient)
    before = traces()
    result = resume(order)
    assert result.decision is not None
    assert result.decision.denying_rules == ("R25",)
    assert (status_of(order.pk), traces()) == ("on_hold", before)
    assert refusals(order.pk) == 1


def test_a_paused_order_can_neither_be_approved_nor_dispensed_nor_shipped() -> None:
    order = dispensed(cast.carl())
    pause(order)
    before = traces()
    for take in (approve, dispense, ship, hand_over):
        with pytest.raises(StaleForm):
            take(order)
    assert (status_of(order.pk), traces()) == ("on_hold", before)


def test_an_approved_order_on_hold_is_not_dispensed_past_its_pause() -> None:
    order = approved(cast.carl())
    pause(order)
    before = traces()
    with pytest.raises(StaleForm):
        dispense(order)
    assert (status_of(order.pk), traces()) == ("on_hold", before)


def test_tess_the_technician_may_pause_but_not_start_again() -> None:
    order = approved(cast.carl())
    tess = a_technician()
    assert pause(order, tess).is_done
    with pytest.raises(NotAllowed):
        services.resume(
            order_id=order.pk, actor=tess, signature=by_pat()["signature"], reason="Go on."
        )
    assert status_of(order.pk) == "on_hold"


def test_neither_the_patient_nor_the_auditor_nor_the_prescriber_pauses() -> None:
    carl = cast.carl()
    order = placed(carl)
    for user in (carl.user, an_auditor(), cast.dr_okafor().user):
        with pytest.raises(NotAllowed):
            pause(order, user)
    assert status_of(order.pk) == "placed"


def test_pat_declines_an_order_and_says_why() -> None:
    carl = cast.carl()
    order = placed(carl)
    done = services.reject(order_id=order.pk, reason="The dose is in doubt.", **by_pat())
    assert done.is_done
    event = order.events.get(to_status="rejected")
    assert (event.reason, event.attestation.signer) == ("The dose is in doubt.", the_store().user)
    assert place(carl).is_done, "nothing was dispensed: the prescription may be ordered once more"


def test_a_packed_order_that_is_declined_leaves_no_supply_behind() -> None:
    carl = cast.carl()
    order = dispensed(carl)
    pause(order)
    assert services.reject(order_id=order.pk, reason="Recalled.", **by_pat()).is_done
    assert SupplyEnd.objects.get().cause == "not_released"
    again = place(carl)
    assert again.decision is not None
    assert "R16" in again.decision.denying_rules, "its numbers were used by the dispense"


@pytest.mark.parametrize("as_it_stood", [placed, approved])
def test_carl_cancels_before_anything_is_packed(as_it_stood) -> None:  # type: ignore[no-untyped-def]
    carl = cast.carl()
    order = as_it_stood(carl)
    done = services.cancel(order_id=order.pk, actor=carl.user, signature=None, reason="")
    assert done.is_done
    assert status_of(order.pk) == "cancelled"
    assert place(carl).is_done


def test_carl_cannot_cancel_what_is_packed_but_pat_can() -> None:
    carl = cast.carl()
    order = dispensed(carl)
    before = traces()
    with pytest.raises(NotAllowed):
        services.cancel(order_id=order.pk, actor=carl.user, signature=None, reason="")
    assert (status_of(order.pk), traces()) == ("dispensed", before)
    assert services.cancel(order_id=order.pk, reason="Carl called.", **by_pat()).is_done
    end = SupplyEnd.objects.get()
    assert (end.cause, end.attestation.signer) == ("not_released", the_store().user)


def test_nobody_cancels_an_order_of_somebody_else() -> None:
    order = placed(cast.carl())
    before = traces()
    for user in (cast.beth().user, a_technician(), an_auditor()):
        before = traces()
        with pytest.raises(NotAllowed):
            services.cancel(order_id=order.pk, actor=user, signature=None, reason="")
        assert (status_of(order.pk), traces()) == ("placed", before)


def test_nothing_is_cancelled_once_it_left() -> None:
    carl = cast.carl()
    order = shipped(carl)
    with pytest.raises(StaleForm):
        services.cancel(order_id=order.pk, actor=carl.user, signature=None, reason="")
    with pytest.raises(StaleForm):
        services.cancel(order_id=order.pk, reason="", **by_pat())
    assert status_of(order.pk) == "shipped"


@pytest.mark.parametrize(
    ("record", "status", "cause"),
    [
        (services.record_loss, "lost", "lost"),
        (services.record_return, "returned", "returned"),
    ],
)
@pytest.mark.parametrize("as_it_stood", [shipped, delivered])
def test_a_parcel_that_is_lost_or_sent_back_ends_its_supply(  # type: ignore[no-untyped-def]
    record, status, cause, as_it_stood
) -> None:
    order = as_it_stood(cast.carl())
    shelf = the_store().lot.quantity_on_hand
    assert record(order_id=order.pk, reason="The carrier says so.", **by_pat()).is_done
    assert status_of(order.pk) == status
    end = SupplyEnd.objects.get(supply__order_id=order.pk)
    assert (end.cause, end.attestation is not None) == (cause, True)
    assert the_store().lot.quantity_on_hand == shelf, "capsules are never restocked"
    assert everything_is_sealed(order)


def test_a_parcel_that_never_left_is_neither_lost_nor_sent_back() -> None:
    order = dispensed(cast.carl())
    before = traces()
    for record in (services.record_loss, services.record_return):
        with pytest.raises(StaleForm):
            record(order_id=order.pk, reason="", **by_pat())
    assert (status_of(order.pk), traces()) == ("dispensed", before)


def test_only_a_pharmacist_notes_delivery_loss_and_return() -> None:
    carl = cast.carl()
    order = shipped(carl)
    before = traces()
    for user in (carl.user, a_technician()):
        with pytest.raises(NotAllowed):
            services.deliver(order_id=order.pk, actor=user)
        with pytest.raises(NotAllowed):
            services.record_loss(
                order_id=order.pk, actor=user, signature=by_pat()["signature"], reason=""
            )
    assert (status_of(order.pk), traces()) == ("shipped", before)
