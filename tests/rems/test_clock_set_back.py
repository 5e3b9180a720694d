"""The clock is set back: what was recorded before still counts, and nothing is decided before it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orders import services as orders
from rems.errors import ClockSetBack
from rems.models import PharmacistTraining, PrescriberCertification, Seal
from rems.services import changes
from rems.services.credentials import revoke_credential
from tests import builders as b
from tests.cast import carl, pat
from tests.concurrency.work import ana_s_order, approving, status
from tests.database import VirtualClock
from tests.guards.life import Fill, stock
from tests.orders.steps import traces

pytestmark = pytest.mark.django_db(transaction=True)
HALF_A_MINUTE = timedelta(seconds=30)
Told = Callable[[Fill], object]


def a_hold(fill: Fill) -> object:
    return changes.report_change(
        patient_id=fill.cleared.patient.pk, change="pregnancy_suspected", actor=fill.cleared.user
    )


def a_decertified_prescriber(fill: Fill) -> object:
    prescriber = fill.cleared.prescription.prescriber_id
    return revoked(PrescriberCertification.objects.get(prescriber=prescriber))


def an_untrained_pharmacist(_: Fill) -> object:
    return revoked(PharmacistTraining.objects.get(pharmacist=pat()))


def revoked(credential: PrescriberCertification | PharmacistTraining) -> object:
    user = pat().user
    signed = {"actor": user, "signature": b.sign(user, "pharmacist")}
    return revoke_credential(credential=credential, reason="Ended.", **signed)


@pytest.mark.parametrize("fact", [a_hold, a_decertified_prescriber, an_untrained_pharmacist])
def test_anas_order_is_not_approved_before_what_was_recorded(
    fact: Told, clock: VirtualClock
) -> None:
    fill = ana_s_order()
    clock.shift(HALF_A_MINUTE)
    at = clock.now()
    fact(fill)
    clock.set(at - timedelta(seconds=5))
    before = traces()
    with pytest.raises(ClockSetBack, match="Try again in 2 minutes"):
        approving(fill)()
    assert (status(fill), traces()) == ("placed", before)
    clock.set(at + timedelta(seconds=1))
    assert not approving(fill)().is_done, "the clock has caught up, and the rule speaks"


def test_carl_cannot_order_before_what_was_recorded(clock: VirtualClock) -> None:
    cleared = carl()
    stock()
    clock.shift(HALF_A_MINUTE)
    b.a_survey(cleared.patient)
    clock.shift(timedelta(seconds=-10))
    asked = {"patient_id": cleared.patient.pk, "prescription_id": cleared.prescription.pk}
    package = b.the_store().package.pk
    with pytest.raises(ClockSetBack):
        orders.place(**asked, package_id=package, mode="ship", actor=cleared.user)
    clock.shift(HALF_A_MINUTE)
    assert orders.place(**asked, package_id=package, mode="ship", actor=cleared.user).is_done


def test_a_report_is_taken_by_any_clock_and_the_chain_s_time_stays(clock: VirtualClock) -> None:
    """What is unsafe is written down at once; the later fact before it is not forgotten."""
    fill = ana_s_order()
    clock.shift(HALF_A_MINUTE)
    at = clock.now()
    b.a_survey(fill.cleared.patient)
    clock.set(at - HALF_A_MINUTE)
    a_hold(fill)
    last = Seal.objects.filter(subject_id=fill.cleared.patient.pk).order_by("-seq")[0]
    assert last.sealed_at >= at
    with pytest.raises(ClockSetBack):
        approving(fill)()


def test_a_clock_that_ran_far_ahead_is_for_the_pharmacy(clock: VirtualClock) -> None:
    fill = ana_s_order()
    clock.shift(timedelta(days=30))
    a_hold(fill)
    clock.shift(timedelta(days=-30))
    with pytest.raises(ClockSetBack, match="Please call the pharmacy"):
        approving(fill)()
