"""What happens besides the fill: pauses, ends, delivery, loss and return."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from orders.models import Order, Release
from orders.services.placing import acts_for
from orders.services.steps import (
    Step,
    StepResult,
    require,
    take_free_step,
    take_gated_step,
)
from orders.states import Status
from rems.errors import NotAllowed
from rems.models import Attestation, Supply, SupplyDelivery, SupplyEnd
from rems.services.authority import require_pharmacist
from rems.signatures import Signature


def pause(*, order_id: UUID, actor: User, reason: str) -> StepResult:
    """Put the order on hold. Pharmacists and technicians may stop; only a permit starts again.

    Whoever stops need not have seen the last change. Raises NotAllowed.
    """

    def may(step: Step) -> None:
        require(step.actor, "orders.cancel_order", "orders.pack_order")

    return take_free_step(order_id, Status.ON_HOLD, may, actor=actor, reason=reason)


def resume(
    *, order_id: UUID, actor: User, signature: Signature, reason: str, seen: int | None = None
) -> StepResult:
    """Take the order off hold: a packed one back to dispensed, any other back to placed.

    The gate of that status is asked again; an approval does not outlive a pause.
    """
    dispensed = Order.objects.filter(pk=order_id, dispense__isnull=False).exists()
    to_status = Status.DISPENSED if dispensed else Status.PLACED
    return take_gated_step(
        order_id,
        to_status,
        seen=seen,
        actor=actor,
        signature=signature,
        reason=reason,
    )


def reject(
    *, order_id: UUID, actor: User, signature: Signature, reason: str, seen: int | None = None
) -> StepResult:
    """The pharmacist declines to fill the order, and says why. Counted-out capsules never leave."""
    return _end(order_id, Status.REJECTED, "not_released", actor, signature, reason, seen)


def cancel(
    *,
    order_id: UUID,
    actor: User,
    signature: Signature | None,
    reason: str,
    seen: int | None = None,
) -> StepResult:
    """Cancel before the parcel leaves, as the patient (or guardian) or as a pharmacist who signs.

    Once capsules are counted out only a pharmacist can, who signs that they were never released.
    Raises NotAllowed.
    """

    def may(step: Step) -> None:
        _require_canceller(step, signature)

    def end_supply(step: Step) -> None:
        _end_supply(step, "not_released", reason, signature)

    return take_free_step(
        order_id,
        Status.CANCELLED,
        may,
        seen=seen,
        actor=actor,
        reason=reason,
        signature=signature,
        extra=end_supply,
    )


def deliver(*, order_id: UUID, actor: User, seen: int | None = None) -> StepResult:
    """The parcel reached the patient: the supply's start until a first dose is recorded (R45).

    Noted by a pharmacist. Raises NotAllowed.
    """

    def note_delivery(step: Step) -> None:
        _note_delivery(step, step.at)

    return take_free_step(
        order_id,
        Status.DELIVERED,
        _only_a_pharmacist,
        seen=seen,
        actor=actor,
        extra=note_delivery,
    )


def record_loss(
    *, order_id: UUID, actor: User, signature: Signature, reason: str, seen: int | None = None
) -> StepResult:
    """The parcel was lost after it left; signed, since it lets the next fill come early (R45)."""
    return _end(order_id, Status.LOST, "lost", actor, signature, reason, seen)


def record_return(
    *, order_id: UUID, actor: User, signature: Signature, reason: str, seen: int | None = None
) -> StepResult:
    """The capsules came back. They are never restocked (rule sheet 5.9)."""
    return _end(order_id, Status.RETURNED, "returned", actor, signature, reason, seen)


def _note_what_was_handed_over(step: Step) -> None:
    """What the patient took at the counter did arrive, whatever became of it since."""
    _note_delivery(step, Release.objects.get(order=step.order).recorded_at)


def _note_delivery(step: Step, at: datetime) -> None:
    row = SupplyDelivery(
        patient_id=step.order.patient_id,
        supply=Supply.objects.get(order_id=step.order.pk),
        occurred_at=at,
        recorded_by=step.actor,
    )
    step.rows.append(row)


def _only_a_pharmacist(step: Step) -> None:
    require_pharmacist(step.actor)


def _require_canceller(step: Step, signature: Signature | None) -> None:
    if signature is not None:
        require_pharmacist(step.actor)
        return
    if Supply.objects.filter(order_id=step.order.pk).exists():
        raise NotAllowed("The capsules are packed. Please call the pharmacy to cancel.")
    if not acts_for(step.actor, step.order.patient, step.at):
        raise NotAllowed("You cannot cancel this order.")


def _end(
    order_id: UUID,
    to_status: str,
    cause: str,
    actor: User,
    signature: Signature,
    reason: str,
    seen: int | None,
) -> StepResult:
    def end_supply(step: Step) -> None:
        if step.order.status == Status.HANDED_OVER:
            _note_what_was_handed_over(step)
        _end_supply(step, cause, reason, signature)

    return take_free_step(
        order_id,
        to_status,
        _only_a_pharmacist,
        seen=seen,
        actor=actor,
        reason=reason,
        signature=signature,
        extra=end_supply,
    )


def _end_supply(step: Step, cause: str, note: str, signature: Signature | None) -> None:
    """Signed evidence of what became of the supply, under the signature of the step itself."""
    supply = Supply.objects.filter(order_id=step.order.pk).first()
    if supply is None:
        return
    row = SupplyEnd(
        patient_id=step.order.patient_id,
        supply=supply,
        cause=cause,
        note=note,
        occurred_at=step.at,
        recorded_by=step.actor,
        attestation=next((row for row in step.written if isinstance(row, Attestation)), None),
    )
    step.rows.append(row)
