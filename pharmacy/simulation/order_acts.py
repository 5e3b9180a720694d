"""The steps of an order, in their place and out of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts.models import User
from accounts.roles import Role
from orders import services
from orders.services import StepResult
from pharmacy.simulation.ground import sign
from pharmacy.simulation.notes import Lot, Order, Patient, Prescription, Supply
from pharmacy.simulation.prescription_acts import PrescriptionActs
from rems.errors import DomainError, GuardRefused, NotAllowed, SignatureRefused, StaleForm
from rems.models import Pharmacist
from rems.models import Supply as SupplyRow

OPEN = ("placed", "approved", "dispensed", "on_hold")
RELEASED = ("shipped", "handed_over", "delivered")


class OrderActs(PrescriptionActs):
    """From checkout to the door, and after."""

    def place(self, patient: Patient, prescription: Prescription, mode: str) -> Order | None:
        """Check out, as whoever acts for the patient."""
        self.tick()

        def ask() -> StepResult:
            return self._placed(patient, prescription, mode, patient.user)

        if patient.is_child and patient.guardian is None:
            self.cannot(ask, NotAllowed)
            return None
        # R46 speaks at the approval; an order is not placed with more capsules than days, nor with more
        # than the one package that is scanned for it holds.
        most = min(prescription.days, self.store.package.capsules)
        too_many = DomainError if prescription.quantity > most else None
        done = self.gated(
            "checkout", ask, too_many, patient=patient, prescription=prescription, mode=mode
        )
        if done is None:
            return None
        assert done.order is not None
        order = Order(done.order.pk, patient, prescription, mode)
        self.notes.orders.append(order)
        return order

    def _placed(
        self, patient: Patient, prescription: Prescription, mode: str, actor: User
    ) -> StepResult:
        return services.place(
            patient_id=patient.row.pk,
            prescription_id=prescription.key,
            package_id=self.store.package.pk,
            mode=mode,
            actor=actor,
        )

    def approve(self, order: Order, pharmacist: Pharmacist) -> None:
        """The pharmacist's signed decision."""
        at = self.tick()

        def ask() -> StepResult:
            return services.approve(order_id=order.key, **self.by(pharmacist.user, Role.PHARMACIST))

        if order.status != "placed":
            self.cannot(ask, StaleForm)
        elif self.gated("approve", ask, **self.fill(order, pharmacist)):
            order.status, order.approved_at = "approved", at

    def fill(self, order: Order, pharmacist: Pharmacist) -> dict[str, Any]:
        """What the rules are asked about an order."""
        return {
            "patient": order.patient,
            "prescription": order.prescription,
            "mode": order.mode,
            "order": order,
            "pharmacist": pharmacist.pk,
            "lot": order.lot,
            "serial": order.serial,
        }

    def dispense(self, order: Order, lot: Lot, serial: str = "own") -> None:
        """Count the capsules out of a lot, under a serial number (`own`: one never used)."""
        at = self.tick()
        code = self.number("S") if serial == "own" else serial

        def ask() -> StepResult:
            return services.dispense(
                order_id=order.key, lot_id=lot.key, serial_number=code, **self.by_pat()
            )

        if order.status != "approved":
            self.cannot(ask, StaleForm)
            return
        asked = self.fill(order, self.pat) | {"lot": lot, "serial": code}
        gone = GuardRefused if lot.packages < 1 or code in lot.serials else None
        if self.gated("dispense", ask, gone, **asked):
            order.status, order.lot, order.serial = "dispensed", lot, code
            lot.packages -= 1
            lot.serials.add(code)
            key = SupplyRow.objects.get(order_id=order.key).pk
            order.patient.supplies.append(
                Supply(key, at, order=order, days=order.prescription.days)
            )

    def release(self, order: Order, in_another_way: bool = False) -> None:
        """Let the parcel go, by the carrier or over the counter, as it was ordered or not."""
        self.tick()
        is_shipped = (order.mode == "ship") != in_another_way

        def ask() -> StepResult:
            if is_shipped:
                return services.ship(
                    order_id=order.key, carrier="UPS", tracking_number="1Z9", **self.by_pat()
                )
            return services.hand_over(
                order_id=order.key, handed_to="A", identification="ID", **self.by_pat()
            )

        if order.status != "dispensed":
            self.cannot(ask, StaleForm)
            return
        wrong = DomainError if in_another_way else None
        if self.gated("release", ask, wrong, **self.fill(order, self.pat)):
            order.status = "shipped" if is_shipped else "handed_over"

    def deliver(self, order: Order) -> None:
        """The parcel arrived."""
        at = self.tick()
        if self._free(order, ("shipped", "handed_over"), "delivered", services.deliver):
            self._supply(order).delivered_at = at

    def pause(self, order: Order) -> None:
        """The technician stops it."""
        self.tick()

        def pause(**named: Any) -> StepResult:
            return services.pause(reason="Something is odd.", **named)

        self._free(order, ("placed", "approved", "dispensed"), "on_hold", pause, self.tess)

    def cancel(self, order: Order) -> None:
        """The patient cancels; once capsules are packed the pharmacist has to."""
        self.tick()
        if order.status in OPEN and order.lot is not None:
            self.cannot(lambda: self._cancelled(order, order.patient.user), NotAllowed)
            self._free(order, OPEN, "cancelled", self._signed(services.cancel))
            self._supply(order).end = "not_released"
        else:
            self._free(order, OPEN, "cancelled", lambda **named: self._cancelled(order))

    def _cancelled(self, order: Order, actor: User | None = None) -> StepResult:
        actor = actor or order.patient.user
        return services.cancel(order_id=order.key, actor=actor, signature=None, reason="No more.")

    def reject(self, order: Order) -> None:
        """The pharmacist declines."""
        self.tick()
        statuses = ("placed", "on_hold")
        if self._free(order, statuses, "rejected", self._signed(services.reject)) and order.lot:
            self._supply(order).end = "not_released"

    def lose(self, order: Order, is_lost: bool) -> None:
        """A parcel that left is lost or comes back; signed."""
        self.tick()
        status = "lost" if is_lost else "returned"
        service = services.record_loss if is_lost else services.record_return
        is_in_hand = order.status == "handed_over"
        if self._free(order, RELEASED, status, self._signed(service)):
            supply = self._supply(order)
            supply.end = status
            if is_in_hand:
                supply.delivered_at = self.now

    def _signed(self, service: Callable[..., StepResult]) -> Callable[..., StepResult]:
        def signed(*, order_id: Any, actor: User) -> StepResult:
            return service(order_id=order_id, reason="As it is.", **self.by(actor, Role.PHARMACIST))

        return signed

    def _free(
        self,
        order: Order,
        statuses: tuple[str, ...],
        to: str,
        service: Callable[..., StepResult],
        actor: User | None = None,
    ) -> bool:
        user = actor or self.pat.user

        def ask() -> StepResult:
            return service(order_id=order.key, actor=user)

        if order.status not in statuses:
            self.cannot(ask, StaleForm)
            return False
        assert self.do(ask).is_done
        order.status = to
        self.seen[to] += 1
        return True

    def _supply(self, order: Order) -> Supply:
        return next(supply for supply in order.patient.supplies if supply.order is order)

    def resume(self, order: Order) -> None:
        """Take the order off hold: a packed one back to dispensed, any other to placed."""
        self.tick()

        def ask() -> StepResult:
            return services.resume(order_id=order.key, reason="Settled.", **self.by_pat())

        if order.status != "on_hold":
            self.cannot(ask, StaleForm)
            return
        gate, status = ("dispense", "dispensed") if order.lot else ("checkout", "placed")
        if self.gated(gate, ask, **self.fill(order, self.pat)):
            order.status = status
            if status == "placed":
                order.approved_at = None

    def try_what_is_not_theirs(self, order: Order, act: str, stranger: User) -> None:
        """A technician approves, a stranger orders or cancels, a signature is old or not one's own."""
        self.tick()
        as_tess = self.by(self.tess, Role.PHARMACIST)
        if act == "place":
            self.cannot(
                lambda: self._placed(order.patient, order.prescription, "ship", stranger),
                NotAllowed,
            )
        elif act == "approve":
            self.cannot(lambda: services.approve(order_id=order.key, **as_tess), NotAllowed)
        elif act == "resume":
            self.cannot(
                lambda: services.resume(order_id=order.key, reason="So.", **as_tess), NotAllowed
            )
        elif act == "cancel" and order.status in OPEN:
            self.cannot(lambda: self._cancelled(order, stranger), NotAllowed)
        elif order.status == "placed":
            self._approve_with_a_bad_signature(order, act)

    def _approve_with_a_bad_signature(self, order: Order, act: str) -> None:
        good = sign(self.pat.user, Role.PHARMACIST)
        forged = sign(self.sam.user, Role.PHARMACIST)
        stale = sign(self.pat.user, Role.PHARMACIST, good.meaning, timedelta(seconds=301))

        def ask() -> StepResult:
            signature = forged if act == "forge" else stale
            return services.approve(order_id=order.key, actor=self.pat.user, signature=signature)

        done = self.gated("approve", ask, SignatureRefused, **self.fill(order, self.pat))
        assert done is None
