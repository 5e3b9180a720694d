"""The steps of an order at random, in their place and out of it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pharmacy.simulation.notes import Order
from tests.proof.prescription_rules import PrescriptionRules
from tests.proof.safety_rules import PICK

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

    def order(self, which: int) -> Order | None:
        """One of the last orders, if there is one."""
        found = self.notes.orders
        return found[-1 - which % len(found)] if found else None

    @rule(which=PICK, by_sam=st.booleans())
    def an_order_is_approved(self, which: int, by_sam: bool) -> None:
        """By either pharmacist, of whom one is not trained; or it is too late for that."""
        order = self.order(which)
        if order is not None:
            self.approve(order, self.sam if by_sam else self.pat)

    @rule(which=PICK, lot=PICK, serial=st.sampled_from(["own", "own", "own", "S1", " "]))
    def an_order_is_dispensed(self, which: int, lot: int, serial: str) -> None:
        """Out of any lot, with a serial number that may have been used or not be there at all."""
        order = self.order(which)
        if order is not None:
            self.dispense(order, self.notes.lots[lot % len(self.notes.lots)], serial)

    @rule(which=PICK, in_another_way=st.sampled_from([False, False, False, True]))
    def an_order_leaves(self, which: int, in_another_way: bool) -> None:
        """By the carrier or over the counter, as it was ordered or not."""
        order = self.order(which)
        if order is not None:
            self.release(order, in_another_way)

    @rule(which=PICK, step=st.sampled_from(["deliver", "pause", "cancel", "cancel", "reject"]))
    def an_order_takes_a_free_step(self, which: int, step: str) -> None:
        """A step without a gate, in its place or out of it."""
        order = self.order(which)
        if order is not None:
            {"deliver": self.deliver, "pause": self.pause, "cancel": self.cancel}.get(
                step, self.reject
            )(order)

    @rule(which=PICK, is_lost=st.booleans())
    def a_parcel_is_lost_or_comes_back(self, which: int, is_lost: bool) -> None:
        """After it left; signed."""
        order = self.order(which)
        if order is not None:
            self.lose(order, is_lost)

    @rule(which=PICK)
    def an_order_is_resumed(self, which: int) -> None:
        """A packed one back to dispensed, any other back to placed; its gate is asked again."""
        order = self.order(which)
        if order is not None:
            self.resume(order)
