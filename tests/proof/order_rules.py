"""The steps of an order, in their place and out of it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.roles import Role
from orders import services
from orders.services import StepResult
from rems.errors import DomainError, GuardRefused, NotAllowed, StaleForm
from tests.proof.notes import Order, Patient, Prescription, Supply
from tests.proof.prescription_rules import PrescriptionRules
from tests.proof.safety_rules import PICK

OPEN = ("placed", "approved", "dispensed", "on_hold")
RELEASED = ("shipped", "handed_over", "delivered")
MODE = st.sampled_from(["ship", "hand"])


class OrderRules(PrescriptionRules):
    """From checkout to the door, and after."""

    @rule(pick=PICK, which=st.integers(0, 1), mode=MODE, times=st.sampled_from([1, 1, 2]))
    def somebody_orders(self, pick: int, which: int, mode: str, times: int) -> None:
        """Whoever acts for the patient, with one click or two."""
        patient = self.patient(pick)
        if patient.prescriptions:
            chosen = patient.prescriptions[-1 - which % len(patient.prescriptions)]
            for _ in range(times):
                self.place(patient, chosen, mode)

    def place(self, patient: Patient, prescription: Prescription, mode: str) -> Order | None:
        """Check out, as whoever acts for the patient."""
        self.tick()

        def ask() -> StepResult:
            return services.place(
                patient_id=patient.row.pk,
                prescription_id=prescription.key,
                package_id=self.store.package.pk,
                mode=mode,
                actor=patient.user,
            )

        if patient.is_child and patient.guardian is None:
            self.cannot(ask, NotAllowed)
            return None
        # R46 speaks at the approval, invariant 7 in the order's own row, which is earlier.
        too_many = GuardRefused if prescription.quantity > prescription.days else None
        done = self.gated(
            "checkout", ask, too_many, patient=patient, prescription=prescription, mode=mode
        )
        if done is None:
            return None
        assert done.order is not None
        order = Order(done.order.pk, patient, prescription, mode)
        self.notes.orders.append(order)
        return order

    def order(self, which: int, *statuses: str) -> Order | None:
        """One of the last orders, if one is in such a status."""
        found = [order for order in self.notes.orders if not statuses or order.status in statuses]
        return found[-1 - which % len(found)] if found else None

    @rule(which=PICK, by_sam=st.booleans())
    def an_order_is_approved(self, which: int, by_sam: bool) -> None:
        """By either pharmacist, of whom one is not trained; or it is too late for that."""
        order = self.order(which)
        if order is not None:
            self.approve(order, self.sam if by_sam else self.pat)

    def approve(self, order: Order, pharmacist: Any) -> None:
        """The pharmacist's signed decision."""
        at = self.tick()

        def ask() -> StepResult:
            return services.approve(order_id=order.key, **self.by(pharmacist.user, Role.PHARMACIST))

        if order.status != "placed":
            self.cannot(ask, StaleForm)
        elif self.gated("approve", ask, **self.fill(order, pharmacist)):
            order.status, order.approved_at = "approved", at

    def fill(self, order: Order, pharmacist: Any) -> dict[str, Any]:
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

    @rule(which=PICK, lot=PICK, serial=st.sampled_from(["own", "own", "own", "S1", " "]))
    def an_order_is_dispensed(self, which: int, lot: int, serial: str) -> None:
        """Out of any lot, with a serial number that may have been used or not be there at all."""
        order = self.order(which)
        if order is not None:
            self.dispense(order, lot, serial)

    def dispense(self, order: Order, lot_pick: int, serial: str = "own") -> None:
        """Count the capsules out."""
        at, lot = self.tick(), self.notes.lots[lot_pick % len(self.notes.lots)]
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
            supply = Supply(None, at, order=order, days=order.prescription.days)
            supply.key = self._supply_of(order)
            order.patient.supplies.append(supply)

    def _supply_of(self, order: Order) -> Any:
        (key,) = self.superuser.execute(
            "SELECT id FROM rems_supply WHERE order_id = %s", [order.key]
        ).fetchone() or (None,)
        return key

    @rule(which=PICK, in_another_way=st.sampled_from([False, False, False, True]))
    def an_order_leaves(self, which: int, in_another_way: bool) -> None:
        """By the carrier or over the counter, as it was ordered or not."""
        order = self.order(which)
        if order is not None:
            self.release(order, in_another_way)

    def release(self, order: Order, in_another_way: bool = False) -> None:
        """Let the parcel go."""
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

    @rule(which=PICK, step=st.sampled_from(["deliver", "pause", "cancel", "cancel", "reject"]))
    def an_order_takes_a_free_step(self, which: int, step: str) -> None:
        """A step without a gate, in its place or out of it."""
        order = self.order(which)
        if order is not None:
            {"deliver": self.deliver, "pause": self.pause, "cancel": self.cancel}.get(
                step, self.reject
            )(order)

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

    def _cancelled(self, order: Order, actor: Any = None) -> StepResult:
        actor = actor or order.patient.user
        return services.cancel(order_id=order.key, actor=actor, signature=None, reason="No more.")

    def reject(self, order: Order) -> None:
        """The pharmacist declines."""
        self.tick()
        statuses = ("placed", "on_hold")
        if self._free(order, statuses, "rejected", self._signed(services.reject)) and order.lot:
            self._supply(order).end = "not_released"

    @rule(which=PICK, is_lost=st.booleans())
    def a_parcel_is_lost_or_comes_back(self, which: int, is_lost: bool) -> None:
        """After it left; signed."""
        order = self.order(which)
        if order is None:
            return
        self.tick()
        status = "lost" if is_lost else "returned"
        service = services.record_loss if is_lost else services.record_return
        if self._free(order, RELEASED, status, self._signed(service)):
            self._supply(order).end = status

    def _signed(self, service: Any) -> Any:
        def signed(*, order_id: Any, actor: Any) -> StepResult:
            done: StepResult = service(
                order_id=order_id, reason="As it is.", **self.by(actor, Role.PHARMACIST)
            )
            return done

        return signed

    def _free(
        self, order: Order, statuses: tuple[str, ...], to: str, service: Any, actor: Any = None
    ) -> bool:
        user = actor or self.pat.user

        def ask() -> Any:
            return service(order_id=order.key, actor=user)

        if order.status not in statuses:
            self.cannot(ask, StaleForm)
            return False
        assert ask().is_done
        order.status = to
        self.seen[to] += 1
        return True

    def _supply(self, order: Order) -> Supply:
        return next(supply for supply in order.patient.supplies if supply.order is order)

    @rule(which=PICK)
    def an_order_is_resumed(self, which: int) -> None:
        """A packed one back to dispensed, any other back to placed; its gate is asked again."""
        order = self.order(which)
        if order is not None:
            self.resume(order)

    def resume(self, order: Order) -> None:
        """Take the order off hold."""
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
