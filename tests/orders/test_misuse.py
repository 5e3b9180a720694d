"""Who and what must not get past the counter, whatever page or script asks."""

import pytest

from accounts.models import User
from accounts.roles import Role
from orders import services
from orders.models import Order
from orders.states import Status
from rems.errors import NotAllowed, SignatureRefused
from rems.models import Authorization, Pharmacist
from rems.services import registration
from rems.services.corrections import correct_evidence
from tests import cast
from tests.builders import a_user, prescriber_user, sign, the_store, train

from .steps import approve, approved, dispense, dispensed, place, placed, ship, status_of, traces

pytestmark = pytest.mark.django_db(transaction=True)


def test_pat_who_lost_the_role_takes_no_step_any_more() -> None:
    order = placed(cast.carl())
    user = the_store().user
    user.groups.clear()
    former = User.objects.get(pk=user.pk)
    before = traces()
    with pytest.raises(NotAllowed):
        approve(order, actor=former, signature=sign(former, Role.PHARMACIST))
    with pytest.raises(NotAllowed):
        services.pause(order_id=order.pk, actor=former, reason="Because.")
    assert (status_of(order.pk), traces()) == ("placed", before)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.TECHNICIAN, Role.PRESCRIBER])
def test_pat_signs_an_approval_as_a_pharmacist_or_not_at_all(role: Role) -> None:
    order = placed(cast.carl())
    user = the_store().user
    before = traces()
    with pytest.raises(SignatureRefused):
        approve(order, signature=sign(user, role))
    assert (status_of(order.pk), traces()) == ("placed", before)


def test_a_pharmacist_of_another_pharmacy_does_not_approve_here() -> None:
    order = placed(cast.carl())
    olga = _pharmacist_elsewhere()
    before = traces()
    with pytest.raises(NotAllowed):
        approve(order, actor=olga.user, signature=sign(olga.user, Role.PHARMACIST))
    assert (status_of(order.pk), traces()) == ("placed", before)


def _pharmacist_elsewhere() -> Pharmacist:
    elsewhere = registration.register_pharmacy(
        name="Harbor Pharmacy",
        time_zone="America/Chicago",
        phone="+13125550100",
        address="1 Quay, Chicago, IL 60601",
        state="IL",
    )
    olga = registration.register_pharmacist(
        user=a_user(Role.PHARMACIST, "Olga Brandt"),
        pharmacy=elsewhere,
        name="Olga Brandt",
        license_number="IL-1",
    )
    train(olga)
    return olga


def test_finn_is_a_child_and_does_not_order_for_himself() -> None:
    finn = cast.finn()
    boy = a_user(Role.PATIENT, "Finn Gray")
    registration.grant_access(
        patient_id=finn.patient.pk, user=boy, relation="self", actor=the_store().user
    )
    before = traces()
    with pytest.raises(NotAllowed, match="guardian"):
        place(finn, actor=boy)
    assert traces() == before
    assert place(finn).is_done


def test_a_helper_who_was_linked_by_a_double_click_and_unlinked_orders_nothing() -> None:
    carl = cast.carl()
    helper, pat = a_user(Role.PATIENT, "Second Login"), the_store().user
    for _ in range(2):
        access = registration.grant_access(
            patient_id=carl.patient.pk, user=helper, relation="self", actor=pat
        )
    registration.end_access(access_id=access.pk, actor=pat)
    before = traces()
    with pytest.raises(NotAllowed, match="cannot order for this patient"):
        place(carl, actor=helper)
    assert traces() == before


@pytest.mark.parametrize("number", ["A-RIGHT", None])
def test_an_order_does_not_outlive_the_number_it_was_placed_on(number: str | None) -> None:
    carl = cast.carl()
    order = approved(carl)
    _correct(carl.authorization, number)
    before = traces()
    result = dispense(order)
    assert result.decision is not None
    assert "R13" in result.decision.denying_rules
    assert (status_of(order.pk), traces()) == ("approved", before)


def test_a_packed_parcel_stays_when_its_number_turns_out_to_be_wrong() -> None:
    carl = cast.carl()
    order = dispensed(carl)
    _correct(carl.authorization, "A-RIGHT")
    assert not ship(order).is_done
    assert status_of(order.pk) == Status.DISPENSED


def test_after_a_corrected_number_carl_orders_anew() -> None:
    carl = cast.carl()
    order = placed(carl)
    _correct(carl.authorization, "A-RIGHT")
    services.cancel(order_id=order.pk, actor=carl.user, signature=None, reason="Wrong number.")
    again = place(carl).order
    assert again is not None
    assert Order.objects.get(pk=again.pk).authorization.number == "A-RIGHT"
    assert approve(again).is_done
    assert dispense(again).is_done


def _correct(row: Authorization, number: str | None) -> None:
    doctor = prescriber_user(row.patient)
    correct_evidence(
        row=row,
        replacement=Authorization(number=number, occurred_at=row.occurred_at) if number else None,
        reason="Typed wrongly.",
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER),
    )
