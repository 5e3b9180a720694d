"""How every mutation of an order goes (design, section 4): lock, clock, decide, move, seal.

A refusal is returned and committed, not raised: raising would roll back its own record.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import Role
from catalog.models import Lot
from orders import states
from orders.loaders import fill_of, order_for_step, parties_of
from orders.locks import lock_dispensed_lot, lock_for_step, lock_order_of
from orders.models import Order, OrderEvent
from rems import core
from rems.errors import EntryRefused, NotAllowed, StaleForm
from rems.models import Attestation, Pharmacist
from rems.outbox import plan_for_patient
from rems.seals import seal
from rems.services.authority import require_pharmacist, require_signature
from rems.services.evaluation import Verdict, evaluate
from rems.signatures import Signature, attestation_of
from rems.transactions import Change, mutation, write_together


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step. `decision` is None for a step without a gate, which is never refused."""

    order: Order | None
    decision: core.Decision | None

    @property
    def is_done(self) -> bool:
        """Whether the step was taken."""
        return self.decision is None or self.decision.is_permit


@dataclass(slots=True)
class Step:
    """One step under way, inside its transaction and under its locks.

    `rows` and `changes` are what is done beside the event: they are written in the same statement.
    """

    order: Order
    to_status: str
    actor: User
    at: datetime
    reason: str = ""
    pharmacist: Pharmacist | None = None
    verdict: Verdict | None = None
    rows: list[models.Model] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    written: list[models.Model] = field(default_factory=list)

    def sign(self, signature: Signature) -> Attestation:
        """Bind the signature to the order, its step and the decision it rests on; not yet written.

        The meaning names the step: an order that was paused is approved, and signed, once more.
        Raises SignatureRefused for anybody's but that of the pharmacist who takes the step.
        """
        require_signature(signature, self.actor, Role.PHARMACIST)
        meaning = f"{signature.meaning} (order {self.order.number}, step {self.order.revision + 1})"
        attestation = attestation_of(
            replace(signature, meaning=meaning),
            subject_id=self.order.patient_id,
            table="orders_order",
            row_id=self.order.pk,
            content=self._signed_content(),
            at=self.at,
        )
        self.written.append(attestation)
        return attestation

    def _signed_content(self) -> dict[str, Any]:
        return {
            "order": self.order.pk,
            "seq": self.order.revision + 1,
            "to_status": str(self.to_status),
            "decision": self.verdict.record.pk if self.verdict else None,
            "prescription": self.order.prescription_id,
            "quantity": self.order.quantity,
            "days_supply": self.order.days_supply,
        }

    def move(self, attestation: Attestation | None) -> None:
        """Write the event and move the status, with all else: the only place that does."""
        event = OrderEvent(
            order=self.order,
            seq=self.order.revision + 1,
            from_status=self.order.status,
            to_status=self.to_status,
            actor=self.actor,
            decision=self.verdict.record if self.verdict else None,
            attestation=attestation,
            reason=self.reason,
        )
        moved = {"status": self.to_status, "revision": event.seq}
        write_together(
            [event, *self.rows], [(Order.objects.filter(pk=self.order.pk), moved), *self.changes]
        )
        self.written += [event, *self.rows]
        self.order.status, self.order.revision = self.to_status, event.seq


Extra = Callable[[Step], None]


def take_gated_step(
    order_id: UUID,
    to_status: str,
    *,
    actor: User,
    seen: int | None = None,
    from_status: str | None = None,
    signature: Signature | None = None,
    lot_id: UUID | None = None,
    serial_number: str = "",
    reason: str = "",
    extra: Extra | None = None,
) -> StepResult:
    """Take a pharmacist's step that needs a permit. `extra` says what was done beside the event.

    `seen` is the revision that the actor had before their eyes; None where nobody read a page.
    `from_status` narrows a step that has but one way to begin. Raises NotAllowed for anybody but a
    pharmacist of the order's pharmacy, as the account stands under the locks; StaleForm when the order
    may not move there from where it now stands, or is no longer what was seen; EntryRefused for an
    unknown lot, SignatureRefused, GuardRefused; nothing is written then.
    """
    with mutation():
        lot = _lock(order_id, actor, lot_id)
        pharmacist = require_pharmacist(actor)
        if lot is None and to_status in states.DISPENSED_STATUSES:
            lock_dispensed_lot(order_id)
        at = read_clock()
        step = Step(order_for_step(order_id), to_status, actor, at, reason, pharmacist)
        if pharmacist.pharmacy_id != step.order.pharmacy_id:
            raise NotAllowed("Only a pharmacist of the order's own pharmacy can do this.")
        _refuse_unlisted(step, from_status)
        _refuse_unseen(step, seen)
        step.verdict = evaluate(
            parties=parties_of(step.order, pharmacist),
            prescription_id=step.order.prescription_id,
            gate=core.Gate(states.gate_for(step.order.status, to_status)),
            fill=fill_of(step.order, lot, serial_number, at),
            at=at,
            actor=actor,
            subject_id=order_id,
        )
        step.written.append(step.verdict.record)
        if step.verdict.is_permit:
            _carry_out(step, signature, extra)
        else:
            write_together(step.written)
        seal(step.order.patient_id, step.written, step.verdict.loaded.chain_end)
        return StepResult(step.order, step.verdict.decision)


def take_free_step(
    order_id: UUID,
    to_status: str,
    may: Extra,
    *,
    actor: User,
    seen: int | None = None,
    reason: str = "",
    signature: Signature | None = None,
    extra: Extra | None = None,
) -> StepResult:
    """Take a step that needs no permit: a pause, an end, a delivery.

    `may` raises NotAllowed for whoever may not, as their account stands under the locks. `seen` is the
    revision that the actor had before their eyes; None where nobody read a page. Raises StaleForm when
    the order may not move there, when it is no longer what was seen, or when the move needs a gate
    after all.
    """
    # Whom the order is about never changes. Raises Order.DoesNotExist.
    patient_id = Order.objects.values_list("patient_id", flat=True).get(pk=order_id)
    with mutation():
        lock_order_of(patient_id, order_id)
        step = Step(order_for_step(order_id), to_status, actor, read_clock(), reason)
        _refuse_unlisted(step)
        may(step)
        _refuse_unseen(step, seen)
        if states.gate_for(step.order.status, to_status):
            raise StaleForm("This step needs a decision first.")
        _carry_out(step, signature, extra)
        seal(patient_id, step.written)
        return StepResult(step.order, None)


def require(user: User, *permissions: str) -> None:
    """Ask for one of these permissions, as they are now. Raises NotAllowed."""
    user = User.objects.get(pk=user.pk)
    if not user.is_active or not any(user.has_perm(name) for name in permissions):
        raise NotAllowed("Your role does not include this.")


def _carry_out(step: Step, signature: Signature | None, extra: Extra | None) -> None:
    attestation = step.sign(signature) if signature else None
    if step.written:
        # The permit and the signature: the guards of the event look for both.
        write_together(step.written)
    if extra is not None:
        extra(step)
    step.move(attestation)
    plan_for_patient(step.order.patient_id, step.at)


def _lock(order_id: UUID, actor: User, lot_id: UUID | None) -> Lot | None:
    """The lot under its lock. Raises NotAllowed, Order.DoesNotExist, EntryRefused for an unknown lot."""
    try:
        return lock_for_step(order_id, actor.pk, lot_id)
    except LookupError:
        require_pharmacist(actor)
        if not Order.objects.filter(pk=order_id).exists():
            raise Order.DoesNotExist(order_id) from None
        # All the other rows are named by the order, whose keys the database keeps.
        raise EntryRefused("lot_id", "There is no such lot.") from None


def _refuse_unlisted(step: Step, from_status: str | None = None) -> None:
    listed = states.may_move(step.order.status, step.to_status)
    if not listed or from_status not in {None, step.order.status}:
        raise StaleForm(
            f"The order is already {step.order.status.replace('_', ' ')}. Nothing was changed."
        )


def _refuse_unseen(step: Step, seen: int | None) -> None:
    """An order that was paused and taken off hold again stands where it stood: only its revision
    tells that a page, and what is signed on it, is from before."""
    if seen not in {None, step.order.revision}:
        raise StaleForm(
            "The order has changed since you opened this page. Nothing was changed now. "
            "Please look again."
        )
