"""What happened before a journey begins: an order brought some way, through the services."""

from accounts.clock import read_clock
from accounts.roles import Role
from catalog.models import MedicationGuide, Package
from orders import services
from orders.management.demo.cast import PRIYA, Member
from orders.management.demo.people import sign, user_of
from orders.models import Order
from orders.selectors import lots_to_dispense
from orders.states import Status
from rems import core
from rems.checklists import counseling_items
from rems.models import Patient, Prescription
from rems.services import counter
from rems.signatures import Signature


def patient_of(member: Member) -> Patient:
    """The member's own row."""
    return Patient.objects.get(name=member.person.name)


def order_that_is(status: Status, member: Member) -> Order:
    """The member's order, brought to where it is placed, approved or dispensed."""
    order = _placed(member)
    if status == Status.PLACED:
        return order
    assert services.approve(order_id=order.pk, actor=user_of(PRIYA), signature=by_priya()).is_done
    _confirm_and_counsel(order.prescription)
    if status == Status.DISPENSED:
        _dispense(order)
    order.refresh_from_db()
    assert order.status == status
    return order


def by_priya() -> Signature:
    """Priya's signature."""
    return sign(user_of(PRIYA), Role.PHARMACIST, "I arrange this journey")


def _placed(member: Member) -> Order:
    patient = patient_of(member)
    result = services.place(
        patient_id=patient.pk,
        prescription_id=Prescription.objects.filter(patient=patient).latest("occurred_at").pk,
        package_id=Package.objects.get(on_sale=True).pk,
        mode="ship",
        actor=user_of(member.acting),
    )
    assert result.order is not None, result.decision
    return result.order


def _confirm_and_counsel(prescription: Prescription) -> None:
    priya = user_of(PRIYA)
    counter.record_confirmation(
        prescription_id=prescription.pk,
        number=f"CONF-{prescription.pk.hex[-8:]}",
        source="portal",
        actor=priya,
        signature=by_priya(),
    )
    items = counseling_items(core.RiskCategory(prescription.category))
    counter.record_counseling(
        prescription_id=prescription.pk,
        checklist={item.key: True for item in items},
        medication_guide_id=MedicationGuide.objects.get(product=prescription.product_id).pk,
        actor=priya,
        signature=by_priya(),
    )


def _dispense(order: Order) -> None:
    today = core.local_date(read_clock(), core.zone_named(order.pharmacy.time_zone))
    lot = lots_to_dispense(order.package_id, today)[0]
    result = services.dispense(
        order_id=order.pk,
        actor=user_of(PRIYA),
        signature=by_priya(),
        lot_id=lot.pk,
        serial_number=f"SN-{order.number}",
    )
    assert result.is_done, result.decision
