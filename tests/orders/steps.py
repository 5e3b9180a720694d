"""The steps of an order, taken through the services by Pat Lee, for tests."""

from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from orders import services
from orders.models import Order, OrderEvent
from orders.services import StepResult
from rems.models import Attestation, DecisionRecord, Seal, Supply
from tests.builders import Cleared, sign, the_store
from tests.remembering import remembered


def place(cleared: Cleared, mode: str = "ship", **more: Any) -> StepResult:
    """The patient, or the guardian, checks out."""
    asked = {
        "patient_id": cleared.patient.pk,
        "prescription_id": cleared.prescription.pk,
        "package_id": the_store().package.pk,
        "mode": mode,
        "actor": cleared.user,
    }
    return services.place(**{**asked, **more})


@remembered
def placed(cleared: Cleared, mode: str = "ship") -> Order:
    """An order that the checkout gate permitted."""
    result = place(cleared, mode)
    assert result.order is not None, result.decision and result.decision.denying_rules
    return result.order


def by_pat() -> dict[str, Any]:
    """Pat Lee does it and signs it."""
    user = the_store().user
    return {"actor": user, "signature": sign(user, Role.PHARMACIST)}


def approve(order: Order, **more: Any) -> StepResult:
    """Pat Lee approves."""
    return services.approve(order_id=order.pk, **{**by_pat(), **more})


def dispense(order: Order, serial_number: str = "SN-1", **more: Any) -> StepResult:
    """Pat Lee counts the capsules out of the lot that expires first."""
    asked = {"lot_id": the_store().lot.pk, "serial_number": serial_number, **by_pat()}
    return services.dispense(order_id=order.pk, **{**asked, **more})


def ship(order: Order, **more: Any) -> StepResult:
    """Pat Lee gives the parcel to the carrier."""
    asked = {"carrier": "UPS", "tracking_number": "1Z999", **by_pat()}
    return services.ship(order_id=order.pk, **{**asked, **more})


def hand_over(order: Order, **more: Any) -> StepResult:
    """Pat Lee gives the parcel to the patient at the counter."""
    asked = {"handed_to": "Carl Berg", "identification": "driver's licence", **by_pat()}
    return services.hand_over(order_id=order.pk, **{**asked, **more})


def deliver(order: Order) -> StepResult:
    """Pat Lee notes that the parcel arrived."""
    return services.deliver(order_id=order.pk, actor=the_store().user)


@remembered
def approved(cleared: Cleared, mode: str = "ship") -> Order:
    """An order that Pat Lee approved."""
    order = placed(cleared, mode)
    assert approve(order).is_done
    return order


@remembered
def dispensed(cleared: Cleared, mode: str = "ship") -> Order:
    """An order whose capsules are packed."""
    order = approved(cleared, mode)
    result = dispense(order, serial_number=f"SN-{order.number}")
    assert result.is_done, result.decision and result.decision.denying_rules
    return order


@remembered
def shipped(cleared: Cleared) -> Order:
    """An order that the carrier has."""
    order = dispensed(cleared)
    assert ship(order).is_done
    return order


@remembered
def delivered(cleared: Cleared) -> Order:
    """An order that the patient has."""
    order = shipped(cleared)
    assert deliver(order).is_done
    return order


def status_of(order_id: UUID) -> str:
    """What the database says the order's status is."""
    return Order.objects.values_list("status", flat=True).get(pk=order_id)


def traces() -> dict[str, int]:
    """How much has been written: a refused act leaves all of this as it was."""
    store = the_store()
    store.lot.refresh_from_db()
    return {
        "orders": Order.objects.count(),
        "events": OrderEvent.objects.count(),
        "supplies": Supply.objects.count(),
        "signatures": Attestation.objects.count(),
        "packages on the shelf": store.lot.quantity_on_hand,
    }


def refusals(order_id: UUID | None = None) -> int:
    """How many refusals are on record."""
    found = DecisionRecord.objects.filter(outcome="refuse")
    return found.filter(subject_id=order_id).count() if order_id else found.count()


def everything_is_sealed(order: Order) -> bool:
    """Whether the events of the order and its decisions each have a link in the patient's chain."""
    rows = {*OrderEvent.objects.filter(order=order).values_list("pk", flat=True)}
    rows |= {*DecisionRecord.objects.filter(subject_id=order.pk).values_list("pk", flat=True)}
    sealed = Seal.objects.filter(subject_id=order.patient_id).values_list("row_id", flat=True)
    return rows <= set(sealed)


def anyone(user: User) -> dict[str, Any]:
    """Somebody who signs as a pharmacist without being one."""
    return {"actor": user, "signature": sign(user, Role.PHARMACIST)}
