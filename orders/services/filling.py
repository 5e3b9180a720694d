"""The pharmacist's steps: approve, dispense, ship or hand over. Each is signed and gated."""

from uuid import UUID

from django.db.models import F

from accounts.models import User
from catalog.models import Lot
from orders.models import Dispense, Release
from orders.services.steps import Step, StepResult, take_gated_step
from orders.services.stock import untold_once_empty
from orders.states import Status
from rems.errors import DomainError
from rems.models import Supply
from rems.signatures import Signature


def approve(
    *, order_id: UUID, actor: User, signature: Signature, seen: int | None = None
) -> StepResult:
    """The pharmacist's signed decision that the order may be filled (R48 asks for it later)."""
    return take_gated_step(
        order_id,
        Status.APPROVED,
        seen=seen,
        actor=actor,
        signature=signature,
    )


def dispense(
    *,
    order_id: UUID,
    actor: User,
    signature: Signature,
    lot_id: UUID,
    serial_number: str,
    seen: int | None = None,
) -> StepResult:
    """Count the capsules out of a lot. Uses both numbers and one package, and starts a supply.

    `serial_number` is the package's own. Raises GuardRefused when the lot is empty or the serial
    number was dispensed before.
    """

    def write(step: Step) -> None:
        _write_dispense(step, lot_id, serial_number.strip())

    return take_gated_step(
        order_id,
        Status.DISPENSED,
        seen=seen,
        from_status=Status.APPROVED,
        actor=actor,
        signature=signature,
        lot_id=lot_id,
        serial_number=serial_number,
        extra=write,
    )


def ship(
    *,
    order_id: UUID,
    actor: User,
    signature: Signature,
    carrier: str,
    tracking_number: str,
    seen: int | None = None,
) -> StepResult:
    """Give the parcel to the carrier. The dispense rules are asked again on fresh facts."""
    release = {"carrier": carrier.strip(), "tracking_number": tracking_number.strip()}
    return _release(order_id, Status.SHIPPED, actor, signature, {"mode": "ship", **release}, seen)


def hand_over(
    *,
    order_id: UUID,
    actor: User,
    signature: Signature,
    handed_to: str,
    identification: str,
    seen: int | None = None,
) -> StepResult:
    """Give the parcel to the patient or the patient's agent at the counter."""
    release = {"handed_to": handed_to.strip(), "identification": identification.strip()}
    return _release(
        order_id, Status.HANDED_OVER, actor, signature, {"mode": "hand", **release}, seen
    )


def _write_dispense(step: Step, lot_id: UUID, serial_number: str) -> None:
    order, verdict, pharmacist = step.order, step.verdict, step.pharmacist
    assert verdict is not None
    assert pharmacist is not None
    confirmation_id = verdict.loaded.confirmation_id
    assert confirmation_id is not None, "R40 permits nothing without one"
    row = Dispense(
        order=order,
        prescription_id=order.prescription_id,
        authorization_id=order.authorization_id,
        confirmation_id=confirmation_id,
        pharmacist=pharmacist,
        lot_id=lot_id,
        serial_number=serial_number,
        quantity=order.quantity,
        days_supply=order.days_supply,
    )
    supply = Supply(
        patient_id=order.patient_id,
        program_id=order.prescription.program_id,
        source="here",
        order_id=order.pk,
        days_supply=order.days_supply,
        quantity=order.quantity,
        occurred_at=step.at,
        recorded_by=step.actor,
    )
    step.rows += [row, supply]
    step.changes += [
        (Lot.objects.filter(pk=lot_id), {"quantity_on_hand": F("quantity_on_hand") - 1}),
        untold_once_empty(lot_id),
    ]


def _release(
    order_id: UUID,
    to_status: str,
    actor: User,
    signature: Signature,
    release: dict[str, str],
    seen: int | None,
) -> StepResult:
    def write(step: Step) -> None:
        if step.order.mode != release["mode"]:
            raise DomainError("The order is to leave in another way. Nothing was changed.")
        step.rows.append(Release(order=step.order, released_by=actor, **release))

    return take_gated_step(
        order_id,
        to_status,
        seen=seen,
        actor=actor,
        signature=signature,
        extra=write,
    )
