"""Nobody takes capsules that are still in the pharmacy: a first dose is told of what has left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from orders import services as orders
from rems import core
from rems.errors import EntryRefused
from rems.models import FirstDose, Supply
from rems.services import supplies
from rems.services.enrolling import pharmacy_today
from tests import builders as b
from tests.concurrency.work import ana_s_order
from tests.database import VirtualClock
from tests.guards.life import Fill, a_placed_order
from tests.rems.asking import denying

pytestmark = pytest.mark.django_db(transaction=True)


def supply_of(fill: Fill) -> Supply:
    return Supply.objects.get(order_id=fill.order.pk)


def tells_first_dose(fill: Fill) -> FirstDose:
    """Today, as the patient says."""
    return supplies.record_first_dose(
        supply_id=supply_of(fill).pk, started_on=pharmacy_today(b.now()), actor=fill.cleared.user
    )


def test_carls_packed_parcel_was_not_begun_and_his_page_does_not_ask() -> None:
    fill = a_placed_order().to("dispensed")
    client = b.sign_in(Client(), fill.cleared.user)
    address = reverse("rems:first-dose", args=[fill.cleared.patient.pk, supply_of(fill).pk])
    treatment = reverse("rems:treatment", args=[fill.cleared.patient.pk])
    assert address not in client.get(treatment).content.decode()
    answer = client.post(address, {"started_on": pharmacy_today(b.now()).isoformat()})
    assert "have not left the pharmacy yet" in answer.content.decode()
    assert not FirstDose.objects.exists()
    assert orders.ship(
        **fill.pharmacist("I release."), carrier="UPS", tracking_number="1Z9"
    ).is_done
    assert address in client.get(treatment).content.decode()
    assert tells_first_dose(fill).started_on == pharmacy_today(b.now())


def test_carl_cannot_use_up_what_waits_for_three_weeks(clock: VirtualClock) -> None:
    fill = a_placed_order().to("dispensed")
    with pytest.raises(EntryRefused, match="have not left"):
        tells_first_dose(fill)
    clock.shift(timedelta(days=3))
    b.confirm(fill.cleared.prescription, "C-SECOND")
    orders.ship(**fill.pharmacist("I release."), carrier="UPS", tracking_number="1Z9")
    with pytest.raises(EntryRefused, match="before the capsules left"):
        supplies.record_first_dose(
            supply_id=supply_of(fill).pk,
            started_on=pharmacy_today(b.ago(days=2)),
            actor=fill.cleared.user,
        )
    assert not FirstDose.objects.exists()
    clock.shift(timedelta(days=19))
    b.a_survey(fill.cleared.patient)
    again = b.a_prescription(fill.cleared.patient, written_at=b.now())
    b.authorize(again, issued_at=b.now())
    assert "R45" in denying(fill.cleared.patient, again, core.Gate.APPROVE)


def test_anas_parcel_that_a_pharmacist_signed_as_lost_started_nothing_whatever_was_clicked(
    clock: VirtualClock,
) -> None:
    fill = ana_s_order("dispensed")
    orders.ship(**fill.pharmacist("I release."), carrier="UPS", tracking_number="1Z9")
    tells_first_dose(fill)
    clock.shift(timedelta(days=5))
    assert orders.record_loss(**fill.pharmacist("Lost."), reason="Fire").is_done
    assert is_a_start_again(fill)


def test_after_the_loss_nobody_tells_of_a_first_dose() -> None:
    fill = ana_s_order("dispensed")
    orders.ship(**fill.pharmacist("I release."), carrier="UPS", tracking_number="1Z9")
    orders.record_loss(**fill.pharmacist("Lost."), reason="Fire")
    with pytest.raises(EntryRefused, match="lost or returned"):
        tells_first_dose(fill)
    assert not FirstDose.objects.exists()


def handed_to_ana() -> Fill:
    fill = a_placed_order(b.a_cleared_patient("FRP_ADULT", "Ana Ruiz"), "hand").to("dispensed")
    assert orders.hand_over(
        **fill.pharmacist("I release."), handed_to="Ana", identification="licence"
    ).is_done
    return fill


def is_a_start_again(fill: Fill) -> bool:
    """Whether the two tests of a start are asked for (R20)."""
    patient = fill.cleared.patient
    b.a_test(patient)
    b.a_survey(patient)
    again = b.a_prescription(patient, written_at=b.now())
    b.authorize(again, issued_at=b.now())
    return "R20" in denying(patient, again, core.Gate.APPROVE)


@pytest.mark.parametrize("end", [orders.record_loss, orders.record_return])
def test_what_ana_took_at_the_counter_had_arrived_whatever_became_of_it(
    end: Callable[..., object], clock: VirtualClock
) -> None:
    fill = handed_to_ana()
    clock.shift(timedelta(days=5))
    end(**fill.pharmacist("As it is."), reason="A flood at home.")
    assert not is_a_start_again(fill)


def test_of_what_came_back_the_care_team_may_still_tell_the_first_day(clock: VirtualClock) -> None:
    fill = ana_s_order("dispensed")
    orders.ship(**fill.pharmacist("I release."), carrier="UPS", tracking_number="1Z9")
    clock.shift(timedelta(days=5))
    orders.record_return(**fill.pharmacist("Returned."), reason="Half of it was left.")
    with pytest.raises(EntryRefused, match="lost or returned"):
        tells_first_dose(fill)
    supplies.record_first_dose(
        supply_id=supply_of(fill).pk,
        started_on=pharmacy_today(b.ago(days=3)),
        actor=b.prescriber_user(fill.cleared.patient),
    )
    assert not is_a_start_again(fill)
